-- Staff of clinics (docs/staff.md): who they are, how they sign in, their sessions.

-- A person who signs in: one an e-mail (lower case), in however many clinics. `password_hash`: PHC string of Argon2id; NULL until
-- an invitation was accepted. `totp`: the secret, encrypted at rest; `totp_step`: the last step whose code was used, none of it or
-- earlier passes any more.
CREATE TABLE staff_people (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    totp TEXT,
    totp_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

-- Such a person in a clinic. `position` gives the order of the list. `joined_at`: NULL while only invited. Who is removed and
-- invited again has a new row.
CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    person_id TEXT NOT NULL REFERENCES staff_people (id),
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    joined_at BIGINT,
    removed_at BIGINT,
    UNIQUE (clinic_id, position)
);

CREATE UNIQUE INDEX staff_once ON staff (clinic_id, person_id) WHERE removed_at IS NULL;

CREATE INDEX staff_by_person ON staff (person_id) WHERE removed_at IS NULL;

-- What a letter's link lets: `purpose` is invite, reset or factor. `ended_at`: used, or replaced by a newer one.
CREATE TABLE staff_invitations (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES staff_people (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    purpose TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX staff_invitations_by_staff ON staff_invitations (staff_id, purpose) WHERE ended_at IS NULL;

-- Tokens in letters that went out; each try of a letter has its own. Only the SHA-256 is kept.
CREATE TABLE staff_tokens (
    token_hash TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL REFERENCES staff_invitations (id),
    created_at BIGINT NOT NULL
);

CREATE INDEX staff_tokens_by_time ON staff_tokens (created_at);

-- The letter of an invitation is about no document.
ALTER TABLE outbox ADD COLUMN invitation_id TEXT;

-- For a lost phone; each works once. SHA-256 of 80 random bits.
CREATE TABLE staff_recovery_codes (
    person_id TEXT NOT NULL REFERENCES staff_people (id),
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (person_id, code_hash)
);

-- Passkeys (WebAuthn). `credential_id` in base64url; `public_key`: SubjectPublicKeyInfo in base64url, ES256.
CREATE TABLE staff_passkeys (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES staff_people (id),
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX staff_passkeys_by_person ON staff_passkeys (person_id);

-- Sign-ins of which the first step is done. `kind`: prove or enrol. What an accepted invitation brings (`name`, `password_hash`,
-- `totp`) takes effect only with the second step. `challenge`: what a passkey is to sign. `tries`: wrong answers so far.
CREATE TABLE staff_steps (
    token_hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES staff_people (id),
    invitation_id TEXT,
    staff_id TEXT,
    name TEXT,
    password_hash TEXT,
    totp TEXT,
    challenge TEXT,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX staff_steps_by_time ON staff_steps (created_at);

-- Signed-in browsers. Only the SHA-256 of a cookie is kept. `staff_id`: for whom it acts now. `challenge`: of a passkey that is
-- being added, until `challenge_until`.
CREATE TABLE staff_sessions (
    token_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES staff_people (id),
    staff_id TEXT NOT NULL REFERENCES staff (id),
    challenge TEXT,
    challenge_until BIGINT,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_agent TEXT,
    client_addr TEXT,
    ended_at BIGINT
);

CREATE INDEX staff_sessions_by_person ON staff_sessions (person_id, created_at);

CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id, seen_at);

-- Tries that are counted against limits; rows are deleted after a day. `kind`: password, second or reset; `subject`: SHA-256 of
-- the e-mail, or the person; `client`: network address, of IPv6 the first 64 bits. `failed`: 1 until it turns out right.
CREATE TABLE staff_tries (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    client TEXT NOT NULL,
    at BIGINT NOT NULL,
    failed BIGINT NOT NULL
);

CREATE INDEX staff_tries_by_subject ON staff_tries (kind, subject, at) WHERE failed = 1;

CREATE INDEX staff_tries_by_client ON staff_tries (kind, client, at) WHERE failed = 1;

CREATE INDEX staff_tries_by_time ON staff_tries (at);
