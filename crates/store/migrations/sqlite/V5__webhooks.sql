-- Addresses of programs that are told what happens.
CREATE TABLE webhooks (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    -- Whose it is: it is told what they may see.
    owner BLOB NOT NULL CHECK (length(owner) = 16),
    address TEXT NOT NULL,
    -- The kinds of events that are wanted, with spaces between them; all where none is named.
    wanted TEXT NOT NULL,
    -- What signs. The receiver verifies with the same, so no digest of it would do.
    secret TEXT NOT NULL,
    -- What signed before, and until when it signs beside.
    former_secret TEXT,
    former_until INTEGER,
    created INTEGER NOT NULL,
    ended INTEGER,
    ended_why TEXT,
    -- Up to which position the feed was looked at for it.
    looked INTEGER NOT NULL CHECK (looked >= 0),
    -- A backup that is restored tells nobody anything until its owner says so.
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    version INTEGER NOT NULL CHECK (version >= 1),
    CHECK ((former_secret IS NULL) = (former_until IS NULL)),
    CHECK ((ended IS NULL) = (ended_why IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_of ON webhooks (owner, created);

-- Events on their way to a webhook, and how that ended.
CREATE TABLE deliveries (
    webhook BLOB NOT NULL CHECK (length(webhook) = 16),
    -- The position of the event in the feed.
    position INTEGER NOT NULL CHECK (position >= 1),
    -- How often it was begun to send.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- When it is sent next; nothing once it is over.
    due INTEGER,
    -- When the last attempt ended, and what came of it.
    tried INTEGER,
    answer TEXT,
    has_arrived INTEGER NOT NULL CHECK (has_arrived IN (0, 1)),
    CHECK (due IS NULL OR has_arrived = 0),
    PRIMARY KEY (webhook, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_due ON deliveries (webhook, due) WHERE due IS NOT NULL;
