//! Tests of the words.

use super::*;
use crate::store::Document;
use podpis_shared::{Hashes, Kind, Method, Parties, Person, Purpose, Status, Timestamp};

const ALL: [Notice; 14] = [
    Notice::Arrived,
    Notice::Package(3),
    Notice::Kept,
    Notice::Deadline,
    Notice::PackageDeadline(3),
    Notice::Beginning,
    Notice::Reminder,
    Notice::Signed,
    Notice::Completed,
    Notice::Cancelled,
    Notice::Expired,
    Notice::PackageExpired(3),
    Notice::Unopened,
    Notice::PackageUnopened(3),
];

#[test]
fn nothing_is_told_but_the_clinics_name() {
    let document = document(Delivery::Account);
    for notice in ALL {
        let about = about(notice, &document);
        for has_account in [false, true] {
            let all = [
                subject(&about),
                sms(&about),
                sentence(&about),
                letter(&about, has_account),
            ]
            .join("\n");
            assert!(all.contains("Клиника «Пример»"), "{all}");
            for secret in [
                "Иванова",
                "Мария",
                "Петровна",
                "прерывание",
                "согласие",
                "79161234567",
                "example.ru",
                "11223344595",
                "1985",
                "MIS-42",
            ] {
                assert!(!all.contains(secret), "{notice:?} tells {secret}: {all}");
            }
        }
    }
}

#[test]
fn documents_are_counted() {
    for (count, words) in [
        (1, "1 документ"),
        (2, "2 документа"),
        (4, "4 документа"),
        (5, "5 документов"),
        (11, "11 документов"),
        (14, "14 документов"),
        (20, "20 документов"),
        (21, "21 документ"),
        (112, "112 документов"),
    ] {
        assert_eq!(documents(count).replace('\u{a0}', " "), words);
    }
    let document = document(Delivery::Account);
    let told = about(Notice::Package(3), &document);
    assert_eq!(
        subject(&told).replace('\u{a0}', " "),
        "Клиника «Пример»: 3 документа на подпись"
    );
    assert!(letter(&told, true).contains("/account/document#doc_1"));
}

#[test]
fn a_reminder_of_a_package_says_how_many_and_the_nearest_end() {
    let document = document(Delivery::Account);
    let told = about(Notice::PackageDeadline(3), &document);
    let text = letter(&told, true).replace('\u{a0}', " ");
    let until = document.expires_at.moscow_words().replace('\u{a0}', " ");
    let words = format!("вас ждут 3 документа, ближайший срок — {until}.");
    assert!(text.contains(&words), "{text}");
    assert!(text.contains("/account/document#doc_1"), "{text}");
    let over = letter(&about(Notice::PackageExpired(5), &document), true).replace('\u{a0}', " ");
    assert!(over.contains("срок 5 документов истёк"), "{over}");
    assert!(!over.contains("/account/document"), "{over}");
}

#[test]
fn the_way_leads_to_the_document() {
    let document = document(Delivery::Account);
    let text = short(&about(Notice::Arrived, &document), false);
    assert!(
        text.ends_with(": https://sign.example/account/document#doc_1"),
        "{text}"
    );
    let nowhere = About {
        base_url: "",
        ..about(Notice::Arrived, &document)
    };
    assert!(!letter(&nowhere, true).contains("http"));
}

#[test]
fn what_is_kept_asks_for_nothing() {
    let kept = Document {
        purpose: Purpose::Keeping,
        status: Status::Completed,
        expires_at: Timestamp::MAX,
        ..document(Delivery::Account)
    };
    for notice in [Notice::Kept, Notice::Cancelled] {
        let about = about(notice, &kept);
        let all = [subject(&about), letter(&about, true)].join("\n");
        assert!(!all.contains("ждёт") && !all.contains("9999"), "{all}");
    }
    let (arrived, now) = (Notice::Kept.as_str(), Timestamp::from_unix(1_795_000_000));
    assert!(!Notice::is_pointless(arrived, &kept, now));
    let taken = Document {
        status: Status::Cancelled,
        ..kept
    };
    assert!(Notice::is_pointless(arrived, &taken, now));
    assert!(!Notice::is_pointless(
        Notice::Cancelled.as_str(),
        &taken,
        now
    ));
}

#[test]
fn an_sms_about_what_was_not_opened_has_two_parts() {
    let document = document(Delivery::Account);
    for notice in [Notice::Unopened, Notice::PackageUnopened(20)] {
        let text = sms(&about(notice, &document));
        assert!(text.ends_with(": https://sign.example/account"), "{text}");
        assert!(text.chars().count() <= 134, "{text}");
    }
    let told = sentence(&about(Notice::Unopened, &document));
    assert!(!told.contains("http"), "{told}");
}

#[test]
fn who_signed_by_link_is_not_sent_to_an_account() {
    let document = document(Delivery::Link);
    for notice in [Notice::Signed, Notice::Completed] {
        let about = about(notice, &document);
        let way = match notice {
            Notice::Completed => "/d/#{link}",
            _ => "ссылке из СМС.",
        };
        assert!(short(&about, false).ends_with(way));
        assert!(short(&about, true).contains("/account/document#doc_1"));
    }
}

fn about(notice: Notice, document: &Document) -> About<'_> {
    About {
        notice,
        document,
        clinic: "Клиника «Пример»",
        base_url: "https://sign.example",
        due: Timestamp::from_unix(1_795_000_000),
    }
}

fn document(delivery: Delivery) -> Document {
    let patient: Person = serde_json::from_str(
        r#"{"last_name": "Иванова", "first_name": "Мария", "middle_name": "Петровна", "birth_date": "1985-03-12",
            "snils": "11223344595", "phone": "+79161234567", "email": "m@example.ru"}"#,
    )
    .unwrap();
    Document {
        id: "doc_1".into(),
        clinic_id: "cl_1".into(),
        position: 1,
        kind: Kind::Ids,
        title: "Согласие на прерывание".into(),
        external_id: Some("MIS-42".into()),
        patient,
        representative: None,
        purpose: Purpose::Signing,
        delivery,
        method: Method::Esia,
        parties: Parties::Patient,
        metadata: "{}".into(),
        status: Status::Sent,
        original_blob: "blob_1".into(),
        signed_blob: None,
        hashes: Hashes::of(b""),
        size: 0,
        pages: 1,
        created_at: Timestamp::from_unix(1_795_000_000),
        expires_at: Timestamp::from_unix(1_796_000_000),
        opened_at: None,
        signed_at: None,
        completed_at: None,
    }
}
