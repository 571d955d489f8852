-- By what people show that it is they: passkeys, identities at another provider, passwords. None is a
-- secret: a passkey is a public key, a password is kept as its hash.
CREATE TABLE credentials (
    -- 1 a passkey, 2 an identity, 3 a password.
    kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
    -- What it is found by: a passkey's identifier, issuer and subject, the contributor.
    name TEXT NOT NULL,
    contributor BLOB NOT NULL CHECK (length(contributor) = 16),
    -- What it is called, for whoever looks through theirs.
    label TEXT NOT NULL,
    data TEXT NOT NULL,
    created INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used >= created),
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX credentials_of ON credentials (contributor, created);

-- Where a link leads, and when whoever has a session last showed by a credential that it is they.
ALTER TABLE passes ADD COLUMN leads_to TEXT;
ALTER TABLE passes ADD COLUMN proved INTEGER;
