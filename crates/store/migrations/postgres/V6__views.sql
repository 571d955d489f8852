-- How people and organisations want to see lists, under names. Operational: no event tells of them.
CREATE TABLE views (
    saved bigint NOT NULL,
    -- Whose it is: 2 an organisation's, 3 a contributor's.
    stream_kind smallint NOT NULL CHECK (stream_kind BETWEEN 2 AND 3),
    id uuid NOT NULL,
    -- Whether the list is shown so where nothing else is asked.
    is_usual boolean NOT NULL,
    -- The address of the list.
    list text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    -- The filters, as they stand in an address after the question mark.
    query text COLLATE "C" NOT NULL,
    PRIMARY KEY (stream_kind, id, list, name)
);

CREATE UNIQUE INDEX views_usual ON views (stream_kind, id, list) WHERE is_usual;
CREATE INDEX views_shared ON views (list, name, id) WHERE stream_kind = 2;
