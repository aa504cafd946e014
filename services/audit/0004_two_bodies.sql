-- Two bodies under one event's id are two entries: which of them came first is for people to judge, and both are evidence.

ALTER TABLE record ADD COLUMN digest bytea;
UPDATE record SET digest = sha256(body);
ALTER TABLE record ALTER COLUMN digest SET NOT NULL,
    ADD CHECK (octet_length(digest) = 32),
    DROP CONSTRAINT record_family_ref_kind_key,
    ADD UNIQUE (family, ref, kind, digest);
