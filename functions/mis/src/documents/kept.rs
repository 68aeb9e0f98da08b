//! Signatures of documents that were signed elsewhere: checked by `vault` when they come, kept with what was found.

use super::read::own;
use crate::answer::{Sent, form};
use crate::auth::Session;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_kit::extract::Path;
use podpis_kit::store::kept_signatures;
use podpis_kit::{Context, Failure, Result, Tx, neighbour};
use podpis_shared::Purpose;
use podpis_shared::wire::kept::{CheckKept, KeptSignature};
use podpis_shared::wire::mis::NewDocument;
use podpis_shared::wire::vault::Stored;
use serde_json::{Value, json};

/// What was found, and the detached ones as they came.
#[derive(Default)]
pub(super) struct Checked {
    found: Vec<KeptSignature>,
    files: Vec<Vec<u8>>,
}

/// Has `vault` check what a document for keeping was signed with; of other documents nothing.
///
/// # Errors
/// The code of a detached one that is none, or not over the file.
pub(super) async fn check(
    context: &Context,
    new: &NewDocument,
    stored: &Stored,
    files: Vec<Vec<u8>>,
) -> Result<Checked> {
    if new.purpose != Purpose::Keeping {
        return Ok(Checked::default());
    }
    let asked = CheckKept {
        detached: files.iter().map(|file| STANDARD.encode(file)).collect(),
    };
    let path = format!("/blobs/{}/signatures", stored.blob);
    let found = neighbour::post_json(context, "vault", &path, &asked).await?;
    Ok(Checked { found, files })
}

impl Checked {
    /// Writes them; the journal has their verdicts and hashes.
    ///
    /// # Errors
    /// As the database says.
    pub(super) async fn keep(
        self,
        tx: &Tx,
        document_id: &str,
        facts: &mut Value,
    ) -> Result<Vec<KeptSignature>> {
        if self.found.is_empty() {
            return Ok(self.found);
        }
        kept_signatures::insert(tx, document_id, &self.found, self.files).await?;
        let told = self.found.iter().map(|one| {
            json!({ "place": one.place, "verdict": one.verdict, "code": one.code, "sha256": one.sha256 })
        });
        facts["signatures"] = told.collect();
        Ok(self.found)
    }
}

/// `GET /api/v1/documents/{id}/kept-signatures/{number}`: a detached one as it came.
///
/// # Errors
/// `not_found`.
pub(crate) async fn file(
    session: Session,
    Path((id, number)): Path<(String, u32)>,
) -> Result<Sent<form::Signature>> {
    let (db, document) = own(session, &id).await?;
    let bytes = kept_signatures::file(&db, &document.id, number).await?;
    let bytes = bytes.ok_or_else(Failure::not_found)?;
    let name = format!("attachment; filename=\"{id}-{number}.sig\"");
    let headers = [
        (CONTENT_TYPE, "application/pkcs7-signature".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response().into())
}
