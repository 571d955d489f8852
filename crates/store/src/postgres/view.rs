//! Views, by owner, list and name.

use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::PostgresStore;
use super::connection::Session;
use super::error::{Tried, get};
use super::key::{read_stream, small, stream_key};
use crate::key::ORGANISATION;
use crate::rules::too_many_views;
use crate::view::{VIEWS_MAX, View, Views};
use crate::{StoreError, key};

impl Views for PostgresStore {
    fn put_view(&self, view: &View) -> Result<(), StoreError> {
        let view = view.clone();
        self.write(move |session| put(session, &view))
    }

    fn end_view(
        &self,
        owner: StreamId,
        list: &str,
        name: &str,
    ) -> Result<Option<View>, StoreError> {
        let (list, name) = (list.to_owned(), name.to_owned());
        self.write(move |session| {
            let (kind, id) = stream_key(owner);
            let ended = session.optional(
                "DELETE FROM views WHERE stream_kind = $1 AND id = $2 AND list = $3 AND name = $4
                     RETURNING stream_kind, id, list, name, query, is_usual, saved",
                &[&kind, &id, &list, &name],
            )?;
            ended.as_ref().map(read).transpose()
        })
    }

    fn views_of(&self, owner: StreamId) -> Result<Vec<View>, StoreError> {
        self.read(move |session| {
            let (kind, id) = stream_key(owner);
            let rows = session.rows(
                "SELECT stream_kind, id, list, name, query, is_usual, saved FROM views
                     WHERE stream_kind = $1 AND id = $2 ORDER BY list, name",
                &[&kind, &id],
            )?;
            rows.iter().map(read).collect()
        })
    }

    fn shared_views(&self, list: &str, limit: usize) -> Result<Vec<View>, StoreError> {
        let list = list.to_owned();
        let limit = key::limit(limit);
        self.read(move |session| {
            let rows = session.rows(
                "SELECT stream_kind, id, list, name, query, is_usual, saved FROM views
                     WHERE list = $1 AND stream_kind = $2 ORDER BY name, id LIMIT $3",
                &[&list, &small(ORGANISATION), &limit],
            )?;
            rows.iter().map(read).collect()
        })
    }
}

/// Keeps a view. Two that are saved at one moment may be one more than the most, which harms nobody.
fn put(session: &mut Session, view: &View) -> Tried<()> {
    let (kind, id) = stream_key(view.owner);
    let rows = session.rows(
        "SELECT list, name FROM views WHERE stream_kind = $1 AND id = $2 FOR UPDATE",
        &[&kind, &id],
    )?;
    let mut others = 0;
    for row in &rows {
        let (list, name): (String, String) = (get(row, 0)?, get(row, 1)?);
        others += usize::from((&list, &name) != (&view.list, &view.name));
    }
    if others >= VIEWS_MAX {
        return Err(too_many_views().into());
    }
    if view.is_usual {
        session.change(
            "UPDATE views SET is_usual = false
                 WHERE stream_kind = $1 AND id = $2 AND list = $3 AND is_usual",
            &[&kind, &id, &view.list],
        )?;
    }
    keep(session, view)
}

/// Keeps a view, however many there are, in place of one with the same owner, list and name.
pub(super) fn keep(session: &mut Session, view: &View) -> Tried<()> {
    let (kind, id) = stream_key(view.owner);
    session
        .change(
            "INSERT INTO views (stream_kind, id, list, name, query, is_usual, saved)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (stream_kind, id, list, name) DO UPDATE SET
                     query = excluded.query, is_usual = excluded.is_usual, saved = excluded.saved",
            &[
                &kind,
                &id,
                &view.list,
                &view.name,
                &view.query,
                &view.is_usual,
                &view.saved.as_millis(),
            ],
        )
        .map(|_| ())
}

fn read(row: &Row) -> Tried<View> {
    Ok(View {
        owner: read_stream(row, 0)?,
        list: get(row, 2)?,
        name: get(row, 3)?,
        query: get(row, 4)?,
        is_usual: get(row, 5)?,
        saved: get(row, 6).map(Timestamp::from_millis)?,
    })
}
