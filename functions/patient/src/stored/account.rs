//! Tables of the account itself, and of ways into it.

use super::Closing::{Deleted, Emptied, Kept, Passes};
use super::Untold::{Because, Number, Secret, Service, Twice};
use super::{Table, Untold};

/// Until a return from ESIA is compared with the account, it may be anybody's.
const STRANGER: Untold = Because(
    "То, что Госуслуги передали о вошедшем, пока не сверено, чьё оно: это могут быть данные другого человека. Хранится зашифрованно, \
     удаляется примерно через сутки.",
);

const HELD_BEFORE: Untold = Because(
    "С какого дня и были ли ваш номер или адрес до вас у другого человека: это сведения о нём.",
);

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "accounts",
        parts: &["account"],
        told: "id created_at level person person_source confirmed_at notices utc_offset",
        untold: &[
            // That there is a link to ESIA is told.
            ("esia_subject", Secret),
            ("merged_into", Number),
            // Whoever reads the export has an account that is not closed.
            ("closed_at", Service),
        ],
        closing: Emptied(
            "acceptances, withdrawals and the record of the deletion name the account by its number",
        ),
    },
    Table {
        name: "account_contacts",
        parts: &["contacts"],
        told: "kind value since proven_at ended_at ended_why",
        untold: &[
            ("id account_id", Number),
            ("documents_from estranged", HELD_BEFORE),
        ],
        closing: Emptied("sessions name it by its number"),
    },
    Table {
        name: "account_sessions",
        parts: &["devices"],
        told: "how gate created_at seen_at expires_at user_agent client_addr ended_at ended_why",
        untold: &[
            ("token_hash", Secret),
            ("id begun_by account_id contact_id", Number),
        ],
        closing: Emptied("the code or the return from ESIA that began one begins no second one"),
    },
    Table {
        name: "account_documents",
        parts: &["documents"],
        told: "role until seen_at",
        untold: &[
            ("account_id document_id clinic_id", Number),
            ("created_at folded", Twice),
        ],
        closing: Deleted,
    },
    Table {
        name: "account_log",
        parts: &["log"],
        told: "at what data",
        untold: &[("account_id position", Number)],
        closing: Deleted,
    },
    Table {
        name: "push_subscriptions",
        parts: &["push_subscriptions"],
        told: "endpoint created_at",
        untold: &[("p256dh auth", Secret), ("account_id session_id", Number)],
        closing: Deleted,
    },
    Table {
        name: "esia_logins",
        parts: &["sign_ins_at_esia"],
        told: "purpose client created_at expires_at status failure",
        untold: &[
            ("state_hash browser_hash", Secret),
            ("account_id", Number),
            ("outcome", STRANGER),
        ],
        closing: Deleted,
    },
    Table {
        name: "esia_sessions",
        parts: &["signings_at_esia"],
        told: "document_id sha256 act created_at expires_at status failure",
        untold: &[
            ("state_hash browser_hash", Secret),
            ("account_id", Number),
            ("identity", STRANGER),
        ],
        // Those that a link began stay until they run out: they are not the account's.
        closing: Deleted,
    },
    Table {
        name: "esia_acceptances",
        parts: &["acceptances_at_esia"],
        told: "act created_at expires_at status failure",
        untold: &[
            ("state_hash browser_hash", Secret),
            ("agreement_id account_id", Number),
            ("identity", STRANGER),
        ],
        closing: Deleted,
    },
    Table {
        name: "codes",
        parts: &["codes_of_the_last_day"],
        told: "purpose channel recipient client document_id text status tries round issued_at expires_at sent_at receipt verified_at \
               wrong_tries",
        untold: &[
            ("code_hash subject", Secret),
            ("id clinic_id", Number),
            (
                "context",
                Because(
                    "Что показывала страница, когда вы запросили код: лежит зашифрованно сутки, а после подписания — в \
                     доказательствах подписи, которые скачиваются у документа.",
                ),
            ),
        ],
        closing: Passes(
            "after a day; until then limits count them, which nobody escapes by closing an account",
        ),
    },
    Table {
        name: "letter_stops",
        parts: &["letters_stopped"],
        told: "at",
        untold: &[("mailbox_hash", Secret)],
        closing: Kept(
            "who wants no letters wants none without an account either; the address itself is not in it",
        ),
    },
    Table {
        name: "rate_windows",
        parts: &[],
        told: "",
        untold: &[(
            "caller minute used",
            Because(
                "Счётчики запросов с сетевых адресов: чьи они, неизвестно; хранятся десять минут.",
            ),
        )],
        closing: Passes("after ten minutes"),
    },
    Table {
        name: "acceptances",
        parts: &["agreements"],
        told: "document_id phone email accepted_at",
        untold: &[("agreement_id clinic_id account_id position", Number)],
        closing: Kept(
            "63-FZ art. 6 part 2, art. 9: signatures rest on it, as long as they are kept",
        ),
    },
    Table {
        name: "withdrawals",
        parts: &["withdrawals", "consents"],
        told: "document_id account_id at",
        untold: &[],
        closing: Kept(
            "152-FZ art. 9: from when the clinic may not advertise any more, as long as the consent is kept",
        ),
    },
    Table {
        name: "erasures",
        parts: &[],
        told: "",
        // A closed account has nobody who could ask.
        untold: &[("account_id asked_at done_at kept", Service)],
        closing: Kept("the record of the deletion: 152-FZ art. 21 part 7"),
    },
];
