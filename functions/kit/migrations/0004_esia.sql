-- Certificates that ESIA signs its tokens with, beside those of the variable `esia_keys`. `sha256`: of the certificate's
-- DER, lower-case hex. A retired one checks no new token, but old signatures rest on it, so no row is ever deleted.
CREATE TABLE esia_certificates (
    sha256 TEXT PRIMARY KEY,
    pem TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- How the last calls to ESIA went: one row, or none before the first call. `state`: ok or failing.
CREATE TABLE esia_health (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    last_ok_at BIGINT,
    failed_at BIGINT,
    failed_step TEXT,
    failed_code TEXT
);

-- The header of a file that is encrypted at rest: version, key, nonce and tag; NULL where the bytes stand as they are.
ALTER TABLE blobs ADD COLUMN sealed TEXT;
