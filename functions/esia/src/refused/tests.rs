//! The table of failures.

use super::*;
use podpis_shared::policy::Refusal;

/// One of each, with what the journal keeps beside act and code.
fn all() -> Vec<(Refused, &'static str, Value)> {
    let token = |error, code, check| (Refused::Token(error), code, json!({"check": check}));
    vec![
        (Refused::Denied, "esia_denied", json!({})),
        (
            Refused::Unavailable(Step::Authorize),
            "esia_unavailable",
            json!({"check": "authorize"}),
        ),
        (
            Refused::Unavailable(Step::Token),
            "esia_unavailable",
            json!({"check": "token"}),
        ),
        (
            Refused::Unavailable(Step::Person),
            "esia_unavailable",
            json!({"check": "person"}),
        ),
        (
            Refused::Rejected(Some(EsiaCode(7053))),
            "esia_rejected",
            json!({"esia": "ESIA-007053"}),
        ),
        (Refused::Rejected(None), "esia_rejected", json!({})),
        (Refused::Session, "esia_session", json!({})),
        (Refused::Code, "esia_code", json!({})),
        (Refused::State, "esia_state", json!({})),
        token(TokenError::Form, "esia_token_form", "form"),
        token(TokenError::Algorithm, "esia_token_algorithm", "alg"),
        token(TokenError::Kind, "esia_token_kind", "sbt"),
        token(TokenError::Signature, "esia_token_signature", "signature"),
        token(
            TokenError::Certificate,
            "esia_token_signature",
            "certificate",
        ),
        token(TokenError::Claims, "esia_token_claims", "claims"),
        token(TokenError::Issuer, "esia_token_issuer", "iss"),
        token(TokenError::Audience, "esia_token_audience", "aud"),
        token(TokenError::Expired, "esia_token_expired", "exp"),
        token(TokenError::NotYetValid, "esia_token_early", "nbf"),
        token(TokenError::Subject, "esia_token_subject", "sub"),
        token(TokenError::Session, "esia_token_session", "sid"),
        token(TokenError::AuthTime, "esia_auth_time", "auth_time"),
        (
            Refused::PersonData("birthDate"),
            "esia_person_data",
            json!({"check": "birthDate"}),
        ),
        (Refused::Unconfirmed, "esia_unconfirmed", json!({})),
        (Refused::Child, "esia_child", json!({})),
        (Refused::Account, "esia_account", json!({})),
        (Refused::Stale, "esia_stale", json!({})),
        (
            Refused::WrongPerson(Mismatch::BirthDate),
            "wrong_person",
            json!({"mismatch": "birth_date"}),
        ),
        (
            Refused::WrongPerson(Mismatch::Latin),
            "wrong_person",
            json!({"mismatch": "latin"}),
        ),
        (
            Refused::Policy(Refusal {
                rule: "R3",
                law: "323-ФЗ ст. 20 ч. 2".into(),
                sentence: "клинике".into(),
                to_signer: "пациенту".into(),
            }),
            "policy",
            json!({"rule": "R3", "law": "323-ФЗ ст. 20 ч. 2"}),
        ),
    ]
}

#[test]
fn each_failure_has_its_code_its_words_and_its_entry() {
    for (refused, code, more) in all() {
        assert_eq!(refused.code().as_str(), code);
        assert!(words::of(refused.code()).is_some(), "{code}");
        let mut expected = json!({"act_id": "act", "code": code});
        for (name, value) in more.as_object().into_iter().flatten() {
            expected[name] = value.clone();
        }
        assert_eq!(refused.entry("act"), expected);
    }
}

#[test]
fn every_code_of_esia_can_happen() {
    let seen: Vec<_> = all()
        .into_iter()
        .map(|(refused, ..)| refused.code())
        .collect();
    for code in Code::ALL {
        if code.as_str().starts_with("esia_") {
            assert!(seen.contains(code), "{}", code.as_str());
        }
    }
}

