//! The ways of signing that a page offers, and why the rest is not there.

use crate::db;
use podpis_kit::access::{By, Offered};
use podpis_kit::db::DbError;
use podpis_kit::store::accounts::contacts::{self, Contact, Held};
use podpis_kit::store::accounts::documents::Role;
use podpis_kit::store::agreements;
use podpis_kit::store::{Document, accounts::sessions::Session};
use podpis_kit::{Db, Failure, Result, acceptance, act, policy};
use podpis_shared::policy::{Agreement, Question, Way, WayRefusal, before_esia, ways};
use podpis_shared::problem::Code;
use podpis_shared::wire::account::{ClinicRef, Level};
use podpis_shared::wire::patient::{Consent, WayView};
use podpis_shared::{Method, Phone, Timestamp};

/// What a page offers.
#[derive(Default)]
pub(super) struct Ways {
    pub(super) ways: Vec<WayView>,
    /// The agreement to be accepted before a code signs.
    pub(super) agreement_needed: Option<ClinicRef>,
}

/// What stands against a code that the law allows: all of them are matters of the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// There is no phone that it could go to.
    Missing,
    /// The clinic named another phone for this signer.
    Another,
    /// An agreement accepted through ESIA would not name the account's phone: no code has come from it for long.
    Silent,
}

/// The ways of a document for whoever reaches it.
///
/// # Errors
/// As the database says.
pub(super) async fn of_document(
    db: &Db,
    document: &Document,
    by: &By,
    now: Timestamp,
) -> Result<Ways> {
    if !document.is_open(now) || by.may_act().is_err() {
        return Ok(Ways::default());
    }
    let phone = match by.account_id() {
        Some(account_id) => phone(db, account_id).await?,
        None => None,
    };
    let agreement = agreement(db, document, by, phone.as_ref()).await?;
    let table = policy::table().await?;
    let asked = ways(&table, document.question(now, document.method, agreement));
    let obstacle = match by {
        By::Link => None,
        By::Account(..) => obstacle(document, phone.as_ref()),
    };
    let seen = asked.into_iter().map(|way| {
        let (method, by_code) = (way.method, way.method == Method::Sms);
        let way = match obstacle.filter(|_| by_code) {
            Some(obstacle) => blocked(way, obstacle),
            None => way,
        };
        let to = phone.as_ref().filter(|_| by_code).map(Phone::masked);
        seen(way, act::consent(document, method), to)
    });
    let ways: Vec<WayView> = seen.collect();
    let waits = ways
        .iter()
        .any(|seen| seen.way.needs_agreement && !seen.way.offered);
    let agreement_needed = if waits {
        clinic_with_agreement(db, &document.clinic_id).await?
    } else {
        None
    };
    Ok(Ways {
        ways,
        agreement_needed,
    })
}

/// The ways of accepting a clinic's agreement: a code to the account's own phone or e-mail, and ESIA; first the one that suits.
///
/// # Errors
/// As the policy's table.
pub(super) async fn of_agreement(offered: &Offered, now: Timestamp) -> Result<Vec<WayView>> {
    let (reader, version) = (&offered.reader, &offered.agreement.id);
    let held = chosen(&reader.contacts, &reader.session);
    let method = held.map_or(Method::Sms, |held| method(&held.contact));
    let person = reader.account.person.as_ref();
    let table = policy::table().await?;
    let asked = acceptance::question(person, method, now);
    let of = |question: Question, method| {
        let mut all = ways(&table, question).into_iter();
        all.find(|way| way.method == method)
    };
    let code = of(asked, method).map(|way| {
        let way = match held {
            Some(_) => way,
            None => blocked(way, Obstacle::Missing),
        };
        let to = held.map(|held| held.contact.masked());
        seen(way, acceptance::words(person, method), to)
    });
    let all = agreements::acceptances_of_account(&reader.db, &reader.account.id).await?;
    // Once more would name no more than it does already.
    let in_vain = all.iter().any(|one| one.agreement_id == *version)
        && acceptance::phone(&reader.contacts, now).is_none();
    let esia = of(before_esia(asked), Method::Esia).map(|way| {
        let way = if in_vain {
            blocked(way, Obstacle::Silent)
        } else {
            way
        };
        seen(way, acceptance::words(person, Method::Esia), None)
    });
    let is_offered = |way: &Option<WayView>| way.as_ref().is_some_and(|way| way.way.offered);
    let code_first = reader.account.level == Level::Contact && is_offered(&code);
    let (first, second) = if code_first {
        (code, esia)
    } else {
        (esia, code)
    };
    Ok(first.into_iter().chain(second).collect())
}

