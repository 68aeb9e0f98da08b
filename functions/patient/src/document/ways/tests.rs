//! What stands against a code, and whom it goes to.

use super::*;
use podpis_shared::wire::account::Gate;
use podpis_shared::{Delivery, Email, Hashes, Kind, Parties, Purpose, Status};
use serde_json::json;

fn phone(number: &str) -> Phone {
    Phone::parse(number).unwrap()
}

fn held(id: &str, contact: Contact) -> Held {
    Held {
        id: id.into(),
        account_id: "acc_1".into(),
        contact,
        since: Timestamp::from_unix(1),
        proven_at: Timestamp::from_unix(1),
        reach: podpis_shared::account::reach(false, Timestamp::from_unix(1)),
    }
}

fn session(contact_id: Option<&str>) -> Session {
    Session {
        id: "ses_1".into(),
        account_id: "acc_1".into(),
        how: "email".into(),
        contact_id: contact_id.map(str::to_owned),
        gate: None::<Gate>,
        created_at: Timestamp::from_unix(1),
        seen_at: Timestamp::from_unix(1),
        user_agent: None,
    }
}

fn document(signers_phone: Option<&str>) -> Document {
    let mut patient =
        json!({"last_name": "Иванова", "first_name": "Мария", "birth_date": "1985-03-12"});
    if let Some(phone) = signers_phone {
        patient["phone"] = phone.into();
    }
    Document {
        id: "doc_1".into(),
        clinic_id: "cl_1".into(),
        position: 1,
        kind: Kind::PaidContract,
        title: "Договор".into(),
        external_id: None,
        patient: serde_json::from_value(patient).unwrap(),
        representative: None,
        purpose: Purpose::Signing,
        delivery: Delivery::Account,
        method: Method::Sms,
        parties: Parties::Patient,
        metadata: "{}".into(),
        status: Status::Sent,
        original_blob: "blob_1".into(),
        signed_blob: None,
        hashes: Hashes::of(b"a"),
        size: 1,
        pages: 1,
        created_at: Timestamp::from_unix(1),
        expires_at: Timestamp::from_unix(2),
        opened_at: None,
        signed_at: None,
        completed_at: None,
    }
}

#[test]
fn a_code_goes_to_the_phone_that_the_clinic_named_or_to_the_only_one() {
    let own = phone("+79161234567");
    for (named, has, expected) in [
        (None, Some(&own), None),
        (Some("+79161234567"), Some(&own), None),
        (Some("+79160000000"), Some(&own), Some(Obstacle::Another)),
        (None, None, Some(Obstacle::Missing)),
        (Some("+79161234567"), None, Some(Obstacle::Missing)),
    ] {
        assert_eq!(obstacle(&document(named), has), expected, "{named:?}");
    }
}

#[test]
fn what_the_law_says_comes_before_what_the_account_lacks() {
    let way = |offered, needs_agreement, rule: Option<&str>| Way {
        method: Method::Sms,
        offered,
        refusal: rule.map(|rule| WayRefusal {
            rule: rule.into(),
            law: None,
            sentence: "…".into(),
        }),
        needs_agreement,
    };
    let rule = |way: Way| {
        blocked(way, Obstacle::Missing)
            .refusal
            .map(|refusal| refusal.rule)
    };
    assert_eq!(rule(way(false, false, Some("R1"))).as_deref(), Some("R1"));
    assert_eq!(rule(way(false, true, Some("R6"))).as_deref(), Some("phone"));
    assert_eq!(rule(way(true, true, None)).as_deref(), Some("phone"));
    assert!(!blocked(way(true, true, None), Obstacle::Missing).offered);
}

#[test]
fn words_stand_where_they_may_be_needed() {
    let consent = Consent::for_kind(Kind::PaidContract);
    let way = |offered, needs_agreement| Way {
        method: Method::Sms,
        offered,
        refusal: None,
        needs_agreement,
    };
    let words = |way| {
        seen(way, consent.clone(), Some("…".into()))
            .consent
            .is_some()
    };
    assert!(words(way(true, false)) && words(way(false, true)));
    assert!(!words(way(false, false)));
}

#[test]
fn an_agreement_is_accepted_with_the_phone_first() {
    let mail = |text: &str| Contact::Email(Email::parse(text).unwrap());
    let (first, second) = (
        held("con_1", mail("a@example.ru")),
        held("con_2", mail("b@example.ru")),
    );
    let mobile = held("con_3", Contact::Phone(phone("+79161234567")));
    let id = |held: Option<&Held>| held.map(|held| held.id.clone());
    let all = [first.clone(), second.clone(), mobile];
    assert_eq!(
        id(chosen(&all, &session(Some("con_2")))).as_deref(),
        Some("con_3")
    );
    let mails = [first, second];
    assert_eq!(
        id(chosen(&mails, &session(Some("con_2")))).as_deref(),
        Some("con_2")
    );
    assert_eq!(
        id(chosen(&mails, &session(Some("gone")))).as_deref(),
        Some("con_1")
    );
    assert_eq!(id(chosen(&mails, &session(None))).as_deref(), Some("con_1"));
    assert_eq!(id(chosen(&[], &session(None))), None);
}
