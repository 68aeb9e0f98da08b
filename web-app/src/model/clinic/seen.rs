//! What the API answers, as far as the console shows it and `podpis_shared::wire` does not have it for the browser.

use std::collections::BTreeMap;

use podpis_shared::{Kind, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message about a document: `GET /api/v1/documents/{id}/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Message {
    /// `sms`, `email` or `push`.
    pub(crate) channel: String,
    /// To whom.
    pub(crate) to_masked: String,
    /// What it tells, where it is a notice.
    #[serde(default)]
    pub(crate) notice: Option<String>,
    /// `queued`, `sent`, `delivered`, `failed` or `dead`.
    pub(crate) status: String,
    /// Why it failed.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// When it was written.
    pub(crate) created_at: Timestamp,
    /// When a gateway took it.
    #[serde(default)]
    pub(crate) sent_at: Option<Timestamp>,
    /// When it is tried again.
    #[serde(default)]
    pub(crate) next_attempt_at: Option<Timestamp>,
}

/// A webhook: `GET /api/v1/webhook`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Webhook {
    /// Where to.
    pub(crate) url: String,
    /// `active` or `disabled`.
    pub(crate) status: String,
    /// Until when its host is left alone.
    #[serde(default)]
    pub(crate) paused_until: Option<Timestamp>,
    /// Shown when it is set.
    #[serde(default)]
    pub(crate) secret: Option<String>,
}

/// A pushed event: `GET /api/v1/webhook/deliveries`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Push {
    /// Our id.
    pub(crate) id: String,
    /// Type of the event.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// About which document.
    #[serde(default)]
    pub(crate) document_id: Option<String>,
    /// `queued`, `delivered`, `failed` or `dead`.
    pub(crate) status: String,
    /// Why it was not taken.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// What the receiver answered.
    #[serde(default)]
    pub(crate) http_status: Option<i64>,
    /// When it happened.
    pub(crate) created_at: Timestamp,
    /// When it is tried again.
    #[serde(default)]
    pub(crate) next_attempt_at: Option<Timestamp>,
    /// Every try.
    #[serde(default)]
    pub(crate) attempts: Vec<Value>,
}

/// Who did what: an entry of `GET /api/v1/acts`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Act {
    /// Id of the entry.
    pub(crate) id: String,
    /// What was done: a type of the journal.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// `staff:stf_…`, `key:key_…` or `operator`.
    pub(crate) by: String,
    /// About which document.
    #[serde(default)]
    pub(crate) document_id: Option<String>,
    /// When.
    pub(crate) at: Timestamp,
    /// Facts of this type.
    #[serde(default)]
    pub(crate) data: Value,
}

/// A month's account: `GET /api/v1/usage`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Usage {
    /// It never changes any more.
    pub(crate) closed: bool,
    /// When it will not change any more.
    pub(crate) closes_at: Timestamp,
    /// By item and price.
    pub(crate) lines: Vec<Line>,
    /// Sum, in kopecks.
    pub(crate) total_kopecks: u64,
    /// A sentence about VAT.
    #[serde(default)]
    pub(crate) vat_note: Option<String>,
}

/// A line of an account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Line {
    /// What.
    pub(crate) title: String,
    /// How many.
    pub(crate) count: u64,
    /// Price of one, in kopecks.
    pub(crate) price_kopecks: u32,
    /// Price of all, in kopecks.
    pub(crate) sum_kopecks: u64,
}

/// The clinic's look: `GET /api/v1/branding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Look {
    /// The name that pages show.
    pub(crate) display_name: String,
    /// The registered one.
    #[serde(default)]
    pub(crate) registered_name: String,
    /// PNG.
    #[serde(default)]
    pub(crate) logo_png_base64: Option<String>,
    /// `#rrggbb`.
    #[serde(default)]
    pub(crate) primary_color: Option<String>,
    /// E.164.
    #[serde(default)]
    pub(crate) support_phone: Option<String>,
    /// Address.
    #[serde(default)]
    pub(crate) support_email: Option<String>,
}

/// A look to be set or shown: `PUT /api/v1/branding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct NewLook {
    /// The name that pages show.
    pub(crate) display_name: String,
    /// PNG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) logo_png_base64: Option<String>,
    /// `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) primary_color: Option<String>,
    /// E.164.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) support_phone: Option<String>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) support_email: Option<String>,
}

/// A key of the API: `GET /api/v1/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Key {
    /// Our id.
    pub(crate) id: String,
    /// What the clinic calls it.
    #[serde(default)]
    pub(crate) label: Option<String>,
    /// When it was made.
    pub(crate) created_at: Timestamp,
    /// When it was used last.
    #[serde(default)]
    pub(crate) last_used_at: Option<Timestamp>,
}

/// A new key: `POST /api/v1/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct NewKey {
    /// The key itself, shown once.
    #[serde(alias = "key")]
    pub(crate) api_key: String,
}

/// Who signs for the clinic with a personal certificate: `GET /api/v1/clinic-signers`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Signer {
    /// Our id.
    pub(crate) id: String,
    /// As the clinic calls them.
    pub(crate) name: String,
    /// As it stands in the certificate.
    #[serde(default)]
    pub(crate) snils: Option<podpis_shared::Snils>,
}

/// A person of the staff: `GET /api/v1/staff`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Colleague {
    /// Our id.
    pub(crate) id: String,
    /// Empty until they accept.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Address.
    pub(crate) email: String,
    /// What they may do.
    pub(crate) role: podpis_shared::staff::Role,
    /// `invited` or `active`.
    pub(crate) state: String,
    /// When they were here last.
    #[serde(default)]
    pub(crate) last_seen_at: Option<Timestamp>,
}

/// A template: `GET /api/v1/templates`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Template {
    /// Its id.
    pub(crate) id: String,
    /// Its version.
    pub(crate) version: String,
    /// Kind of its documents.
    pub(crate) kind: Kind,
    /// Title of its documents.
    pub(crate) title: String,
    /// Its fields.
    pub(crate) fields: Vec<TemplateField>,
}

/// A field of a template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct TemplateField {
    /// Its name.
    pub(crate) name: String,
    /// What a person calls it.
    pub(crate) label: String,
    /// `line`, `text`, `list` or `date`.
    pub(crate) kind: String,
    /// The longest value, in characters.
    pub(crate) max: usize,
    /// `clinic`, `patient`, `representative`, `document` or `caller`.
    pub(crate) source: String,
    /// It is always needed.
    #[serde(default)]
    pub(crate) required: bool,
    /// It is needed where a representative signs.
    #[serde(default)]
    pub(crate) required_if_represented: bool,
}

impl TemplateField {
    /// Whether whoever sends the document fills it in.
    pub(crate) fn is_ours(&self) -> bool {
        self.source == "caller"
    }

    /// Whether it must be filled in.
    pub(crate) const fn is_needed(&self, represented: bool) -> bool {
        self.required || (represented && self.required_if_represented)
    }
}

/// What a preview is made of: `POST /api/v1/templates/{id}/preview`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Preview {
    /// Any field but those of the clinic.
    pub(crate) fields: BTreeMap<String, String>,
}

/// Whose document it is.
pub(crate) fn patient_of(document: &podpis_shared::wire::mis::Document) -> String {
    let whose = document.patient.as_ref();
    whose.map_or_else(|| "—".to_owned(), |whose| whose.name.expose().clone())
}
