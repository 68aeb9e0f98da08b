//! The final version of a document (`docs/final.md`): the sealed file with a sheet of the clinic's signatures behind it.
//!
//! It is made when it is first asked for and kept: whoever asks again gets the same bytes, whatever keys have changed. A
//! clinic that sent its own final PDF gets that; a document that needed no signature of the clinic is final as signed.

use crate::{db, evidence, keys, seal, settings};
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use podpis_kit::at_rest::Keys;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::store::clinic_signatures::ClinicSignature;
use podpis_kit::store::final_versions::{self, FinalVersion, evidence_purpose};
use podpis_kit::store::{Document, documents};
use podpis_kit::{Db, Failure, Result, now, random};
use podpis_pdf::{MARKS_FORMAT, MARKS_NAME, Mark, MarkSheet, Reference, mark_file};
use podpis_shared::Hashes;
use podpis_shared::wire::vault::Stored;

/// `GET /documents/{id}/final`: the PDF.
///
/// # Errors
/// `not_completed`, `not_signed`; when it has to be made, as the seal says.
pub(crate) async fn read(Path(id): Path<String>) -> Result<Response> {
    let blob = match of(&id).await? {
        Last::Made(made) => made.blob,
        Last::AsItIs(blob) => blob,
    };
    let bytes = blobs::find(&Db::open().await?, &blob)
        .await?
        .ok_or_else(Failure::not_found)?;
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// `GET /documents/{id}/final/evidence`: the bundle that lies in the final version; of one that was not made here, the
/// bundle as of now.
///
/// # Errors
/// As [`read`].
pub(crate) async fn evidence(Path(id): Path<String>) -> Result<Response> {
    let db = Db::open().await?;
    let bytes = match of(&id).await? {
        Last::Made(made) => {
            let keys = Keys::load(&db).await?;
            keys.open_text(&evidence_purpose(&id), made.evidence)?
                .into_bytes()
        }
        Last::AsItIs(_) => evidence::of_document(&db, &id)
            .await?
            .ok_or_else(Failure::not_found)?,
    };
    Ok(([(CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// What the final version is.
enum Last {
    /// The operator's sheet behind the signed file.
    Made(FinalVersion),
    /// A file that is there already.
    AsItIs(String),
}

async fn of(id: &str) -> Result<Last> {
    let db = Db::open().await?;
    let document = documents::find(&db, id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let signatures = final_versions::signatures(&db, &document).await?;
    if let Some(own) = final_versions::of_clinic(&signatures) {
        return Ok(Last::AsItIs(own.blob.clone()));
    }
    let signed = document
        .signed_blob
        .clone()
        .ok_or_else(Failure::not_found)?;
    if signatures.is_empty() {
        return Ok(Last::AsItIs(signed));
    }
    if let Some(made) = final_versions::find(&db, id).await? {
        return Ok(Last::Made(made));
    }
    let file = blobs::find(&db, &signed)
        .await?
        .ok_or_else(Failure::not_found)?;
    // An original that is itself a final version: its sheet would be mistaken for this document's.
    let taken = podpis_pdf::attachment(&file, MARKS_NAME).map_err(|e| failure(&e))?;
    if taken.is_some() {
        return Ok(Last::AsItIs(signed));
    }
    make(&db, &document, &signatures, file)
        .await
        .map(Last::Made)
}

/// Makes the final version and keeps it; what somebody else kept meanwhile goes before.
async fn make(
    db: &Db,
    document: &Document,
    signatures: &[ClinicSignature],
    signed: Vec<u8>,
) -> Result<FinalVersion> {
    let at = now();
    let evidence = evidence::of_document(db, &document.id)
        .await?
        .ok_or_else(Failure::not_found)?;
    let clinic = db::clinic(db, &document.clinic_id).await?;
    let messages: Vec<Vec<u8>> = signatures.iter().map(|one| one.der.clone()).collect();
    let mut sheet = MarkSheet {
        format: MARKS_FORMAT.into(),
        number: document.id.clone(),
        title: document.title.clone(),
        clinic: clinic.name,
        made_at: at,
        signed: Reference::of(&signed),
        marks: (1..).zip(signatures).map(mark).collect(),
        evidence: Some(Reference::of(&evidence)),
        seal: Vec::new(),
        verify_url: settings::verify_url().await?,
    };
    let operator = settings::operator().await?;
    let seal = keys::seal(db).await?;
    let pdf = seal::on_sheet(&seal, &signed, &mut sheet, &messages, &evidence, &operator).await?;
    drop(signed);
    let stored = Stored {
        blob: random::id("blob")?,
        hashes: Hashes::of(&pdf),
        size: pdf.len() as u64,
        pages: document.pages,
    };
    let keys = Keys::load(db).await?;
    let text = String::from_utf8(evidence).map_err(|e| failure(&e))?;
    let made = FinalVersion {
        blob: stored.blob.clone(),
        evidence: keys.seal_text(&evidence_purpose(&document.id), &text)?,
    };
    let content = Content::sealed(&keys, &stored, pdf)?;
    let tx = Db::open().await?.begin().await?;
    blobs::insert(&tx, &stored, content, at).await?;
    if final_versions::insert(&tx, &document.id, &made, at).await? {
        tx.commit().await?;
        return Ok(made);
    }
    drop(tx);
    final_versions::find(&Db::open().await?, &document.id)
        .await?
        .ok_or_else(Failure::busy)
}

/// The mark of an accepted signature.
fn mark((number, signature): (usize, &ClinicSignature)) -> Mark {
    Mark {
        file: mark_file(number),
        sha256: signature.sha256.clone(),
        over: signature.over,
        certificate: signature.certificate_serial.clone(),
        owner: signature.owner_name.clone(),
        organisation: signature.organisation.clone(),
        position: signature.position.clone(),
        issuer: signature.issuer.clone(),
        valid_from: signature.valid_from,
        valid_to: signature.valid_to,
        time_evidence: signature.time_evidence,
        signed_at: signature.signed_at,
        accepted_at: signature.accepted_at,
        level: signature.level.clone(),
    }
}

fn failure(error: &dyn std::fmt::Display) -> Failure {
    Failure::internal("final version", error.to_string())
}
