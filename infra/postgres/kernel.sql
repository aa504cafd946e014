-- The kernel's queries, by name. Every one takes a whole batch.

-- name: insert_positions
-- Rows for partitions not seen before, so that they can be locked.
INSERT INTO position (topic, partition, next_offset)
SELECT topic, partition, 0 FROM unnest($1::text[], $2::int[]) AS batch (topic, partition)
ORDER BY topic, partition
ON CONFLICT DO NOTHING;

-- name: lock_positions
-- Locked in order of topic and partition: a copy of the service that was overtaken waits here and then sees it.
SELECT topic, partition, next_offset FROM position
WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::int[]))
ORDER BY topic, partition
FOR UPDATE;

-- name: read_positions
SELECT topic, partition, next_offset FROM position
WHERE (topic, partition) IN (SELECT * FROM unnest($1::text[], $2::int[]));

-- name: save_positions
UPDATE position SET next_offset = batch.next_offset
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS batch (topic, partition, next_offset)
WHERE position.topic = batch.topic AND position.partition = batch.partition;

-- name: claim_events
-- Locked in one order, before the cases, until the transaction ends: two copies that get one id see it one by one.
SELECT pg_advisory_xact_lock(key)
FROM (
    SELECT DISTINCT hashtextextended(current_schema() || event_id, 0) AS key
    FROM unnest($1::text[]) AS batch (event_id) ORDER BY key
) AS ordered;

-- name: insert_cases
INSERT INTO case_record (case_id)
SELECT case_id FROM unnest($1::uuid[]) AS batch (case_id) ORDER BY case_id
ON CONFLICT DO NOTHING;

-- name: lock_cases
-- Locked in order of case id, so that two batches never wait for each other.
SELECT case_id::text, record FROM case_record
WHERE case_id = ANY ($1::uuid[])
ORDER BY case_id
FOR UPDATE;

-- name: save_cases
UPDATE case_record SET record = batch.record
FROM unnest($1::uuid[], $2::text[]) AS batch (case_id, record)
WHERE case_record.case_id = batch.case_id;

-- name: set_timers
INSERT INTO timer (case_id, due)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[])
ON CONFLICT (case_id) DO UPDATE SET due = EXCLUDED.due WHERE timer.due <> EXCLUDED.due;

-- name: clear_timers
DELETE FROM timer WHERE case_id = ANY ($1::uuid[]);

-- name: due
SELECT case_id::text FROM timer WHERE due <= $1 ORDER BY due LIMIT $2;

-- name: read_inbox
SELECT event_id::text, digest, case_id::text, family, name, actor, outcome, problems, sequence, accepted, named,
       delivered
FROM inbox WHERE event_id = ANY ($1::uuid[]);

-- name: accepted
SELECT event_id::text, digest, case_id::text, family, name, actor, outcome, problems, sequence, accepted, named,
       delivered
FROM inbox WHERE case_id = ANY ($1::uuid[]) AND sequence IS NOT NULL
ORDER BY case_id, family, sequence;

-- name: bodies
SELECT event_id::text, body, headers FROM inbox WHERE event_id = ANY ($1::uuid[]);

-- name: insert_inbox
INSERT INTO inbox (event_id, digest, case_id, family, name, actor, outcome, problems, sequence, accepted, named,
                   delivered, body, headers)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::int[], $10::timestamptz[], $11::text[], $12::text[], $13::bytea[], $14::text[]);

-- name: set_delivered
UPDATE inbox SET delivered = batch.delivered
FROM unnest($1::uuid[], $2::text[]) AS batch (event_id, delivered)
WHERE inbox.event_id = batch.event_id;

-- name: read_parked
SELECT event_id::text, digest, case_id::text, family, topic, partition, "offset", waiting_for, until, body, headers
FROM parked WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id, arrived;

-- name: held
SELECT event_id::text, case_id::text FROM parked WHERE event_id = ANY ($1::uuid[]);

-- name: insert_parked
INSERT INTO parked (event_id, digest, case_id, family, topic, partition, "offset", waiting_for, until, body, headers)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::text[],
                     $9::timestamptz[], $10::bytea[], $11::text[]);

-- name: delete_parked
DELETE FROM parked WHERE event_id = ANY ($1::uuid[]);

-- name: take_numbers
-- In order of agency; each row stays locked until commit, so the numbers of one mailbox are given in commit order.
INSERT INTO mailbox_number (agency, last)
SELECT agency, count FROM unnest($1::text[], $2::bigint[]) AS batch (agency, count) ORDER BY agency
ON CONFLICT (agency) DO UPDATE SET last = mailbox_number.last + EXCLUDED.last
RETURNING agency, last;

-- name: insert_outbox
INSERT INTO outbox (topic, key, value, headers)
SELECT topic, key, value, headers
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) WITH ORDINALITY AS batch (topic, key, value, headers, n)
ORDER BY n;

-- name: read_outbox
-- Without what could not be written and is not to be tried again yet: whole topics, and keys of others.
SELECT position, topic, key, value, headers FROM outbox
WHERE topic <> ALL ($2::text[])
  AND (topic, key) NOT IN (SELECT topic, key FROM unnest($3::text[], $4::text[]) AS held (topic, key))
ORDER BY position LIMIT $1;

-- name: delete_outbox
DELETE FROM outbox WHERE position = ANY ($1::bigint[]);

-- name: try_lease
SELECT pg_try_advisory_lock(hashtext(current_schema()), 1);

-- name: end_lease
SELECT pg_advisory_unlock(hashtext(current_schema()), 1);
