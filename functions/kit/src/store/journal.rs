//! The journal: append-only, per clinic, without personal data, as a Merkle tree (RFC 6962).
//!
//! An append writes the entry, the inner nodes that it completes and the tree's frontier in the transaction of the
//! change that it tells of: a few statements, whatever the number of entries. A public one is queued for the clinic's
//! webhook in the same transaction.

mod audits;
mod tree;

use crate::db::{DbError, Tx};
use crate::random;
use crate::store::webhooks::{self, NewEvent};
use podpis_journal::{Entry, entry, to_hex};
use podpis_shared::Timestamp;
use serde_json::Value;

pub use audits::{Totals, totals};
pub use tree::{Head, fold_in, head, nodes};

/// Types of entries. Stored for decades: a name is never changed or given a new meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Accepted from the MIS.
    Sent,
    /// Shown on the person's page for the first time.
    Opened,
    /// Signed by the patient or a representative.
    PatientSigned,
    /// A signature of the clinic was accepted; `data` has its hash and role, nothing of its owner.
    ClinicSigned,
    /// Every needed signature is there.
    Completed,
    /// The person declined.
    Declined,
    /// The time ran out.
    Expired,
    /// The clinic took it back.
    Cancelled,
    /// A message reached its gateway.
    MessageDelivered,
    /// A message could not be sent.
    MessageFailed,
    /// A link was made.
    LinkIssued,
    /// A person went to ESIA to sign.
    EsiaStarted,
    /// A seal got a time stamp that had been missing.
    SealTimestamped,
    /// A clinic published a version of its user agreement.
    AgreementPublished,
    /// A clinic's user agreement was accepted: its document begins with this entry, and is signed by it.
    AgreementAccepted,
    /// A clinic changed its look.
    BrandingChanged,
    /// The operator set a tariff of the clinic.
    TariffSet,
    /// A person took back a consent to advertising: from now on it allows nothing.
    ConsentWithdrawn,
    /// A clinic changed its settings; `data` has the new ones.
    SettingsChanged,
    /// The way through ESIA ended without a signature; `data.code` says why.
    EsiaFailed,
    /// A one-time code was sent that can sign a document, or accept an agreement.
    CodeIssued,
    /// Such a code was typed wrong too often and works no more.
    CodeFailed,
    /// The consent to a consultation is given: it may begin.
    ConsultationConsented,
    /// The patient declined to give it.
    ConsultationDeclined,
    /// A consultation's beginning has come without a consent.
    ConsultationMissed,
    /// The clinic gave a consultation another beginning.
    ConsultationRescheduled,
    /// The clinic cancelled a consultation.
    ConsultationCancelled,
    /// Somebody was invited to the clinic's staff; `data` has the role.
    StaffInvited,
    /// An invitation was accepted.
    StaffJoined,
    /// A member of the staff signed in.
    StaffSignedIn,
    /// A member of the staff has another role now; `data` has it.
    StaffRoleChanged,
    /// Somebody is no longer of the staff: every session has ended.
    StaffRemoved,
    /// A member of the staff changed how they sign in; `data.what` says what: password, totp, passkey.
    StaffSecured,
    /// An API key was made; `data` has its id.
    KeyMade,
    /// An API key was revoked; `data` has its id.
    KeyRevoked,
    /// The clinic's webhook was set, replaced or removed.
    WebhookChanged,
    /// Somebody was put on the list of those who sign for the clinic; `data` has the row's id.
    SignerAdded,
    /// Somebody was taken off that list.
    SignerRemoved,
}

