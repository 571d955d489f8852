-- The rows of a task's life with nothing around them: no triggers, no checks, no names of streams.
-- What is durable here is what is durable in the real store; what is refused is nothing.
CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER, version INTEGER, body TEXT);
CREATE UNIQUE INDEX events_by_stream ON events (stream, version);
CREATE TABLE states (stream INTEGER PRIMARY KEY, version INTEGER, status INTEGER, body TEXT);
CREATE INDEX states_by_status ON states (status, stream);
CREATE TABLE receipts (command BLOB PRIMARY KEY, digest BLOB, stream INTEGER, version INTEGER)
    WITHOUT ROWID;
CREATE TABLE timers (due_at INTEGER, stream INTEGER, PRIMARY KEY (stream)) WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_at, stream);
CREATE TABLE leases (task INTEGER PRIMARY KEY, number INTEGER, deadline INTEGER);
CREATE TABLE acceptances (task INTEGER PRIMARY KEY, submission BLOB);
CREATE TABLE outbox (position INTEGER PRIMARY KEY, stream INTEGER, version INTEGER);
CREATE TABLE transfers (position INTEGER PRIMARY KEY, stream INTEGER, version INTEGER,
    amount INTEGER, from_account INTEGER, to_account INTEGER);
CREATE TABLE balances (account INTEGER PRIMARY KEY, balance INTEGER);
