-- Messages that tell of several documents: those of a package (docs/packages.md).

-- Which documents a message tells of beside its own, `outbox.document_id`.
CREATE TABLE outbox_documents (
    message_id TEXT NOT NULL REFERENCES outbox (id),
    document_id TEXT NOT NULL,
    PRIMARY KEY (message_id, document_id)
);

CREATE INDEX outbox_documents_by_document ON outbox_documents (document_id);

-- Packages that were told of before this was kept, as far as it can be known.
INSERT INTO outbox_documents (message_id, document_id)
SELECT o.id, q.document_id FROM outbox o JOIN document_packages p ON p.document_id = o.document_id
JOIN document_packages q ON q.clinic_id = p.clinic_id AND q.package = p.package AND q.signer = p.signer AND q.told_at = p.told_at
JOIN documents d ON d.id = q.document_id
WHERE o.notice = 'package' AND q.document_id <> o.document_id AND d.status <> 'cancelled';
