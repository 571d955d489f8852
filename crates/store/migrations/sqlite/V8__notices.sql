-- Who is told by mail or chat what needs them, as they wish it.
CREATE TABLE addressees (
    who BLOB PRIMARY KEY CHECK (length(who) = 16),
    -- Their wishes and addresses; no query asks what is in them.
    wishes TEXT NOT NULL,
    -- Whether there is an address now by which they are told.
    is_told INTEGER NOT NULL CHECK (is_told IN (0, 1)),
    -- A backup that is restored tells nobody anything until they say so.
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

-- What they are told, and how far that came.
CREATE TABLE notices (
    addressee BLOB NOT NULL CHECK (length(addressee) = 16),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'chat')),
    -- What it is about: the same thing is told once.
    key TEXT NOT NULL CHECK (key <> ''),
    noted INTEGER NOT NULL,
    -- How often it was begun to send.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    -- When it is sent next; nothing once it is over.
    due INTEGER,
    -- When the last attempt ended, and what came of it.
    tried INTEGER,
    answer TEXT,
    has_arrived INTEGER NOT NULL CHECK (has_arrived IN (0, 1)),
    CHECK (due IS NULL OR has_arrived = 0),
    CHECK (due IS NOT NULL OR tried IS NOT NULL),
    PRIMARY KEY (addressee, channel, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_due ON notices (due, addressee, channel) WHERE due IS NOT NULL;
CREATE INDEX notices_over ON notices (tried) WHERE due IS NULL;

-- How far the feed was looked at for them: one row.
CREATE TABLE notices_looked (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    position INTEGER NOT NULL CHECK (position >= 0),
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    version INTEGER NOT NULL CHECK (version >= 1)
) STRICT;
