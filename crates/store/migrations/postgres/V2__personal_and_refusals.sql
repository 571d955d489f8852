-- Words about people, kept apart from events so that they can be erased. An event holds the digest
-- of the salt and the value; without both, it says nothing.
CREATE TABLE personal (
    -- Whom it is about: the kind and identifier of a stream.
    stream_kind smallint NOT NULL CHECK (stream_kind BETWEEN 1 AND 5),
    id uuid NOT NULL,
    -- What it is, as in name.
    field text COLLATE "C" NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (stream_kind, id, field)
);

-- Reactions that were rejected, which is final: kept so that nothing is dropped in silence.
CREATE TABLE refusals (
    position bigint NOT NULL CHECK (position >= 1),
    at bigint NOT NULL,
    shard smallint NOT NULL CHECK (shard = 0),
    -- The reaction's command.
    id uuid NOT NULL,
    -- The code of the rejection, or what broke.
    why text COLLATE "C" NOT NULL,
    -- The command as JSON.
    body text COLLATE "C" NOT NULL,
    PRIMARY KEY (shard, position)
);

CREATE TRIGGER refusals_do_not_change BEFORE UPDATE ON refusals
    EXECUTE FUNCTION refuse('a refusal is never changed');
