-- Addresses of programs that are told what happens.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    -- Whose it is: it is told what they may see.
    owner uuid NOT NULL,
    created bigint NOT NULL,
    ended bigint,
    -- What signed before signs beside until then.
    former_until bigint,
    -- Up to which position the feed was looked at for it.
    looked bigint NOT NULL CHECK (looked >= 0),
    -- A backup that is restored tells nobody anything until its owner says so.
    epoch bigint NOT NULL CHECK (epoch >= 1),
    version bigint NOT NULL CHECK (version >= 1),
    address text COLLATE "C" NOT NULL,
    -- The kinds of events that are wanted, with spaces between them; all where none is named.
    wanted text COLLATE "C" NOT NULL,
    -- What signs. The receiver verifies with the same, so no digest of it would do.
    secret text COLLATE "C" NOT NULL,
    former_secret text COLLATE "C",
    ended_why text COLLATE "C",
    CHECK ((former_secret IS NULL) = (former_until IS NULL)),
    CHECK ((ended IS NULL) = (ended_why IS NULL))
);

CREATE INDEX webhooks_of ON webhooks (owner, created);

-- Events on their way to a webhook, and how that ended.
CREATE TABLE deliveries (
    webhook uuid NOT NULL,
    -- The position of the event in the feed.
    position bigint NOT NULL CHECK (position >= 1),
    -- How often it was begun to send.
    attempts bigint NOT NULL CHECK (attempts >= 0),
    -- When it is sent next; nothing once it is over.
    due bigint,
    -- When the last attempt ended, and what came of it.
    tried bigint,
    has_arrived boolean NOT NULL,
    answer text COLLATE "C",
    CHECK (due IS NULL OR NOT has_arrived),
    PRIMARY KEY (webhook, position)
);

CREATE INDEX deliveries_due ON deliveries (webhook, due) WHERE due IS NOT NULL;
