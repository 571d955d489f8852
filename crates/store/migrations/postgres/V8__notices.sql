-- Who is told by mail or chat what needs them, as they wish it.
CREATE TABLE addressees (
    who uuid PRIMARY KEY,
    -- A backup that is restored tells nobody anything until they say so.
    epoch bigint NOT NULL CHECK (epoch >= 1),
    version bigint NOT NULL CHECK (version >= 1),
    -- Whether there is an address now by which they are told.
    is_told boolean NOT NULL,
    -- Their wishes and addresses; no query asks what is in them.
    wishes text COLLATE "C" NOT NULL
);

-- What they are told, and how far that came.
CREATE TABLE notices (
    addressee uuid NOT NULL,
    noted bigint NOT NULL,
    -- How often it was begun to send.
    attempts bigint NOT NULL CHECK (attempts >= 0),
    -- When it is sent next; nothing once it is over.
    due bigint,
    -- When the last attempt ended, and what came of it.
    tried bigint,
    has_arrived boolean NOT NULL,
    channel text COLLATE "C" NOT NULL CHECK (channel IN ('mail', 'chat')),
    -- What it is about: the same thing is told once.
    key text COLLATE "C" NOT NULL CHECK (key <> ''),
    answer text COLLATE "C",
    CHECK (due IS NULL OR NOT has_arrived),
    CHECK (due IS NOT NULL OR tried IS NOT NULL),
    PRIMARY KEY (addressee, channel, key)
);

CREATE INDEX notices_due ON notices (due, addressee, channel) WHERE due IS NOT NULL;
CREATE INDEX notices_over ON notices (tried) WHERE due IS NULL;

-- How far the feed was looked at for them: one row.
CREATE TABLE notices_looked (
    only_one boolean PRIMARY KEY CHECK (only_one),
    position bigint NOT NULL CHECK (position >= 0),
    epoch bigint NOT NULL CHECK (epoch >= 1),
    version bigint NOT NULL CHECK (version >= 1)
);
