//! Views, by owner, list and name.

use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use crate::key::ORGANISATION;
use crate::rules::too_many_views;
use crate::view::{VIEWS_MAX, View, Views};
use crate::{StoreError, key};

const COLUMNS: &str = "stream_kind, id, list, name, query, is_usual, saved";

impl Views for SqliteStore {
    fn put_view(&self, view: &View) -> Result<(), StoreError> {
        let (kind, id) = key::stream_key(view.owner);
        self.writer()?.write(|connection, _| {
            let others: i64 = connection
                .prepare_cached(
                    "SELECT count(*) FROM views
                     WHERE stream_kind = ?1 AND id = ?2 AND NOT (list = ?3 AND name = ?4)",
                )?
                .query_row(params![kind, id, view.list, view.name], |row| row.get(0))?;
            if others >= key::limit(VIEWS_MAX) {
                return Err(too_many_views());
            }
            if view.is_usual {
                connection
                    .prepare_cached(
                        "UPDATE views SET is_usual = 0
                         WHERE stream_kind = ?1 AND id = ?2 AND list = ?3 AND is_usual = 1",
                    )?
                    .execute(params![kind, id, view.list])?;
            }
            keep(connection, view)
        })
    }

    fn end_view(
        &self,
        owner: StreamId,
        list: &str,
        name: &str,
    ) -> Result<Option<View>, StoreError> {
        let (kind, id) = key::stream_key(owner);
        self.writer()?.write(|connection, _| {
            connection
                .prepare_cached(&format!(
                    "DELETE FROM views WHERE stream_kind = ?1 AND id = ?2 AND list = ?3 AND name = ?4
                     RETURNING {COLUMNS}"
                ))?
                .query_row(params![kind, id, list, name], read)
                .optional()?
                .map(view)
                .transpose()
        })
    }

    fn views_of(&self, owner: StreamId) -> Result<Vec<View>, StoreError> {
        let (kind, id) = key::stream_key(owner);
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM views WHERE stream_kind = ?1 AND id = ?2
                 ORDER BY list, name"
            ))?;
            let rows = select.query_map(params![kind, id], read)?;
            rows.map(|row| view(row?)).collect()
        })
    }

    fn shared_views(&self, list: &str, limit: usize) -> Result<Vec<View>, StoreError> {
        let limit = key::limit(limit);
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM views WHERE list = ?1 AND stream_kind = {ORGANISATION}
                 ORDER BY name, id LIMIT ?2"
            ))?;
            let rows = select.query_map(params![list, limit], read)?;
            rows.map(|row| view(row?)).collect()
        })
    }
}

/// Keeps a view, however many there are, in place of one with the same owner, list and name.
pub(super) fn keep(connection: &Connection, view: &View) -> Result<(), StoreError> {
    let (kind, id) = key::stream_key(view.owner);
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO views ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        ))?
        .execute(params![
            kind,
            id,
            view.list,
            view.name,
            view.query,
            view.is_usual,
            view.saved.as_millis()
        ])?;
    Ok(())
}

/// A row before the kind of its owner is known.
struct Read {
    owner: (i64, [u8; 16]),
    list: String,
    name: String,
    query: String,
    is_usual: bool,
    saved: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Read> {
    Ok(Read {
        owner: (row.get(0)?, row.get(1)?),
        list: row.get(2)?,
        name: row.get(3)?,
        query: row.get(4)?,
        is_usual: row.get(5)?,
        saved: row.get(6)?,
    })
}

fn view(read: Read) -> Result<View, StoreError> {
    let (kind, id) = read.owner;
    Ok(View {
        owner: key::stream(kind, id)?,
        list: read.list,
        name: read.name,
        query: read.query,
        is_usual: read.is_usual,
        saved: Timestamp::from_millis(read.saved),
    })
}
