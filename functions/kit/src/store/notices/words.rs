//! The words of notices.
//!
//! Anybody may look at a phone's screen or at a mailbox, and a push message passes a foreign service: no name of a
//! person, no title and no kind of a document. The clinic's name is all that they tell.

use super::{About, Notice};
use crate::store::outbox::LINK_TOKEN;
use podpis_shared::Delivery;

/// Subject of a letter, title of a push message: `Клиника «Пример»: новый документ`.
pub(super) fn subject(about: &About<'_>) -> String {
    let what = match about.notice {
        Notice::Arrived => "новый документ",
        Notice::Package(count) => {
            return format!("{}: {} на подпись", about.clinic, documents(count));
        }
        Notice::Kept => "документ на хранение",
        Notice::Deadline => "срок документа заканчивается",
        Notice::Beginning => "онлайн-консультация скоро начнётся",
        Notice::Reminder => "документ ждёт вас",
        Notice::Signed => "документ подписан",
        Notice::Completed => "документ подписан клиникой",
        Notice::Cancelled => "документ отозван",
        Notice::Expired => "срок документа истёк",
        Notice::Unopened => "документ не открыт",
    };
    format!("{}: {what}", about.clinic)
}

/// A sentence or two: all of a push message, whose click leads to the document.
pub(super) fn sentence(about: &About<'_>) -> String {
    let until = about.document.expires_at.moscow_words();
    let signed = about.document.signed_at.unwrap_or(about.due).moscow_words();
    let clinic = about.clinic;
    match about.notice {
        Notice::Arrived => format!("{clinic}: для вас есть документ, он ждёт до {until}."),
        Notice::Package(count) => {
            format!(
                "{clinic}: для вас {} на подпись, каждый открывается и подписывается отдельно. Первый ждёт до {until}.",
                documents(count)
            )
        }
        Notice::Kept => {
            format!("{clinic}: вам прислан документ на хранение, подписывать ничего не нужно.")
        }
        Notice::Deadline => format!("{clinic}: документ ждёт вас только до {until}."),
        Notice::Beginning => {
            format!(
                "{clinic}: перед онлайн-консультацией вас ждёт документ, без него она не начнётся."
            )
        }
        Notice::Reminder => {
            format!("{clinic}: напоминаем о документе, он ждёт до {until}.")
        }
        Notice::Signed => {
            format!(
                "{clinic}: вы подписали документ {signed}. Если это были не вы, сообщите клинике."
            )
        }
        Notice::Completed => {
            format!(
                "{clinic}: клиника подписала документ, который раньше подписали вы. Итоговую версию можно скачать."
            )
        }
        Notice::Cancelled if about.document.is_kept() => {
            format!(
                "{clinic}: документ, который был прислан вам на хранение, отозван. Делать ничего не нужно."
            )
        }
        Notice::Cancelled => {
            format!("{clinic}: документ, который ждал вас, отозван. Делать ничего не нужно.")
        }
        Notice::Expired => {
            format!(
                "{clinic}: документ ждал вас до {until}, теперь подписать его нельзя. Если он нужен, обратитесь в клинику."
            )
        }
        Notice::Unopened => format!("{clinic}: вас ждёт документ."),
    }
}

/// `3 документа`.
fn documents(count: u32) -> String {
    let word = match (count % 100, count % 10) {
        (11..=14, _) => "документов",
        (_, 1) => "документ",
        (_, 2..=4) => "документа",
        _ => "документов",
    };
    format!("{count}\u{a0}{word}")
}

/// The text of an SMS: as short as can be, since each part costs.
pub(super) fn sms(about: &About<'_>) -> String {
    let what = sentence(about);
    if about.base_url.is_empty() {
        return what;
    }
    format!("{what} Личный кабинет: {}/account", about.base_url)
}

/// The sentence with the way to the document. `has_account`: of a person that we know.
fn short(about: &About<'_>, has_account: bool) -> String {
    let what = sentence(about);
    if matches!(about.notice, Notice::Cancelled | Notice::Expired) {
        return what;
    }
    // A document by link is no reason to make an account.
    if about.document.delivery == Delivery::Link && !has_account {
        return match about.notice {
            Notice::Completed if about.base_url.is_empty() => what,
            Notice::Completed => format!("{what} Откройте: {}/d/#{LINK_TOKEN}", about.base_url),
            _ => format!("{what} Копию можно скачать по ссылке из СМС."),
        };
    }
    if about.base_url.is_empty() {
        return what;
    }
    let (base, id) = (about.base_url, about.document.id.as_str());
    format!("{what} Откройте в личном кабинете: {base}/account/document#{id}")
}

/// A letter's text.
pub(super) fn letter(about: &About<'_>, has_account: bool) -> String {
    let short = short(about, has_account);
    let mut letter = format!("Здравствуйте!\n\n{short}\n");
    if matches!(
        about.notice,
        Notice::Arrived | Notice::Package(_) | Notice::Kept | Notice::Reminder
    ) {
        let what = match about.notice {
            Notice::Package(_) => "Что это за документы",
            _ => "Что это за документ",
        };
        letter.push_str(&format!(
            "\n{what}, видно только в кабинете: в письмах мы этого не пишем. \
             Войти можно с этим адресом почты, с номером телефона или через Госуслуги.\n"
        ));
    }
    if has_account && !about.base_url.is_empty() {
        letter.push_str(&format!(
            "\nКакие уведомления получать, вы выбираете в кабинете: {}/account#profile\n",
            about.base_url
        ));
    }
    letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Document;
    use podpis_shared::{Hashes, Kind, Method, Parties, Person, Purpose, Status, Timestamp};

    const ALL: [Notice; 11] = [
        Notice::Arrived,
        Notice::Package(3),
        Notice::Kept,
        Notice::Deadline,
        Notice::Beginning,
        Notice::Reminder,
        Notice::Signed,
        Notice::Completed,
        Notice::Cancelled,
        Notice::Expired,
        Notice::Unopened,
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
        let text = sms(&about(Notice::Unopened, &document));
        assert!(text.ends_with(": https://sign.example/account"), "{text}");
        assert!(text.chars().count() <= 134, "{text}");
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
}
