//! What must never be done to names, events, states and receipts.

use super::Row;

macro_rules! event {
    ($values:literal) => {
        concat!(
            "INSERT INTO events (stream, version, body) VALUES ",
            $values
        )
    };
}

macro_rules! state {
    ($verb:literal, $values:literal) => {
        concat!(
            $verb,
            " INTO states (stream, kind, id, version, fence, parent, status, form, body) SELECT ",
            $values
        )
    };
}

pub(super) const NAMES: &[Row] = &[
    (
        "a second network",
        "INSERT INTO network VALUES (1, zeroblob(16), 1)",
        "one network",
    ),
    (
        "another network in its place",
        "REPLACE INTO network VALUES (1, zeroblob(16), 9)",
        "one network",
    ),
    (
        "a database without its network",
        "DELETE FROM network",
        "keeps its network",
    ),
    (
        "a network by another name",
        "UPDATE network SET id = zeroblob(16)",
        "keeps its network",
    ),
    (
        "an epoch that goes back",
        "UPDATE network SET epoch = epoch - 1",
        "never goes back",
    ),
    (
        "a stream with a number of its own",
        "INSERT INTO streams VALUES (1, 5, randomblob(16))",
        "one number",
    ),
    (
        "a stream with a second number",
        "REPLACE INTO streams (kind, id) SELECT kind, id FROM streams WHERE number = 1",
        "one number",
    ),
    (
        "a stream of no kind",
        "INSERT INTO streams (kind, id) VALUES (6, zeroblob(16))",
        "CHECK",
    ),
    (
        "a stream with half an identifier",
        "INSERT INTO streams (kind, id) VALUES (5, zeroblob(8))",
        "CHECK",
    ),
    (
        "a stream that becomes another",
        "UPDATE streams SET id = randomblob(16) WHERE number = 1",
        "keeps its number",
    ),
    (
        "a stream that is forgotten",
        "DELETE FROM streams WHERE number = 6",
        "keeps its number",
    ),
    (
        "a principal who becomes another",
        "UPDATE principals SET name = 'mallory'",
        "keeps its number",
    ),
    (
        "a principal who is forgotten",
        "DELETE FROM principals",
        "keeps its number",
    ),
    (
        "a principal with a second number",
        "REPLACE INTO principals (name) VALUES ('ann')",
        "one number",
    ),
    (
        "an asset whose scale changes",
        "UPDATE assets SET scale = 3",
        "never changes",
    ),
    (
        "an asset with a second scale",
        "REPLACE INTO assets (code, scale) VALUES ('PRACTICE', 3)",
        "never changes",
    ),
    (
        "an asset that is forgotten",
        "DELETE FROM assets",
        "stays known",
    ),
];

pub(super) const EVENTS: &[Row] = &[
    (
        "an event that is changed",
        "UPDATE events SET body = '{}' WHERE position = 1",
        "never changed",
    ),
    (
        "an event that moves in the feed",
        "UPDATE events SET position = 99 WHERE position = 6",
        "never changed",
    ),
    (
        "an event that is deleted",
        "DELETE FROM events WHERE position = 6",
        "never deleted",
    ),
    (
        "a feed that is emptied",
        "DELETE FROM events",
        "never deleted",
    ),
    (
        "a gap in the feed",
        "INSERT INTO events VALUES (99, 1, 4, '{}')",
        "without gaps",
    ),
    (
        "an event in the place of another",
        "REPLACE INTO events VALUES (6, 1, 4, '{}')",
        "without gaps",
    ),
    (
        "a log that shrinks",
        "UPDATE log SET size = size - 1",
        "never shrinks",
    ),
    (
        "a log without a leaf for an event",
        "UPDATE log SET size = size + 1",
        "a leaf for every event",
    ),
    (
        "a log with two roots for one size",
        "UPDATE log SET root = zeroblob(32)",
        "one root",
    ),
    (
        "a root of the wrong length",
        "UPDATE log SET root = zeroblob(31)",
        "one root",
    ),
    (
        "a place of a message that is used again",
        "UPDATE log SET messages = 0",
        "not used again",
    ),
    (
        "a database without its log",
        "DELETE FROM log",
        "the log stays",
    ),
    (
        "a second log",
        "REPLACE INTO log VALUES (1, 0, x'', zeroblob(32), 0)",
        "one log",
    ),
    ("a gap in a stream", event!("(1, 5, '{}')"), "without gaps"),
    (
        "an event that is there already",
        event!("(1, 3, '{}')"),
        "without gaps",
    ),
    (
        "an event before the first",
        event!("(1, 0, '{}')"),
        "without gaps",
    ),
    (
        "an event of a stream that nobody named",
        event!("(99, 1, '{}')"),
        "without gaps",
    ),
    (
        "an event of 64 KiB",
        event!("(1, 4, hex(zeroblob(32768)))"),
        "CHECK",
    ),
    ("an event without a body", event!("(1, 4, '')"), "CHECK"),
    (
        "an event in the place of another version",
        "REPLACE INTO events (stream, version, body) VALUES (1, 3, '{}')",
        "without gaps",
    ),
];

pub(super) const STATES: &[Row] = &[
    (
        "a state that goes back",
        "UPDATE states SET version = 2 WHERE stream = 1",
        "version of its last event",
    ),
    (
        "a state that skips a version",
        "UPDATE states SET version = 4 WHERE stream = 1",
        "version of its last event",
    ),
    (
        "a state that becomes another's",
        "UPDATE states SET id = zeroblob(16) WHERE stream = 1",
        "keeps its stream",
    ),
    (
        "a state under another number",
        "UPDATE states SET stream = 4 WHERE stream = 1",
        "keeps its stream",
    ),
    (
        "a state that is deleted",
        "DELETE FROM states WHERE stream = 1",
        "never deleted",
    ),
    (
        "a fence that lies ahead",
        "UPDATE states SET fence = 9 WHERE stream = 1",
        "CHECK",
    ),
    (
        "a receipt that is given twice",
        "INSERT INTO receipts SELECT * FROM receipts",
        "one receipt",
    ),
    (
        "a receipt in the place of another",
        "REPLACE INTO receipts SELECT command, principal, zeroblob(32), stream, 1, 0, 0 FROM receipts",
        "one receipt",
    ),
    (
        "a receipt that is changed",
        "UPDATE receipts SET digest = zeroblob(32)",
        "never changed",
    ),
    (
        "a receipt that is deleted",
        "DELETE FROM receipts",
        "never deleted",
    ),
    (
        "a state without an event",
        state!(
            "INSERT",
            "number, kind, id, 1, 0, NULL, 'open', 1, '{}' FROM streams WHERE number = 2"
        ),
        "version of its last event",
    ),
    (
        "a state in the place of another",
        state!(
            "REPLACE",
            "number, kind, id, 3, 0, NULL, 'open', 1, '{}' FROM streams WHERE number = 1"
        ),
        "one state",
    ),
    (
        "a state with another's identifier",
        state!(
            "INSERT",
            "4, kind, id, 3, 0, NULL, 'open', 1, '{}' FROM streams WHERE number = 1"
        ),
        "identifier of its stream",
    ),
];
