//! What a form comes to.

use podpis_shared::{Delivery, Kind, Method, Parties, Purpose, Timestamp};

use super::*;
use crate::model::clinic::seen::TemplateField;

/// 28 November 2026.
const NOW: Timestamp = Timestamp::from_unix(1_795_867_200);

fn filled() -> Draft {
    let mut draft = Draft {
        template: None,
        kind: Kind::PaidContract,
        ..Draft::default()
    };
    for (name, value) in [
        (TITLE, "Договор"),
        ("patient.last_name", "Иванова"),
        ("patient.first_name", "Мария"),
        ("patient.birth_date", "12.03.1985"),
        ("patient.phone", "8 (916) 123-45-67"),
    ] {
        draft.set(name.into(), value.into());
    }
    draft
}

fn template() -> Template {
    let field = |name: &str, source: &str, kind: &str, required| TemplateField {
        name: name.into(),
        label: name.into(),
        kind: kind.into(),
        max: 300,
        source: source.into(),
        required,
        required_if_represented: false,
    };
    Template {
        id: "refusal".into(),
        version: "2026-11".into(),
        kind: Kind::Refusal,
        title: "Отказ".into(),
        fields: vec![
            field("clinic.name", "clinic", "line", true),
            field("patient.full_name", "patient", "line", true),
            field("refused", "caller", "list", true),
            field("day", "caller", "date", false),
        ],
    }
}

#[test]
fn a_filled_form_is_what_the_api_takes() {
    let new = filled().complete(None, NOW).unwrap();
    let json = serde_json::to_value(&new).unwrap();
    assert_eq!(json["patient"]["phone"], "+79161234567");
    assert_eq!(json["patient"]["birth_date"], "1985-03-12");
    assert_eq!(json["patient"]["last_name"], "Иванова");
    assert_eq!(
        json["expires_at"],
        serde_json::to_value(NOW.plus(30 * 86_400)).unwrap()
    );
    assert_eq!(
        (new.method, new.parties),
        (Some(Method::Esia), Some(Parties::PatientAndClinic))
    );
    assert!(new.clinic_signers.is_none() && new.representative.is_none());
}

#[test]
fn an_empty_form_names_every_field() {
    let draft = Draft {
        template: None,
        represented: true,
        ..Draft::default()
    };
    let flaws = draft.complete(None, NOW).unwrap_err();
    for name in [
        TITLE,
        "patient.last_name",
        "patient.birth_date",
        "representative.first_name",
        "representative.phone",
    ] {
        assert_eq!(flaws.get(name), Some(&Flaw::Empty), "{name}");
    }
    // The patient is not the one who is reached.
    assert!(!flaws.contains_key("patient.phone"));
}

#[test]
fn slips_are_told_apart() {
    for (name, value, flaw) in [
        ("patient.birth_date", "31.02.1985", Flaw::Date),
        ("patient.phone", "916", Flaw::Phone),
        ("patient.phone", "позвонить мужу 89161234567", Flaw::Phone),
        ("patient.email", "maria@", Flaw::Email),
        ("patient.snils", "112-233-445 96", Flaw::Snils),
        ("patient.last_name", "Ивaнова", Flaw::Name),
    ] {
        let mut draft = filled();
        draft.set(name.into(), value.into());
        let flaws = draft.complete(None, NOW).unwrap_err();
        assert_eq!(flaws.get(name), Some(&flaw), "{value}");
        assert_eq!(flaws.len(), 1, "{flaws:?}");
    }
    let mut draft = filled();
    draft.delivery = Delivery::Account;
    draft.set("patient.phone".into(), String::new());
    let flaws = draft.complete(None, NOW).unwrap_err();
    assert_eq!(flaws.get("patient.phone"), Some(&Flaw::NoContact));
    draft.set("patient.email".into(), "m@example.ru".into());
    assert!(draft.complete(None, NOW).is_ok());
}

