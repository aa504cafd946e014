-- The audit's log: a tree that only grows, and beside it the records that its entries commit to.
--
-- The service may add rows and read them, and nothing else. Whatever has to change, like the lock below, is no part of
-- the log: losing it loses nothing.

-- One row, whose lock whoever appends or signs holds until commit: two appenders would fork the tree. Each works under
-- the epoch that it found when it began; raising it (after a restore, or a take-over) stops all who began before.
CREATE TABLE sequencer (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch  bigint  NOT NULL
);
INSERT INTO sequencer (epoch) VALUES (1);

-- What the tree is made of: 32 bytes of commitment and 32 random ones, and their leaf hash.
CREATE TABLE entry (
    index     bigint PRIMARY KEY CHECK (index >= 0),
    leaf_hash bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
    entry     bytea  NOT NULL CHECK (octet_length(entry) = 64)
);

-- The roots of full perfect subtrees of 2^level leaves; level 0 is entry.leaf_hash. They never change, so a proof reads
-- about one row a level whatever the log's size.
CREATE TABLE node (
    level smallint NOT NULL CHECK (level > 0),
    index bigint   NOT NULL CHECK (index >= 0),
    hash  bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, index)
);

-- The tree after each append; the last row is the head. A row a batch, never changed: two heads of one size cannot be.
-- The frontier is the roots of the perfect subtrees, largest first, 32 bytes each.
CREATE TABLE head (
    size     bigint PRIMARY KEY CHECK (size > 0),
    root     bytea  NOT NULL CHECK (octet_length(root) = 32),
    frontier bytea  NOT NULL CHECK (octet_length(frontier) = 32 * bit_count(size::bit(64))),
    epoch    bigint NOT NULL
);

-- Heads as they were signed: the note's exact bytes. No size is ever signed twice with another root.
CREATE TABLE checkpoint (
    size bigint PRIMARY KEY CHECK (size >= 0),
    note bytea  NOT NULL
);

-- What an entry commits to: personal data and its salt, kept apart so that they can be erased and the tree stays whole.
CREATE TABLE record (
    index   bigint PRIMARY KEY,
    salt    bytea  NOT NULL CHECK (octet_length(salt) = 32),
    kind    text   NOT NULL,
    family  text   NOT NULL,
    ref     text   NOT NULL,
    case_id uuid,
    body    bytea  NOT NULL,
    headers json   NOT NULL,
    UNIQUE (family, ref, kind)
);
CREATE INDEX record_case ON record (case_id, index);

REVOKE ALL ON sequencer, entry, node, head, checkpoint, record FROM PUBLIC, svc_audit;
GRANT SELECT, INSERT ON entry, node, head, checkpoint, record TO svc_audit;
-- A row lock needs the right to update.
GRANT SELECT, UPDATE (epoch) ON sequencer TO svc_audit;
