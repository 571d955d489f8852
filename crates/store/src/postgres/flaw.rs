//! Flaws: what is wrong with the database itself, whatever it holds.
//!
//! What its rows say is compared with the events by `doctor`; here are rows that would be passed
//! over because they name something unknown, and those that only the database itself writes. Torn
//! pages are PostgreSQL's own to find, by its checksums.

use super::connection::Session;
use super::error::{Tried, get};
use super::log;
use crate::Flaw;

/// What must not be found; each counts the rows that are wrong.
const CHECKS: [(&str, &str); 5] = [
    (
        "transfers and balances name an unknown asset",
        "SELECT count(*) FROM (
            SELECT asset FROM transfers UNION ALL SELECT asset FROM balances
        ) AS n WHERE NOT EXISTS (SELECT 1 FROM assets AS a WHERE a.code = n.asset)",
    ),
    (
        "balances name another transfer than the last that moved them",
        "SELECT count(*) FROM balances AS b LEFT JOIN (
            SELECT role, owner, asset, max(position) AS last FROM (
                SELECT to_role AS role, to_owner AS owner, asset, position FROM transfers
                UNION ALL SELECT from_role, from_owner, asset, position FROM transfers
            ) AS t WHERE role BETWEEN 2 AND 4 GROUP BY role, owner, asset
        ) AS m ON m.role = b.role AND m.owner = b.owner AND m.asset = b.asset
            WHERE b.moved IS DISTINCT FROM m.last",
    ),
    (
        "tasks are kept as paid by another event than they were paid by",
        "SELECT count(*) FROM (
            SELECT DISTINCT task, kind, id, version FROM transfers WHERE purpose BETWEEN 5 AND 7
        ) AS t FULL JOIN payouts AS p ON p.shard = 0 AND p.task = t.task
            WHERE t.task IS NULL OR p.task IS NULL
                OR (p.kind, p.id, p.version) <> (t.kind, t.id, t.version)",
    ),
    (
        "messages have a position that was not given yet",
        "SELECT count(*) FROM outbox WHERE position > (SELECT messages FROM log)",
    ),
    (
        "reactions have a position that was not given yet",
        "SELECT count(*) FROM reactions WHERE position > (SELECT reactions FROM log)",
    ),
];

/// Rows that contradict each other.
pub(super) fn contradictions(session: &mut Session) -> Tried<Vec<Flaw>> {
    let mut flaws = Vec::new();
    for (what, sql) in CHECKS {
        let count: i64 = get(&session.one(sql, &[])?, 0)?;
        if count != 0 {
            flaws.push(Flaw::Content(format!("{count} {what}")));
        }
    }
    for size in log::misfits(session)? {
        flaws.push(Flaw::Content(format!(
            "checkpoint {size} is kept with the frontier of another log"
        )));
    }
    Ok(flaws)
}
