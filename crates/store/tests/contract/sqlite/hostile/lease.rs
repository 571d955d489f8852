//! What must never be done to leases, acceptances, checkpoints and what waits.

use super::Row;

pub(super) const LEASES: &[Row] = &[
    (
        "a second lease on a task",
        "INSERT INTO leases VALUES (5, 4, 3, 200)",
        "one lease",
    ),
    (
        "a lease in the place of another",
        "REPLACE INTO leases VALUES (5, 9, 3, 200)",
        "one lease",
    ),
    (
        "a lease that is taken over before it is over",
        "UPDATE leases SET number = 4 WHERE task = 5",
        "one lease",
    ),
    (
        "a lease number that goes back",
        "UPDATE leases SET number = 2, deadline = NULL WHERE task = 5",
        "only grows",
    ),
    (
        "a lease without a number",
        "INSERT INTO leases VALUES (6, 0, 3, 200)",
        "CHECK",
    ),
    (
        "a lease that was over and is back",
        "UPDATE leases SET deadline = 999 WHERE task = 1",
        "stays over",
    ),
    (
        "a deadline that moves back",
        "UPDATE leases SET deadline = 1 WHERE task = 5",
        "never moves back",
    ),
    (
        "a lease that changes hands",
        "UPDATE leases SET holder = 4 WHERE task = 5",
        "holds a lease",
    ),
    (
        "a lease of an organisation",
        "INSERT INTO leases VALUES (6, 1, 4, 200)",
        "holds a lease",
    ),
    (
        "a lease on an outcome",
        "INSERT INTO leases VALUES (2, 1, 3, 200)",
        "only a task",
    ),
    (
        "a lease that moves to another task",
        "UPDATE leases SET task = 6 WHERE task = 5",
        "stays with its task",
    ),
    (
        "a lease number that is free again",
        "DELETE FROM leases WHERE task = 1",
        "stays taken",
    ),
    (
        "a second acceptance",
        "INSERT INTO acceptances VALUES (1, 1, zeroblob(32), 3, 0, 9)",
        "accepted once",
    ),
    (
        "an acceptance in the place of another",
        "REPLACE INTO acceptances VALUES (1, 1, zeroblob(32), 3, 0, 9)",
        "accepted once",
    ),
    (
        "an acceptance without an approver",
        "INSERT INTO acceptances VALUES (5, 3, zeroblob(32), NULL, 0, 9)",
        "answers for",
    ),
    (
        "an acceptance by an organisation",
        "INSERT INTO acceptances VALUES (5, 3, zeroblob(32), 4, 0, 9)",
        "answers for",
    ),
    (
        "an acceptance under a stale lease",
        "INSERT INTO acceptances VALUES (5, 2, zeroblob(32), 3, 0, 9)",
        "last lease",
    ),
    (
        "an acceptance of what nobody held",
        "INSERT INTO acceptances VALUES (6, 1, zeroblob(32), 3, 0, 9)",
        "last lease",
    ),
    (
        "an acceptance of something unsaid",
        "INSERT INTO acceptances VALUES (5, 3, x'', 3, 0, 9)",
        "CHECK",
    ),
    (
        "an acceptance that is changed",
        "UPDATE acceptances SET approver = 4",
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
        "INSERT INTO reactions (id, body) SELECT id, body FROM reactions",
        "UNIQUE",
    ),
    (
        "a timer of no kind",
        "INSERT INTO timers VALUES (5, zeroblob(16), 9, 1, 1)",
        "CHECK",
    ),
    (
        "a checkpoint beyond the log",
        "INSERT INTO checkpoints VALUES (7, zeroblob(32), x'', 'note')",
        "beyond the log",
    ),
    (
        "a checkpoint of another root",
        "INSERT INTO checkpoints VALUES (6, zeroblob(32), x'', 'note')",
        "agrees with the log",
    ),
    (
        "a checkpoint that is signed again",
        "INSERT INTO checkpoints SELECT * FROM checkpoints",
        "signed once",
    ),
    (
        "a checkpoint in the place of another",
        "REPLACE INTO checkpoints VALUES (3, zeroblob(32), x'', 'note')",
        "signed once",
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
