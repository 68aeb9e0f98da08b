//! A signature of the clinic (УКЭП): checked, bound to the bytes that it is over, and, as the last one, the end of the
//! document. `podpis_cms::clinic` checks; here stands whose it has to be, and the one atomic step.

mod bytes;
mod owner;
mod report;
pub(crate) mod trust;

pub(crate) use trust::SANDBOX as SANDBOX_AUTHORITY;

use crate::{db, settings};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::{Found, Kept};
use podpis_cms::clinic::{Checked, Fault, Level};
use podpis_kit::extract::{Path, Query};
use podpis_kit::store::clinic_signatures::{self, ClinicSignature};
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::store::{Document, Event, blobs, clinic_signers, documents, journal};
use podpis_kit::{Db, Failure, Result, http, now, random};
use podpis_shared::clinic_signature::{Demand, NoPlace, Over};
use podpis_shared::document::status_after_patient;
use podpis_shared::hash::sha256_hex;
use podpis_shared::problem::Code;
use podpis_shared::wire::vault::{ClinicSign, Signed};
use podpis_shared::{DOCUMENT_MAX, Status, Timestamp};
use serde_json::json;

/// Largest signature: a message of 1 MiB in base64, with its lines.
const SIGNATURE_MAX: usize = 2 << 20;

/// Largest final PDF: a signed one, and what the clinic adds.
const FINAL_MAX: usize = DOCUMENT_MAX + (8 << 20);

/// `POST /documents/{id}/clinic-signature`. The same signature asked again gets the same answer.
///
/// # Errors
/// Those of [`Fault`], `wrong_signer`, `signer_role`; `not_signed` before the patient signed, `invalid_state` where no signature
/// of the clinic is waited for. Nothing changes then.
pub(crate) async fn sign(
    Path(id): Path<String>,
    Query(asked): Query<ClinicSign>,
    body: Body,
) -> Result<Response> {
    let limit = match asked.over {
        Over::Final => FINAL_MAX,
        Over::Signed | Over::Original => SIGNATURE_MAX,
    };
    let body = http::read_body(body, limit).await?;
    let db = Db::open().await?;
    let document = find(&db, &id).await?;
    let found = match bytes::find(&db, &document, asked.over, &body).await {
        Ok(found) => found,
        Err(refusal) => {
            let is_again =
                asked.over == Over::Final && bytes::is_accepted(&db, &document, &body).await?;
            return match is_again {
                true => answer(&find(&db, &id).await?),
                false => Err(refusal),
            };
        }
    };
    if is_there(&db, &document, &found).await? {
        return answer(&document);
    }
    waits(&document)?;
    let at = now();
    let against = trust::load(&db, found.certificates()).await?;
    let checked = found.check(&against.against(at)).map_err(refused)?;
    let signers = clinic_signers::all(&db, &document.clinic_id).await?;
    let clinic = db::clinic(&db, &document.clinic_id).await?;
    let mut owned = Vec::new();
    for one in checked {
        let role = owner::role(&one, &clinic, &signers)?;
        owned.push((one, role));
    }
    // Who signs in one role only takes it before the others take what is left.
    owned.sort_by_key(|(_, role)| role.is_none());
    let kept = found.keep(&db).await?;
    let step = Step {
        document: &document,
        role: asked.role.as_deref(),
        by: asked.by.as_deref(),
        over: asked.over,
        at,
    };
    match commit(db, step, owned, kept).await? {
        true => answer(&find(&Db::open().await?, &id).await?),
        // Another request was faster: with the same signature, or with one that fills the last place.
        false => {
            let db = Db::open().await?;
            let document = find(&db, &id).await?;
            match is_there(&db, &document, &found).await? {
                true => answer(&document),
                false => Err(Failure::busy()),
            }
        }
    }
}

async fn find(db: &Db, id: &str) -> Result<Document> {
    documents::find(db, id)
        .await?
        .ok_or_else(Failure::not_found)
}

async fn is_there(db: &Db, document: &Document, found: &Found) -> Result<bool> {
    let sha256 = found.sha256();
    let accepted = clinic_signatures::of_document(db, &document.id).await?;
    Ok(accepted.iter().any(|one| one.sha256 == sha256))
}

/// # Errors
/// `not_signed`, `invalid_state`.
fn waits(document: &Document) -> Result<()> {
    let state = |detail: &str| Err(Failure::new(Code::InvalidState, detail));
    match document.status {
        _ if document.is_kept() => state("the document was sent for keeping: nobody signs it here"),
        _ if status_after_patient(document.kind, document.parties) == Status::Completed => {
            state("the document needs no signature of the clinic")
        }
        Status::PatientSigned => Ok(()),
        Status::Sent | Status::Opened => Err(Failure::new(
            Code::NotSigned,
            "the patient has not signed the document yet",
        )),
        Status::Completed => state("every signature that the document needs is there"),
        other => state(&format!("the document is {}", other.as_str())),
    }
}

/// What stays the same for every signature of one message.
#[derive(Clone, Copy)]
struct Step<'a> {
    document: &'a Document,
    role: Option<&'a str>,
    /// Who handed it in.
    by: Option<&'a str>,
    over: Over,
    at: Timestamp,
}

