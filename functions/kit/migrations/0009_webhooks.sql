-- Where a clinic's events are pushed. `origin`: scheme, host and port, what limits count by. `events`: JSON list of types,
-- NULL: all. `secret`, `old_secret`: encrypted at rest; the old one signs too until `old_until`. `disabled_why`: a reason.
CREATE TABLE webhooks (
    clinic_id TEXT PRIMARY KEY REFERENCES clinics (id),
    url TEXT NOT NULL,
    origin TEXT NOT NULL,
    events TEXT,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_until BIGINT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    disabled_why TEXT
);

-- One row for each event that is pushed, written with the event: queued -> delivered | failed | dead. `waits`: an earlier one
-- about the same document is not settled yet. `since`: from when the time to give up counts. `status`, `reason`: of the last try.
CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    clinic_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    document_id TEXT NOT NULL,
    status TEXT NOT NULL,
    waits BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    lease TEXT,
    since BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    settled_at BIGINT,
    http_status BIGINT,
    reason TEXT,
    UNIQUE (clinic_id, seq)
);

-- What the tick looks for, clinic by clinic: a stuck receiver is passed by.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (clinic_id, next_at, seq) WHERE status = 'queued' AND waits = 0;

-- Who comes next about a document.
CREATE INDEX webhook_deliveries_order ON webhook_deliveries (clinic_id, document_id, seq) WHERE status = 'queued';

CREATE INDEX webhook_deliveries_leased ON webhook_deliveries (lease) WHERE lease IS NOT NULL;

-- Who has waited too long.
CREATE INDEX webhook_deliveries_since ON webhook_deliveries (since) WHERE status = 'queued';

CREATE INDEX webhook_deliveries_by_document ON webhook_deliveries (document_id, seq);

-- The circuit breaker: `failures` in a row of an origin; nothing is sent there until `until`, and then one at a time.
CREATE TABLE webhook_origins (
    origin TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    until BIGINT NOT NULL
);
