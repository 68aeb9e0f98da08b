//! Accepted agreements, and consents to advertising.

use podpis_shared::Timestamp;
use podpis_shared::wire::account::ConsentItem;

use super::{day, moment};

pub(crate) const AGREEMENTS: &str = "Принятые соглашения";
pub(crate) const AGREEMENTS_NONE: &str = "Вы\u{a0}ещё не\u{a0}принимали соглашений клиник.";
pub(crate) const AGREEMENT_OUTDATED: &str = "Есть новая редакция";
pub(crate) const DOWNLOAD: &str = "Скачать подписанное";
pub(crate) const DOWNLOAD_SHORT: &str = "Скачать";
pub(crate) const DOWNLOADING: &str = "Скачиваем…";
pub(crate) const CONSENTS: &str = "Согласия на\u{a0}рекламу";
pub(crate) const CONSENTS_LEAD: &str = "Отозвать можно в\u{a0}любой момент, сразу и\u{a0}без объяснений. На\u{a0}лечение это не\u{a0}влияет.";
pub(crate) const CONSENTS_NONE: &str = "Вы\u{a0}не\u{a0}давали согласий на\u{a0}рекламу.";
pub(crate) const WITHDRAW: &str = "Отозвать";
pub(crate) const WITHDRAWING: &str = "Отзываем…";

/// Version and day of an accepted agreement.
pub(crate) fn accepted(version: i64, at: Timestamp, now: Timestamp) -> String {
    format!("Редакция {version}, принято {}", day(at, now))
}

/// Which agreement or consent a button is about, for a screen reader.
pub(crate) fn about_document(act: &str, title: &str, clinic: &str) -> String {
    format!("{act}: {title}, {clinic}")
}

/// How a consent stands.
pub(crate) fn consent_state(item: &ConsentItem, now: Timestamp) -> String {
    match item.withdrawn_at {
        Some(at) => format!("Отозвано {}", moment(at, now)),
        None if item.kept => format!(
            "Подписано не\u{a0}здесь, клиника прислала {}",
            day(item.signed_at, now)
        ),
        None => format!("Дано {}", day(item.signed_at, now)),
    }
}

/// Whom a consent is about, or who gave it, where that is somebody else.
pub(crate) fn consent_whose(item: &ConsentItem) -> Option<String> {
    let given = item.on_behalf_of.as_ref();
    let given = given.map(|name| format!("За\u{a0}кого: {name}"));
    given.or_else(|| {
        let by = item.signed_for_me_by.as_ref()?;
        Some(format!("Дал ваш представитель: {by}"))
    })
}

/// Which consent a button withdraws, for a screen reader: of whom, where it is somebody else's.
pub(crate) fn about_consent(item: &ConsentItem) -> String {
    let about = about_document(WITHDRAW, &item.title, &item.clinic.name);
    match &item.on_behalf_of {
        Some(name) => format!("{about}, за\u{a0}кого: {name}"),
        None => about,
    }
}

/// Said when a consent was withdrawn.
pub(crate) fn withdrawn(item: &ConsentItem) -> String {
    let clinic = &item.clinic.name;
    match &item.on_behalf_of {
        None => format!("Согласие отозвано. {clinic} больше не\u{a0}вправе присылать вам рекламу."),
        Some(name) => {
            format!(
                "Согласие отозвано. За\u{a0}кого: {name}. {clinic} больше не\u{a0}вправе присылать по\u{a0}нему рекламу."
            )
        }
    }
}
