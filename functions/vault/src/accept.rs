//! Accepting a clinic's user agreement: one step makes the document, its signature, its seal and the acceptance.

use crate::making::{self, Made, Signature, signature_id};
use crate::{code, db, settings};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::accounts::contacts::{self, Contact};
use podpis_kit::store::accounts::{self, documents as own};
use podpis_kit::store::agreements::{self, Acceptance, Agreement};
use podpis_kit::store::{Document, Event, intake, journal};
use podpis_kit::{Db, Failure, Result, acceptance, http, now};
use podpis_shared::account::same_person;
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy;
use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::vault::{Accept, Accepted, EsiaIdentity, Identity};
use podpis_shared::{
    Delivery, Email, Kind, Method, Parties, Person, Phone, Purpose, Status, Timestamp,
};
use serde_json::json;

/// `POST /accept`.
///
/// The same act asked again gets the same answer, and so does the same account that accepts the same version with the same
/// contact in another act.
///
/// # Errors
/// `not_found`, `consent_changed` where the version is not in force any more, `hash_mismatch`, `signed_out`, `phone_mismatch`,
/// `wrong_person` where the account is not that of ESIA's person, `policy`. Nothing changes then.
pub(crate) async fn accept(headers: HeaderMap, body: Body) -> Result<Response> {
    let request: Accept = http::read_json(&headers, body).await?;
    let db = Db::open().await?;
    let terms = Terms::of(&db, &request, now()).await?;
    let agreement = agreements::find(&db, &request.agreement_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    if let Some(accepted) = accepted(&db, &request, &terms).await? {
        return answer(&accepted.document_id, accepted.accepted_at);
    }
    check(&db, &request, &agreement).await?;
    let at = now();
    let document = document(&request, &agreement, &terms, at);
    let table = podpis_kit::policy::table().await?;
    let question = document.question(at, document.method, policy::Agreement::Missing);
    let allowed = policy::decide(&table, question).map_err(Problem::of_refusal_to_sign)?;
    let clinic = db::clinic(&db, &document.clinic_id).await?;
    let signature = Signature {
        id: signature_id(&request.act_id),
        document: &document,
        sent_by_clinic: false,
        received_at: agreement.created_at,
        clinic: &clinic,
        method: document.method,
        act: &request.act,
        identity: &request.identity,
        allowed,
        policy: table.version().to_owned(),
        agreement: None,
        at,
    };
    let made = making::make(&db, &signature).await?;
    match commit(db, &request, &agreement, &terms, &signature, made).await {
        Ok(()) => answer(&document.id, at),
        Err(failure) => {
            // Another request of this act, or another act of this account, was faster: its acceptance stands.
            let db = Db::open().await?;
            match accepted(&db, &request, &terms).await? {
                Some(accepted) => answer(&accepted.document_id, accepted.accepted_at),
                None => Err(failure),
            }
        }
    }
}

/// By what way it is accepted, and the contact that it names.
#[derive(PartialEq)]
struct Terms {
    method: Method,
    phone: Option<Phone>,
    email: Option<Email>,
}

impl Terms {
    /// Of a code its own contact; through ESIA the account's phone as it is now, which nobody but the account itself can name.
    async fn of(db: &Db, request: &Accept, at: Timestamp) -> Result<Self> {
        let (method, phone, email) = match &request.identity {
            Identity::Code(code) => match code::contact(code)? {
                Contact::Phone(phone) => (Method::Sms, Some(phone), None),
                Contact::Email(email) => (Method::Email, None, Some(email)),
            },
            Identity::Esia(_) => {
                let held = contacts::of_account(db, &request.account_id).await?;
                (Method::Esia, acceptance::phone(&held, at).cloned(), None)
            }
        };
        Ok(Self {
            method,
            phone,
            email,
        })
    }

    /// Whether an acceptance of the same version names as much.
    fn are_those_of(&self, acceptance: &Acceptance) -> bool {
        match (&self.phone, &self.email) {
            (Some(phone), _) => acceptance.phone.as_deref() == Some(phone.expose()),
            (None, Some(email)) => acceptance.email.as_deref() == Some(email.expose()),
            (None, None) => true,
        }
    }
}

/// What stands already: by this act, or by this account on these terms.
async fn accepted(db: &Db, request: &Accept, terms: &Terms) -> Result<Option<Acceptance>> {
    let id = document_id(&request.act_id);
    let all = agreements::acceptances_of_account(db, &request.account_id).await?;
    Ok(all.into_iter().find(|acceptance| {
        acceptance.document_id == id
            || (acceptance.agreement_id == request.agreement_id && terms.are_those_of(acceptance))
    }))
}

/// The last look before the step: the version in force, the bytes that were read, the account and whose it is.
async fn check(db: &Db, request: &Accept, agreement: &Agreement) -> Result<()> {
    check_in_force(db, agreement).await?;
    if request.act.hashes != agreement.hashes {
        return Err(Failure::new(
            Code::HashMismatch,
            "the browser's hash is not the agreement's",
        ));
    }
    match &request.identity {
        Identity::Code(code) if code.account_id != request.account_id => {
            Err(Failure::new(Code::Invalid, "the code is another account's"))
        }
        Identity::Code(code) => code::check_account(db, code).await.map(|_| ()),
        Identity::Esia(esia) => check_confirmed(db, &request.account_id, esia).await,
    }
}

/// The account is alive, and ESIA has said that it is this person's.
///
/// # Errors
/// `signed_out`, `wrong_person`.
async fn check_confirmed(db: &Db, account_id: &str, esia: &EsiaIdentity) -> Result<()> {
    let account = accounts::find(db, account_id).await?;
    let account = account
        .ok_or_else(|| Failure::new(Code::SignedOut, "Личный кабинет закрыт. Войдите снова."))?;
    let confirmed = account.person.filter(|_| account.person_by_esia);
    if confirmed.is_some_and(|person| same_person(&person, &esia.person)) {
        return Ok(());
    }
    Err(Failure::new(
        Code::WrongPerson,
        "Это кабинет другого человека.",
    ))
}

async fn check_in_force(db: &Db, agreement: &Agreement) -> Result<()> {
    let current = agreements::current(db, &agreement.clinic_id).await?;
    if current.is_some_and(|current| current.id == agreement.id) {
        return Ok(());
    }
    Err(Failure::new(
        Code::ConsentChanged,
        "Клиника обновила соглашение. Прочитайте новую редакцию.",
    ))
}

/// The document that holds the accepted agreement; it begins as a completed one.
fn document(request: &Accept, agreement: &Agreement, terms: &Terms, at: Timestamp) -> Document {
    // Only what a code has proven: another number of the person's is none that the agreement names.
    let (phone, email) = (terms.phone.clone(), terms.email.clone());
    let person = match &request.identity {
        Identity::Esia(esia) => Some(esia.person.clone()),
        Identity::Code(_) => request.person.clone(),
    };
    let patient = match person.filter(Person::is_named) {
        Some(person) => Person {
            phone,
            email,
            ..person
        },
        None => Person::holder(phone, email),
    };
    Document {
        id: document_id(&request.act_id),
        clinic_id: agreement.clinic_id.clone(),
        position: 0,
        kind: Kind::UserAgreement,
        title: agreement.title.clone(),
        external_id: None,
        patient,
        representative: None,
        purpose: Purpose::Signing,
        delivery: Delivery::Account,
        method: terms.method,
        parties: Parties::Patient,
        metadata: "{}".into(),
        status: Status::Completed,
        original_blob: agreement.blob.clone(),
        signed_blob: None,
        hashes: agreement.hashes.clone(),
        size: agreement.size,
        pages: agreement.pages,
        created_at: at,
        expires_at: at,
        opened_at: None,
        signed_at: Some(at),
        completed_at: Some(at),
    }
}

/// The step itself: all of it, or nothing.
async fn commit(
    db: Db,
    request: &Accept,
    agreement: &Agreement,
    terms: &Terms,
    signature: &Signature<'_>,
    made: Made,
) -> Result<()> {
    let base_url = settings::base_url().await?;
    let at = signature.at;
    let facts = json!({
        "signature_id": signature.id, "agreement_id": agreement.id, "version": agreement.version,
        "method": signature.method, "sha256": agreement.hashes.sha256,
        "signed_sha256": made.stored.hashes.sha256, "level": made.level.as_str(), "policy": signature.policy,
        "rule": signature.allowed.rule,
    });
    let (phone, email) = (
        terms.phone.as_ref().map(Phone::expose),
        terms.email.as_ref().map(Email::expose),
    );
    let tx = db.begin().await?;
    // While the file was made, the clinic may have published another version, and the number gone to another account.
    check_in_force(&tx, agreement).await?;
    match &request.identity {
        Identity::Code(code) => code::check_contact(&tx, code).await?,
        Identity::Esia(esia) => {
            check_confirmed(&tx, &request.account_id, esia).await?;
            if Terms::of(&tx, request, at).await? != *terms {
                return Err(Failure::busy());
            }
        }
    }
    let mut document = signature.document.clone();
    document.position = intake::next_position(&tx, &document.clinic_id).await?;
    intake::insert(&tx, &document).await?;
    making::store(&tx, signature, made).await?;
    db::set_accepted(&tx, &document, at).await?;
    let own = own::Accepted {
        id: &document.id,
        clinic_id: &document.clinic_id,
        title: &document.title,
        created_at: at,
    };
    let account_id = &request.account_id;
    own::hold(&tx, account_id, own, at).await?;
    agreements::insert_acceptance(&tx, agreement, account_id, &document.id, phone, email, at)
        .await?;
    let (clinic, event) = (&document.clinic_id, Event::AgreementAccepted);
    journal::append(&tx, clinic, Some(&document.id), event, at, facts).await?;
    making::tell(&tx, signature, &base_url).await?;
    Ok(tx.commit().await?)
}

/// One act, one document: the id is derived, so that a repeated request meets its own row.
fn document_id(act_id: &str) -> String {
    format!(
        "doc_{}",
        &sha256_hex(format!("accept:{act_id}").as_bytes())[..32]
    )
}

fn answer(document_id: &str, accepted_at: Timestamp) -> Result<Response> {
    let accepted = Accepted {
        document_id: document_id.into(),
        accepted_at,
    };
    http::json(StatusCode::OK, &accepted)
}
