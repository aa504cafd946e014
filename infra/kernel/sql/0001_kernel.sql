-- What every service keeps, in its own schema. Rows are written in batches, one statement a table.

-- How far each partition has been dealt with, in the same transaction as what it did: Kafka's own offsets are a hint.
CREATE TABLE position (
    topic       text    NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint  NOT NULL,
    PRIMARY KEY (topic, partition)
);

-- One row a case; its lock orders everything that is done to the case, whichever copy of the service does it.
CREATE TABLE case_record (
    case_id uuid PRIMARY KEY,
    record  json
) WITH (fillfactor = 70);

-- When a case has to be looked at again: its nearest deadline, or the end of something's waiting.
CREATE TABLE timer (
    case_id uuid PRIMARY KEY,
    due     timestamptz NOT NULL
);
CREATE INDEX timer_due ON timer (due);

-- Verified events and what was decided on them; bodies of accepted ones, while the case is open.
CREATE TABLE inbox (
    event_id  uuid PRIMARY KEY,
    digest    text NOT NULL,
    case_id   uuid NOT NULL,
    family    text NOT NULL,
    name      text NOT NULL,
    actor     text NOT NULL,
    outcome   text NOT NULL,
    problems  json NOT NULL,
    sequence  integer,
    accepted  timestamptz,
    named     text NOT NULL,
    delivered text NOT NULL,
    body      bytea,
    headers   json NOT NULL
);
CREATE UNIQUE INDEX inbox_sequence ON inbox (case_id, family, sequence) WHERE sequence IS NOT NULL;

-- Verified events that wait for another one.
CREATE TABLE parked (
    event_id    uuid PRIMARY KEY,
    digest      text NOT NULL,
    case_id     uuid NOT NULL,
    family      text NOT NULL,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    "offset"    bigint NOT NULL,
    waiting_for text NOT NULL,
    until       timestamptz NOT NULL,
    body        bytea NOT NULL,
    headers     json NOT NULL,
    arrived     bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX parked_case ON parked (case_id, arrived);

-- The last number given to a delivery into each agency's mailbox; locked until commit, so numbers have no gap.
CREATE TABLE mailbox_number (
    agency text PRIMARY KEY,
    last   bigint NOT NULL
);

-- What is to be written to Kafka, oldest first; a row goes when it has been written.
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic    text  NOT NULL,
    key      text  NOT NULL,
    value    bytea NOT NULL,
    headers  json  NOT NULL
);
