-- What is known between two requests, for a while and by every server: what somebody opened before they sign,
-- what they sent before they hand it in, a plan that they were shown, a passkey's ceremony.
CREATE TABLE transients (
    key bytea PRIMARY KEY CHECK (length(key) = 32),
    until bigint NOT NULL,
    content bytea NOT NULL
);

CREATE INDEX transients_until ON transients (until);

-- Whom somebody invited is found by what their links are called.
CREATE INDEX passes_called ON passes (label);
