//! The log's right edge, which whoever commits holds locked, and signed checkpoints of it.

use consort_kernel::digest::Digest;
use consort_kernel::log::{Frontier, leaf_hash};
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::event;
use super::key::{read_digest, read_natural};
use crate::rules::refused;
use crate::{StoreError, key};

/// Events that are read at a time while a root is recomputed.
const PAGE: usize = 1_000;

/// The right edge, and the last positions that were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) log: Frontier,
    /// Of a message.
    pub(super) messages: i64,
    /// Of a reaction.
    pub(super) reactions: i64,
}

/// Locks the edge until the end of the transaction, and reads it. It is the first statement of
/// every commit: whatever is read by a later one has been committed before, or is our own.
pub(super) fn lock(session: &mut Session) -> Tried<Edge> {
    let row = session.one(
        "SELECT size, frontier, messages, reactions FROM log WHERE shard = 0 FOR UPDATE",
        &[],
    )?;
    Ok(Edge {
        log: read_frontier(&row)?,
        messages: get(&row, 2)?,
        reactions: get(&row, 3)?,
    })
}

/// The last position that a message was given, whether or not it waits.
pub(super) fn last_message(session: &mut Session) -> Tried<i64> {
    let row = session.one("SELECT messages FROM log WHERE shard = 0", &[])?;
    get(&row, 0)
}

/// Writes the edge after the events of a commit, with the root that it comes to.
pub(super) fn put_edge(session: &mut Session, edge: &Edge, root: Digest) -> Tried<()> {
    session
        .change(
            "UPDATE log SET size = $1, frontier = $2, root = $3, messages = $4, reactions = $5
                 WHERE shard = 0",
            &[
                &key::integer(edge.log.size())?,
                &pack(&edge.log),
                &root.as_bytes().as_slice(),
                &edge.messages,
                &edge.reactions,
            ],
        )
        .map(|_| ())
}

/// The log as it is kept. One whose root is not that of its right edge is damaged.
pub(super) fn kept(session: &mut Session) -> Tried<Frontier> {
    let row = session.one("SELECT size, frontier, root FROM log WHERE shard = 0", &[])?;
    let log = read_frontier(&row)?;
    let root = read_digest(&row, 2)?;
    if root == log.root() {
        Ok(log)
    } else {
        Err(StoreError::Damaged(format!(
            "the root {root} is kept, and that of the log's right edge is {}",
            log.root()
        ))
        .into())
    }
}

/// The checkpoints whose own frontier is another log's, by their sizes.
pub(super) fn misfits(session: &mut Session) -> Tried<Vec<u64>> {
    let rows = session.rows(
        "SELECT size, frontier, root FROM checkpoints WHERE shard = 0 ORDER BY size",
        &[],
    )?;
    let mut misfits = Vec::new();
    for row in &rows {
        let root = read_digest(row, 2)?;
        if !read_frontier(row).is_ok_and(|log| log.root() == root) {
            misfits.push(read_natural(row, 0)?);
        }
    }
    Ok(misfits)
}

/// Keeps a signed checkpoint, if it agrees with the events. One that is there already is kept as
/// it is.
pub(super) fn put_checkpoint(
    session: &mut Session,
    size: u64,
    root: Digest,
    note: &str,
) -> Tried<()> {
    let log = log_at(session, size)?;
    if log.root() != root {
        return Err(refused(format!(
            "the log of {size} events has the root {}, not {root}",
            log.root()
        ))
        .into());
    }
    session
        .change(
            "INSERT INTO checkpoints (shard, size, root, frontier, note) VALUES (0, $1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
            &[
                &key::integer(size)?,
                &root.as_bytes().as_slice(),
                &pack(&log),
                &note,
            ],
        )
        .map(|_| ())
}

/// The signed checkpoints, the oldest first.
pub(super) fn checkpoints(session: &mut Session) -> Tried<Vec<(u64, Digest, String)>> {
    let rows = session.rows(
        "SELECT size, root, note FROM checkpoints WHERE shard = 0 ORDER BY size",
        &[],
    )?;
    rows.iter()
        .map(|row| Ok((read_natural(row, 0)?, read_digest(row, 1)?, get(row, 2)?)))
        .collect()
}

/// The log as it was at a size, recomputed from the last checkpoint before it.
fn log_at(session: &mut Session, size: u64) -> Tried<Frontier> {
    let now = kept(session)?;
    if now.size() == size {
        return Ok(now);
    }
    if now.size() < size {
        return Err(refused(format!(
            "a checkpoint of {size} events goes beyond the log of {}",
            now.size()
        ))
        .into());
    }
    let before = session.optional(
        "SELECT size, frontier FROM checkpoints
             WHERE shard = 0 AND size <= $1 ORDER BY size DESC LIMIT 1",
        &[&key::integer(size)?],
    )?;
    let mut log = match before {
        Some(row) => read_frontier(&row)?,
        None => Frontier::default(),
    };
    while log.size() < size {
        let missing = usize::try_from(size - log.size()).unwrap_or(PAGE);
        let page = event::feed(session, log.size(), missing.min(PAGE))?;
        if page.is_empty() {
            return Err(StoreError::Damaged("events are missing from the feed".to_owned()).into());
        }
        for row in page {
            log.append(leaf_hash(row.event.body.as_bytes()));
        }
    }
    Ok(log)
}

fn pack(log: &Frontier) -> Vec<u8> {
    log.subtrees()
        .iter()
        .flat_map(Digest::as_bytes)
        .copied()
        .collect()
}

/// The log whose size and frontier are the first columns.
fn read_frontier(row: &Row) -> Tried<Frontier> {
    let frontier: &[u8] = get(row, 1)?;
    let (subtrees, rest) = frontier.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(StoreError::Damaged("the log's frontier was cut off".to_owned()).into());
    }
    let subtrees = subtrees.iter().copied().map(Digest::from_bytes).collect();
    Frontier::from_parts(read_natural(row, 0)?, subtrees)
        .map_err(|error| StoreError::Damaged(error.to_string()).into())
}