#[test]
fn a_template_takes_its_own_fields_and_no_others() {
    let template = template();
    let mut draft = filled();
    draft.template = Some("refusal".into());
    draft.set(TITLE.into(), String::new());
    let flaws = draft.complete(Some(&template), NOW).unwrap_err();
    assert_eq!(flaws.keys().collect::<Vec<_>>(), ["template.refused"]);
    draft.set("template.refused".into(), "прививка".into());
    draft.set("template.day".into(), "1.2.2026".into());
    let flaws = draft.complete(Some(&template), NOW).unwrap_err();
    assert_eq!(flaws.get("template.day"), Some(&Flaw::Date));
    draft.set("template.day".into(), "01.02.2026".into());
    let new = draft.complete(Some(&template), NOW).unwrap();
    let json = serde_json::to_value(&new).unwrap();
    assert_eq!(
        (json["title"].as_str(), json["kind"].as_str()),
        (Some("Отказ"), Some("refusal"))
    );
    let fields = serde_json::json!({ "refused": "прививка", "day": "2026-02-01" });
    assert_eq!(json["template"]["fields"], fields);
    let preview = draft.preview(&template);
    assert_eq!(preview["patient.full_name"], "Иванова Мария");
    assert!(!preview.contains_key("clinic.name"));
}

#[test]
fn what_the_law_forbids_is_not_chosen() {
    let mut draft = filled();
    draft.method = Method::Sms;
    draft.settle(Kind::PaidContract, NOW);
    assert_eq!(
        (draft.method, draft.delivery),
        (Method::Sms, Delivery::Account)
    );
    draft.parties = Parties::Patient;
    draft.settle(Kind::Ids, NOW);
    assert_eq!(
        (draft.method, draft.parties),
        (Method::Esia, Parties::PatientAndClinic)
    );
    let refusal = draft
        .way(Kind::Ids, Method::Sms, Delivery::Account, NOW)
        .unwrap_err();
    assert!(refusal.sentence.contains(' ') && !refusal.law.is_empty());
}

#[test]
fn a_child_does_not_sign_and_nobody_signs_for_an_adult() {
    let mut draft = filled();
    draft.set("patient.birth_date".into(), "01.02.2019".into());
    assert!(draft.chosen(Kind::Ids, NOW).is_err());
    draft.represented = true;
    assert!(draft.chosen(Kind::Ids, NOW).is_ok());
    draft.set("patient.birth_date".into(), "12.03.1985".into());
    assert_eq!(draft.chosen(Kind::Ids, NOW).unwrap_err().rule, "R3");
}

#[test]
fn what_is_kept_says_nothing_of_signing() {
    let mut draft = filled();
    draft.purpose = Purpose::Keeping;
    draft.settle(Kind::Other, NOW);
    let new = draft.complete(None, NOW).unwrap();
    assert_eq!(
        (new.delivery, new.method, new.parties),
        (Delivery::Account, None, None)
    );
    assert_eq!(new.expires_at, None);
}

#[test]
fn an_error_of_the_api_finds_its_fields() {
    let fields = || {
        [
            "patient.phone",
            "patient.email",
            "template.refused",
            "title",
        ]
        .map(String::from)
    };
    let found = |detail| named(detail, fields());
    assert_eq!(found("patient.phone: is empty"), ["patient.phone"]);
    assert_eq!(
        found("missing: refused, consequences"),
        ["template.refused"]
    );
    assert_eq!(found("title is 1 to 300 characters"), ["title"]);
    assert!(found("subtitle").is_empty() && found("").is_empty());
}

#[test]
fn what_is_made_of_a_template_is_signed_here() {
    let mut draft = Draft {
        template: None,
        purpose: Purpose::Keeping,
        ..Draft::default()
    };
    draft.settle(Kind::PaidContract, NOW);
    assert_eq!(
        (draft.purpose, draft.delivery),
        (Purpose::Keeping, Delivery::Account)
    );
    draft.template = Some("ids".into());
    draft.settle(Kind::Ids, NOW);
    assert_eq!(draft.purpose, Purpose::Signing);
}