#[test]
fn errors_of_a_token_keep_their_meaning() {
    for (error, refused) in [
        (TokenError::Stale, Refused::Stale),
        (TokenError::Child, Refused::Child),
        (TokenError::Unconfirmed, Refused::Unconfirmed),
        (TokenError::Issuer, Refused::Token(TokenError::Issuer)),
    ] {
        assert_eq!(Refused::from(error), refused);
        assert_eq!(of_token(error), refused.code());
    }
}

/// Every code of the protocol sheet, section 5.3.
#[test]
fn esias_own_codes() {
    let rejected = [
        2, 3, 5, 6, 9, 12, 13, 14, 15, 19, 23, 38, 39, 40, 46, 53, 60, 61, 62, 194,
    ];
    let consents = [0, 1, 2, 3, 4, 5, 6, 7, 16, 26, 27];
    let cases = rejected
        .map(|n| (7000 + n, None))
        .into_iter()
        .chain(consents.map(|n| (36_700 + n, None)))
        .chain([
            (8010, None),
            (7004, Some(Refused::Denied)),
            (7007, Some(Refused::Unavailable(Step::Token))),
            (7008, Some(Refused::Unavailable(Step::Token))),
            (7011, Some(Refused::Session)),
            (7055, Some(Refused::Unconfirmed)),
            // Of a code that nobody has told us of, ESIA itself knows more: later is the safe word.
            (7999, Some(Refused::Unavailable(Step::Token))),
        ]);
    for (number, refused) in cases {
        let expected = refused.unwrap_or(Refused::Rejected(Some(EsiaCode(number))));
        let description = format!("ESIA-{number:06}: some text");
        for error in ["access_denied", "server_error", ""] {
            assert_eq!(
                of_esia(Step::Token, error, &description),
                expected,
                "{error} {description}"
            );
        }
    }
}

#[test]
fn oauth_errors_without_a_code() {
    for (error, description, refused) in [
        ("access_denied", "", Refused::Denied),
        ("invalid_grant", "", Refused::Session),
        ("invalid_grant", "ESIA-007999: …", Refused::Session),
        ("invalid_client", "", Refused::Rejected(None)),
        (
            "unauthorized_client",
            "ESIA-007998",
            Refused::Rejected(Some(EsiaCode(7998))),
        ),
        (
            "temporarily_unavailable",
            "",
            Refused::Unavailable(Step::Authorize),
        ),
        ("x", "ESIA-00ы", Refused::Unavailable(Step::Authorize)),
        ("", "", Refused::Unavailable(Step::Authorize)),
    ] {
        assert_eq!(
            of_esia(Step::Authorize, error, description),
            refused,
            "{error} {description}"
        );
    }
}

#[test]
fn only_a_code_is_taken_out_of_a_description() {
    let read = |text| EsiaCode::read(text).map(|code| code.to_string());
    assert_eq!(
        read("ESIA-007053: Иванова Мария").as_deref(),
        Some("ESIA-007053")
    );
    assert_eq!(read("ESIA-007053").as_deref(), Some("ESIA-007053"));
    for wrong in [
        "",
        "ESIA-00705",
        "ESIA-00705x",
        "ESIA-0070533",
        "ESIA-00705ы",
        "esia-007053",
        " ESIA-007053",
        "ESIA-+07053",
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn only_what_may_still_succeed_stays_open() {
    for (refused, code, _) in all() {
        let open = matches!(
            refused,
            Refused::Session | Refused::Unavailable(Step::Token)
        );
        assert_eq!(refused.is_final(), !open, "{code}");
    }
}

#[test]
fn the_wrong_person_does_not_learn_what_differs() {
    let failure = |mismatch| format!("{:?}", Failure::from(Refused::WrongPerson(mismatch)));
    for mismatch in [Mismatch::BirthDate, Mismatch::Snils, Mismatch::Latin] {
        assert_eq!(failure(Mismatch::Name), failure(mismatch));
    }
}
