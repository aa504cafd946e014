-- The board's query, by name.

-- name: open_returns
-- Cases with a return that is not closed, some at a time and by id. They are read from the states that the service
-- decides by: a table of its own could differ from them, and would be no faster at this size.
SELECT case_id::text, record FROM case_record
WHERE record::json -> 'states' -> 'repatriation' ->> 'closed' = 'false' AND case_id > $1::uuid
ORDER BY case_id LIMIT $2;
