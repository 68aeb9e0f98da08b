-- The outbox tells the truth: queued -> sent (a gateway has it) -> delivered or failed; or dead, given up after its tries.
-- `reference`: the gateway's own number of it. `first_at`: the first try. `settled_at`: the last change of status.

ALTER TABLE outbox ADD COLUMN reference TEXT;

ALTER TABLE outbox ADD COLUMN first_at BIGINT;

ALTER TABLE outbox ADD COLUMN settled_at BIGINT;

DROP INDEX outbox_due;

-- What the tick looks for, channel by channel: a stuck gateway is passed by.
CREATE INDEX outbox_due ON outbox (channel, next_at) WHERE status = 'queued';

-- Order: nothing goes to a recipient while something earlier about the same document is on its way there.
CREATE INDEX outbox_by_document ON outbox (document_id, channel, recipient);

-- Who is on the way now.
CREATE INDEX outbox_leased ON outbox (channel) WHERE lease IS NOT NULL;

-- Every try to deliver a message or an event. `subject`: id of either. `asked`: what was asked, without anybody's data;
-- `status`: of the answer, HTTP's where it is one; `ms`: how long it took; `reason`: NULL where it was taken.
CREATE TABLE delivery_attempts (
    subject TEXT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    asked TEXT NOT NULL,
    status BIGINT,
    ms BIGINT NOT NULL,
    reason TEXT,
    PRIMARY KEY (subject, number)
);
