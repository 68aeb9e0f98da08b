//! Making a document signed: the one atomic step.
//!
//! The signed PDF is made first, from facts that are already fixed. Then one
//! transaction moves the state by compare-and-set and writes the signature, the
//! PDF, the journal entry and the messages. Whoever comes second finds the state
//! moved and changes nothing.

use crate::making::{self, Made, Signature, signature_id};
use crate::{code, db, settings};
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use podpis_kit::store::agreements::Basis;
use podpis_kit::store::{Document, Event, documents};
use podpis_kit::{Db, Failure, Result, act, http, now};
use podpis_shared::document::status_after_patient;
use podpis_shared::policy::{self, Agreement, Allowed, Table};
use podpis_shared::problem::{Code, Problem};
use podpis_shared::wire::vault::{Identity, Sign, Signed};
use podpis_shared::{Status, Timestamp};
use serde_json::json;

/// `POST /sign`.
///
/// # Errors
/// `already_signed`, `invalid_state`, `hash_mismatch`, `wrong_person`, `policy`; by a code also `signed_out` and
/// `phone_mismatch`. Nothing changes then.
pub(crate) async fn sign(headers: HeaderMap, body: Body) -> Result<Response> {
    let request: Sign = http::read_json(&headers, body).await?;
    let db = Db::open().await?;
    let document = find(&db, &request.document_id).await?;
    let id = signature_id(&request.act_id);
    if document.status.is_signed() {
        return answer_signed(&db, &document, &id).await;
    }
    let at = now();
    let table = podpis_kit::policy::table().await?;
    let (allowed, agreement) = check(&db, &table, &document, &request, at).await?;
    let clinic = db::clinic(&db, &document.clinic_id).await?;
    let signature = Signature {
        id,
        document: &document,
        sent_by_clinic: true,
        received_at: document.created_at,
        clinic: &clinic,
        method: request.method,
        act: &request.act,
        identity: &request.identity,
        allowed,
        policy: table.version().to_owned(),
        agreement,
        at,
    };
    let made = making::make(&db, &signature).await?;
    let base_url = settings::base_url().await?;
    match commit(db, &signature, made, &base_url).await? {
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
            let document = find(&db, &request.document_id).await?;
            answer_signed(&db, &document, &signature.id).await
        }
    }
}

async fn find(db: &Db, id: &str) -> Result<Document> {
    documents::find(db, id)
        .await?
        .ok_or_else(Failure::not_found)
}

/// The last look at every rule, right before the step, whoever asks; and what a signature by code rests on.
async fn check(
    db: &Db,
    table: &Table,
    document: &Document,
    request: &Sign,
    at: Timestamp,
) -> Result<(Allowed, Option<Basis>)> {
    if !document.is_open(at) {
        return Err(closed(document));
    }
    if request.act.hashes != document.hashes {
        return Err(Failure::new(
            Code::HashMismatch,
            "the browser's hash is not the document's",
        ));
    }
    let is_its_own = request.method == code::method(&request.identity)?;
    if !is_its_own || !policy::accepts(document.method, request.method) {
        return Err(Failure::new(
            Code::InvalidState,
            "the document is to be signed in another way",
        ));
    }
    let basis = match &request.identity {
        Identity::Esia(esia) => {
            document.signer().matches(&esia.person).map_err(|_| {
                Failure::new(Code::WrongPerson, "Документ адресован другому человеку.")
            })?;
            None
        }
        Identity::Code(identity) => {
            code::check_signer(db, document, identity, at).await?;
            code::basis(db, document, identity).await?
        }
    };
    let agreement = match basis {
        Some(_) => Agreement::Valid,
        // One that nobody has found is none.
        None => Agreement::Missing,
    };
    let question = document.question(at, request.method, agreement);
    let allowed = policy::decide(table, question).map_err(Problem::of_refusal_to_sign)?;
    let basis = basis.filter(|_| allowed.needs_agreement);
    Ok((allowed, basis))
}

/// The step itself. `None`: the state had moved, and nothing was written.
async fn commit(
    db: Db,
    signature: &Signature<'_>,
    made: Made,
    base_url: &str,
) -> Result<Option<Status>> {
    let document = signature.document;
    let status = status_after_patient(document.kind, document.parties);
    let mut facts = json!({
        "party": "patient", "signature_id": signature.id, "method": signature.method,
        "sha256": document.hashes.sha256, "signed_sha256": made.stored.hashes.sha256,
        "level": made.level.as_str(), "policy": signature.policy, "rule": signature.allowed.rule,
    });
    if let Some(agreement) = &signature.agreement {
        facts["agreement"] =
            json!({"document_id": agreement.document_id, "sha256": agreement.sha256});
    }
    let tx = db.begin().await?;
    if let Identity::Code(identity) = signature.identity {
        code::check_again(&tx, document, identity, signature.at).await?;
    }
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
    making::store(&tx, signature, made).await?;
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
    making::tell(&tx, signature, base_url).await?;
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
        Status::Completed if document.is_kept() => act::KEPT,
        Status::Declined => "От подписания документа уже отказались.",
        Status::Cancelled => "Клиника отозвала документ.",
        Status::Superseded => "Клиника заменила документ другим.",
        _ => "Время подписания документа истекло.",
    };
    Failure::new(Code::InvalidState, detail)
}
