-- Acts of accepting a clinic's user agreement through ESIA. `state_hash`: also the id of the act. `act`: what happened on the
-- page, JSON. `identity`: JSON, encrypted at rest. `status`: started, identified, bound (the account is confirmed as this person's,
-- and `account_id` is the one that accepts), accepted or failed.
CREATE TABLE esia_acceptances (
    state_hash TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    agreement_id TEXT NOT NULL REFERENCES agreements (id),
    account_id TEXT NOT NULL REFERENCES accounts (id),
    act TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    status TEXT NOT NULL,
    identity TEXT,
    failure TEXT
);

CREATE INDEX esia_acceptances_by_account ON esia_acceptances (account_id, created_at);

CREATE INDEX esia_acceptances_by_time ON esia_acceptances (expires_at);

-- Accepted through ESIA by an account without a phone: once as well.
CREATE UNIQUE INDEX acceptances_once_plain ON acceptances (agreement_id, account_id) WHERE phone IS NULL AND email IS NULL;
