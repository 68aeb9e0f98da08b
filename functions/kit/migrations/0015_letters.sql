-- Ending letters from a letter, with one click (RFC 8058).

-- Tokens in letters that went out; each try of a message has its own. Whoever forgets a message ends its tokens: the mailbox
-- stands there alone.
CREATE TABLE letter_tokens (
    token_hash TEXT PRIMARY KEY,
    message_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Mailboxes (SHA-256 of the address in lower case) that want no letters. Where an account holds the address, its own setting counts.
CREATE TABLE letter_stops (
    mailbox_hash TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
