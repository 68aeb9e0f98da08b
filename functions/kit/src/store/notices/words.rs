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
        Notice::PackageDeadline(_) => "срок документов заканчивается",
        Notice::Beginning => "онлайн-консультация скоро начнётся",
        Notice::Reminder => "документ ждёт вас",
        Notice::Signed => "документ подписан",
        Notice::Completed => "документ подписан клиникой",
        Notice::Cancelled => "документ отозван",
        Notice::Expired => "срок документа истёк",
        Notice::PackageExpired(_) => "срок документов истёк",
        Notice::Unopened => "документ не открыт",
        Notice::PackageUnopened(_) => "документы не открыты",
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
        Notice::PackageDeadline(count) => {
            format!(
                "{clinic}: вас ждут {}, ближайший срок — {until}.",
                documents(count)
            )
        }
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
        Notice::PackageExpired(count) => {
            format!(
                "{clinic}: срок {} истёк, теперь подписать их нельзя. Если они нужны, обратитесь в клинику.",
                of_documents(count)
            )
        }
        Notice::Unopened => format!("{clinic}: вас ждёт документ."),
        Notice::PackageUnopened(count) => format!("{clinic}: вас ждут {}.", documents(count)),
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

/// `3 документов`, in the genitive.
fn of_documents(count: u32) -> String {
    let word = match (count % 100, count % 10) {
        (11, _) => "документов",
        (_, 1) => "документа",
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
    if matches!(
        about.notice,
        Notice::Cancelled | Notice::Expired | Notice::PackageExpired(_)
    ) {
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
mod tests;
