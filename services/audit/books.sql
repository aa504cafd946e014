-- The audit's queries on its own tables, by name. Every one takes a whole batch.

-- name: read_dockets
SELECT case_id::text, record FROM docket WHERE case_id = ANY ($1::uuid[]) AND record IS NOT NULL;

-- name: save_dockets
INSERT INTO docket (case_id, code, record)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::json[])
ON CONFLICT (case_id) DO UPDATE SET record = EXCLUDED.record;

-- name: read_undecided
SELECT case_id::text, family, sequence, body, acceptance FROM undecided
WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id, family, sequence;

-- name: insert_undecided
INSERT INTO undecided (case_id, family, sequence, body, acceptance)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::bytea[], $5::text[])
ON CONFLICT DO NOTHING;

-- name: delete_undecided
DELETE FROM undecided
WHERE (case_id, family, sequence) IN (SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[]));

-- name: save_verdicts
-- A final answer takes the place of 'parked', and nothing takes the place of a final answer.
INSERT INTO verdict (topic, partition, "offset", digest, outcome, first, case_id, event_id, actor, rules, reason,
                     accepted, was_parked, token)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
                     $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::boolean[], $14::text[])
ON CONFLICT (topic, partition, "offset") DO UPDATE
SET outcome = EXCLUDED.outcome, first = EXCLUDED.first, rules = EXCLUDED.rules, reason = EXCLUDED.reason,
    accepted = EXCLUDED.accepted, was_parked = true, token = EXCLUDED.token
WHERE verdict.outcome = 'parked';

-- name: lock_receipted
SELECT size FROM receipted FOR UPDATE;

-- name: set_receipted
UPDATE receipted SET size = $1;
