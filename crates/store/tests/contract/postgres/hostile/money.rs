//! What must never be done to transfers and balances.

use super::Row;

/// A statement that writes a transfer with these values.
macro_rules! transfer {
    ($values:literal) => {
        concat!(
            "INSERT INTO transfers (shard, position, kind, id, version, line, at, amount, asset, ",
            "from_role, from_owner, to_role, to_owner, purpose, outcome, task) VALUES ",
            $values
        )
    };
}
pub(super) use transfer;

pub(super) const TRANSFERS: &[Row] = &[
    (
        "a transfer that is changed",
        "UPDATE transfers SET amount = 1",
        "never changed",
    ),
    (
        "a transfer that is deleted",
        "DELETE FROM transfers WHERE position = 7",
        "never deleted",
    ),
    (
        "transfers that are emptied",
        "TRUNCATE transfers",
        "never deleted",
    ),
    (
        "a transfer of nothing",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 0, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "check constraint",
    ),
    (
        "a transfer of less than nothing",
        transfer!("(0, 8, 5, #2, 1, 7, 0, -5, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "check constraint",
    ),
    (
        "a transfer that goes nowhere",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 5, 'PRACTICE', 3, #9, 3, #9, 8, #9, NULL)"),
        "check constraint",
    ),
    (
        "a transfer for no purpose",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 5, 'PRACTICE', 3, #9, 2, #8, 9, #9, NULL)"),
        "check constraint",
    ),
    (
        "a transfer to no account",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 5, 'PRACTICE', 3, #9, 8, #8, 8, #9, NULL)"),
        "check constraint",
    ),
    (
        "a transfer from nobody's escrow",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 5, 'PRACTICE', 3, NULL, 2, #8, 8, #9, NULL)"),
        "check constraint",
    ),
    (
        "an escrow below zero",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 16, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "below zero",
    ),
    (
        "an escrow below zero for a moment",
        transfer!(
            "(0, 8, 5, #2, 1, 7, 0, 16, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL),
             (0, 9, 5, #2, 1, 8, 0, 16, 'PRACTICE', 2, #8, 3, #9, 2, #9, NULL)"
        ),
        "below zero",
    ),
    (
        "funds below zero",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 1, 'PRACTICE', 2, #8, 3, #9, 2, #9, NULL)"),
        "below zero",
    ),
    (
        "a hold below zero",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 21, 'PRACTICE', 4, #2, 3, #9, 4, #9, #2)"),
        "below zero",
    ),
    (
        "a hold out of thin air",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 1, 'PRACTICE', 4, #3, 3, #9, 4, #9, #3)"),
        "below zero",
    ),
    (
        "a transfer of an unknown asset",
        transfer!("(0, 8, 5, #2, 1, 7, 0, 1, 'GOLD', 1, NULL, 2, #8, 1, NULL, NULL)"),
        "known asset",
    ),
    (
        "a transfer that follows from nothing",
        transfer!("(0, 8, 5, #2, 9, 7, 0, 1, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "an event moves",
    ),
    (
        "a transfer by a line that moved before",
        transfer!("(0, 8, 5, #2, 1, 0, 0, 1, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "transfers_by_event",
    ),
    (
        "a payout that nobody accepted",
        transfer!("(0, 8, 5, #2, 2, 7, 0, 1, 'PRACTICE', 4, #2, 5, #7, 5, #9, #2)"),
        "nobody accepted",
    ),
    (
        "a second payout",
        transfer!("(0, 8, 5, #1, 2, 7, 0, 1, 'PRACTICE', 4, #1, 5, #7, 5, #9, #1)"),
        "paid once",
    ),
    (
        "a fee after the payout",
        transfer!("(0, 8, 5, #1, 2, 8, 0, 1, 'PRACTICE', 4, #1, 6, NULL, 6, #9, #1)"),
        "paid once",
    ),
    (
        "a tax after the payout",
        transfer!("(0, 8, 5, #1, 2, 9, 0, 1, 'PRACTICE', 4, #1, 7, NULL, 7, #9, #1)"),
        "paid once",
    ),
    (
        "a payout out of escrow",
        transfer!("(0, 8, 5, #1, 3, 7, 0, 1, 'PRACTICE', 3, #9, 5, #7, 5, #9, #1)"),
        "check constraint",
    ),
    (
        "a payout out of another's hold",
        transfer!("(0, 8, 5, #1, 3, 7, 0, 1, 'PRACTICE', 4, #2, 5, #7, 5, #9, #1)"),
        "check constraint",
    ),
    (
        "a payout for no task",
        transfer!("(0, 8, 5, #1, 3, 7, 0, 1, 'PRACTICE', 4, #1, 5, #7, 5, #9, NULL)"),
        "check constraint",
    ),
    (
        "a gap between transfers",
        transfer!("(0, 99, 5, #2, 1, 7, 0, 1, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "without gaps",
    ),
    (
        "a transfer in the place of another",
        transfer!("(0, 7, 5, #2, 1, 7, 0, 1, 'PRACTICE', 3, #9, 2, #8, 8, #9, NULL)"),
        "transfers_pkey",
    ),
];

pub(super) const BALANCES: &[Row] = &[
    (
        "money out of nothing",
        "UPDATE balances SET balance = balance + 5 WHERE role = 3",
        "transfers alone",
    ),
    (
        "a balance below zero",
        "UPDATE balances SET balance = -1 WHERE role = 3",
        "transfers alone",
    ),
    (
        "an account that becomes another's",
        "UPDATE balances SET owner = #6 WHERE role = 4",
        "transfers alone",
    ),
    (
        "an account that begins with money",
        "INSERT INTO balances VALUES (50, 7, 0, 4, #6, 'PRACTICE')",
        "transfers alone",
    ),
    (
        "an escrow that is forgotten",
        "DELETE FROM balances WHERE role = 3",
        "empty hold",
    ),
    (
        "a hold that is forgotten with money in it",
        "DELETE FROM balances WHERE role = 4",
        "empty hold",
    ),
    (
        "balances that are emptied",
        "TRUNCATE balances",
        "empty hold",
    ),
    (
        "a task that is said to be paid",
        "INSERT INTO payouts VALUES (1, 0, 5, #2, #2)",
        "transfers alone",
    ),
    (
        "a task that may be paid again",
        "DELETE FROM payouts",
        "paid once",
    ),
    (
        "a task that was paid by another event",
        "UPDATE payouts SET version = 2",
        "paid once",
    ),
];
