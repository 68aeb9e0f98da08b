-- What is counted for a clinic's account (docs/usage.md).

-- Append-only. `cause`: what made the thing happen, for example the document's id: one row for it, whatever is retried. `at`:
-- when it happened; `recorded_at`: when the row was written; `month`: the month of account, in Moscow, as 202611.
CREATE TABLE usage_rows (
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    position BIGINT NOT NULL,
    item TEXT NOT NULL,
    cause TEXT NOT NULL,
    document_id TEXT,
    count BIGINT NOT NULL CHECK (count > 0),
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    month BIGINT NOT NULL,
    PRIMARY KEY (clinic_id, position),
    UNIQUE (item, cause)
);

CREATE INDEX usage_rows_by_month ON usage_rows (clinic_id, month, position);

CREATE TRIGGER usage_rows_are_append_only_update BEFORE UPDATE ON usage_rows
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER usage_rows_are_append_only_delete BEFORE DELETE ON usage_rows
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- A clinic's own tariffs, append-only: of one day the highest position counts. `prices`: JSON, kopecks by item.
CREATE TABLE tariffs (
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    position BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    prices TEXT NOT NULL,
    vat_note TEXT,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (clinic_id, position)
);

CREATE TRIGGER tariffs_are_append_only_update BEFORE UPDATE ON tariffs
BEGIN SELECT RAISE(ABORT, 'tariffs are append-only'); END;

CREATE TRIGGER tariffs_are_append_only_delete BEFORE DELETE ON tariffs
BEGIN SELECT RAISE(ABORT, 'tariffs are append-only'); END;
