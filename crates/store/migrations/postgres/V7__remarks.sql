-- What is said in the discussion of an outcome. Operational: no event tells of it.
CREATE TABLE remarks (
    at bigint NOT NULL,
    changed bigint CHECK (changed >= at),
    ended bigint CHECK (ended >= at),
    outcome uuid NOT NULL,
    id uuid NOT NULL,
    said_by uuid NOT NULL,
    -- Empty once it was taken back.
    text text COLLATE "C" NOT NULL CHECK ((text = '') = (ended IS NOT NULL)),
    PRIMARY KEY (outcome, id)
);

CREATE INDEX remarks_in_order ON remarks (outcome, at, id);
CREATE INDEX remarks_said_by ON remarks (said_by, at);

-- Who is named in a remark and has not read it yet.
CREATE TABLE unread (
    outcome uuid NOT NULL,
    id uuid NOT NULL,
    reader uuid NOT NULL,
    PRIMARY KEY (reader, outcome, id),
    FOREIGN KEY (outcome, id) REFERENCES remarks (outcome, id)
);

CREATE INDEX unread_of ON unread (outcome, id);
