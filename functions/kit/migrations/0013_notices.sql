-- When people are told of documents that wait: what each clinic has chosen, what is planned, where the person's day is.

-- A clinic without a row has the usual settings. `reminders`: JSON list of hours before a document's end.
-- `sms_fallback`: hours until an SMS goes out about a document for the account that nobody has opened; NULL: never.
CREATE TABLE clinic_settings (
    clinic_id TEXT PRIMARY KEY REFERENCES clinics (id),
    reminders TEXT NOT NULL,
    sms_fallback BIGINT,
    updated_at BIGINT NOT NULL
);

-- What the tick will look at, written when a document is taken in. `kind`: deadline_<hours before the end> or unopened (an SMS
-- where it was not opened). The row goes when it is done, or when its document has closed by then.
CREATE TABLE planned_notices (
    document_id TEXT NOT NULL REFERENCES documents (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (document_id, kind)
);

CREATE INDEX planned_notices_by_time ON planned_notices (at);

-- Documents that were on their way before there were plans: a day before their end, as it was.
INSERT INTO planned_notices (document_id, kind, at)
SELECT id, 'deadline_24', expires_at - 86400 FROM documents WHERE status IN ('sent', 'opened')
AND expires_at - created_at >= 172800
AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.document_id = documents.id AND r.kind = 'deadline');

-- A deadline may be reminded of several times, each as it was planned.
DROP INDEX outbox_notices;

CREATE UNIQUE INDEX outbox_notices ON outbox (document_id, notice, channel, recipient)
WHERE notice IS NOT NULL AND notice NOT IN ('reminder', 'deadline');

-- Minutes by which the person's clock is ahead of UTC, as their browser last said.
ALTER TABLE accounts ADD COLUMN utc_offset BIGINT;
