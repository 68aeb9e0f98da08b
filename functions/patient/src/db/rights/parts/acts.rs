//! What was begun and done with them.

use super::Part;
use crate::db::rights::export::Column::{Flag, Int, Json, Text, Time};

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "signings_at_esia",
        sql: "SELECT s.document_id, s.sha256, s.act, s.created_at, s.expires_at, s.status, s.failure FROM esia_sessions s \
              WHERE s.account_id IN (SELECT id FROM own) OR s.document_id IN (SELECT id FROM mine WHERE role = 'signer') \
              ORDER BY s.created_at",
        columns: &[
            ("document_id", Text),
            ("sha256", Text),
            ("act", Json),
            ("created_at", Time),
            ("expires_at", Time),
            ("status", Text),
            ("failure", Text),
        ],
    },
    Part {
        name: "acceptances_at_esia",
        sql: "SELECT c.name, g.title, g.version, e.act, e.created_at, e.expires_at, e.status, e.failure FROM esia_acceptances e \
              JOIN agreements g ON g.id = e.agreement_id JOIN clinics c ON c.id = g.clinic_id \
              WHERE e.account_id IN (SELECT id FROM own) ORDER BY e.created_at",
        columns: &[
            ("clinic", Text),
            ("title", Text),
            ("version", Int),
            ("act", Json),
            ("created_at", Time),
            ("expires_at", Time),
            ("status", Text),
            ("failure", Text),
        ],
    },
    Part {
        name: "agreements",
        sql: "SELECT a.document_id, c.name, g.title, g.version, a.phone, a.email, a.accepted_at FROM acceptances a \
              JOIN agreements g ON g.id = a.agreement_id JOIN clinics c ON c.id = a.clinic_id \
              WHERE a.account_id IN (SELECT id FROM own) ORDER BY a.accepted_at",
        columns: &[
            ("document_id", Text),
            ("clinic", Text),
            ("title", Text),
            ("version", Int),
            ("phone", Text),
            ("email", Text),
            ("accepted_at", Time),
        ],
    },
    Part {
        name: "withdrawals",
        sql: "SELECT w.document_id, w.at, w.account_id IN (SELECT id FROM own) FROM account_documents o \
              JOIN withdrawals w ON w.document_id = o.document_id WHERE o.account_id = ?1 \
              AND (w.account_id IN (SELECT id FROM own) OR w.document_id IN (SELECT id FROM mine)) ORDER BY w.at",
        columns: &[
            ("document_id", Text),
            ("at", Time),
            ("by_this_account", Flag),
        ],
    },
];
