-- What auditors read, by name.

-- name: count_verdicts
SELECT outcome, count(*) AS count FROM verdict GROUP BY outcome;

-- name: count_undecided
SELECT count(*) FROM undecided;

-- name: head
SELECT size, root FROM head ORDER BY size DESC LIMIT 1;

-- name: events
SELECT index, body, headers FROM record WHERE kind = 'event' AND index >= $1 ORDER BY index LIMIT $2;

-- name: verdicts
SELECT topic, partition, "offset", was_parked, token
FROM verdict WHERE (topic, partition, "offset") > ($1, $2, $3) ORDER BY topic, partition, "offset" LIMIT $4;

-- name: case_events
SELECT index, body, headers FROM record WHERE kind = 'event' AND case_id = $1::uuid ORDER BY index;

-- name: judged
SELECT judged FROM docket WHERE case_id = $1::uuid;

-- name: case_of_code
SELECT case_id::text FROM docket WHERE code = $1;

-- name: checkpoint
SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1;
