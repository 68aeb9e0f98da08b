//! What a verifier believes: roots and keys, as the operator publishes them.

use crate::jws::PublicJwk;
use podpis_shared::Timestamp;
use serde::{Deserialize, Serialize};

/// Name and version of the list's format.
pub const TRUST_FORMAT: &str = "podpis-trust/1";

/// The trust list, `GET /api/v1/trust`. It holds public things only.
///
/// Nothing in a signed PDF can extend it: a verifier takes it from a place that it believes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trust {
    /// Name and version of this format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = TRUST_FORMAT)))]
    pub format: String,
    /// When the list was given.
    pub as_of: Timestamp,
    /// Who runs the installation.
    pub operator: String,
    /// An installation for trying out: nothing that it signs has legal force.
    pub sandbox: bool,
    /// Roots that the seal's certificate must lead to, PEM.
    pub seal_roots: Vec<String>,
    /// Roots of time stamping authorities, PEM.
    #[serde(default)]
    pub tsa_roots: Vec<String>,
    /// Authorities below which clinics sign, retired ones included, PEM.
    #[serde(default)]
    pub clinic_roots: Vec<String>,
    /// Keys of evidence bundles, retired ones included.
    pub evidence_keys: Vec<PublicJwk>,
    /// Keys of the journal's checkpoints as C2SP verifier keys, retired ones included.
    pub journal_keys: Vec<String>,
    /// ESIA's certificates, or bare keys of its tokens, PEM, old ones included.
    pub esia_keys: Vec<String>,
    /// Our name at ESIA: the audience of its tokens.
    pub esia_client_id: String,
    /// The issuer that ESIA writes into its tokens.
    pub esia_issuer: String,
}
