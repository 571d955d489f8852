-- What lets somebody in: links, sessions and tokens. The secret itself is nowhere; its digest is the
-- key. Passes are operational, like leases: they end, and no event tells of them.
CREATE TABLE passes (
    created bigint NOT NULL,
    used bigint NOT NULL CHECK (used >= created),
    expires bigint NOT NULL CHECK (expires >= created),
    -- 1 a link that is used once, 2 a session, 3 a token of a program.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    -- Whom it lets in.
    contributor uuid NOT NULL,
    secret bytea PRIMARY KEY CHECK (octet_length(secret) = 32),
    -- What it is called, for whoever looks through theirs.
    label text COLLATE "C" NOT NULL
);

CREATE INDEX passes_of ON passes (contributor, created);
CREATE INDEX passes_end ON passes (expires);
