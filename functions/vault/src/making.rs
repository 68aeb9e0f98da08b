//! Making a signed PDF, before the transaction that makes it count: evidence, protocol and seal from facts that are fixed.

use crate::seal::tsa::Tsa;
use crate::seal::{self, Contents, Level, Sealed};
use crate::{db, evidence, keys, protocol, settings};
use podpis_evidence as format;
use podpis_kit::at_rest::Keys;
use podpis_kit::db::Tx;
use podpis_kit::store::Document;
use podpis_kit::store::agreements::Basis;
use podpis_kit::store::blobs::{self, Content};
use podpis_kit::store::ledger::{self, Entry};
use podpis_kit::store::notices::{self, About, Notice};
use podpis_kit::{Db, Failure, Result, random};
use podpis_shared::hash::sha256_hex;
use podpis_shared::policy::Allowed;
use podpis_shared::usage::Item;
use podpis_shared::wire::vault::{Act, Identity, Stored};
use podpis_shared::{Hashes, Kind, Method, Status, Timestamp};

/// Everything that a signature consists of.
pub(crate) struct Signature<'a> {
    pub(crate) id: String,
    pub(crate) document: &'a Document,
    /// The clinic sent it to this signer; else it was made when its agreement was accepted.
    pub(crate) sent_by_clinic: bool,
    /// When the text came from the clinic: of an accepted agreement, when the clinic published it.
    pub(crate) received_at: Timestamp,
    pub(crate) clinic: &'a db::Clinic,
    pub(crate) method: Method,
    pub(crate) act: &'a Act,
    pub(crate) identity: &'a Identity,
    pub(crate) allowed: Allowed,
    /// Version of the policy's table.
    pub(crate) policy: String,
    /// What a signature by code rests on.
    pub(crate) agreement: Option<Basis>,
    pub(crate) at: Timestamp,
}

/// What was made of a signature, in the form in which it is stored.
pub(crate) struct Made {
    evidence: String,
    pub(crate) stored: Stored,
    content: Content,
    pub(crate) level: Level,
    /// The authority did not answer: a job asks again.
    stamp_later: bool,
}

impl Signature<'_> {
    /// It accepts the clinic's public offer (Civil Code art. 437, 438): it rests on no agreement, because it makes one.
    pub(crate) fn is_acceptance(&self) -> bool {
        let offer = matches!(self.document.kind, Kind::UserAgreement | Kind::EdoAgreement);
        // What a clinic sends to be signed through ESIA is signed like any document.
        let made_here = !self.sent_by_clinic || matches!(self.identity, Identity::Code(_));
        offer && made_here && self.document.representative.is_none()
    }
}

/// One act, one signature: the id is derived, so that a repeated request meets its own row.
pub(crate) fn signature_id(act_id: &str) -> String {
    format!("sig_{}", &sha256_hex(act_id.as_bytes())[..32])
}

/// Makes the sealed PDF and the record of the signature.
///
/// # Errors
/// As the seal says; 500 where the stored original is not what was signed.
pub(crate) async fn make(db: &Db, signature: &Signature<'_>) -> Result<Made> {
    let keys = Keys::load(db).await?;
    let evidence = evidence::of_signature(signature)?;
    let tsa = Tsa::configured().await?;
    let sealed = sealed(db, signature, &evidence, tsa.as_ref()).await?;
    let stored = Stored {
        blob: random::id("blob")?,
        hashes: Hashes::of(&sealed.pdf),
        size: sealed.pdf.len() as u64,
        pages: signature.document.pages,
    };
    let json = serde_json::to_string(&evidence)
        .map_err(|e| Failure::internal("evidence", e.to_string()))?;
    Ok(Made {
        evidence: keys.seal_text(&db::evidence_purpose(&signature.id), &json)?,
        content: Content::sealed(&keys, &stored, sealed.pdf)?,
        stored,
        stamp_later: tsa.is_some() && sealed.level == Level::Basic,
        level: sealed.level,
    })
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
    let file = evidence::File {
        document,
        received_at: signature.received_at,
        status: if signature.sent_by_clinic {
            Status::PatientSigned
        } else {
            document.status
        },
    };
    let signatures = vec![evidence.clone()];
    let bundle = evidence::signed(db, file, signature.clinic, signatures, signature.at).await?;
    let operator = settings::operator().await?;
    let contents = Contents {
        original: &original,
        protocol: protocol::of(signature, settings::verify_url().await?)?,
        evidence: &bundle,
        operator: &operator.name,
        sandbox: operator.sandbox,
        at: signature.at,
    };
    seal::make(&keys::seal(db).await?, tsa, contents).await
}

/// Tells the signer, inside the step's transaction: whoever did not sign must learn of it.
///
/// # Errors
/// As the database says.
pub(crate) async fn tell(tx: &Tx, signature: &Signature<'_>, base_url: &str) -> Result<()> {
    let about = About {
        notice: Notice::Signed,
        document: signature.document,
        clinic: &signature.clinic.name,
        base_url,
        due: signature.at,
    };
    notices::queue(tx, about, signature.at).await?;
    Ok(())
}

/// Writes the file, its place in the document, the signature and what it counts as, inside the step's transaction.
///
/// # Errors
/// As the database says.
pub(crate) async fn store(tx: &Tx, signature: &Signature<'_>, made: Made) -> Result<()> {
    let (document, at) = (signature.document, signature.at);
    let blob = &made.stored.blob;
    blobs::insert(tx, &made.stored, made.content, at).await?;
    db::set_signed_blob(tx, document, blob).await?;
    let level = made.level.as_str();
    db::insert_signed_revision(tx, document, blob, level, at).await?;
    if made.stamp_later {
        db::queue_timestamp(tx, &document.id, at).await?;
    }
    let represented = document.representative.as_ref();
    let on_behalf_of = represented.map(|_| document.patient.full_name());
    let row = db::SignatureRow {
        id: &signature.id,
        name: &crate::code::public_name(document.signer()),
        method: signature.method.as_str(),
        on_behalf_of: on_behalf_of.as_deref(),
        evidence: &made.evidence,
        level,
    };
    db::insert_signature(tx, document, row, at).await?;
    let entry = Entry {
        clinic_id: &document.clinic_id,
        item: Item::of_signed(document.kind),
        cause: &document.id,
        document_id: Some(&document.id),
        count: 1,
        at,
    };
    ledger::record(tx, entry).await?;
    Ok(())
}
