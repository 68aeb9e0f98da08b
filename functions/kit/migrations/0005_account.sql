-- The personal account: people, their contacts and devices, agreements of clinics, one-time codes.

-- By what a document's people are found. `role`: patient or representative. `kind`: phone (E.164), email (lower case) or snils.
CREATE TABLE addressees (
    document_id TEXT NOT NULL REFERENCES documents (id),
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value, document_id, role)
);

INSERT INTO addressees (document_id, role, kind, value, created_at)
SELECT id, 'patient', 'phone', json_extract(patient, '$.phone'), created_at FROM documents
WHERE json_extract(patient, '$.phone') IS NOT NULL
UNION SELECT id, 'patient', 'email', lower(json_extract(patient, '$.email')), created_at FROM documents
WHERE json_extract(patient, '$.email') IS NOT NULL
UNION SELECT id, 'patient', 'snils', json_extract(patient, '$.snils'), created_at FROM documents
WHERE json_extract(patient, '$.snils') IS NOT NULL
UNION SELECT id, 'representative', 'phone', json_extract(representative, '$.phone'), created_at FROM documents
WHERE json_extract(representative, '$.phone') IS NOT NULL
UNION SELECT id, 'representative', 'email', lower(json_extract(representative, '$.email')), created_at FROM documents
WHERE json_extract(representative, '$.email') IS NOT NULL
UNION SELECT id, 'representative', 'snils', json_extract(representative, '$.snils'), created_at FROM documents
WHERE json_extract(representative, '$.snils') IS NOT NULL;

-- One account a person, across clinics. `level`: contact (a code to a phone or e-mail) or confirmed (ESIA). `person`: JSON,
-- encrypted at rest, NULL while nobody knows; `person_source`: clinic or esia. `esia_subject`: keyed hash of ESIA's oid.
-- `notices`: JSON of the chosen channels.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    level TEXT NOT NULL,
    person TEXT,
    person_source TEXT,
    esia_subject TEXT UNIQUE,
    confirmed_at BIGINT,
    notices TEXT NOT NULL,
    merged_into TEXT REFERENCES accounts (id),
    closed_at BIGINT
);

-- Phones and e-mails that an account holds. `since`: from when; `proven_at`: the last code that came from it. Documents
-- created before `documents_from` are not found by it. `estranged`: it was somebody else's before, so that whom clinics named
-- at it before `since` is not this account's person. `ended_why`: replaced, recycled, moved, removed or erased.
CREATE TABLE account_contacts (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    since BIGINT NOT NULL,
    proven_at BIGINT NOT NULL,
    documents_from BIGINT NOT NULL,
    estranged BIGINT NOT NULL,
    ended_at BIGINT,
    ended_why TEXT
);

-- A number belongs to one account at a time.
CREATE UNIQUE INDEX account_contacts_held ON account_contacts (kind, value) WHERE ended_at IS NULL;

CREATE INDEX account_contacts_by_account ON account_contacts (account_id);

CREATE INDEX account_contacts_by_value ON account_contacts (kind, value);

-- Signed-in devices; only the SHA-256 of the cookie is kept. `how`: phone, email or esia. `gate`: what must be shown before
-- anything is: recycled (the number was silent for long) or who (several people at this contact). `begun_by`: the code or the
-- sign-in at ESIA, each of which begins one session.
CREATE TABLE account_sessions (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    begun_by TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    how TEXT NOT NULL,
    contact_id TEXT,
    gate TEXT,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT,
    client_addr TEXT,
    ended_at BIGINT
);

CREATE INDEX account_sessions_by_account ON account_sessions (account_id, created_at);

-- Documents of an account. `role`: signer, patient (signed by a representative), none (looked at, not theirs) or stale (to be
-- looked at anew). `until`: when a representative's access ends by the patient's age; with none, when to look again.
-- `seen_at`: NULL while unread. `folded`: the title as it is searched, in lower case.
CREATE TABLE account_documents (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    document_id TEXT NOT NULL REFERENCES documents (id),
    clinic_id TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    until BIGINT,
    seen_at BIGINT,
    folded TEXT NOT NULL,
    PRIMARY KEY (account_id, document_id)
);

CREATE INDEX account_documents_newest ON account_documents (account_id, created_at, document_id);

-- Versions of a clinic's user agreement; the highest is in force.
CREATE TABLE agreements (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    blob TEXT NOT NULL REFERENCES blobs (id),
    sha256 TEXT NOT NULL,
    streebog256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (clinic_id, version)
);

