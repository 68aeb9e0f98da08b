-- Statements are separated by one empty line; inside a statement there is none.
-- Portable SQL: times are Unix seconds (UTC), flags 0 or 1, JSON is TEXT.

-- A tenant.
CREATE TABLE clinics (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    inn TEXT NOT NULL,
    ogrn TEXT,
    timezone TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- API keys of a clinic's MIS; only their SHA-256 is kept.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    key_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Files: originals as received, and what was made of them. Never updated.
CREATE TABLE blobs (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    streebog256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    bytes BLOB NOT NULL
);

-- Files taken in that no document uses yet. A crash leaves a row here, and `deliver` sweeps it up.
CREATE TABLE staged_blobs (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- `position` gives the order of lists; `patient` and `representative` are JSON of a person.
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    external_id TEXT,
    patient TEXT NOT NULL,
    representative TEXT,
    delivery TEXT NOT NULL,
    method TEXT NOT NULL,
    parties TEXT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL,
    original_blob TEXT NOT NULL REFERENCES blobs (id),
    signed_blob TEXT REFERENCES blobs (id),
    sha256 TEXT NOT NULL,
    streebog256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    opened_at BIGINT,
    signed_at BIGINT,
    completed_at BIGINT,
    UNIQUE (clinic_id, position)
);

CREATE INDEX documents_by_external_id ON documents (clinic_id, external_id);

-- What the tick looks for: open documents whose time is over.
CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE status IN ('sent', 'opened');

-- Links handed out by SMS; only the SHA-256 of the token is kept.
CREATE TABLE links (
    token_hash TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX links_by_document ON links (document_id);

-- One signature of one party on a document, with all that is known about it as JSON.
CREATE TABLE signatures (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    party TEXT NOT NULL,
    name TEXT NOT NULL,
    method TEXT NOT NULL,
    on_behalf_of TEXT,
    signed_at BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    UNIQUE (document_id, party)
);

-- A signing act at ESIA: from the start on our page to the signature.
CREATE TABLE esia_sessions (
    state_hash TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    sha256 TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    act TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    identity TEXT,
    failure TEXT
);

-- Append-only: every change of state, in the order of a clinic. No personal data in it.
CREATE TABLE journal (
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    seq BIGINT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    public BIGINT NOT NULL,
    document_id TEXT,
    at BIGINT NOT NULL,
    data TEXT NOT NULL,
    leaf_hash TEXT NOT NULL,
    PRIMARY KEY (clinic_id, seq)
);

CREATE INDEX journal_by_document ON journal (document_id, seq);

CREATE TRIGGER journal_is_append_only_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_is_append_only_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Messages to be sent: queued -> sent | failed; written with the change that caused them.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    document_id TEXT,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    lease TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT,
    outcome TEXT
);

CREATE INDEX outbox_due ON outbox (next_at) WHERE status = 'queued';

-- The sandbox's gateway: what would have been sent.
CREATE TABLE sandbox_messages (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT,
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- First answers to requests with an Idempotency-Key.
CREATE TABLE idempotency (
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (clinic_id, key)
);
