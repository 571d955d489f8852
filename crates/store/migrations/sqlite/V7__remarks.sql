-- What is said in the discussion of an outcome. Operational: no event tells of it.
CREATE TABLE remarks (
    outcome BLOB NOT NULL CHECK (length(outcome) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    said_by BLOB NOT NULL CHECK (length(said_by) = 16),
    at INTEGER NOT NULL,
    -- Empty once it was taken back.
    text TEXT NOT NULL CHECK ((text = '') = (ended IS NOT NULL)),
    changed INTEGER CHECK (changed >= at),
    ended INTEGER CHECK (ended >= at),
    PRIMARY KEY (outcome, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX remarks_in_order ON remarks (outcome, at, id);
CREATE INDEX remarks_said_by ON remarks (said_by, at);

-- Who is named in a remark and has not read it yet.
CREATE TABLE unread (
    outcome BLOB NOT NULL,
    id BLOB NOT NULL,
    reader BLOB NOT NULL CHECK (length(reader) = 16),
    PRIMARY KEY (reader, outcome, id),
    FOREIGN KEY (outcome, id) REFERENCES remarks (outcome, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX unread_of ON unread (outcome, id);
