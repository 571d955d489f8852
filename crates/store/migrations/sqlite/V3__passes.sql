-- What lets somebody in: links, sessions and tokens. The secret itself is nowhere; its digest is the
-- key. Passes are operational, like leases: they end, and no event tells of them.
CREATE TABLE passes (
    secret BLOB PRIMARY KEY CHECK (length(secret) = 32),
    -- 1 a link that is used once, 2 a session, 3 a token of a program.
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
    -- Whom it lets in.
    contributor BLOB NOT NULL CHECK (length(contributor) = 16),
    -- What it is called, for whoever looks through theirs.
    label TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used >= created),
    expires INTEGER NOT NULL CHECK (expires >= created)
) STRICT, WITHOUT ROWID;

CREATE INDEX passes_of ON passes (contributor, created);
CREATE INDEX passes_end ON passes (expires);
