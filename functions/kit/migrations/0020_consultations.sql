-- Bookings of telemedicine consultations (docs/consultations.md). Whether one may begin follows from its consent, a document of
-- kind telemed_consent, and from the clock: what stands here is when its events were told.

-- `doctor`: JSON {full_name, position}. `template`, `template_version`: what the consent was made of; NULL: the clinic's file.
-- `sms_before`: hours before the beginning at which an SMS reminds. `waits`: 1 until there is a consent, an end, or the beginning.
CREATE TABLE consultations (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    document_id TEXT NOT NULL UNIQUE REFERENCES documents (id),
    external_id TEXT NOT NULL,
    doctor TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    template TEXT,
    template_version TEXT,
    sms_before BIGINT,
    created_at BIGINT NOT NULL,
    waits BIGINT NOT NULL,
    consented_at BIGINT,
    missed_at BIGINT,
    declined_at BIGINT,
    cancelled_at BIGINT
);

-- What the tick looks for: consultations whose beginning has come without a consent.
CREATE INDEX consultations_by_beginning ON consultations (starts_at) WHERE waits = 1;

CREATE INDEX consultations_by_external_id ON consultations (clinic_id, external_id);

-- A beginning may be reminded of several times, as a deadline.
DROP INDEX outbox_notices;

CREATE UNIQUE INDEX outbox_notices ON outbox (document_id, notice, channel, recipient)
WHERE notice IS NOT NULL AND notice NOT IN ('reminder', 'deadline', 'beginning');
