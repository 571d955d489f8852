-- How people and organisations want to see lists, under names. Operational: no event tells of them.
CREATE TABLE views (
    -- Whose it is: 2 an organisation's, 3 a contributor's.
    stream_kind INTEGER NOT NULL CHECK (stream_kind BETWEEN 2 AND 3),
    id BLOB NOT NULL CHECK (length(id) = 16),
    -- The address of the list.
    list TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    -- The filters, as they stand in an address after the question mark.
    query TEXT NOT NULL,
    -- Whether the list is shown so where nothing else is asked.
    is_usual INTEGER NOT NULL CHECK (is_usual IN (0, 1)),
    saved INTEGER NOT NULL,
    PRIMARY KEY (stream_kind, id, list, name)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX views_usual ON views (stream_kind, id, list) WHERE is_usual = 1;
CREATE INDEX views_shared ON views (list, name, id) WHERE stream_kind = 2;