impl Event {
    /// Every type.
    pub const ALL: &'static [Self] = &[
        Self::Sent,
        Self::Opened,
        Self::PatientSigned,
        Self::ClinicSigned,
        Self::Completed,
        Self::Declined,
        Self::Expired,
        Self::Cancelled,
        Self::MessageDelivered,
        Self::MessageFailed,
        Self::LinkIssued,
        Self::EsiaStarted,
        Self::SealTimestamped,
        Self::AgreementPublished,
        Self::AgreementAccepted,
        Self::ConsentWithdrawn,
        Self::BrandingChanged,
        Self::TariffSet,
        Self::SettingsChanged,
        Self::EsiaFailed,
        Self::CodeIssued,
        Self::CodeFailed,
        Self::ConsultationConsented,
        Self::ConsultationDeclined,
        Self::ConsultationMissed,
        Self::ConsultationRescheduled,
        Self::ConsultationCancelled,
        Self::StaffInvited,
        Self::StaffJoined,
        Self::StaffSignedIn,
        Self::StaffRoleChanged,
        Self::StaffRemoved,
        Self::StaffSecured,
        Self::KeyMade,
        Self::KeyRevoked,
        Self::WebhookChanged,
        Self::SignerAdded,
        Self::SignerRemoved,
    ];

    /// Name in the journal and, for public ones, in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "document.sent",
            Self::Opened => "document.opened",
            Self::PatientSigned => "document.patient_signed",
            Self::ClinicSigned => "document.clinic_signed",
            Self::Completed => "document.completed",
            Self::Declined => "document.declined",
            Self::Expired => "document.expired",
            Self::Cancelled => "document.cancelled",
            Self::MessageDelivered => "message.delivered",
            Self::MessageFailed => "message.failed",
            Self::LinkIssued => "link.issued",
            Self::EsiaStarted => "esia.started",
            Self::SealTimestamped => "seal.timestamped",
            Self::AgreementAccepted => "agreement.accepted",
            Self::ConsentWithdrawn => "consent.withdrawn",
            Self::BrandingChanged => "branding.changed",
            Self::TariffSet => "tariff.set",
            Self::AgreementPublished => "agreement.published",
            Self::SettingsChanged => "settings.changed",
            Self::EsiaFailed => "esia.failed",
            Self::CodeIssued => "code.issued",
            Self::CodeFailed => "code.failed",
            Self::ConsultationConsented => "consultation.consented",
            Self::ConsultationDeclined => "consultation.declined",
            Self::ConsultationMissed => "consultation.missed",
            Self::ConsultationRescheduled => "consultation.rescheduled",
            Self::ConsultationCancelled => "consultation.cancelled",
            Self::StaffInvited => "staff.invited",
            Self::StaffJoined => "staff.joined",
            Self::StaffSignedIn => "staff.signed_in",
            Self::StaffRoleChanged => "staff.role_changed",
            Self::StaffRemoved => "staff.removed",
            Self::StaffSecured => "staff.secured",
            Self::KeyMade => "key.made",
            Self::KeyRevoked => "key.revoked",
            Self::WebhookChanged => "webhook.changed",
            Self::SignerAdded => "signer.added",
            Self::SignerRemoved => "signer.removed",
        }
    }

    /// Whether the clinic gets it as an event.
    pub fn is_public(self) -> bool {
        entry::is_public(self.as_str())
    }
}

/// Appends an entry in the transaction of the change that it tells of; gives its number.
///
/// # Errors
/// As the database says; [`DbError::is_broken_journal`] where the journal doesn't add up: then nothing may be added to it,
/// and the change must not happen.
pub async fn append(
    tx: &Tx,
    clinic_id: &str,
    document_id: Option<&str>,
    event: Event,
    at: Timestamp,
    data: Value,
) -> Result<i64, DbError> {
    let id = random::id("evt").map_err(|e| DbError::host("random", e))?;
    let mut frontier = tree::frontier(tx, clinic_id).await?;
    let entry = Entry {
        clinic_id,
        seq: frontier.size() + 1,
        id: &id,
        kind: event.as_str(),
        document_id,
        at,
        data: &data,
    };
    let leaf = entry.leaf_hash();
    let completed = frontier.push(leaf);
    let seq = tree::integer(entry.seq)?;
    tx.execute(
        "INSERT INTO journal (clinic_id, seq, id, type, public, document_id, at, data, leaf_hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [
            clinic_id.into(),
            seq.into(),
            id.as_str().into(),
            event.as_str().into(),
            i64::from(event.is_public()).into(),
            document_id.into(),
            at.unix().into(),
            entry::canonical(&data).into(),
            to_hex(&leaf).into(),
        ],
    )
    .await?;
    tree::store_nodes(tx, clinic_id, &completed).await?;
    tree::store_frontier(tx, clinic_id, &frontier).await?;
    if event.is_public() {
        let (id, kind) = (id.as_str(), event.as_str());
        let event = NewEvent {
            clinic_id,
            seq,
            id,
            kind,
            document_id,
            at,
        };
        webhooks::enqueue(tx, event).await?;
    }
    Ok(seq)
}
