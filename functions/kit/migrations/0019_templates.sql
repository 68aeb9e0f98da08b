-- Templates of documents (docs/templates.md).

-- What a clinic's documents say of it beside its name: JSON object of address, license, phone; NULL: nothing.
ALTER TABLE clinic_settings ADD COLUMN details TEXT;

-- Which version of which template a document was made of; no row where the clinic sent a file.
CREATE TABLE document_templates (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    template TEXT NOT NULL,
    version TEXT NOT NULL
);
