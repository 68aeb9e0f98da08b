//! Accepting a clinic's user agreement in the account: what is asked of the policy, the words, and what the agreement names.

use crate::store::accounts::contacts::{Contact, Held};
use crate::store::agreements::Acceptance;
use podpis_shared::account::silent;
use podpis_shared::policy::{Agreement, Question};
use podpis_shared::wire::patient::Consent;
use podpis_shared::{Delivery, Kind, Method, Person, Phone, Timestamp};

/// What the policy is asked before an agreement is accepted.
pub fn question(person: Option<&Person>, method: Method, now: Timestamp) -> Question {
    Question {
        kind: Kind::UserAgreement,
        delivery: Delivery::Account,
        method,
        patient_born: person.and_then(|person| person.birth_date),
        acting: None,
        agreement: Agreement::Missing,
        today: now.moscow_date(),
    }
}

/// The words for accepting it.
pub fn words(person: Option<&Person>, method: Method) -> Consent {
    let age_unknown = person.and_then(|person| person.birth_date).is_none();
    Consent::of_acceptance(method, age_unknown)
}

/// The phone that an agreement names for codes when it is accepted through ESIA: the account's own, which a code has proven
/// lately. A number that was silent for long may have another owner by now, and none that nobody has proven is in an account.
pub fn phone(contacts: &[Held], now: Timestamp) -> Option<&Phone> {
    let first = contacts.iter().find_map(|held| match &held.contact {
        Contact::Phone(phone) => Some((held, phone)),
        Contact::Email(_) => None,
    });
    first
        .filter(|(held, _)| !silent(held.proven_at, now))
        .map(|(_, phone)| phone)
}

/// Whether an acceptance is of this version and as good as one made now: with the contact that it would be accepted with.
/// Where there is no phone to be named, one through ESIA needs none, whatever e-mail there is.
pub fn stands(acceptance: &Acceptance, agreement_id: &str, contact: Option<&Contact>) -> bool {
    let names_all = match contact {
        Some(Contact::Phone(phone)) => acceptance.phone.as_deref() == Some(phone.expose()),
        Some(Contact::Email(email)) => {
            acceptance.method == Method::Esia || acceptance.email.as_deref() == Some(email.expose())
        }
        None => true,
    };
    acceptance.agreement_id == agreement_id && names_all
}

#[cfg(test)]
mod tests {
    use super::*;
    use podpis_shared::Email;
    use podpis_shared::account::{SILENCE_S, reach};

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

    fn mobile(number: &str) -> Contact {
        Contact::Phone(Phone::parse(number).unwrap())
    }

    fn mail() -> Contact {
        Contact::Email(Email::parse("a@example.ru").unwrap())
    }

    fn held(contact: Contact, proven_s_ago: i64) -> Held {
        Held {
            id: "con_1".into(),
            account_id: "acc_1".into(),
            contact,
            since: Timestamp::from_unix(1),
            proven_at: NOW.plus(-proven_s_ago),
            reach: reach(false, NOW),
        }
    }

    #[test]
    fn only_a_phone_that_was_proven_lately_is_named() {
        let (own, other) = (mobile("+79161234567"), mobile("+79160000000"));
        let named = |contacts: &[Held]| phone(contacts, NOW).map(|phone| phone.expose().to_owned());
        let fresh = [held(mail(), 0), held(own.clone(), SILENCE_S - 1)];
        assert_eq!(named(&fresh).as_deref(), Some("+79161234567"));
        for none in [
            vec![],
            vec![held(mail(), 0)],
            vec![held(own.clone(), SILENCE_S)],
            // Codes go to the first one, so no other is named in its place.
            vec![held(own, SILENCE_S), held(other, 0)],
        ] {
            assert_eq!(named(&none), None, "{none:?}");
        }
    }

    #[test]
    fn an_acceptance_stands_while_it_names_what_codes_go_to() {
        let acceptance = |method, phone: Option<&str>, email: Option<&str>| Acceptance {
            document_id: "doc_1".into(),
            agreement_id: "agr_1".into(),
            version: 1,
            title: "Соглашение".into(),
            sha256: String::new(),
            clinic_id: "cl_1".into(),
            account_id: "acc_1".into(),
            position: 1,
            phone: phone.map(str::to_owned),
            email: email.map(str::to_owned),
            method,
            accepted_at: Timestamp::from_unix(1),
            person: Person::holder(None, None),
        };
        let own = mobile("+79161234567");
        let by_phone = acceptance(Method::Sms, Some("+79161234567"), None);
        let by_mail = acceptance(Method::Email, None, Some("a@example.ru"));
        let plain = acceptance(Method::Esia, None, None);
        let with_phone = acceptance(Method::Esia, Some("+79161234567"), None);
        for (one, contact, expected) in [
            (&by_phone, Some(&own), true),
            (&by_phone, Some(&mobile("+79160000000")), false),
            (&by_phone, Some(&mail()), false),
            (&by_mail, Some(&mail()), true),
            (&by_mail, Some(&own), false),
            (&plain, None, true),
            (&plain, Some(&mail()), true),
            // Codes could not rest on it.
            (&plain, Some(&own), false),
            (&with_phone, Some(&own), true),
            (&with_phone, Some(&mail()), true),
        ] {
            assert_eq!(
                stands(one, "agr_1", contact),
                expected,
                "{one:?} {contact:?}"
            );
            assert!(!stands(one, "agr_2", contact));
        }
    }
}
