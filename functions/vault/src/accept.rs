//! Accepting a clinic's user agreement: one step makes the document, its signature, its seal and the acceptance.

use crate::making::{self, Made, Signature, signature_id};
use crate::{code, db, settings};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::accounts::contacts::Contact;
use podpis_kit::store::accounts::documents as own;
use podpis_kit::store::agreements::{self, Acceptance, Agreement};
use podpis_kit::store::{Document, Event, intake, journal};
use podpis_kit::{Db, Failure, Result, http, now};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy;
use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::vault::{Accept, Accepted, Identity};
use podpis_shared::{Delivery, Kind, Method, Parties, Person, Status, Timestamp};
use serde_json::json;

/// `POST /accept`.
///
/// The same act asked again gets the same answer, and so does the same account that accepts the same version with the same
/// contact in another act.
///
/// # Errors
/// `not_found`, `consent_changed` where the version is not in force any more, `hash_mismatch`, `signed_out`, `phone_mismatch`,
/// `policy`. Nothing changes then.
pub(crate) async fn accept(headers: HeaderMap, body: Body) -> Result<Response> {
    let request: Accept = http::read_json(&headers, body).await?;
    let contact = code::contact(&request.identity)?;
    let db = Db::open().await?;
    let agreement = agreements::find(&db, &request.agreement_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    if let Some(accepted) = accepted(&db, &request, &contact).await? {
        return answer(&accepted.document_id, accepted.accepted_at);
    }
    check(&db, &request, &agreement).await?;
    let at = now();
    let document = document(&request, &agreement, &contact, at);
    let table = podpis_kit::policy::table().await?;
    let question = document.question(at, document.method, policy::Agreement::Missing);
    let allowed = policy::decide(&table, question).map_err(Problem::of_refusal_to_sign)?;
    let clinic = db::clinic(&db, &document.clinic_id).await?;
    let identity = Identity::Code(Box::new(request.identity.clone()));
    let signature = Signature {
        id: signature_id(&request.act_id),
        document: &document,
        sent_by_clinic: false,
        received_at: agreement.created_at,
        clinic: &clinic,
        method: document.method,
        act: &request.act,
        identity: &identity,
        allowed,
        policy: table.version().to_owned(),
        agreement: None,
        at,
    };
    let made = making::make(&db, &signature).await?;
    match commit(
        db,
        &request.account_id,
        &agreement,
        &contact,
        &signature,
        made,
    )
    .await
    {
        Ok(()) => answer(&document.id, at),
        Err(failure) => {
            // Another request of this act, or another act of this account, was faster: its acceptance stands.
            let db = Db::open().await?;
            match accepted(&db, &request, &contact).await? {
                Some(accepted) => answer(&accepted.document_id, accepted.accepted_at),
                None => Err(failure),
            }
        }
    }
}

/// What stands already: by this act, or by this account with this contact.
async fn accepted(db: &Db, request: &Accept, contact: &Contact) -> Result<Option<Acceptance>> {
    let with = |acceptance: &Acceptance| match contact {
        Contact::Phone(phone) => acceptance.phone.as_deref() == Some(phone.expose()),
        Contact::Email(email) => acceptance.email.as_deref() == Some(email.expose()),
    };
    let id = document_id(&request.act_id);
    let all = agreements::acceptances_of_account(db, &request.account_id).await?;
    Ok(all.into_iter().find(|acceptance| {
        acceptance.document_id == id
            || (acceptance.agreement_id == request.agreement_id && with(acceptance))
    }))
}

/// The last look before the step: the version in force, the bytes that were read, the account and its contact.
async fn check(db: &Db, request: &Accept, agreement: &Agreement) -> Result<()> {
    if request.account_id != request.identity.account_id {
        return Err(Failure::new(Code::Invalid, "the code is another account's"));
    }
    check_in_force(db, agreement).await?;
    if request.act.hashes != agreement.hashes {
        return Err(Failure::new(
            Code::HashMismatch,
            "the browser's hash is not the agreement's",
        ));
    }
    code::check_account(db, &request.identity).await.map(|_| ())
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
fn document(request: &Accept, agreement: &Agreement, contact: &Contact, at: Timestamp) -> Document {
    let (phone, email, method) = match contact.clone() {
        Contact::Phone(phone) => (Some(phone), None, Method::Sms),
        Contact::Email(email) => (None, Some(email), Method::Email),
    };
    // Only what the code has proven: another number of the person's is none that the agreement names.
    let patient = match request.person.clone().filter(Person::is_named) {
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
        delivery: Delivery::Account,
        method,
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
    account_id: &str,
    agreement: &Agreement,
    contact: &Contact,
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
    let (phone, email) = match contact {
        Contact::Phone(phone) => (Some(phone.expose()), None),
        Contact::Email(email) => (None, Some(email.expose())),
    };
    let tx = db.begin().await?;
    // While the file was made, the clinic may have published another version, and the number gone to another account.
    check_in_force(&tx, agreement).await?;
    if let Identity::Code(identity) = signature.identity {
        code::check_contact(&tx, identity).await?;
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
