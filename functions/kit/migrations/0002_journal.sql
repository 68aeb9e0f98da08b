-- The journal as a Merkle tree (RFC 6962) for each clinic; hashes are lower-case hex.
-- Leaf number `seq - 1` is `journal.leaf_hash`.

-- What the next append starts from: number of entries, and the roots of the largest complete subtrees, left to right.
-- No row: the journal is empty, or was begun before there were trees and is folded in by its next use.
CREATE TABLE journal_heads (
    clinic_id TEXT PRIMARY KEY REFERENCES clinics (id),
    size BIGINT NOT NULL,
    frontier TEXT NOT NULL
);

-- Complete subtrees of 2^level leaves, level 1 and up.
CREATE TABLE journal_nodes (
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (clinic_id, level, idx)
);

CREATE TRIGGER journal_nodes_are_append_only_update BEFORE UPDATE ON journal_nodes
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER journal_nodes_are_append_only_delete BEFORE DELETE ON journal_nodes
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Signed tree heads that were handed out: one for each size.
CREATE TABLE checkpoints (
    clinic_id TEXT NOT NULL REFERENCES clinics (id),
    size BIGINT NOT NULL,
    root TEXT NOT NULL,
    note TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (clinic_id, size)
);

CREATE TRIGGER checkpoints_are_append_only_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TRIGGER checkpoints_are_append_only_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Outcome of the audit of each journal, and where a pass that is under way stands.
-- `state`: ok or broken, NULL before the first pass has ended. `head`: the frontier that the last pass found.
-- `running`: 0 no pass under way, 1 what was added since, 2 everything.
CREATE TABLE journal_audits (
    clinic_id TEXT PRIMARY KEY REFERENCES clinics (id),
    state TEXT,
    problems TEXT NOT NULL,
    size BIGINT NOT NULL,
    head TEXT NOT NULL,
    checked_at BIGINT,
    full_at BIGINT,
    running BIGINT NOT NULL,
    auditor TEXT NOT NULL
);
