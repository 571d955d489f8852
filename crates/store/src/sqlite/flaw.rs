//! Flaws: what is wrong with the database itself, whatever it holds.
//!
//! What its rows say is compared with the events by `doctor`; here are pages, tables, rules, and
//! rows that would be passed over because they name something unknown.

use rusqlite::{Connection, ErrorCode, ffi};

use super::{log, migration};
use crate::{Flaw, StoreError};

/// What SQLite says of a page that it cannot have, before the code of the error.
const PAGE_ERROR: &str = "unable to get the page. error code=";

/// What it says of such a page among those that are free.
const FREE_PAGE_ERROR: &str = "failed to get page ";

/// What must not be found; each counts the rows that are wrong.
const CHECKS: [(&str, &str); 6] = [
    (
        "rows name an unknown stream",
        "SELECT count(*) FROM (
            SELECT stream FROM events UNION ALL SELECT stream FROM states
            UNION ALL SELECT parent FROM states WHERE parent IS NOT NULL
            UNION ALL SELECT stream FROM receipts UNION ALL SELECT stream FROM outbox
            UNION ALL SELECT task FROM leases UNION ALL SELECT holder FROM leases
            UNION ALL SELECT task FROM acceptances UNION ALL SELECT approver FROM acceptances
            UNION ALL SELECT stream FROM transfers
        ) WHERE stream NOT IN (SELECT number FROM streams)",
    ),
    (
        "receipts name an unknown principal",
        "SELECT count(*) FROM receipts WHERE principal NOT IN (SELECT number FROM principals)",
    ),
    (
        "transfers and balances name an unknown asset",
        "SELECT count(*) FROM (
            SELECT asset FROM transfers UNION ALL SELECT asset FROM balances
        ) WHERE asset NOT IN (SELECT number FROM assets)",
    ),
    (
        "states carry another identifier than their stream",
        "SELECT count(*) FROM states AS t JOIN streams AS s ON s.number = t.stream
            WHERE t.kind <> s.kind OR t.id <> s.id",
    ),
    (
        "balances name another transfer than the last that moved them",
        "SELECT count(*) FROM balances AS b LEFT JOIN (
            SELECT role, owner, asset, max(position) AS last FROM (
                SELECT to_role AS role, to_owner AS owner, asset, position FROM transfers
                UNION ALL SELECT from_role, from_owner, asset, position FROM transfers
            ) WHERE role BETWEEN 2 AND 4 GROUP BY role, owner, asset
        ) AS m ON m.role = b.role AND m.owner = b.owner AND m.asset = b.asset
            WHERE b.moved IS NOT m.last",
    ),
    (
        "messages have a position that was not given yet",
        "SELECT count(*) FROM outbox WHERE position > (SELECT messages FROM log)",
    ),
];

/// All that is wrong with the database.
pub(super) fn find(connection: &Connection) -> Result<Vec<Flaw>, StoreError> {
    let torn = torn_pages(connection)?;
    let mut flaws: Vec<Flaw> = torn.into_iter().map(Flaw::Content).collect();
    let form = migration::differences(connection)?;
    let has_form = form.is_empty();
    flaws.extend(form.into_iter().map(Flaw::Form));
    // Where pages are torn or tables missing, rows cannot be counted.
    if flaws.iter().any(|flaw| matches!(flaw, Flaw::Content(_))) {
        return Ok(flaws);
    }
    match contradictions(connection) {
        Ok(found) => flaws.extend(found),
        Err(StoreError::Damaged(_)) if !has_form => {}
        Err(error) => return Err(error),
    }
    Ok(flaws)
}

/// What SQLite finds wrong with the pages of the database; nothing when all is well.
///
/// A page that the disk does not give is among what it finds, and is no damage: nobody knows what is
/// in it, and whatever follows from its absence need not be so.
pub(super) fn torn_pages(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let mut select = connection.prepare("PRAGMA integrity_check")?;
    let lines = select.query_map([], |row| row.get::<_, String>(0))?;
    let mut found = Vec::new();
    for line in lines {
        let line = line?;
        if is_unreadable(&line) {
            return Err(StoreError::NotWritable(format!("the disk failed ({line})")));
        }
        if line != "ok" {
            found.push(line);
        }
    }
    Ok(found)
}

/// Whether SQLite says of a page that it could not be read. It checks that there is such a page
/// before it reads it.
fn is_unreadable(line: &str) -> bool {
    let of_page = line.split(PAGE_ERROR).skip(1);
    let mut codes = of_page.filter_map(|rest| {
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next();
        digits?.parse::<i32>().ok()
    });
    line.contains(FREE_PAGE_ERROR)
        || codes.any(|code| ffi::Error::new(code).code == ErrorCode::SystemIoFailure)
}

/// Rows that contradict each other.
pub(super) fn contradictions(connection: &Connection) -> Result<Vec<Flaw>, StoreError> {
    let mut flaws = Vec::new();
    for (what, sql) in CHECKS {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        if count != 0 {
            flaws.push(Flaw::Content(format!("{count} {what}")));
        }
    }
    for size in log::misfits(connection)? {
        flaws.push(Flaw::Content(format!(
            "checkpoint {size} is kept with the frontier of another log"
        )));
    }
    Ok(flaws)
}

#[cfg(test)]
mod tests {
    use super::is_unreadable;

    #[test]
    fn a_page_that_cannot_be_read_is_told_from_one_that_is_torn() {
        for (line, expected) in [
            (
                "Tree 56 page 56: unable to get the page. error code=266",
                true,
            ),
            (
                "*** in database main ***\nTree 3 page 9: unable to get the page. error code=10\nx",
                true,
            ),
            (
                "Tree 56 page 56: unable to get the page. error code=11",
                false,
            ),
            ("Freelist: failed to get page 7", true),
            (
                "Tree 5 page 6: btreeInitPage() returns error code 11",
                false,
            ),
            ("Page 9: never used", false),
            ("ok", false),
        ] {
            assert_eq!(is_unreadable(line), expected, "{line}");
        }
    }
}
