-- What the service alone reads back is kept as the text it wrote: json would be parsed at every write only to be kept as
-- it is, and compressing a case's record at every step of the case cost an eighth of the server's time.

ALTER TABLE case_record ALTER COLUMN record TYPE text, ALTER COLUMN record SET STORAGE EXTERNAL;
ALTER TABLE case_record SET (toast_tuple_target = 8160);

ALTER TABLE inbox ALTER COLUMN problems TYPE text, ALTER COLUMN headers TYPE text,
    ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE parked ALTER COLUMN headers TYPE text;
ALTER TABLE outbox ALTER COLUMN headers TYPE text, ALTER COLUMN headers SET STORAGE EXTERNAL,
    ALTER COLUMN value SET STORAGE EXTERNAL;
ALTER TABLE inbox SET (toast_tuple_target = 8160);
ALTER TABLE outbox SET (toast_tuple_target = 8160);
