-- The log's queries, by name. Every one takes a whole batch.

-- name: lock_sequencer
-- Held until commit. What is read after it, in a statement of its own, is what the holder before has committed.
SELECT epoch FROM sequencer FOR UPDATE;

-- name: raise_epoch
UPDATE sequencer SET epoch = epoch + 1 RETURNING epoch;

-- name: read_head
-- With it, how many entries there are by their own last index: the two must agree.
SELECT COALESCE(size, 0) AS size, root, frontier, (SELECT COALESCE(max(index) + 1, 0) FROM entry) AS entries
FROM (SELECT max(size) AS size FROM head) AS last LEFT JOIN head USING (size);

-- name: find_logged
SELECT record.index, family, ref, kind, digest
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS batch (family, ref, kind, digest)
JOIN record USING (family, ref, kind, digest);

-- name: insert_head
INSERT INTO head (size, root, frontier, epoch) VALUES ($1, $2, $3, $4);

-- name: read_nodes
SELECT batch.level, batch.index, COALESCE(entry.leaf_hash, node.hash) AS hash
FROM unnest($1::smallint[], $2::bigint[]) AS batch (level, index)
LEFT JOIN entry ON batch.level = 0 AND entry.index = batch.index
LEFT JOIN node ON node.level = batch.level AND node.index = batch.index;

-- name: read_entries
SELECT index, leaf_hash, entry FROM entry WHERE index >= $1 AND index < $2 ORDER BY index;

-- name: read_rows
-- Whole runs of nodes: level, from, up to (not including).
SELECT node.level, node.index, node.hash
FROM unnest($1::smallint[], $2::bigint[], $3::bigint[]) AS run (level, first, past)
JOIN node ON node.level = run.level AND node.index >= run.first AND node.index < run.past
ORDER BY node.level, node.index;

-- name: read_openings
SELECT record.index, entry.entry, salt, kind, family, ref, case_id::text, body, headers
FROM record JOIN entry USING (index) WHERE record.index = ANY ($1::bigint[]);

-- name: read_events
-- The same of accepted events, the audit's own left out, from one index up to (not including) another.
SELECT record.index, entry.entry, salt, kind, family, ref, case_id::text, body, headers
FROM record JOIN entry USING (index)
WHERE record.index >= $1 AND record.index < $2 AND kind = 'event' AND family <> 'audit' ORDER BY record.index;

-- name: read_history
-- The same of all accepted events of these cases.
SELECT record.index, entry.entry, salt, kind, family, ref, case_id::text, body, headers
FROM record JOIN entry USING (index) WHERE case_id = ANY ($1::uuid[]) AND kind = 'event' ORDER BY record.index;

-- name: last_checkpoint
SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1;

-- name: insert_checkpoint
INSERT INTO checkpoint (size, note) VALUES ($1, $2);