/// The contact that an agreement is accepted with: the phone where there is one, since only an agreement that names it lets
/// codes sign; else the e-mail that the session signed in with; else any.
pub(crate) fn chosen<'a>(contacts: &'a [Held], session: &Session) -> Option<&'a Held> {
    let is_phone = |held: &&Held| matches!(held.contact, Contact::Phone(_));
    let is_own = |held: &&Held| session.contact_id.as_deref() == Some(held.id.as_str());
    let find = |is: &dyn Fn(&&Held) -> bool| contacts.iter().find(is);
    find(&is_phone)
        .or_else(|| find(&is_own))
        .or_else(|| contacts.first())
}

/// By what method a code to a contact accepts.
pub(super) const fn method(contact: &Contact) -> Method {
    match contact {
        Contact::Phone(_) => Method::Sms,
        Contact::Email(_) => Method::Email,
    }
}

/// The phone of an account, which codes go to.
///
/// # Errors
/// As the database says.
pub(super) async fn phone(db: &Db, account_id: &str) -> Result<Option<Phone>, DbError> {
    let held = contacts::of_account(db, account_id).await?;
    Ok(held.into_iter().find_map(|held| match held.contact {
        Contact::Phone(phone) => Some(phone),
        Contact::Email(_) => None,
    }))
}

/// How it stands with the agreement that a code to this phone would rest on.
///
/// # Errors
/// As the database says.
pub(super) async fn agreement(
    db: &Db,
    document: &Document,
    by: &By,
    phone: Option<&Phone>,
) -> Result<Agreement, DbError> {
    let (Some(account_id), Some(phone)) = (by.account_id(), phone) else {
        return Ok(Agreement::Missing);
    };
    let clinic = &document.clinic_id;
    let basis = agreements::valid_for_phone(db, clinic, account_id, phone.expose()).await?;
    Ok(match basis {
        Some(_) => Agreement::Valid,
        None => Agreement::Missing,
    })
}

/// What stands against a code to the account's phone.
pub(super) fn obstacle(document: &Document, phone: Option<&Phone>) -> Option<Obstacle> {
    let Some(phone) = phone else {
        return Some(Obstacle::Missing);
    };
    let named = document.signer().phone.as_ref();
    named
        .is_some_and(|named| named != phone)
        .then_some(Obstacle::Another)
}

impl Obstacle {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Missing => {
                "Код приходит на телефон, а в вашем кабинете его нет. Добавьте номер в профиле."
            }
            Self::Another => {
                "Клиника указала для этого документа другой номер телефона. Подпишите через Госуслуги или позвоните в \
                 клинику."
            }
            Self::Silent => {
                "Это соглашение вы уже приняли, но телефон в нём не назван: код на него давно не приходил. \
                 Примите соглашение кодом, и телефон будет назван."
            }
        }
    }
}

impl From<Obstacle> for Failure {
    fn from(obstacle: Obstacle) -> Self {
        let code = match obstacle {
            Obstacle::Missing => Code::PhoneNeeded,
            Obstacle::Another | Obstacle::Silent => Code::PhoneMismatch,
        };
        Self::new(code, obstacle.sentence())
    }
}

/// A way that is not offered for a reason of this account's; what the law says against it comes first.
fn blocked(way: Way, obstacle: Obstacle) -> Way {
    if !way.offered && !way.needs_agreement {
        return way;
    }
    Way {
        offered: false,
        needs_agreement: false,
        refusal: Some(WayRefusal {
            rule: "phone".into(),
            law: None,
            sentence: obstacle.sentence().into(),
        }),
        ..way
    }
}

fn seen(way: Way, consent: Consent, to: Option<String>) -> WayView {
    let words = way.offered || way.needs_agreement;
    WayView {
        way,
        consent: Some(consent).filter(|_| words),
        to: to.filter(|_| words),
    }
}

async fn clinic_with_agreement(db: &Db, clinic_id: &str) -> Result<Option<ClinicRef>> {
    if agreements::current(db, clinic_id).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(ClinicRef {
        id: clinic_id.into(),
        name: db::look_name(db, clinic_id).await?,
        logo: None,
    }))
}

/// Whether the reader only sees the document.
pub(super) const fn only_sees(by: &By) -> bool {
    matches!(by, By::Account(_, Role::Patient))
}

#[cfg(test)]
mod tests;
