//! Lists and counts of states by kind, parent and status.
//!
//! One index orders states by kind, status, parent and identifier. There are few kinds and
//! statuses, so a list is put together from one walk of the index for each pair of them.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::stream::StreamId;
use rusqlite::{Connection, OptionalExtension, params};

use super::{key, names, state};
use crate::row::StateRow;
use crate::{StateQuery, StoreError};

/// A kind's number and one of its statuses.
type Pair = (i64, String);

/// Beyond which identifier a walk goes on, how far, and whether it goes from the last to the first.
#[derive(Clone, Copy)]
struct Walk {
    edge: (i64, [u8; 16]),
    limit: usize,
    backwards: bool,
}

/// The states that the query asks for, in the order of their identifiers.
pub(super) fn states(
    connection: &Connection,
    query: &StateQuery,
) -> Result<Vec<StateRow>, StoreError> {
    let parent = match query.parent {
        None => None,
        Some(stream) => match names::find_stream(connection, stream)? {
            None => return Ok(Vec::new()),
            found => found,
        },
    };
    let kind = match query.kind {
        None => None,
        Some(word) => match key::kind_number(word) {
            None => return Ok(Vec::new()),
            found => found,
        },
    };
    let beyond_all = if query.backwards { i64::MAX } else { 0 };
    let walk = Walk {
        edge: query.after.map_or((beyond_all, [0; 16]), key::stream_key),
        limit: query.limit,
        backwards: query.backwards,
    };
    let mut found: Vec<(i64, [u8; 16], i64)> = Vec::new();
    if parent.is_none() && query.statuses.is_empty() {
        found = walk_all(connection, kind, walk)?;
    } else {
        for pair in pairs(connection, kind, &query.statuses)? {
            walk_pair(connection, &pair, parent, walk, &mut found)?;
        }
        found.sort_unstable();
        if query.backwards {
            found.reverse();
        }
        found.truncate(query.limit);
    }
    rows(connection, &found)
}

/// How many states there are of each kind and status, under one parent or in all.
pub(super) fn counts(
    connection: &Connection,
    parent: Option<StreamId>,
) -> Result<BTreeMap<(String, String), u64>, StoreError> {
    let number = match parent {
        None => None,
        Some(stream) => match names::find_stream(connection, stream)? {
            None => return Ok(BTreeMap::new()),
            found => found,
        },
    };
    let mut counts = BTreeMap::new();
    for (kind, status) in pairs(connection, None, &[])? {
        let count: i64 = match number {
            None => connection
                .prepare_cached("SELECT count(*) FROM states WHERE kind = ?1 AND status = ?2")
                .and_then(|mut one| one.query_row(params![kind, status], |row| row.get(0))),
            Some(parent) => connection
                .prepare_cached(
                    "SELECT count(*) FROM states WHERE kind = ?1 AND status = ?2 AND parent = ?3",
                )
                .and_then(|mut one| one.query_row(params![kind, status, parent], |row| row.get(0))),
        }?;
        if count > 0 {
            counts.insert(
                (key::kind_word(kind)?.to_owned(), status),
                key::natural(count)?,
            );
        }
    }
    Ok(counts)
}

/// The pairs to walk: those that are named, or else those that occur, found by jumping from one to the next
/// in the index.
fn pairs(
    connection: &Connection,
    kind: Option<i64>,
    statuses: &[String],
) -> Result<Vec<Pair>, StoreError> {
    if let Some(kind) = kind
        && !statuses.is_empty()
    {
        let named: BTreeSet<&String> = statuses.iter().collect();
        return Ok(named.into_iter().map(|it| (kind, it.clone())).collect());
    }
    let mut found: Vec<Pair> = Vec::new();
    let mut at = kind;
    let mut status = String::new();
    loop {
        let further = match at {
            None => None,
            Some(at) => step(connection, NEXT_STATUS, params![at, status])?,
        };
        let next = match (further, kind) {
            (Some(pair), _) => Some(pair),
            // The next kind begins with its first status.
            (None, None) => step(connection, NEXT_KIND, params![at.unwrap_or(0)])?,
            (None, Some(_)) => None,
        };
        let Some(pair) = next else {
            return Ok(found);
        };
        at = Some(pair.0);
        status.clone_from(&pair.1);
        if statuses.is_empty() || statuses.contains(&pair.1) {
            found.push(pair);
        }
    }
}

/// The jumps. Both columns in one comparison would have the index walked from the first state of the pair that
/// was found last, over all that are equal to it.
const NEXT_STATUS: &str =
    "SELECT kind, status FROM states WHERE kind = ?1 AND status > ?2 ORDER BY status LIMIT 1";
const NEXT_KIND: &str =
    "SELECT kind, status FROM states WHERE kind > ?1 ORDER BY kind, status LIMIT 1";

