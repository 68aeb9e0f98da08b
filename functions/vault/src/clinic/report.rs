//! The technical check of a clinic's signature, as it is kept and shown.

use podpis_cms::clinic::{Checked, NOTICE, Revocation};
use podpis_shared::Snils;
use serde_json::{Value, json};

/// What was checked and found. SNILS stands masked.
pub(super) fn of(checked: &Checked) -> Value {
    let owner = &checked.owner;
    let path: Vec<_> = checked
        .path
        .iter()
        .map(|certificate| certificate.sha256_hex())
        .collect();
    let revocation = match &checked.revocation {
        Revocation::Good(as_of) => json!({ "status": "good", "as_of": as_of }),
        Revocation::Unknown(issuer) => json!({ "status": "unknown", "issuer": issuer }),
    };
    json!({
        "notice": NOTICE,
        "names_certificate": checked.verified.names_certificate,
        "claimed_time": checked.moment.claimed,
        "timestamp": checked.moment.stamp.as_ref().map(|stamp| json!({
            "at": stamp.at, "authority": stamp.authority, "untrusted": stamp.untrusted,
        })),
        "revocation": revocation,
        "path_sha256": path,
        "owner": {
            "inn": owner.organisation_inn,
            "ogrn": owner.ogrn,
            "ogrnip": owner.ogrnip,
            "snils_masked": owner.snils.as_ref().map(Snils::masked),
        },
        "qualified": {
            "form": owner.has_qualified_form(),
            "classes": owner.classes,
            "owner_tool": owner.owner_tool,
            "issuer_tools": owner.issuer_tools.as_ref().map(|tools| json!({
                "tool": tools.tool, "authority": tools.authority,
                "tool_paper": tools.tool_paper, "authority_paper": tools.authority_paper,
            })),
            "identification_kind": owner.identified,
        },
    })
}
