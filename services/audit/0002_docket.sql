-- The audit's own judgement: a state of each case, and acceptances that cannot be judged yet.

CREATE TABLE docket (
    case_id uuid PRIMARY KEY,
    code    text NOT NULL,  -- the short code that is said on the phone; it follows from the id
    record  json
) WITH (fillfactor = 70);
CREATE INDEX docket_code ON docket (code);

-- How far receipts have been sent: one row, moved in the transaction that puts them into the outbox.
CREATE TABLE receipted (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    size   bigint  NOT NULL
);
INSERT INTO receipted (size) VALUES (0);

-- What an acceptance names has not been read yet: the event waits here, and nobody waits for it.
CREATE TABLE undecided (
    case_id    uuid    NOT NULL,
    family     text    NOT NULL,
    sequence   integer NOT NULL,
    body       bytea   NOT NULL,
    acceptance text    NOT NULL,
    PRIMARY KEY (case_id, family, sequence)
);

-- What became of every submission, by its place. A parked one is updated once, by its final answer.
CREATE TABLE verdict (
    topic      text    NOT NULL,
    partition  integer NOT NULL,
    "offset"   bigint  NOT NULL,
    digest     text    NOT NULL,
    outcome    text    NOT NULL,
    first      text,
    case_id    uuid,
    event_id   uuid,
    actor      text,
    rules      text    NOT NULL,
    reason     text,
    accepted   timestamptz NOT NULL,
    was_parked boolean NOT NULL,
    token      text    NOT NULL,
    PRIMARY KEY (topic, partition, "offset")
);

GRANT SELECT, INSERT, UPDATE, DELETE ON docket, undecided TO svc_audit;
GRANT SELECT, INSERT, UPDATE ON verdict TO svc_audit;
GRANT SELECT, UPDATE ON receipted TO svc_audit;
