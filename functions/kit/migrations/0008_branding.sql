-- A clinic's look on the patient's pages (docs/branding.md). `logo`: SHA-256 of a row of `logos`.
CREATE TABLE branding (
    clinic_id TEXT PRIMARY KEY REFERENCES clinics (id),
    display_name TEXT NOT NULL,
    logo TEXT,
    primary_color TEXT,
    support_phone TEXT,
    support_email TEXT,
    updated_at BIGINT NOT NULL
);

-- Logos as they were written anew by us. Earlier ones stay for a while: letters show them.
CREATE TABLE logos (
    sha256 TEXT NOT NULL,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (sha256, clinic_id)
);

CREATE INDEX logos_by_clinic ON logos (clinic_id, created_at);

-- Clinics as patients know them.
CREATE VIEW clinic_looks AS
SELECT c.id AS id, coalesce(b.display_name, c.name) AS name, b.logo AS logo
FROM clinics c LEFT JOIN branding b ON b.clinic_id = c.id;
