//! Signing by a one-time code: whose account and contact it was, held against the document right before the step.

use crate::making::Signature;
use podpis_kit::store::accounts::contacts::{self, Contact};
use podpis_kit::store::accounts::documents::{self as own, Role};
use podpis_kit::store::agreements::{self, Basis};
use podpis_kit::store::{Document, accounts};
use podpis_kit::{Db, Failure, Result};
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::{CodeIdentity, Identity};
use podpis_shared::{Email, Method, Person, Phone, Timestamp};

/// The way of signing that an identity belongs to.
pub(crate) fn method(identity: &Identity) -> Result<Method> {
    match identity {
        Identity::Esia(_) => Ok(Method::Esia),
        Identity::Code(code) => Ok(match contact(code)? {
            Contact::Phone(_) => Method::Sms,
            Contact::Email(_) => Method::Email,
        }),
    }
}

/// Where the code went.
pub(crate) fn contact(code: &CodeIdentity) -> Result<Contact> {
    let to = code.to.expose();
    let contact = match code.channel.as_str() {
        "sms" => Phone::parse(to).map(Contact::Phone),
        "email" => Email::parse(to).map(Contact::Email),
        _ => None,
    };
    contact.ok_or_else(|| Failure::new(Code::Invalid, "the code went nowhere that is known"))
}

/// The account is alive, and the contact is its own at this moment.
///
/// # Errors
/// `signed_out`, `phone_mismatch`.
pub(crate) async fn check_account(db: &Db, code: &CodeIdentity) -> Result<accounts::Account> {
    let account = accounts::find(db, &code.account_id).await?;
    let account = account
        .ok_or_else(|| Failure::new(Code::SignedOut, "Личный кабинет закрыт. Войдите снова."))?;
    check_contact(db, code).await?;
    Ok(account)
}

/// The account may sign this document by this code.
///
/// # Errors
/// Those of [`check_account`]; `wrong_person` where the document is not this account's to sign; `phone_mismatch` where the
/// clinic named another phone.
pub(crate) async fn check_signer(
    db: &Db,
    document: &Document,
    code: &CodeIdentity,
    at: Timestamp,
) -> Result<()> {
    let account = check_account(db, code).await?;
    check_role(db, document, code, at).await?;
    let signer = document.signer();
    if let (Contact::Phone(phone), Some(named)) = (contact(code)?, &signer.phone)
        && phone != *named
    {
        return Err(Failure::new(
            Code::PhoneMismatch,
            "Клиника указала для этого документа другой номер телефона. Подпишите через Госуслуги или позвоните в \
             клинику.",
        ));
    }
    // What ESIA said of the account's person is stronger than any phone.
    let confirmed = account.person.filter(|_| account.person_by_esia);
    if confirmed.is_some_and(|person| signer.matches(&person).is_err()) {
        return Err(not_addressee());
    }
    Ok(())
}

/// What may have changed since [`check_signer`], while the file was made: asked once more inside the transaction.
///
/// # Errors
/// `wrong_person`, `phone_mismatch`.
pub(crate) async fn check_again(
    db: &Db,
    document: &Document,
    code: &CodeIdentity,
    at: Timestamp,
) -> Result<()> {
    check_contact(db, code).await?;
    check_role(db, document, code, at).await
}

/// What a signature by this code may rest on; only a code to a phone rests on anything.
pub(crate) async fn basis(
    db: &Db,
    document: &Document,
    code: &CodeIdentity,
) -> Result<Option<Basis>> {
    let Contact::Phone(phone) = contact(code)? else {
        return Ok(None);
    };
    let (clinic, account) = (&document.clinic_id, &code.account_id);
    Ok(agreements::valid_for_phone(db, clinic, account, phone.expose()).await?)
}

/// Nobody's number stands in full where it need not: `владелец номера +7 *** ***-45-67` of whom nobody has named.
pub(crate) fn public_name(person: &Person) -> String {
    if person.is_named() {
        return person.full_name();
    }
    match (&person.phone, &person.email) {
        (Some(phone), _) => format!("владелец номера {}", phone.masked()),
        (None, Some(email)) => format!("владелец адреса {}", email.masked()),
        (None, None) => person.full_name(),
    }
}

/// Who said that the contact is the signer's: names for machines, and words that go on after `номер` or `адрес`.
pub(crate) fn source(signature: &Signature<'_>, contact: &Contact) -> (Vec<String>, &'static str) {
    let signer = signature.document.signer();
    let named = match contact {
        Contact::Phone(phone) => signer.phone.as_ref() == Some(phone),
        Contact::Email(email) => signer.email.as_ref() == Some(email),
    };
    if named && signature.sent_by_clinic {
        let words = "назвала медицинская организация, подтвердил кодом владелец личного кабинета";
        return (vec!["clinic".into(), "account".into()], words);
    }
    let words = "назвал владелец личного кабинета и подтвердил его кодом";
    (vec!["account".into()], words)
}

/// The contact is the account's at this moment.
///
/// # Errors
/// `phone_mismatch`.
pub(crate) async fn check_contact(db: &Db, code: &CodeIdentity) -> Result<()> {
    let held = contacts::holder(db, &contact(code)?).await?;
    if held.is_some_and(|held| held.account_id == code.account_id) {
        return Ok(());
    }
    Err(Failure::new(
        Code::PhoneMismatch,
        "Код пришёл на номер или адрес, который больше не относится к вашему личному кабинету.",
    ))
}

async fn check_role(
    db: &Db,
    document: &Document,
    code: &CodeIdentity,
    at: Timestamp,
) -> Result<()> {
    match own::role(db, &code.account_id, &document.id, at).await? {
        Some(Role::Signer) => Ok(()),
        Some(Role::Patient) | None => Err(not_addressee()),
    }
}

fn not_addressee() -> Failure {
    Failure::new(Code::WrongPerson, "Документ адресован другому человеку.")
}
