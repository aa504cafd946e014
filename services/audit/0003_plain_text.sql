-- What the service alone reads is kept as the text it wrote, and not compressed: json would be parsed at every write
-- only to be kept as it is, and tokens and signatures, of which most of it consists, do not grow smaller.

ALTER TABLE record ALTER COLUMN headers TYPE text, ALTER COLUMN headers SET STORAGE EXTERNAL,
    ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE record SET (toast_tuple_target = 8160);

-- A verdict's token says all that these columns said.
ALTER TABLE verdict DROP COLUMN digest, DROP COLUMN first, DROP COLUMN case_id, DROP COLUMN event_id,
    DROP COLUMN actor, DROP COLUMN rules, DROP COLUMN reason, DROP COLUMN accepted,
    ALTER COLUMN token SET STORAGE EXTERNAL;
ALTER TABLE verdict SET (toast_tuple_target = 8160);

-- A docket follows from the log: what has been judged of the case, by family and sequence (a JSON object), says which
-- of its events. `saved` is another random number with each save, so that a copy of the service knows its own.
ALTER TABLE docket ADD COLUMN judged text, ADD COLUMN saved bigint NOT NULL DEFAULT 0;
UPDATE docket SET judged = COALESCE(record ->> 'sequences', '{}');
ALTER TABLE docket ALTER COLUMN judged SET NOT NULL, ALTER COLUMN saved DROP DEFAULT, DROP COLUMN record;
