//! Making a document signed: the one atomic step.
//!
//! The signed PDF is made first, from facts that are already fixed. Then one
//! transaction moves the state by compare-and-set and writes the signature, the
//! PDF, the journal entry and the messages. Whoever comes second finds the state
//! moved and changes nothing.

use crate::db::{self, SignatureRow};
use crate::seal::tsa::Tsa;
use crate::seal::{self, Contents, Level, Sealed};
use crate::{evidence, keys, protocol, settings};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_evidence as format;
use podpis_kit::at_rest::Keys;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::store::outbox::{self, Channel};
use podpis_kit::store::{Document, Event, documents};
use podpis_kit::{Db, Failure, Result, http, now, random};
use podpis_shared::document::status_after_patient;
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::{self, Allowed};
use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::vault::{Sign, Signed, Stored};
use podpis_shared::{Hashes, Status, Timestamp};
use serde_json::json;

/// Everything that a signature consists of, fixed before the transaction.
pub(crate) struct Signature<'a> {
    pub(crate) id: String,
    pub(crate) document: &'a Document,
    pub(crate) clinic: &'a db::Clinic,
    pub(crate) request: &'a Sign,
    pub(crate) allowed: Allowed,
    pub(crate) at: Timestamp,
}

/// What was made of a signature, in the form in which it is stored.
struct Made {
    evidence: String,
    stored: Stored,
    content: Content,
    level: Level,
    /// The authority did not answer: a job asks again.
    stamp_later: bool,
}

