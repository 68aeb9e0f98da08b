-- Requests of a caller in one minute (Unix time / 60), by which they are limited. `caller`: SHA-256 of an API key, or a
-- network address (of IPv6 the first 64 bits). Rows of past minutes mean nothing and are swept.
CREATE TABLE rate_windows (
    caller TEXT PRIMARY KEY,
    minute BIGINT NOT NULL,
    used BIGINT NOT NULL
);

CREATE INDEX rate_windows_by_minute ON rate_windows (minute);

-- Requests and their latencies by component, method, route and status; `micros`: all times together. Each `ms_` counts those
-- within its bound and above the one before.
CREATE TABLE request_metrics (
    component TEXT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    status BIGINT NOT NULL,
    count BIGINT NOT NULL,
    micros BIGINT NOT NULL,
    ms_5 BIGINT NOT NULL,
    ms_10 BIGINT NOT NULL,
    ms_25 BIGINT NOT NULL,
    ms_50 BIGINT NOT NULL,
    ms_100 BIGINT NOT NULL,
    ms_250 BIGINT NOT NULL,
    ms_500 BIGINT NOT NULL,
    ms_1000 BIGINT NOT NULL,
    ms_2500 BIGINT NOT NULL,
    ms_10000 BIGINT NOT NULL,
    PRIMARY KEY (component, method, route, status)
);

-- What metrics count: read from the index alone.
CREATE INDEX documents_by_status ON documents (status);

CREATE INDEX outbox_by_status ON outbox (channel, status);

CREATE INDEX delivery_attempts_refused ON delivery_attempts (at) WHERE reason IS NOT NULL;
