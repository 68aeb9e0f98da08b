//! Tests of the words.

use podpis_shared::problem::Code;
use podpis_shared::wire::account::{
    AccountView, ClinicRef, ConsentItem, DocumentItem, Ended, Level, Notices,
};
use podpis_shared::{Kind, Method, Status, Timestamp};

use super::*;
use crate::model::account::Note;
use crate::model::account::contact::Flaw;
use crate::model::account::list::Common;
use crate::model::account::route::Filter;
use crate::model::account::trouble::{Trouble, What};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

fn item(status: Status, kind: Kind) -> DocumentItem {
    DocumentItem {
        id: "1".into(),
        title: "Договор".into(),
        kind,
        kept: false,
        status,
        clinic: ClinicRef {
            id: "c".into(),
            name: "Клиника".into(),
            logo: None,
        },
        method: Method::Esia,
        created_at: at("2026-12-01T09:00:00Z"),
        expires_at: at("2026-12-05T11:05:00Z"),
        signed_at: None,
        on_behalf_of: None,
        on_behalf_of_age: None,
        signed_for_me_by: None,
        unread: true,
        mine_to_sign: true,
    }
}

#[test]
fn dates_are_moscows_and_name_the_year_when_it_matters() {
    let now = at("2026-12-01T00:00:00Z");
    assert_eq!(
        plain(&moment(at("2026-12-05T11:05:00Z"), now)),
        "5 декабря, 14:05"
    );
    assert_eq!(
        plain(&moment(at("2026-12-31T21:00:00Z"), now)),
        "1 января 2027, 00:00"
    );
    assert_eq!(
        plain(&day(at("2025-01-09T12:00:00Z"), now)),
        "9 января 2025"
    );
    assert_eq!(plain(&date("2051-12-05")), "5 декабря 2051");
    for odd in ["", "2051", "2051-13-01", "когда-то-там"] {
        assert_eq!(date(odd), odd);
    }
}

#[test]
fn deadlines() {
    let now = at("2026-12-04T12:05:00Z");
    let (until, left) = deadline(at("2026-12-05T11:05:00Z"), now);
    assert_eq!(plain(&until), "до 5 декабря, 14:05");
    assert_eq!(
        left.map(|left| plain(&left)).as_deref(),
        Some("осталось 23 часа")
    );
    assert_eq!(deadline(at("2026-12-20T11:05:00Z"), now).1, None);
}

#[test]
fn for_whom_a_document_is() {
    for (age, words) in [
        (Some(7), "За ребёнка: Иванов Пётр, 7 лет"),
        (Some(1), "За ребёнка: Иванов Пётр, 1 год"),
        (Some(0), "За ребёнка: Иванов Пётр, меньше года"),
        (Some(17), "За ребёнка: Иванов Пётр, 17 лет"),
        (Some(82), "От имени: Иванов Пётр, 82 года"),
        (None, "От имени: Иванов Пётр"),
    ] {
        assert_eq!(plain(&for_whom("Иванов Пётр", age)), words);
        let group = group(&Common::For("Иванов Пётр".into(), age));
        assert_eq!(plain(&group), words);
    }
    assert_eq!(group(&Common::Month(2026, 12)), "Декабрь 2026");
}

#[test]
fn every_state_has_plain_words_of_its_own() {
    let now = at("2026-12-04T12:00:00Z");
    let mut seen = Vec::new();
    for state in Status::ALL {
        let words = status(&item(*state, Kind::Other), now);
        assert!(words.is_ascii() == words.is_empty() && !words.contains('_'));
        if *state != Status::Opened {
            assert!(!seen.contains(&words), "{words}");
            seen.push(words);
        }
    }
    for signed_for_me_by in [None, Some("Иванова Мария".into())] {
        let kept = DocumentItem {
            kept: true,
            signed_at: None,
            signed_for_me_by,
            ..item(Status::Completed, Kind::Other)
        };
        let words = plain(&status(&kept, now));
        assert!(words.starts_with("Прислан на хранение "), "{words}");
    }
    let medical = status(&item(Status::PatientSigned, Kind::Ids), now);
    assert!(medical.contains("врача"));
    let represented = DocumentItem {
        mine_to_sign: false,
        signed_for_me_by: Some("Иванова Мария".into()),
        ..item(Status::Sent, Kind::Other)
    };
    assert_eq!(
        plain(&status(&represented, now)),
        "За вас подпишет Иванова Мария"
    );
}

