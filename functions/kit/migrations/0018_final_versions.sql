-- The final version of a document that its clinic signed, made once and never again: signed file, sheet of signatures, seal.
-- `evidence`: the bundle that lies in it, encrypted at rest.
CREATE TABLE final_versions (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    blob TEXT NOT NULL REFERENCES blobs (id),
    evidence TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
