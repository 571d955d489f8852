//! What must never be done to names, events, states, receipts, leases and what waits.

use super::Row;

pub(super) const NAMES: &[Row] = &[
    (
        "a second network",
        "INSERT INTO network VALUES (2, #6, 1)",
        "check constraint",
    ),
    (
        "another network in its place",
        "INSERT INTO network VALUES (1, #6, 9)",
        "network_pkey",
    ),
    (
        "a database without its network",
        "DELETE FROM network",
        "keeps its network",
    ),
    (
        "a network by another name",
        "UPDATE network SET id = #6",
        "keeps its network",
    ),
    (
        "an epoch that goes back",
        "UPDATE network SET epoch = epoch - 1",
        "never goes back",
    ),
    (
        "an asset whose scale changes",
        "UPDATE assets SET scale = 3",
        "never changes",
    ),
    (
        "an asset with a second scale",
        "INSERT INTO assets VALUES ('PRACTICE', 3)",
        "assets_pkey",
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
    ("a feed that is emptied", "TRUNCATE events", "never deleted"),
    (
        "a gap in the feed",
        "INSERT INTO events VALUES (99, 4, 0, 5, #1, '{}')",
        "without gaps",
    ),
    (
        "a gap in the middle of a statement",
        "INSERT INTO events VALUES (7, 4, 0, 5, #1, '{}'), (9, 5, 0, 5, #1, '{}')",
        "without gaps",
    ),
    (
        "an event in the place of another",
        "INSERT INTO events VALUES (6, 4, 0, 5, #1, '{}')",
        "events_pkey",
    ),
    (
        "a gap in a stream",
        "INSERT INTO events VALUES (7, 5, 0, 5, #1, '{}')",
        "without gaps",
    ),
    (
        "an event that is there already",
        "INSERT INTO events VALUES (7, 3, 0, 5, #1, '{}')",
        "events_by_version",
    ),
    (
        "an event before the first",
        "INSERT INTO events VALUES (7, 0, 0, 5, #1, '{}')",
        "check constraint",
    ),
    (
        "an event of a stream of no kind",
        "INSERT INTO events VALUES (7, 1, 0, 6, #6, '{}')",
        "check constraint",
    ),
    (
        "an event of 64 KiB",
        "INSERT INTO events VALUES (7, 4, 0, 5, #1, repeat('x', 65536))",
        "check constraint",
    ),
    (
        "an event without a body",
        "INSERT INTO events VALUES (7, 4, 0, 5, #1, '')",
        "check constraint",
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
        "UPDATE log SET root = sha256('')",
        "one root",
    ),
    (
        "a place of a message that is used again",
        "UPDATE log SET messages = 0",
        "not used again",
    ),
    (
        "a place of a reaction that is used again",
        "UPDATE log SET reactions = 0",
        "not used again",
    ),
    (
        "a database without its log",
        "DELETE FROM log",
        "the log stays",
    ),
    (
        "a second log",
        "INSERT INTO log VALUES (0, 0, 0, 0, sha256(''), '')",
        "log_pkey",
    ),
];

pub(super) const STATES: &[Row] = &[
    (
        "a state that goes back",
        "UPDATE states SET version = 2 WHERE id = #1",
        "version of its last event",
    ),
    (
        "a state that skips a version",
        "UPDATE states SET version = 4 WHERE id = #1",
        "version of its last event",
    ),
    (
        "a state that becomes another's",
        "UPDATE states SET id = #6 WHERE id = #1",
        "keeps its stream",
    ),
    (
        "a state that is deleted",
        "DELETE FROM states WHERE id = #1",
        "never deleted",
    ),
    (
        "a fence that lies ahead",
        "UPDATE states SET fence = 9 WHERE id = #1",
        "check constraint",
    ),
    (
        "a state without an event",
        "INSERT INTO states VALUES (1, 0, 0, 1, 0, 5, #6, NULL, NULL, 'open', '{}')",
        "version of its last event",
    ),
    (
        "a state in the place of another",
        "INSERT INTO states VALUES (3, 0, 0, 1, 0, 5, #1, NULL, NULL, 'open', '{}')",
        "states_pkey",
    ),
    (
        "a receipt that is given twice",
        "INSERT INTO receipts SELECT * FROM receipts",
        "receipts_pkey",
    ),
    (
        "a receipt that is changed",
        "UPDATE receipts SET events = 0",
        "never changed",
    ),
    (
        "a receipt that is deleted",
        "DELETE FROM receipts",
        "never deleted",
    ),
];

pub(super) const LEASES: &[Row] = &[
    (
        "a second lease on a task",
        "INSERT INTO leases VALUES (4, 200, 0, #2, #7)",
        "leases_pkey",
    ),
    (
        "a lease that is taken over before it is over",
        "UPDATE leases SET number = 4 WHERE task = #2",
        "one lease",
    ),
    (
        "a lease number that goes back",
        "UPDATE leases SET number = 2, deadline = NULL WHERE task = #2",
        "only grows",
    ),
    (
        "a lease without a number",
        "INSERT INTO leases VALUES (0, 200, 0, #3, #7)",
        "check constraint",
    ),
    (
        "a lease that was over and is back",
        "UPDATE leases SET deadline = 999 WHERE task = #1",
        "stays over",
    ),
    (
        "a deadline that moves back",
        "UPDATE leases SET deadline = 1 WHERE task = #2",
        "never moves back",
    ),
    (
        "a lease that changes hands",
        "UPDATE leases SET holder = #6 WHERE task = #2",
        "stays with its holder",
    ),
    (
        "a lease that moves to another task",
        "UPDATE leases SET task = #3 WHERE task = #2",
        "stays with its task",
    ),
    (
        "a lease number that is free again",
        "DELETE FROM leases WHERE task = #1",
        "stays taken",
    ),
    (
        "a second acceptance",
        "INSERT INTO acceptances VALUES (1, 9, 0, false, #1, #7, sha256(''))",
        "acceptances_pkey",
    ),
    (
        "an acceptance without an approver",
        "INSERT INTO acceptances VALUES (3, 9, 0, false, #2, NULL, sha256(''))",
        "not-null",
    ),
    (
        "an acceptance under a stale lease",
        "INSERT INTO acceptances VALUES (2, 9, 0, false, #2, #7, sha256(''))",
        "last lease",
    ),
    (
        "an acceptance of what nobody held",
        "INSERT INTO acceptances VALUES (1, 9, 0, false, #3, #7, sha256(''))",
        "last lease",
    ),
    (
        "an acceptance of something unsaid",
        "INSERT INTO acceptances VALUES (3, 9, 0, false, #2, #7, '')",
        "check constraint",
    ),
    (
        "an acceptance that is changed",
        "UPDATE acceptances SET approver = #6",
        "never changed",
    ),
    (
        "an acceptance that is deleted",
        "DELETE FROM acceptances",
        "never deleted",
    ),
];

pub(super) const OTHERS: &[Row] = &[
    (
        "a reaction that waits twice",
        "INSERT INTO reactions SELECT 99, shard, id, body FROM reactions",
        "reactions_pkey",
    ),
    (
        "a timer of no kind",
        "INSERT INTO timers VALUES (1, 1, 0, 5, #6, 9)",
        "check constraint",
    ),
    (
        "a checkpoint beyond the log",
        "INSERT INTO checkpoints VALUES (7, 0, sha256(''), '', 'note')",
        "beyond the log",
    ),
    (
        "a checkpoint of another root",
        "INSERT INTO checkpoints VALUES (6, 0, sha256(''), '', 'note')",
        "agrees with the log",
    ),
    (
        "a checkpoint that is signed again",
        "INSERT INTO checkpoints SELECT * FROM checkpoints",
        "checkpoints_pkey",
    ),
    (
        "a checkpoint that is changed",
        "UPDATE checkpoints SET note = 'forged'",
        "never changed",
    ),
    (
        "a checkpoint that is deleted",
        "DELETE FROM checkpoints",
        "never deleted",
    ),
];
