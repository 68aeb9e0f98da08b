-- Packages: documents that their signer is told of in one message (docs/packages.md).

-- `package`: the clinic's own id. `signer`: SHA-256 of who signs; what has the same clinic, package and signer is told of
-- together. `size`: how many there are to be. `told_at`: when their message was queued.
CREATE TABLE document_packages (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    clinic_id TEXT NOT NULL,
    package TEXT NOT NULL,
    signer TEXT NOT NULL,
    size BIGINT NOT NULL,
    told_at BIGINT
);

CREATE INDEX document_packages_by_package ON document_packages (clinic_id, package, signer);
