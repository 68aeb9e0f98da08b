//! Tables with nothing about a patient. Only a test reads this: whoever adds a table has to say here, or in the lists beside, what is in
//! it.

/// Their names, and what they are about.
pub(super) const TABLES: &[(&str, &str)] = &[
    ("clinics", "a company"),
    ("api_keys", "a company's keys"),
    ("staged_blobs", "numbers of files on their way, for an hour"),
    ("journal_heads", "hashes"),
    ("journal_nodes", "hashes"),
    ("checkpoints", "hashes"),
    ("journal_audits", "hashes and counts"),
    ("timestamp_jobs", "work to be done, by document"),
    ("sandbox_keys", "keys of a sandbox"),
    ("esia_certificates", "public certificates"),
    ("esia_health", "one row about ESIA"),
    ("agreements", "a company's offer to everybody"),
    (
        "usage_rows",
        "what a company owes: kinds and counts, by document",
    ),
    ("tariffs", "prices"),
    (
        "delivery_attempts",
        "times and answers of gateways, by message; nobody's data",
    ),
    ("branding", "a company's look"),
    ("logos", "a company's look"),
    ("webhooks", "a company's addresses"),
    (
        "webhook_deliveries",
        "when a company was told an entry of the journal",
    ),
    ("webhook_origins", "hosts that fail"),
    ("request_metrics", "counts"),
    ("clinic_settings", "a company's choice"),
    ("sms_gateways", "balances"),
    (
        "letter_tokens",
        "hashes of random tokens in letters, by message",
    ),
    (
        "clinic_demands",
        "roles that a company asks for, by document",
    ),
    ("clinic_signers", "a clinic's staff: their employer's data"),
    ("signing_authorities", "public certificates"),
    ("revocation_lists", "public lists"),
    ("staff_people", "a clinic's staff: their employer's data"),
    ("staff", "a clinic's staff"),
    ("staff_invitations", "a clinic's staff"),
    ("staff_tokens", "a clinic's staff"),
    ("staff_recovery_codes", "a clinic's staff"),
    ("staff_passkeys", "a clinic's staff"),
    ("staff_steps", "a clinic's staff"),
    ("staff_sessions", "a clinic's staff"),
    ("staff_tries", "a clinic's staff"),
];
