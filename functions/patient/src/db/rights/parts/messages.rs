//! What the person was told, and will be.

use super::Part;
use crate::db::rights::export::Column::{Int, Json, Text, Time};

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "messages",
        // A browser's address is as good as a key; its service is not.
        sql: "SELECT m.id, m.document_id, c.name, m.channel, CASE m.channel WHEN 'push' THEN m.host ELSE m.recipient END, m.subject, \
              m.text, m.notice, m.status, m.outcome, m.attempts, m.created_at, m.next_at, m.first_at, m.sent_at, m.settled_at, \
              (SELECT json_group_array(s.document_id) FROM outbox_documents s WHERE s.message_id = m.id) \
              FROM letters l JOIN outbox m ON m.id = l.id JOIN clinics c ON c.id = m.clinic_id ORDER BY m.created_at, m.rowid",
        columns: &[
            ("id", Text),
            ("document_id", Text),
            ("clinic", Text),
            ("channel", Text),
            ("to", Text),
            ("subject", Text),
            ("text", Text),
            ("notice", Text),
            ("status", Text),
            ("outcome", Text),
            ("attempts", Int),
            ("created_at", Time),
            ("due_at", Time),
            ("first_tried_at", Time),
            ("sent_at", Time),
            ("settled_at", Time),
            ("other_documents", Json),
        ],
    },
    Part {
        name: "sms",
        sql: "SELECT s.message_id, s.kind, s.document_id, s.gateway, nullif(s.recipient, ''), s.parts, s.status, s.reason, \
              s.created_at, s.asked_at, s.taken_at, s.settled_at FROM sms_sends s WHERE s.message_id IN (SELECT id FROM letters \
              UNION SELECT id FROM typed UNION SELECT x.message_id FROM account_contacts k JOIN sms_sends x ON x.recipient = k.value \
              AND x.created_at >= k.since AND (k.ended_at IS NULL OR k.ended_at > x.created_at) \
              WHERE k.account_id IN (SELECT id FROM own) AND x.kind = 'code') ORDER BY s.created_at",
        columns: &[
            ("message_id", Text),
            ("kind", Text),
            ("document_id", Text),
            ("gateway", Text),
            ("to", Text),
            ("parts", Int),
            ("status", Text),
            ("reason", Text),
            ("created_at", Time),
            ("asked_at", Time),
            ("taken_at", Time),
            ("settled_at", Time),
        ],
    },
    Part {
        name: "planned_reminders",
        sql: "SELECT p.document_id, p.kind, p.at FROM mine m JOIN planned_notices p ON p.document_id = m.id \
              WHERE m.role = 'signer' ORDER BY p.at",
        columns: &[("document_id", Text), ("kind", Text), ("at", Time)],
    },
    Part {
        name: "reminders",
        sql: "SELECT r.document_id, r.kind, r.at FROM mine m JOIN reminders r ON r.document_id = m.id \
              WHERE m.role = 'signer' ORDER BY r.at",
        columns: &[("document_id", Text), ("kind", Text), ("at", Time)],
    },
];
