-- What signatures of the clinic a document demands; without a row: one, of any role. `roles`: JSON array of names, one a
-- signature. `ordered`: they come in this order and in no other.
CREATE TABLE clinic_demands (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    roles TEXT NOT NULL,
    ordered BIGINT NOT NULL
);

-- Signatures of clinics that were accepted. `ordinal`: from 0, in the order of acceptance. `covers`: signed, original or final.
-- `blob`: the file whose bytes it is over; with final, the clinic's own PDF that holds it. `sha256`: of `der`, lower-case hex.
-- `signed_at` stands on `time_evidence`: none (then it is `accepted_at`), signing_time (the signer's word) or timestamp (RFC 3161).
-- `report`: JSON of the technical check. Never updated.
CREATE TABLE clinic_signatures (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    ordinal BIGINT NOT NULL,
    role TEXT NOT NULL,
    covers TEXT NOT NULL,
    blob TEXT NOT NULL REFERENCES blobs (id),
    sha256 TEXT NOT NULL,
    der BLOB NOT NULL,
    certificate_sha256 TEXT NOT NULL,
    certificate_serial TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    position TEXT,
    organisation TEXT,
    issuer TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    level TEXT NOT NULL,
    time_evidence TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    accepted_at BIGINT NOT NULL,
    report TEXT NOT NULL,
    UNIQUE (document_id, ordinal),
    UNIQUE (document_id, sha256, certificate_sha256)
);

-- Whose personal certificates sign for a clinic: known by SNILS (11 digits), by the certificate (SHA-256 of its DER, lower-case
-- hex), or both. `role`: the only one that this person signs in; NULL: any. A removed one signs nothing new.
CREATE TABLE clinic_signers (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    name TEXT NOT NULL,
    snils TEXT,
    certificate_sha256 TEXT,
    role TEXT,
    created_at BIGINT NOT NULL,
    removed_at BIGINT
);

CREATE INDEX clinic_signers_by_clinic ON clinic_signers (clinic_id, created_at);

-- Certification authorities whose certificates clinics sign with. `sha256`: of the DER. A retired one is believed in no new
-- signature, but old ones rest on it, so no row is ever deleted.
CREATE TABLE signing_authorities (
    sha256 TEXT PRIMARY KEY,
    pem TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    retired_at BIGINT
);

-- Lists of revoked certificates (RFC 5280, 5), as the operator brought them. `issuer`: SHA-256 of the issuer's name in DER.
CREATE TABLE revocation_lists (
    sha256 TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    issuer_text TEXT NOT NULL,
    this_update BIGINT NOT NULL,
    next_update BIGINT,
    der BLOB NOT NULL,
    added_at BIGINT NOT NULL
);

CREATE INDEX revocation_lists_by_issuer ON revocation_lists (issuer, this_update);
