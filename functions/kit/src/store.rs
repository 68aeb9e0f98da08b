//! The rows that several functions share, and the steps that change them.
//!
//! Every change of a document's state is one transaction: compare-and-set of the
//! status, its journal entry and its messages.

pub mod accounts;
pub mod agreements;
pub mod blobs;
pub mod branding;
pub mod clinic_signatures;
pub mod clinic_signers;
pub mod consultations;
pub mod documents;
pub mod esia_health;
pub mod final_versions;
pub mod intake;
pub mod journal;
pub mod kept_signatures;
pub mod ledger;
pub mod letters;
pub mod links;
pub mod metrics;
pub mod notices;
pub mod operator_certificates;
pub mod outbox;
pub mod packages;
pub mod planned;
pub mod rates;
pub mod reminders;
pub mod revocation_lists;
pub mod sandbox;
pub mod sandbox_keys;
pub mod settings;
pub mod sms_gateways;
pub mod staff;
pub mod state;
pub mod tariffs;
pub mod templates;
pub mod webhooks;

pub use documents::Document;
pub use journal::Event;
pub use operator_certificates::OperatorCertificates;
