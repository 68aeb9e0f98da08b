-- A long backlog costs no more a message than a short one, a gateway that is away stops only its own messages, and what nobody
-- needs any more is found by its age.

-- Who takes the message: the origin of a browser's push service, 'relay' for e-mail, empty for SMS, whose gateways `sms` chooses.
-- Its circuit breaker is the row of webhook_origins with channel and host, separated by a space, in `origin`.
ALTER TABLE outbox ADD COLUMN host TEXT NOT NULL DEFAULT '';

UPDATE outbox SET host = CASE channel WHEN 'email' THEN 'relay' ELSE substr(recipient, 1, 7 + instr(substr(recipient, 9) || '/', '/')) END
WHERE status = 'queued' AND channel IN ('email', 'push');

-- What the tick takes, host by host, in its order.
CREATE INDEX outbox_by_host ON outbox (channel, host, next_at, created_at) WHERE status = 'queued';

DROP INDEX outbox_leased;

-- Who is on the way now.
CREATE INDEX outbox_leased ON outbox (channel, host) WHERE lease IS NOT NULL;

-- What is swept (docs/operations.md).
CREATE INDEX delivery_attempts_by_time ON delivery_attempts (at);

CREATE INDEX webhook_deliveries_settled ON webhook_deliveries (settled_at) WHERE status <> 'queued';

CREATE INDEX letter_tokens_by_time ON letter_tokens (created_at);

CREATE INDEX sandbox_messages_by_time ON sandbox_messages (at);
