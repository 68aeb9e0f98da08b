//! Documents, and what stands beside them.

use super::Part;
use crate::db::rights::export::Column::{Int, Json, Text, Time};

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "documents",
        sql: "SELECT d.id, '/account/document#' || d.id, c.name, d.kind, d.purpose, d.title, d.external_id, d.status, m.role, \
              d.patient, d.representative, d.delivery, CASE d.purpose WHEN 'keeping' THEN NULL ELSE d.method END, \
              CASE d.purpose WHEN 'keeping' THEN NULL ELSE d.parties END, d.metadata, t.template, t.version, d.sha256, \
              d.streebog256, d.size, d.pages, d.created_at, nullif(d.expires_at, 253402300799), d.opened_at, d.signed_at, \
              d.completed_at, m.seen_at, m.until FROM mine m JOIN documents d ON d.id = m.id JOIN clinics c ON c.id = d.clinic_id \
              LEFT JOIN document_templates t ON t.document_id = d.id ORDER BY d.created_at, d.id",
        columns: &[
            ("id", Text),
            ("page", Text),
            ("clinic", Text),
            ("kind", Text),
            ("purpose", Text),
            ("title", Text),
            ("external_id", Text),
            ("status", Text),
            ("role", Text),
            ("patient", Json),
            ("representative", Json),
            ("delivery", Text),
            ("method", Text),
            ("parties", Text),
            ("metadata", Json),
            ("template", Text),
            ("template_version", Text),
            ("sha256", Text),
            ("streebog256", Text),
            ("size", Int),
            ("pages", Int),
            ("created_at", Time),
            ("expires_at", Time),
            ("opened_at", Time),
            ("signed_at", Time),
            ("completed_at", Time),
            ("read_at", Time),
            ("seen_here_until", Time),
        ],
    },
    Part {
        name: "history",
        sql: "SELECT j.document_id, j.at, j.type, j.data FROM mine m JOIN journal j ON j.document_id = m.id \
              ORDER BY j.at, j.clinic_id, j.seq",
        columns: &[
            ("document_id", Text),
            ("at", Time),
            ("event", Text),
            ("data", Json),
        ],
    },
    Part {
        name: "signatures",
        sql: "SELECT s.document_id, s.party, s.name, s.method, s.on_behalf_of, s.signed_at, s.level FROM mine m \
              JOIN signatures s ON s.document_id = m.id ORDER BY s.signed_at, s.id",
        columns: &[
            ("document_id", Text),
            ("party", Text),
            ("name", Text),
            ("method", Text),
            ("on_behalf_of", Text),
            ("signed_at", Time),
            ("level", Text),
        ],
    },
    Part {
        name: "clinic_signatures",
        sql: "SELECT s.document_id, s.role, s.covers, s.owner_name, s.position, s.organisation, s.issuer, s.certificate_serial, \
              s.signed_at, s.accepted_at FROM mine m JOIN clinic_signatures s ON s.document_id = m.id \
              ORDER BY s.document_id, s.ordinal",
        columns: &[
            ("document_id", Text),
            ("role", Text),
            ("covers", Text),
            ("owner_name", Text),
            ("position", Text),
            ("organisation", Text),
            ("issuer", Text),
            ("certificate_serial", Text),
            ("signed_at", Time),
            ("accepted_at", Time),
        ],
    },
    Part {
        name: "final_versions",
        sql: "SELECT f.document_id, f.created_at FROM mine m JOIN final_versions f ON f.document_id = m.id ORDER BY f.created_at",
        columns: &[("document_id", Text), ("created_at", Time)],
    },
    Part {
        name: "kept_signatures",
        sql: "SELECT s.document_id, s.facts FROM mine m JOIN kept_signatures s ON s.document_id = m.id \
              ORDER BY s.document_id, s.ordinal",
        columns: &[("document_id", Text), ("facts", Json)],
    },
    Part {
        name: "kept_signature_files",
        sql: "SELECT f.document_id, f.number, length(f.bytes) FROM mine m JOIN kept_signature_files f ON f.document_id = m.id \
              ORDER BY f.document_id, f.number",
        columns: &[("document_id", Text), ("number", Int), ("size", Int)],
    },
    Part {
        name: "links",
        sql: "SELECT l.document_id, l.created_at, l.expires_at, l.revoked_at FROM mine m JOIN links l ON l.document_id = m.id \
              WHERE m.role = 'signer' ORDER BY l.created_at",
        columns: &[
            ("document_id", Text),
            ("created_at", Time),
            ("expires_at", Time),
            ("revoked_at", Time),
        ],
    },
    Part {
        name: "packages",
        sql: "SELECT p.document_id, p.package, p.size, p.told_at FROM mine m JOIN document_packages p ON p.document_id = m.id \
              ORDER BY p.package, p.document_id",
        columns: &[
            ("document_id", Text),
            ("package", Text),
            ("size", Int),
            ("told_at", Time),
        ],
    },
    Part {
        name: "consultations",
        sql: "SELECT b.document_id, b.external_id, b.doctor, b.starts_at, b.template, b.template_version, b.sms_before, b.created_at, \
              b.consented_at, b.missed_at, b.declined_at, b.cancelled_at FROM mine m JOIN consultations b ON b.document_id = m.id \
              ORDER BY b.starts_at",
        columns: &[
            ("document_id", Text),
            ("external_id", Text),
            ("doctor", Json),
            ("starts_at", Time),
            ("template", Text),
            ("template_version", Text),
            ("sms_hours_before", Int),
            ("created_at", Time),
            ("consented_at", Time),
            ("missed_at", Time),
            ("declined_at", Time),
            ("cancelled_at", Time),
        ],
    },
];
