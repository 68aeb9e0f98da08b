-- The seal's level, for example B-B or B-T (ETSI EN 319 142-1); NULL where a signature was made before there were seals.
ALTER TABLE signatures ADD COLUMN level TEXT;

-- Every form that a signed PDF has had: a later one starts with the earlier one, byte for byte. Never updated.
CREATE TABLE signed_revisions (
    blob TEXT PRIMARY KEY REFERENCES blobs (id),
    document_id TEXT NOT NULL REFERENCES documents (id),
    level TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX signed_revisions_by_document ON signed_revisions (document_id, created_at);

-- Seals that still wait for a time stamp.
CREATE TABLE timestamp_jobs (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX timestamp_jobs_due ON timestamp_jobs (next_at);

-- Keys that a sandbox made for itself. In production keys come from secret variables and this table stays empty.
CREATE TABLE sandbox_keys (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