#[test]
fn counts_in_words() {
    for (n, words) in [
        (0, "Сейчас подписывать нечего."),
        (1, "Один документ ждёт вашей подписи."),
        (3, "3 документа ждут вашей подписи."),
        (11, "11 документов ждут вашей подписи."),
        (21, "21 документ ждёт вашей подписи."),
    ] {
        assert_eq!(plain(&waiting(n)), words);
    }
    assert_eq!(wait(900).replace('\u{a0}', " "), "15 минут");
    assert_eq!(wait(61).replace('\u{a0}', " "), "2 минуты");
    assert_eq!(wait(0).replace('\u{a0}', " "), "1 секунду");
    assert_eq!(clock(65), "1:05");
}

#[test]
fn every_refusal_names_a_next_step() {
    let steps = [
        "опробуйте",
        "роверьте",
        "ажмите",
        "войдите",
        "Войдите",
        "бновите",
        "одождите",
        "апросите",
        "ачните",
        "одтвердите",
        "страница продолжит",
        "заведите",
        "Страница продолжит",
    ];
    let named = |text: &str| {
        let text = plain(text);
        assert!(steps.iter().any(|step| text.contains(step)), "{text}");
    };
    let whats = Code::ALL.iter().map(|code| What::Code(*code)).chain([
        What::Offline,
        What::Down,
        What::TooMany,
        What::SignedOut,
        What::Gated,
        What::Other,
    ]);
    for what in whats {
        for wait_s in [None, Some(40)] {
            let case = Trouble {
                wait_s,
                ..Trouble::new(what)
            };
            named(&trouble(&case).body);
            named(&note(&Note::Esia(case.clone())).body);
            named(&contact_trouble(&case));
            named(&gate_trouble(&case));
            named(&code_trouble(&case));
        }
    }
    for case in [Flaw::Empty, Flaw::Short, Flaw::Long, Flaw::NotAddress] {
        assert!(flaw(case).ends_with('.'));
    }
}

#[test]
fn an_empty_tab_says_where_the_rest_is() {
    let view = |all| AccountView {
        level: Level::Contact,
        name: None,
        birth_date: None,
        gate: None,
        contacts: Vec::new(),
        clinics: Vec::new(),
        to_sign: 0,
        signed: 0,
        all,
        unread: 0,
        agreements_due: Vec::new(),
        notices: Notices::default(),
        utc_offset: None,
    };
    assert_eq!(empty(Filter::ToSign, &view(3)).title, "Всё подписано");
    assert_eq!(empty(Filter::ToSign, &view(0)).title, "Документов пока нет");
}

#[test]
fn a_consent_says_where_it_was_signed_and_for_whom() {
    let now = at("2026-12-01T09:00:00Z");
    let own = ConsentItem {
        document_id: "1".into(),
        clinic: item(Status::Completed, Kind::MarketingConsent).clinic,
        title: "Согласие".into(),
        signed_at: at("2026-11-17T09:00:00Z"),
        kept: false,
        on_behalf_of: None,
        signed_for_me_by: None,
        withdrawn_at: None,
    };
    assert_eq!(plain(&consent_state(&own, now)), "Дано 17 ноября");
    assert_eq!(consent_whose(&own), None);
    assert_eq!(about_consent(&own), "Отозвать: Согласие, Клиника");
    let kept = ConsentItem {
        kept: true,
        ..own.clone()
    };
    assert_eq!(
        plain(&consent_state(&kept, now)),
        "Подписано не здесь, клиника прислала 17 ноября"
    );
    let withdrawn = ConsentItem {
        withdrawn_at: Some(now),
        ..kept
    };
    assert!(consent_state(&withdrawn, now).starts_with("Отозвано"));
    let childs = ConsentItem {
        on_behalf_of: Some("Иванов Пётр".into()),
        ..own.clone()
    };
    assert!(about_consent(&childs).ends_with("Иванов Пётр"));
    assert!(consent_whose(&childs).is_some_and(|whose| whose.ends_with("Иванов Пётр")));
    assert!(super::withdrawn(&childs).contains("Иванов Пётр"));
    let mine = ConsentItem {
        signed_for_me_by: Some("Иванова Мария".into()),
        ..own
    };
    assert!(consent_whose(&mine).is_some_and(|whose| whose.contains("представитель: Иванова")));
}

#[test]
fn every_end_of_a_session_has_a_sentence_of_its_own() {
    let said = |why| note(&Note::Ended(why)).body;
    let all = [
        Ended::Idle,
        Ended::Absolute,
        Ended::Device,
        Ended::Everywhere,
        Ended::Merged,
        Ended::Erased,
        Ended::Other,
    ];
    let sentences: std::collections::BTreeSet<String> =
        all.iter().map(|why| said(Some(*why))).collect();
    assert_eq!(sentences.len(), all.len());
    assert_eq!(said(None), said(Some(Ended::Other)));
}