-- Accepted agreements; each is a document too, which holds the sealed PDF. `phone`: the phone that the agreement names for
-- codes, where it was accepted with one.
CREATE TABLE acceptances (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    agreement_id TEXT NOT NULL REFERENCES agreements (id),
    clinic_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    position BIGINT NOT NULL,
    phone TEXT,
    email TEXT,
    accepted_at BIGINT NOT NULL,
    UNIQUE (clinic_id, position)
);

-- A version is accepted once by an account and contact: whoever changes the phone accepts for the new one.
CREATE UNIQUE INDEX acceptances_once ON acceptances (agreement_id, account_id, coalesce(phone, email));

CREATE INDEX acceptances_by_account ON acceptances (account_id, accepted_at);

CREATE INDEX acceptances_by_phone ON acceptances (clinic_id, phone);

-- One-time codes; rows are deleted after a day. `code_hash`: keyed; the code itself is nowhere. `subject`: what the code is
-- bound to, hashed. `client`: address of the browser, of IPv6 the first 64 bits. `text`: as sent, the code replaced.
-- `context`: what the issuer wants back, encrypted at rest. `status`: issued, verified, replaced, locked or failed. `tries`:
-- wrong codes so far; `wrong_tries`: those before the right one. `round`: which sending within an hour, from 1.
CREATE TABLE codes (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    clinic_id TEXT,
    document_id TEXT,
    client TEXT,
    code_hash TEXT NOT NULL,
    text TEXT NOT NULL,
    context TEXT,
    status TEXT NOT NULL,
    tries BIGINT NOT NULL,
    round BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    sent_at BIGINT,
    receipt TEXT,
    verified_at BIGINT,
    wrong_tries BIGINT
);

-- One code at a time works for a thing.
CREATE UNIQUE INDEX codes_living ON codes (purpose, subject) WHERE status IN ('issued', 'verified');

CREATE INDEX codes_by_subject ON codes (subject, issued_at);

CREATE INDEX codes_by_recipient ON codes (recipient, issued_at);

CREATE INDEX codes_by_client ON codes (client, issued_at);

CREATE INDEX codes_by_document ON codes (document_id, issued_at);

CREATE INDEX codes_by_clinic ON codes (clinic_id, issued_at, purpose, status);

CREATE INDEX codes_by_time ON codes (issued_at, purpose, status);

-- Signing in at ESIA for the account: no document. `purpose`: sign_in or bind. `client`: address of the browser. `outcome`:
-- JSON, encrypted at rest, forgotten when it is used. `status`: started, identified, done or failed.
CREATE TABLE esia_logins (
    state_hash TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (id),
    client TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    outcome TEXT,
    failure TEXT
);

CREATE INDEX esia_logins_by_client ON esia_logins (client, created_at);

CREATE INDEX esia_logins_by_time ON esia_logins (expires_at);

-- An act at ESIA that began in an account leads back there.
ALTER TABLE esia_sessions ADD COLUMN account_id TEXT;

-- Browsers that take push messages (RFC 8030).
CREATE TABLE push_subscriptions (
    endpoint TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    session_id TEXT NOT NULL,
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX push_subscriptions_by_account ON push_subscriptions (account_id);

-- What happened to an account, for its person and for disputes. `data`: JSON without anybody's numbers.
CREATE TABLE account_log (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (account_id, position)
);

-- Reminders that were queued, so that none goes out too often. `kind`: deadline (ours, once) or clinic (asked for by API).
-- `at`: the last one.
CREATE TABLE reminders (
    document_id TEXT NOT NULL REFERENCES documents (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (document_id, kind)
);

-- E-mails have a subject, push messages a title.
ALTER TABLE outbox ADD COLUMN subject TEXT;

-- What a message tells, where it is a notice: arrived, deadline, reminder, signed or cancelled.
ALTER TABLE outbox ADD COLUMN notice TEXT;

-- Each is told once on each way; a clinic may remind again.
CREATE UNIQUE INDEX outbox_notices ON outbox (document_id, notice, channel, recipient)
WHERE notice IS NOT NULL AND notice <> 'reminder';

-- Consents to advertising that were withdrawn (152-FZ art. 9 part 2): the signed document stays.
CREATE TABLE withdrawals (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    at BIGINT NOT NULL
);

-- Requests for deletion (152-FZ art. 21): what was asked and what became of it.
CREATE TABLE erasures (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    asked_at BIGINT NOT NULL,
    done_at BIGINT,
    kept TEXT NOT NULL
);
