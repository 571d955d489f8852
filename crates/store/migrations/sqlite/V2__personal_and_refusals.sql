-- Words about people, kept apart from events so that they can be erased. An event holds the digest
-- of the salt and the value; without both, it says nothing.
CREATE TABLE personal (
    -- Whom it is about: the kind and identifier of a stream.
    stream_kind INTEGER NOT NULL CHECK (stream_kind BETWEEN 1 AND 5),
    id BLOB NOT NULL CHECK (length(id) = 16),
    -- What it is, as in name.
    field TEXT NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    value TEXT NOT NULL,
    PRIMARY KEY (stream_kind, id, field)
) STRICT, WITHOUT ROWID;

-- Reactions that were rejected, which is final: kept so that nothing is dropped in silence.
CREATE TABLE refusals (
    position INTEGER PRIMARY KEY,
    -- The reaction's command.
    id BLOB NOT NULL CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    -- The code of the rejection, or what broke.
    why TEXT NOT NULL,
    -- The command as JSON.
    body TEXT NOT NULL
) STRICT;

CREATE TRIGGER refusals_do_not_change BEFORE UPDATE ON refusals
BEGIN SELECT RAISE(ABORT, 'a refusal is never changed'); END;
