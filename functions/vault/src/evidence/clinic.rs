//! The clinic's signatures in the bundle.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use podpis_evidence::{ClinicCertificate, ClinicSignature};
use podpis_kit::store::clinic_signatures;

/// One of them, as the bundle tells of it.
pub(super) fn of(row: clinic_signatures::ClinicSignature) -> ClinicSignature {
    ClinicSignature {
        id: row.id,
        role: row.role,
        over: row.over,
        cms: STANDARD.encode(&row.der),
        sha256: row.sha256,
        signed_at: row.signed_at,
        time_evidence: row.time_evidence,
        accepted_at: row.accepted_at,
        level: row.level,
        algorithm: row.algorithm,
        certificate: ClinicCertificate {
            sha256: row.certificate_sha256,
            serial: row.certificate_serial,
            owner: row.owner_name,
            position: row.position,
            organisation: row.organisation,
            issuer: row.issuer,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        },
        check: serde_json::from_str(&row.report).unwrap_or_default(),
    }
}
