//! The account itself, and who asked to get into it.

use super::Part;
use crate::db::rights::export::Column::{Int, Json, Text, Time};

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "contacts",
        sql: "SELECT kind, value, since, proven_at, ended_at, ended_why FROM account_contacts \
              WHERE account_id IN (SELECT id FROM own) ORDER BY since",
        columns: &[
            ("kind", Text),
            ("value", Text),
            ("since", Time),
            ("proven_at", Time),
            ("ended_at", Time),
            ("ended_why", Text),
        ],
    },
    Part {
        name: "devices",
        sql: "SELECT how, gate, user_agent, client_addr, created_at, seen_at, expires_at, ended_at, ended_why \
              FROM account_sessions WHERE account_id IN (SELECT id FROM own) ORDER BY created_at",
        columns: &[
            ("how", Text),
            ("gate", Text),
            ("user_agent", Text),
            ("network_address", Text),
            ("created_at", Time),
            ("seen_at", Time),
            ("expires_at", Time),
            ("ended_at", Time),
            ("ended_why", Text),
        ],
    },
    Part {
        name: "push_subscriptions",
        // The address at the service is as good as a key: only whose it is.
        sql: "SELECT substr(endpoint, 1, 7 + instr(substr(endpoint, 9) || '/', '/')), created_at FROM push_subscriptions \
              WHERE account_id IN (SELECT id FROM own) ORDER BY created_at",
        columns: &[("service", Text), ("created_at", Time)],
    },
    Part {
        name: "log",
        sql: "SELECT at, what, data FROM account_log WHERE account_id IN (SELECT id FROM own) ORDER BY at DESC, position DESC",
        columns: &[("at", Time), ("what", Text), ("data", Json)],
    },
    Part {
        name: "codes_of_the_last_day",
        sql: "SELECT k.purpose, k.channel, k.recipient, k.client, c.name, k.document_id, k.text, k.status, k.tries, k.wrong_tries, \
              k.round, k.issued_at, k.expires_at, k.sent_at, k.receipt, k.verified_at FROM codes k \
              LEFT JOIN clinics c ON c.id = k.clinic_id WHERE k.id IN (SELECT id FROM typed) ORDER BY k.issued_at",
        columns: &[
            ("purpose", Text),
            ("channel", Text),
            ("to", Text),
            ("network_address", Text),
            ("clinic", Text),
            ("document_id", Text),
            ("text", Text),
            ("status", Text),
            ("tries", Int),
            ("wrong_tries", Int),
            ("round", Int),
            ("issued_at", Time),
            ("expires_at", Time),
            ("sent_at", Time),
            ("receipt", Text),
            ("verified_at", Time),
        ],
    },
    Part {
        name: "sign_ins_at_esia",
        sql: "SELECT purpose, client, created_at, expires_at, status, failure FROM esia_logins \
              WHERE account_id IN (SELECT id FROM own) OR state_hash IN (SELECT id FROM typed) ORDER BY created_at",
        columns: &[
            ("purpose", Text),
            ("network_address", Text),
            ("created_at", Time),
            ("expires_at", Time),
            ("status", Text),
            ("failure", Text),
        ],
    },
];
