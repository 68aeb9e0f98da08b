-- What a clinic sends a document for: to be signed, or to be kept, having been signed elsewhere. Of what is kept, `method` and
-- `parties` say nothing, and `expires_at` is the end of time.
ALTER TABLE documents ADD COLUMN purpose TEXT NOT NULL DEFAULT 'signing';
