//! A document to be sent.

use super::Package;
use crate::document::{Delivery, Kind, Method, Parties, Purpose};
use crate::person::{Birthday, Person};
use crate::policy::{Acting, Ground};
use crate::time::Timestamp;
use crate::wire::templates::UseTemplate;
use serde::{Deserialize, Serialize};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 300;

/// Longest `external_id`, in characters.
pub const EXTERNAL_ID_MAX: usize = 200;

/// A document to be sent: the part `document` of `POST /api/v1/documents`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewDocument {
    /// What it is sent for. `signing`: the person reads and signs it; `method` and `parties` must be there. `keeping`: it was
    /// signed elsewhere and is only kept; `delivery` must be `account`, and `method`, `parties`, `expires_at` must be absent
    /// (else 422 `invalid`). It is `completed` as it comes, never expires, and nobody signs it here.
    #[serde(default)]
    pub purpose: Purpose,
    /// What it is; the policy depends on it.
    pub kind: Kind,
    /// Title that the patient sees.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
    pub title: String,
    /// The MIS's own id.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = EXTERNAL_ID_MAX)))]
    pub external_id: Option<String>,
    /// Whose document it is.
    pub patient: Person,
    /// Who signs on the patient's behalf.
    #[serde(default)]
    pub representative: Option<Representative>,
    /// How it reaches the person. `account`: the personal account, with an e-mail and push notices; needs the signer's phone,
    /// e-mail or SNILS to find them by. `link`: SMS with a unique link; needs the phone.
    pub delivery: Delivery,
    /// How the person signs. `sms` only with `delivery: account` and where the policy allows it for the kind (else 422
    /// `policy`), `email` never. Must be there unless `purpose` is `keeping`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["esia", "sms", null])))]
    pub method: Option<Method>,
    /// Whose signatures it needs. Must be there unless `purpose` is `keeping`.
    #[serde(default)]
    pub parties: Option<Parties>,
    /// Until when it can be signed: within a year; 30 days where absent. None with `purpose: keeping`.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
    /// After how many hours an SMS tells of it where nobody has opened it: in place of the clinic's setting, for delivery
    /// `account`; 0: never.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(max = super::SMS_FALLBACK_MAX)))]
    pub sms_fallback_after_hours: Option<u16>,
    /// What signatures of the clinic it needs, each role once; one, of any role, where absent. Only where the clinic signs
    /// (else 422 `invalid`).
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = crate::clinic_signature::ROLES_MAX)))]
    pub clinic_signers: Option<Vec<ClinicSigner>>,
    /// They come in this order and no other.
    #[serde(default)]
    pub clinic_signers_ordered: bool,
    /// The template that its file is made of: then there is no part `file`. The clinic, the patient, the representative and
    /// the day are filled in; `kind` must be the template's.
    #[serde(default)]
    pub template: Option<UseTemplate>,
    /// In place of the part `file` and of `template`: the id of a document of the same clinic, whose file as it was sent is
    /// this one's too. Not one made of a template, since that names its patient. Unknown: 422 `invalid`.
    #[serde(default)]
    pub file_of: Option<String>,
    /// The package that it belongs to; only with `delivery: account` and to be signed.
    #[serde(default)]
    pub package: Option<Package>,
    /// Anything of the MIS, up to 8 KiB, given back unchanged.
    #[serde(default)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A signature of the clinic that a document needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub struct ClinicSigner {
    /// In what role: `medic`, `head`, or another name of a-z, 0-9 and _.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[a-z0-9_]{1,32}$")))]
    pub role: String,
}

/// A legal representative and what the right to act rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Representative {
    /// The representative.
    #[serde(flatten)]
    pub person: Person,
    /// Basis: «мать», a power of attorney and so on.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
    pub basis: String,
    /// Where the medical record holds data on the representative (323-FZ art. 20 part 7).
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = TITLE_MAX)))]
    pub record_ref: String,
    /// Why somebody signs on the patient's behalf; `minor` where absent.
    #[serde(default)]
    pub ground: Ground,
}

impl Representative {
    /// What the policy asks of whoever acts for the patient.
    pub const fn acting(&self) -> Acting {
        Acting {
            // Every representative was taken in with a date; without one nobody acts.
            born: match self.person.birth_date {
                Some(born) => born,
                None => Birthday::LATEST,
            },
            ground: self.ground,
        }
    }
}