fn step(
    connection: &Connection,
    jump: &str,
    from: impl rusqlite::Params,
) -> Result<Option<Pair>, StoreError> {
    let mut next = connection.prepare_cached(jump)?;
    let pair = next.query_row(from, |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(pair.optional()?)
}

fn walk_all(
    connection: &Connection,
    kind: Option<i64>,
    walk: Walk,
) -> Result<Vec<(i64, [u8; 16], i64)>, StoreError> {
    // Every identifier of a kind lies between the first of its kind and the first of the next one.
    let (first, last) = (kind.unwrap_or(0), kind.unwrap_or(key::TASK));
    let (low, high) = if walk.backwards {
        ((first, [0; 16]), walk.edge.min((last + 1, [0; 16])))
    } else {
        (
            walk.edge.max((first - 1, [u8::MAX; 16])),
            (last + 1, [0; 16]),
        )
    };
    let order = if walk.backwards { "DESC" } else { "ASC" };
    let low_itself = if walk.backwards { ">=" } else { ">" };
    let mut select = connection.prepare_cached(&format!(
        "SELECT s.kind, s.id, s.number FROM streams AS s
             WHERE (s.kind, s.id) {low_itself} (?1, ?2) AND (s.kind, s.id) < (?3, ?4)
                 AND EXISTS (SELECT 1 FROM states AS t WHERE t.stream = s.number)
             ORDER BY s.kind {order}, s.id {order} LIMIT ?5"
    ))?;
    let rows = select.query_map(
        params![low.0, low.1, high.0, high.1, key::limit(walk.limit)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}

fn walk_pair(
    connection: &Connection,
    (kind, status): &Pair,
    parent: Option<i64>,
    walk: Walk,
    found: &mut Vec<(i64, [u8; 16], i64)>,
) -> Result<(), StoreError> {
    let ahead = if walk.backwards {
        walk.edge.0.cmp(kind).reverse()
    } else {
        walk.edge.0.cmp(kind)
    };
    // Nothing comes before the empty identifier, and nothing after one byte more than any has.
    let whole: &[u8] = if walk.backwards { &[u8::MAX; 17] } else { &[] };
    let edge: &[u8] = match ahead {
        std::cmp::Ordering::Greater => return Ok(()),
        std::cmp::Ordering::Equal => &walk.edge.1,
        std::cmp::Ordering::Less => whole,
    };
    let beyond = if walk.backwards {
        "id < ?3 ORDER BY id DESC"
    } else {
        "id > ?3 ORDER BY id"
    };
    let under = if parent.is_some() {
        "parent = ?5"
    } else {
        "?5 IS NULL"
    };
    let mut select = connection.prepare_cached(&format!(
        "SELECT kind, id, stream FROM states
         WHERE kind = ?1 AND status = ?2 AND {under} AND {beyond} LIMIT ?4"
    ))?;
    let rows = select.query_map(
        params![kind, status, edge, key::limit(walk.limit), parent],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for row in rows {
        found.push(row?);
    }
    Ok(())
}

fn rows(
    connection: &Connection,
    found: &[(i64, [u8; 16], i64)],
) -> Result<Vec<StateRow>, StoreError> {
    let mut select =
        connection.prepare_cached(&format!("{} WHERE t.stream = ?1", state::SELECT_STATE))?;
    let mut states = Vec::with_capacity(found.len());
    for (_, _, number) in found {
        let mut rows = select.query([number])?;
        if let Some(row) = rows.next()? {
            states.push(state::read(row)?);
        }
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// States of which all but one are of the same kind and status.
    fn many(states: u32) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let table = "CREATE TABLE states (stream INTEGER PRIMARY KEY, kind INTEGER, id BLOB, parent INTEGER,
                 status TEXT);
             CREATE INDEX states_by_status ON states (kind, status, parent, id);";
        connection.execute_batch(table).unwrap();
        let mut insert = connection
            .prepare("INSERT INTO states VALUES (?1, ?2, ?1, 1, ?3)")
            .unwrap();
        for number in 0..states {
            insert.execute(params![number, 5, "accepted"]).unwrap();
        }
        for (kind, status) in [(3, "active"), (5, "blocked"), (5, "offered")] {
            insert.execute(params![None::<i64>, kind, status]).unwrap();
        }
        drop(insert);
        connection
    }

    #[test]
    fn the_pairs_that_occur_are_found() {
        let connection = many(10);
        let pair = |(kind, status): (i64, &str)| (kind, status.to_owned());
        let tasks = [(5, "accepted"), (5, "blocked"), (5, "offered")].map(pair);
        assert_eq!(pairs(&connection, Some(5), &[]).unwrap(), tasks);
        assert_eq!(pairs(&connection, Some(4), &[]).unwrap(), []);
        let mut all = vec![pair((3, "active"))];
        all.extend(tasks);
        assert_eq!(pairs(&connection, None, &[]).unwrap(), all);
        let offered = ["offered".to_owned()];
        let found = pairs(&connection, None, &offered).unwrap();
        assert_eq!(found, [pair((5, "offered"))]);
    }

    #[test]
    fn finding_the_pairs_takes_no_longer_where_there_are_more_states_of_each() {
        let steps = |states: u32| {
            let connection = many(states);
            pairs(&connection, None, &[]).unwrap();
            [NEXT_STATUS, NEXT_KIND].map(|jump| {
                let statement = connection.prepare_cached(jump).unwrap();
                statement.get_status(StatementStatus::VmStep)
            })
        };
        let (few, many) = (steps(10), steps(2_000));
        assert!(few.iter().all(|steps| *steps > 0), "{few:?}");
        assert_eq!(few, many);
    }
}
