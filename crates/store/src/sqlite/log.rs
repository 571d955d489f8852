//! The log's right edge, and signed checkpoints of it.

use consort_kernel::digest::Digest;
use consort_kernel::log::{Frontier, leaf_hash};
use rusqlite::{Connection, OptionalExtension, params};

use super::{event, key};
use crate::StoreError;
use crate::rules::refused;

/// Events that are read at a time while a root is recomputed.
const PAGE: usize = 1_000;

/// What one row says of the log and the network, read once for each commit.
#[derive(Debug)]
pub(super) struct Edge {
    /// The network's epoch, once it has an identity.
    pub(super) epoch: Option<u64>,
    /// The right edge.
    pub(super) log: Frontier,
    /// The last position that a message was given.
    pub(super) messages: i64,
}

/// Reads the edge.
pub(super) fn edge(connection: &Connection) -> Result<Edge, StoreError> {
    let (epoch, size, frontier, messages) = connection
        .prepare_cached("SELECT (SELECT epoch FROM network), size, frontier, messages FROM log")
        .and_then(|mut select| {
            select.query_row([], |row| {
                Ok((
                    row.get::<_, Option<i64>>(0)?,
                    row.get::<_, i64>(1)?,
                    row.get::<_, Vec<u8>>(2)?,
                    row.get::<_, i64>(3)?,
                ))
            })
        })?;
    Ok(Edge {
        epoch: epoch.map(key::natural).transpose()?,
        log: unpack(size, &frontier)?,
        messages,
    })
}

/// The log as it is kept. One whose root is not that of its right edge is damaged.
pub(super) fn kept(connection: &Connection) -> Result<Frontier, StoreError> {
    let log = edge(connection)?.log;
    let root = connection
        .prepare_cached("SELECT root FROM log")
        .and_then(|mut select| select.query_row([], |row| row.get(0)))?;
    let root = key::digest(root);
    if root == log.root() {
        Ok(log)
    } else {
        Err(StoreError::Damaged(format!(
            "the root {root} is kept, and that of the log's right edge is {}",
            log.root()
        )))
    }
}

/// The checkpoints whose own frontier is another log's, by their sizes.
pub(super) fn misfits(connection: &Connection) -> Result<Vec<i64>, StoreError> {
    let mut select = connection.prepare("SELECT size, root, frontier FROM checkpoints")?;
    let rows = select.query_and_then([], |row| {
        let size: i64 = row.get(0)?;
        let root = key::digest(row.get(1)?);
        let frontier: Vec<u8> = row.get(2)?;
        let fits = unpack(size, &frontier).is_ok_and(|log| log.root() == root);
        Ok((!fits).then_some(size))
    })?;
    rows.filter_map(Result::transpose).collect()
}

/// Writes the edge after the events of a commit.
pub(super) fn put_edge(
    connection: &Connection,
    log: &Frontier,
    root: Digest,
    messages: i64,
) -> Result<(), StoreError> {
    let size = key::integer(log.size())?;
    connection
        .prepare_cached(
            "UPDATE OR ROLLBACK log SET size = ?1, frontier = ?2, root = ?3, messages = ?4",
        )
        .and_then(|mut update| update.execute(params![size, pack(log), root.as_bytes(), messages]))
        .map(|_| ())
        .map_err(StoreError::from)
}

/// Keeps a signed checkpoint, if it agrees with the events. One that is there already is kept as
/// it is.
pub(super) fn put_checkpoint(
    connection: &Connection,
    size: u64,
    root: Digest,
    note: &str,
) -> Result<(), StoreError> {
    let log = log_at(connection, size)?;
    if log.root() != root {
        return Err(refused(format!(
            "the log of {size} events has the root {}, not {root}",
            log.root()
        )));
    }
    let number = key::integer(size)?;
    let known = connection
        .prepare_cached("SELECT 1 FROM checkpoints WHERE size = ?1")
        .and_then(|mut select| select.exists([number]))?;
    if known {
        return Ok(());
    }
    connection
        .execute(
            "INSERT OR ROLLBACK INTO checkpoints (size, root, frontier, note) VALUES (?1, ?2, ?3, ?4)",
            params![number, root.as_bytes(), pack(&log), note],
        )
        .map(|_| ())
        .map_err(StoreError::from)
}

/// The signed checkpoints, the oldest first.
pub(super) fn checkpoints(
    connection: &Connection,
) -> Result<Vec<(u64, Digest, String)>, StoreError> {
    let mut select =
        connection.prepare_cached("SELECT size, root, note FROM checkpoints ORDER BY size")?;
    let rows = select.query_and_then([], |row| {
        Ok((
            key::natural(row.get(0)?)?,
            key::digest(row.get(1)?),
            row.get(2)?,
        ))
    })?;
    rows.collect()
}

/// The log as it was at a size, recomputed from the last checkpoint before it.
fn log_at(connection: &Connection, size: u64) -> Result<Frontier, StoreError> {
    let now = edge(connection)?.log;
    if now.size() == size {
        return Ok(now);
    }
    if now.size() < size {
        return Err(refused(format!(
            "a checkpoint of {size} events goes beyond the log of {}",
            now.size()
        )));
    }
    let before: Option<(i64, Vec<u8>)> = connection
        .query_row(
            "SELECT size, frontier FROM checkpoints WHERE size <= ?1 ORDER BY size DESC LIMIT 1",
            [key::integer(size)?],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let mut log = match before {
        Some((size, frontier)) => unpack(size, &frontier)?,
        None => Frontier::default(),
    };
    while log.size() < size {
        let missing = usize::try_from(size - log.size()).unwrap_or(PAGE);
        for row in event::feed(connection, log.size(), missing.min(PAGE))? {
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

fn unpack(size: i64, frontier: &[u8]) -> Result<Frontier, StoreError> {
    let (subtrees, rest) = frontier.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(StoreError::Damaged(
            "the log's frontier was cut off".to_owned(),
        ));
    }
    let subtrees = subtrees.iter().copied().map(Digest::from_bytes).collect();
    Frontier::from_parts(key::natural(size)?, subtrees)
        .map_err(|error| StoreError::Damaged(error.to_string()))
}