/// The step itself. `false`: the state or the signatures had moved, and nothing was written.
async fn commit(
    db: Db,
    step: Step<'_>,
    checked: Vec<(Checked, Option<String>)>,
    kept: Kept,
) -> Result<bool> {
    let tx = db.begin().await?;
    let document = find(&tx, &step.document.id).await?;
    if document.status != Status::PatientSigned {
        return Ok(false);
    }
    let demand = clinic_signatures::demand(&tx, &document.id).await?;
    let mut accepted = clinic_signatures::of_document(&tx, &document.id).await?;
    if !kept.still_continues(&accepted) || accepted.iter().any(|one| one.sha256 == kept.sha256) {
        return Ok(false);
    }
    if let Some((stored, content)) = kept.file {
        blobs::insert(&tx, &stored, content, step.at).await?;
    }
    for (one, own_role) in checked {
        let asked = own_role.as_deref().or(step.role);
        let role = place(&demand, &accepted, asked)?;
        let ordinal = i64::try_from(accepted.len()).unwrap_or(i64::MAX);
        let row = row(step, &one, role, ordinal, &kept.blob, &kept.der)?;
        if accepted
            .iter()
            .any(|other| other.certificate_sha256 == row.certificate_sha256)
        {
            let detail = "this certificate has signed the document already";
            return Err(Failure::new(Code::WrongSigner, detail));
        }
        clinic_signatures::insert(&tx, &row).await?;
        let mut data = json!({
            "party": "clinic", "signature_id": row.id, "role": row.role, "over": row.over, "over_sha256": kept.over_sha256,
            "signature_sha256": row.sha256, "level": row.level, "time_evidence": row.time_evidence,
        });
        if let Some(by) = step.by {
            data["by"] = by.into();
        }
        let (clinic, event) = (&document.clinic_id, Event::ClinicSigned);
        journal::append(&tx, clinic, Some(&document.id), event, step.at, data).await?;
        accepted.push(row);
    }
    let roles: Vec<&str> = accepted.iter().map(|one| one.role.as_str()).collect();
    if demand.is_met(&roles) {
        let (status, event) = (Status::Completed, Event::Completed);
        if !documents::transition(&tx, &document, status, event, step.at, json!({})).await? {
            return Ok(false);
        }
        let about = About {
            notice: Notice::Completed,
            document: &document,
            clinic: &db::clinic(&tx, &document.clinic_id).await?.name,
            base_url: &settings::base_url().await?,
            due: step.at,
        };
        notices::queue(&tx, about, step.at).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// # Errors
/// `signer_role`.
fn place<'a>(
    demand: &'a Demand,
    accepted: &[ClinicSignature],
    asked: Option<&str>,
) -> Result<&'a str> {
    let there: Vec<&str> = accepted.iter().map(|one| one.role.as_str()).collect();
    let roles = demand.roles.join(", ");
    demand.place(&there, asked).map_err(|fault| {
        let detail = match fault {
            NoPlace::Role => {
                format!("no signature in this role is waited for; the document needs {roles}")
            }
            NoPlace::Order => {
                format!("another signature comes first; the document needs, in this order, {roles}")
            }
            NoPlace::Unsaid => {
                format!("say in `role` which signature it is; the document needs {roles}")
            }
            NoPlace::Full => "every signature that the document needs is there".into(),
        };
        Failure::new(Code::SignerRole, detail)
    })
}

fn row(
    step: Step<'_>,
    checked: &Checked,
    role: &str,
    ordinal: i64,
    blob: &str,
    der: &[u8],
) -> Result<ClinicSignature> {
    let (certificate, owner) = (&checked.verified.signer, &checked.owner);
    let issuer = certificate.issuer_part("CN");
    Ok(ClinicSignature {
        id: random::id("csig")?,
        document_id: step.document.id.clone(),
        ordinal,
        role: role.into(),
        over: step.over,
        blob: blob.into(),
        sha256: sha256_hex(der),
        der: der.to_vec(),
        certificate_sha256: certificate.sha256_hex(),
        certificate_serial: certificate.serial_hex(),
        owner_name: owner.name.clone(),
        position: owner.position.clone(),
        organisation: owner.organisation.clone(),
        issuer: issuer.unwrap_or_else(|| certificate.issuer_text()),
        valid_from: certificate.not_before(),
        valid_to: certificate.not_after(),
        algorithm: checked.verified.algorithm.to_string(),
        level: level(checked.level, step.over),
        time_evidence: checked.moment.evidence,
        signed_at: checked.moment.at,
        accepted_at: step.at,
        report: report::of(checked).to_string(),
    })
}

/// Inside a PDF the same levels have other names (ETSI EN 319 142-1).
fn level(level: Level, over: Over) -> String {
    match over {
        Over::Final => level.as_str().replace("CAdES", "PAdES"),
        Over::Signed | Over::Original => level.as_str().into(),
    }
}

fn refused(fault: Fault) -> Failure {
    let code = Code::parse(fault.code()).unwrap_or(Code::SignatureInvalid);
    Failure::new(code, fault.to_string())
}

fn answer(document: &Document) -> Result<Response> {
    let signed = Signed {
        status: document.status,
        signed_at: document.signed_at.unwrap_or(document.created_at),
    };
    http::json(StatusCode::OK, &signed)
}
