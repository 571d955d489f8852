//! What must never be done to transfers and balances.

use super::Row;

/// A statement that writes a transfer with these values.
macro_rules! transfer {
    ($values:literal) => {
        transfer!("INSERT", $values)
    };
    ($verb:literal, $values:literal) => {
        concat!(
            $verb,
            " INTO transfers (stream, version, line, at, amount, asset, from_role, from_owner, ",
            "to_role, to_owner, purpose, outcome, task) VALUES ",
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
        "a transfer of nothing",
        transfer!("(5, 1, 7, 0, 0, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        "CHECK",
    ),
    (
        "a transfer of less than nothing",
        transfer!("(5, 1, 7, 0, -5, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        "CHECK",
    ),
    (
        "a transfer that goes nowhere",
        transfer!("(5, 1, 7, 0, 5, 1, 3, 2, 3, 2, 8, 2, NULL)"),
        "CHECK",
    ),
    (
        "a transfer for no purpose",
        transfer!("(5, 1, 7, 0, 5, 1, 3, 2, 2, 4, 9, 2, NULL)"),
        "CHECK",
    ),
    (
        "a transfer to no account",
        transfer!("(5, 1, 7, 0, 5, 1, 3, 2, 8, 4, 8, 2, NULL)"),
        "CHECK",
    ),
    (
        "an escrow below zero",
        transfer!("(5, 1, 7, 0, 16, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        "below zero",
    ),
    (
        "funds below zero",
        transfer!("(5, 1, 7, 0, 1, 1, 2, 4, 3, 2, 2, 2, NULL)"),
        "below zero",
    ),
    (
        "a hold below zero",
        transfer!("(5, 1, 7, 0, 21, 1, 4, 5, 3, 2, 4, 2, 5)"),
        "below zero",
    ),
    (
        "a hold out of thin air",
        transfer!("(5, 1, 7, 0, 1, 1, 4, 6, 3, 2, 4, 2, 6)"),
        "below zero",
    ),
    (
        "a transfer of an unknown asset",
        transfer!("(5, 1, 7, 0, 1, 2, 1, 0, 2, 4, 1, NULL, NULL)"),
        "known asset",
    ),
    (
        "a transfer that follows from nothing",
        transfer!("(5, 9, 7, 0, 1, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        "an event moves",
    ),
    (
        "a transfer by a line that moved before",
        transfer!("(5, 1, 0, 0, 1, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        "once by each line",
    ),
    (
        "a payout that nobody accepted",
        transfer!("(5, 2, 7, 0, 1, 1, 4, 5, 5, 3, 5, 2, 5)"),
        "nobody accepted",
    ),
    (
        "a second payout",
        transfer!("(1, 2, 7, 0, 1, 1, 4, 1, 5, 3, 5, 2, 1)"),
        "paid once",
    ),
    (
        "a fee after the payout",
        transfer!("(1, 2, 8, 0, 1, 1, 4, 1, 6, 0, 6, 2, 1)"),
        "paid once",
    ),
    (
        "a tax after the payout",
        transfer!("(1, 2, 9, 0, 1, 1, 4, 1, 7, 0, 7, 2, 1)"),
        "paid once",
    ),
    (
        "a payout out of escrow",
        transfer!("(1, 3, 7, 0, 1, 1, 3, 2, 5, 3, 5, 2, 1)"),
        "CHECK",
    ),
    (
        "a payout out of another's hold",
        transfer!("(1, 3, 7, 0, 1, 1, 4, 5, 5, 3, 5, 2, 1)"),
        "CHECK",
    ),
    (
        "a payout for no task",
        transfer!("(1, 3, 7, 0, 1, 1, 4, 1, 5, 3, 5, 2, NULL)"),
        "nobody accepted",
    ),
    (
        "a transfer in the place of another",
        transfer!("REPLACE", "(5, 1, 0, 0, 1, 1, 3, 2, 2, 4, 8, 2, NULL)"),
        "once by each line",
    ),
    (
        "a transfer without cover that looks away",
        transfer!(
            "INSERT OR IGNORE",
            "(5, 1, 7, 0, 16, 1, 3, 2, 2, 4, 8, 2, NULL)"
        ),
        "below zero",
    ),
    (
        "a gap between transfers",
        "INSERT INTO transfers VALUES (99, 5, 1, 7, 0, 1, 1, 3, 2, 2, 4, 8, 2, NULL)",
        "without gaps",
    ),
];

pub(super) const BALANCES: &[Row] = &[
    (
        "money out of nothing",
        "UPDATE balances SET balance = balance + 5 WHERE role = 3",
        "transfers alone",
    ),
    (
        "money that vanishes",
        "UPDATE balances SET balance = balance - 5 WHERE role = 3",
        "transfers alone",
    ),
    (
        "a balance below zero",
        "UPDATE balances SET balance = -1 WHERE role = 3",
        "transfers alone",
    ),
    (
        "a transfer that counts twice",
        "UPDATE balances SET balance = balance - 5, moved = 7 WHERE role = 3",
        "transfers alone",
    ),
    (
        "another's transfer",
        "UPDATE balances SET balance = balance + 5, moved = 7 WHERE role = 2",
        "transfers alone",
    ),
    (
        "a transfer yet to come",
        "UPDATE balances SET balance = balance + 5, moved = 8 WHERE role = 3",
        "transfers alone",
    ),
    (
        "an account that becomes another's",
        "UPDATE balances SET owner = 6 WHERE role = 4",
        "transfers alone",
    ),
    (
        "an account that begins with money",
        "INSERT INTO balances VALUES (4, 6, 1, 50, 6)",
        "begins with nothing",
    ),
    (
        "an account that begins in the past",
        "INSERT INTO balances VALUES (4, 6, 1, 0, 1)",
        "last transfer",
    ),
    (
        "an account that is emptied by another",
        "REPLACE INTO balances VALUES (3, 2, 1, 0, 6)",
        "one balance",
    ),
    (
        "a balance of what cannot run dry",
        "INSERT INTO balances VALUES (5, 3, 1, 0, 6)",
        "CHECK",
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
];
