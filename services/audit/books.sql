-- The audit's queries on its own tables, by name. Every one takes a whole batch.

-- name: read_dockets
SELECT case_id::text, judged, saved FROM docket WHERE case_id = ANY ($1::uuid[]);

-- name: save_dockets
INSERT INTO docket (case_id, code, judged, saved)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[])
ON CONFLICT (case_id) DO UPDATE SET judged = EXCLUDED.judged, saved = EXCLUDED.saved;

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
INSERT INTO verdict (topic, partition, "offset", outcome, was_parked, token)
SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::boolean[], $6::text[])
ON CONFLICT (topic, partition, "offset") DO UPDATE
SET outcome = EXCLUDED.outcome, was_parked = true, token = EXCLUDED.token
WHERE verdict.outcome = 'parked';

-- name: read_receipted
SELECT size FROM receipted;

-- name: lock_receipted
SELECT size FROM receipted FOR UPDATE;

-- name: set_receipted
UPDATE receipted SET size = $1;
