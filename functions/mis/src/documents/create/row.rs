//! The row of a document that is taken in, and what its clinic demands of its own signatures.

use crate::auth::Clinic;
use podpis_kit::store::Document;
use podpis_kit::{Result, random};
use podpis_shared::clinic_signature::Demand;
use podpis_shared::wire::mis::NewDocument;
use podpis_shared::wire::vault::Stored;
use podpis_shared::{Method, Parties, Purpose, Status, Timestamp};

/// Time to sign where the MIS gives none, in seconds: 30 days.
const TIME_DEFAULT: i64 = 30 * 24 * 3600;

/// The row of a document that is taken in.
pub(crate) fn document(
    clinic: &Clinic,
    new: NewDocument,
    stored: &Stored,
    at: Timestamp,
) -> Result<Document> {
    // What is kept was complete before it came, and stays.
    let (status, ends_at, completed_at) = match new.purpose {
        Purpose::Signing => (Status::Sent, at.plus(TIME_DEFAULT), None),
        Purpose::Keeping => (Status::Completed, Timestamp::MAX, Some(at)),
    };
    Ok(Document {
        id: random::id("doc")?,
        clinic_id: clinic.id.clone(),
        position: 0,
        kind: new.kind,
        title: new.title.trim().to_owned(),
        external_id: new.external_id,
        patient: new.patient,
        representative: new.representative,
        purpose: new.purpose,
        delivery: new.delivery,
        method: new.method.unwrap_or(Method::Esia),
        parties: new.parties.unwrap_or(Parties::Patient),
        metadata: serde_json::Value::Object(new.metadata.unwrap_or_default()).to_string(),
        status,
        original_blob: stored.blob.clone(),
        signed_blob: None,
        hashes: stored.hashes.clone(),
        size: stored.size,
        pages: stored.pages,
        created_at: at,
        expires_at: new.expires_at.unwrap_or(ends_at),
        opened_at: None,
        signed_at: None,
        completed_at,
    })
}

/// What the MIS said of the clinic's own signatures.
pub(super) fn demand(new: &NewDocument) -> Option<Demand> {
    let signers = new.clinic_signers.as_ref()?;
    Some(Demand {
        roles: signers.iter().map(|signer| signer.role.clone()).collect(),
        ordered: new.clinic_signers_ordered,
    })
}
