-- Text messages at their gateways (docs/sms.md).

-- One row for each gateway that was asked to take a message. `kind`: text (of the outbox) or code. `reference`: our name for
-- it there; `gateway_id`: theirs. `parts`: SMS by our count, `gateway_parts` by theirs. `cost`: rubles in their own digits;
-- `cost_kopecks`: the same in whole kopecks. `status`: sending (from before the request until it is known what came of it),
-- refused, taken, delivered or failed. `reason`: ours, `gateway_code`: theirs. `settled_at`: when phone or gateway said so.
-- `next_poll_at`: when to ask about it.
CREATE TABLE sms_sends (
    message_id TEXT NOT NULL,
    gateway TEXT NOT NULL,
    kind TEXT NOT NULL,
    clinic_id TEXT,
    document_id TEXT,
    recipient TEXT NOT NULL,
    reference TEXT NOT NULL,
    gateway_id TEXT,
    parts BIGINT NOT NULL,
    gateway_parts BIGINT,
    cost TEXT,
    cost_kopecks BIGINT,
    status TEXT NOT NULL,
    reason TEXT,
    gateway_code TEXT,
    created_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    taken_at BIGINT,
    settled_at BIGINT,
    next_poll_at BIGINT,
    polls BIGINT NOT NULL,
    PRIMARY KEY (message_id, gateway)
);

-- A gateway that knows two messages by one name tells of the last.
CREATE UNIQUE INDEX sms_sends_reference ON sms_sends (gateway, reference);

CREATE INDEX sms_sends_by_gateway_id ON sms_sends (gateway, gateway_id);

CREATE INDEX sms_sends_due ON sms_sends (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE INDEX sms_sends_by_recipient ON sms_sends (recipient, created_at);

CREATE INDEX sms_sends_by_clinic ON sms_sends (clinic_id, created_at);

CREATE INDEX sms_sends_by_time ON sms_sends (created_at);

-- Phones that are still here: after four days only the outbox has them.
CREATE INDEX sms_sends_named ON sms_sends (created_at) WHERE recipient <> '';

-- How the last calls to the gateways went. `position`: their order; `balance`: kopecks; `low`: below the threshold;
-- `failed_code`: a stable name, with the gateway's own code where it gave one.
CREATE TABLE sms_gateways (
    name TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    balance BIGINT,
    balance_at BIGINT,
    low BIGINT NOT NULL,
    ok_at BIGINT,
    failed_at BIGINT,
    failed_code TEXT,
    balance_due BIGINT NOT NULL
);
