-- By what people show that it is they: passkeys, identities at another provider, passwords. None is a
-- secret: a passkey is a public key, a password is kept as its hash.
CREATE TABLE credentials (
    created bigint NOT NULL,
    used bigint NOT NULL CHECK (used >= created),
    -- 1 a passkey, 2 an identity, 3 a password.
    kind smallint NOT NULL CHECK (kind BETWEEN 1 AND 3),
    contributor uuid NOT NULL,
    -- What it is found by: a passkey's identifier, issuer and subject, the contributor.
    name text COLLATE "C" NOT NULL,
    -- What it is called, for whoever looks through theirs.
    label text COLLATE "C" NOT NULL,
    data text COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE INDEX credentials_of ON credentials (contributor, created);

-- Where a link leads, and when whoever has a session last showed by a credential that it is they.
ALTER TABLE passes ADD COLUMN leads_to text COLLATE "C";
ALTER TABLE passes ADD COLUMN proved bigint;
