-- What is known between two requests, for a while: what somebody opened before they sign, what they sent
-- before they hand it in, a plan that they were shown, a passkey's ceremony.
CREATE TABLE transients (
    key BLOB PRIMARY KEY CHECK (length(key) = 32),
    until INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX transients_until ON transients (until);

-- Whom somebody invited is found by what their links are called.
CREATE INDEX passes_called ON passes (label);