/// `POST /sign`.
///
/// # Errors
/// `already_signed`, `invalid_state`, `hash_mismatch`, `wrong_person`, `policy`; nothing changes then.
pub(crate) async fn sign(headers: HeaderMap, body: Body) -> Result<Response> {
    let request: Sign = http::read_json(&headers, body).await?;
    let db = Db::open().await?;
    let document = documents::find(&db, &request.document_id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let id = signature_id(&request.act_id);
    if document.status.is_signed() {
        return answer_signed(&db, &document, &id).await;
    }
    let at = now();
    let allowed = check(&document, &request, at)?;
    let clinic = db::clinic(&db, &document.clinic_id).await?;
    let signature = Signature {
        id,
        document: &document,
        clinic: &clinic,
        request: &request,
        allowed,
        at,
    };
    let keys = Keys::load(&db).await?;
    let evidence = evidence::of_signature(&signature)?;
    let tsa = Tsa::configured().await?;
    let sealed = sealed(&db, &signature, &evidence, tsa.as_ref()).await?;
    let stored = Stored {
        blob: random::id("blob")?,
        hashes: Hashes::of(&sealed.pdf),
        size: sealed.pdf.len() as u64,
        pages: document.pages,
    };
    let json = serde_json::to_string(&evidence)
        .map_err(|e| Failure::internal("evidence", e.to_string()))?;
    let made = Made {
        evidence: keys.seal_text(&db::evidence_purpose(&signature.id), &json)?,
        content: Content::sealed(&keys, &stored, sealed.pdf)?,
        stored,
        stamp_later: tsa.is_some() && sealed.level == Level::Basic,
        level: sealed.level,
    };
    match commit(db, &signature, made).await? {
        Some(status) => http::json(
            StatusCode::OK,
            &Signed {
                status,
                signed_at: at,
            },
        ),
        // Somebody else's act moved the state between our look and our step.
        None => {
            let db = Db::open().await?;
            let document = documents::find(&db, &request.document_id)
                .await?
                .ok_or_else(Failure::not_found)?;
            answer_signed(&db, &document, &signature.id).await
        }
    }
}

/// The last look at every rule, right before the step, whoever asks.
fn check(document: &Document, request: &Sign, at: Timestamp) -> Result<Allowed> {
    if !document.is_open(at) {
        return Err(closed(document));
    }
    if request.act.hashes != document.hashes {
        return Err(Failure::new(
            Code::HashMismatch,
            "the browser's hash is not the document's",
        ));
    }
    if request.method != document.method {
        return Err(Failure::new(
            Code::InvalidState,
            "the document is to be signed in another way",
        ));
    }
    document
        .signer()
        .matches(&request.identity.person)
        .map_err(|_| Failure::new(Code::WrongPerson, "Документ адресован другому человеку."))?;
    policy::decide(document.question(at))
        .map_err(|refusal| Problem::of_refusal_to_sign(refusal).into())
}

/// The sealed PDF: original, protocol, evidence as of now, the operator's seal over all of it.
async fn sealed(
    db: &Db,
    signature: &Signature<'_>,
    evidence: &format::Signature,
    tsa: Option<&Tsa>,
) -> Result<Sealed> {
    let document = signature.document;
    let original = blobs::find(db, &document.original_blob)
        .await?
        .ok_or_else(Failure::not_found)?;
    if Hashes::of(&original) != document.hashes {
        return Err(Failure::internal(
            "blobs",
            format!("the stored file of {} was changed", document.id),
        ));
    }
    let bundle = evidence::signed(
        db,
        document,
        signature.clinic,
        vec![evidence.clone()],
        Status::PatientSigned,
        signature.at,
    )
    .await?;
    let operator = settings::operator().await?;
    let contents = Contents {
        original: &original,
        protocol: protocol::of(signature, settings::verify_url().await?),
        evidence: &bundle,
        operator: &operator.name,
        sandbox: operator.sandbox,
        at: signature.at,
    };
    seal::make(&keys::seal(db).await?, tsa, contents).await
}

/// The step itself. `None`: the state had moved, and nothing was written.
async fn commit(db: Db, signature: &Signature<'_>, made: Made) -> Result<Option<Status>> {
    let document = signature.document;
    let signer = document.signer();
    let status = status_after_patient(document.kind, document.parties);
    let stored = &made.stored;
    let facts = json!({
        "party": "patient", "signature_id": signature.id, "method": signature.request.method,
        "sha256": document.hashes.sha256, "signed_sha256": stored.hashes.sha256,
        "level": made.level.as_str(), "policy": policy::VERSION, "rule": signature.allowed.rule,
    });
    let tx = db.begin().await?;
    let moved = documents::transition(
        &tx,
        document,
        Status::PatientSigned,
        Event::PatientSigned,
        signature.at,
        facts,
    )
    .await?;
    if !moved {
        return Ok(None);
    }
    blobs::insert(&tx, stored, made.content, signature.at).await?;
    db::set_signed_blob(&tx, document, &stored.blob).await?;
    let level = made.level.as_str();
    db::insert_signed_revision(&tx, document, &stored.blob, level, signature.at).await?;
    if made.stamp_later {
        db::queue_timestamp(&tx, &document.id, signature.at).await?;
    }
    let on_behalf_of = document
        .representative
        .as_ref()
        .map(|_| document.patient.full_name());
    let row = SignatureRow {
        id: &signature.id,
        name: &signer.full_name(),
        method: signature.request.method.as_str(),
        on_behalf_of: on_behalf_of.as_deref(),
        evidence: &made.evidence,
        level,
    };
    db::insert_signature(&tx, document, row, signature.at).await?;
    if status == Status::Completed {
        let after = json!({});
        documents::transition(
            &tx,
            document,
            Status::Completed,
            Event::Completed,
            signature.at,
            after,
        )
        .await?;
    }
    if let Some(email) = &signer.email {
        let text = notice(signature.clinic, signature.at);
        outbox::enqueue(
            &tx,
            document,
            Channel::Email,
            email.expose(),
            &text,
            signature.at,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(Some(status))
}

/// The same act asked again gets the same answer; another act learns that it came too late.
async fn answer_signed(db: &Db, document: &Document, id: &str) -> Result<Response> {
    let Some(signed_at) = document.signed_at.filter(|_| document.status.is_signed()) else {
        return Err(closed(document));
    };
    if db::patient_signature(db, &document.id).await?.as_deref() != Some(id) {
        return Err(Failure::new(Code::AlreadySigned, "Документ уже подписан."));
    }
    http::json(
        StatusCode::OK,
        &Signed {
            status: document.status,
            signed_at,
        },
    )
}

fn closed(document: &Document) -> Failure {
    let detail = match document.status {
        Status::Declined => "От подписания документа уже отказались.",
        Status::Cancelled => "Клиника отозвала документ.",
        Status::Superseded => "Клиника заменила документ другим.",
        _ => "Время подписания документа истекло.",
    };
    Failure::new(Code::InvalidState, detail)
}

fn notice(clinic: &db::Clinic, at: Timestamp) -> String {
    format!(
        "{}: вы подписали документ {}. Если это были не вы, сообщите клинике. Копию можно скачать по ссылке из СМС.",
        clinic.name,
        at.moscow_words()
    )
}

/// One act, one signature: the id is derived, so that a repeated request meets its own row.
fn signature_id(act_id: &str) -> String {
    format!("sig_{}", &sha256_hex(act_id.as_bytes())[..32])
}
