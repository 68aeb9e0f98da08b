-- Signatures that came with documents for keeping, as they were checked then. `ordinal`: from 0. `facts`: JSON
-- (`podpis_shared::wire::kept::KeptSignature`). Never updated.
CREATE TABLE kept_signatures (
    document_id TEXT NOT NULL REFERENCES documents (id),
    ordinal BIGINT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (document_id, ordinal)
);

-- The detached ones, byte for byte as they came. `number`: from 1, `file` of the facts.
CREATE TABLE kept_signature_files (
    document_id TEXT NOT NULL REFERENCES documents (id),
    number BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (document_id, number)
);
