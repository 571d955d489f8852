//! States: what the events of each stream amount to, by identifier.

use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{
    Id, Streams, integers, read_natural, read_short, read_stream, sought, stream_key,
};
use crate::row::StateRow;
use crate::rules::refused;
use crate::write::{Guard, RowWrite};

/// The columns of a state in the order in which [`read`] wants them.
macro_rules! state_columns {
    () => {
        "t.kind, t.id, t.version, t.fence, t.recorded_at, t.parent_kind, t.parent_id, t.status, \
         t.form, t.body"
    };
}
pub(super) use state_columns;

/// What stood when a commit began.
pub(super) struct Standing {
    /// The network's epoch, once it has an identity.
    pub(super) epoch: Option<i64>,
    /// Whether each row and each guard is as it was read.
    pub(super) as_read: bool,
}

/// Compares rows and guards with what was read of them.
pub(super) fn standing(
    session: &mut Session,
    rows: &[RowWrite],
    guards: &[Guard],
) -> Tried<Standing> {
    let (streams, versions) = read_versions(rows);
    let (guarded, fences) = fences(guards);
    let row = session.one(
        "SELECT (SELECT epoch FROM network), NOT EXISTS (
                 SELECT 1 FROM unnest($1::smallint[], $2::uuid[], $3::bigint[])
                     AS w (kind, id, version)
                 WHERE w.version <> coalesce((
                     SELECT t.version FROM states AS t
                     WHERE t.shard = 0 AND t.kind = w.kind AND t.id = w.id
                 ), 0)
             ) AND NOT EXISTS (
                 SELECT 1 FROM unnest($4::smallint[], $5::uuid[], $6::bigint[])
                     AS w (kind, id, fence)
                 WHERE w.fence IS DISTINCT FROM (
                     SELECT t.fence FROM states AS t
                     WHERE t.shard = 0 AND t.kind = w.kind AND t.id = w.id
                 )
             )",
        &[
            &streams.kinds,
            &streams.ids,
            &versions,
            &guarded.kinds,
            &guarded.ids,
            &fences,
        ],
    )?;
    Ok(Standing {
        epoch: get(&row, 0)?,
        as_read: get(&row, 1)?,
    })
}

/// The streams that were not as they were read.
pub(super) fn moved(
    session: &mut Session,
    rows: &[RowWrite],
    guards: &[Guard],
) -> Tried<Vec<StreamId>> {
    let (streams, versions) = read_versions(rows);
    let (guarded, fences) = fences(guards);
    let found = session.rows(
        "SELECT w.kind, w.id FROM unnest($1::smallint[], $2::uuid[], $3::bigint[])
                 AS w (kind, id, version)
             LEFT JOIN states AS t ON t.shard = 0 AND t.kind = w.kind AND t.id = w.id
             WHERE coalesce(t.version, 0) <> w.version
         UNION
         SELECT w.kind, w.id FROM unnest($4::smallint[], $5::uuid[], $6::bigint[])
                 AS w (kind, id, fence)
             LEFT JOIN states AS t ON t.shard = 0 AND t.kind = w.kind AND t.id = w.id
             WHERE t.fence IS DISTINCT FROM w.fence
         ORDER BY 1, 2",
        &[
            &streams.kinds,
            &streams.ids,
            &versions,
            &guarded.kinds,
            &guarded.ids,
            &fences,
        ],
    )?;
    found.iter().map(|row| read_stream(row, 0)).collect()
}

/// Writes the states, in the order of their keys, which [`standing`] has found to be as they were
/// read. Whatever the planner thinks of the table, each row is looked up by its key.
pub(super) fn write(session: &mut Session, rows: &[RowWrite]) -> Tried<bool> {
    if rows.is_empty() {
        return Ok(true);
    }
    let mut sorted: Vec<&RowWrite> = rows.iter().collect();
    sorted.sort_unstable_by_key(|write| write.row.stream);
    let columns = Columns::of(&sorted)?;
    let written = session.change(
        "INSERT INTO states AS t (shard, kind, id, version, fence, recorded_at, parent_kind,
                 parent_id, status, form, body)
             SELECT 0, w.* FROM unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[],
                 $5::bigint[], $6::smallint[], $7::uuid[], $8::text[], $9::integer[], $10::text[])
                 AS w
             ON CONFLICT (shard, kind, id) DO UPDATE SET version = excluded.version,
                 fence = excluded.fence, recorded_at = excluded.recorded_at,
                 parent_kind = excluded.parent_kind, parent_id = excluded.parent_id,
                 status = excluded.status, form = excluded.form, body = excluded.body
                 WHERE t.version < excluded.version",
        &[
            &columns.streams.kinds,
            &columns.streams.ids,
            &columns.versions,
            &columns.fences,
            &columns.recorded_at,
            &columns.parent_kinds,
            &columns.parent_ids,
            &columns.statuses,
            &columns.forms,
            &columns.bodies,
        ],
    )?;
    Ok(written == rows.len())
}

/// Replaces states of the versions that they have.
fn update(session: &mut Session, rows: &[&RowWrite]) -> Tried<usize> {
    let columns = Columns::of(rows)?;
    session.change(
        "UPDATE states AS t SET version = w.version, fence = w.fence, recorded_at = w.recorded_at,
                 parent_kind = w.parent_kind, parent_id = w.parent_id, status = w.status,
                 form = w.form, body = w.body
             FROM unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[],
                 $6::smallint[], $7::uuid[], $8::text[], $9::integer[], $10::text[], $11::bigint[])
                 AS w (kind, id, version, fence, recorded_at, parent_kind, parent_id, status, form,
                     body, read_version)
             WHERE t.shard = 0 AND t.kind = w.kind AND t.id = w.id AND t.version = w.read_version",
        &[
            &columns.streams.kinds,
            &columns.streams.ids,
            &columns.versions,
            &columns.fences,
            &columns.recorded_at,
            &columns.parent_kinds,
            &columns.parent_ids,
            &columns.statuses,
            &columns.forms,
            &columns.bodies,
            &columns.read_versions,
        ],
    )
}

/// The states of these streams, in their order.
pub(super) fn load(session: &mut Session, streams: &[StreamId]) -> Tried<Vec<StateRow>> {
    let streams: Streams = streams.iter().copied().collect();
    let rows = session.rows(
        concat!(
            "SELECT ",
            state_columns!(),
            " FROM unnest($1::smallint[], $2::uuid[]) WITH ORDINALITY AS w (kind, id, place)
             JOIN states AS t ON t.shard = 0 AND t.kind = w.kind AND t.id = w.id
             ORDER BY w.place"
        ),
        &[&streams.kinds, &streams.ids],
    )?;
    rows.iter().map(read).collect()
}

/// Replaces states whose versions are as they are.
pub(super) fn replace(session: &mut Session, rows: &[StateRow]) -> Tried<()> {
    for row in rows {
        let write = RowWrite {
            row: row.clone(),
            read_version: row.version,
        };
        if update(session, &[&write])? != 1 {
            return Err(refused(format!(
                "{} is not at version {}, so its state was not replaced",
                row.stream, row.version
            ))
            .into());
        }
    }
    Ok(())
}

/// A state from its columns.
pub(super) fn read(row: &Row) -> Tried<StateRow> {
    let parent_kind: Option<i16> = get(row, 5)?;
    let parent = match parent_kind {
        Some(_) => Some(read_stream(row, 5)?),
        None => None,
    };
    Ok(StateRow {
        stream: read_stream(row, 0)?,
        version: read_natural(row, 2)?,
        fence: read_natural(row, 3)?,
        recorded_at: Timestamp::from_millis(get(row, 4)?),
        parent,
        status: get(row, 7)?,
        form: read_short(row, 8)?,
        body: get(row, 9)?,
    })
}

/// Rows as columns.
struct Columns<'a> {
    streams: Streams,
    versions: Vec<i64>,
    fences: Vec<i64>,
    recorded_at: Vec<i64>,
    parent_kinds: Vec<Option<i16>>,
    parent_ids: Vec<Option<Id>>,
    statuses: Vec<&'a str>,
    forms: Vec<i32>,
    bodies: Vec<&'a str>,
    read_versions: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(writes: &[&'a RowWrite]) -> Tried<Self> {
        let rows = || writes.iter().map(|write| &write.row);
        let parents = rows().map(|row| row.parent.map(stream_key).unzip());
        let (parent_kinds, parent_ids) = parents.unzip();
        Ok(Self {
            streams: rows().map(|row| row.stream).collect(),
            versions: integers(rows().map(|row| row.version))?,
            fences: integers(rows().map(|row| row.fence))?,
            recorded_at: rows().map(|row| row.recorded_at.as_millis()).collect(),
            parent_kinds,
            parent_ids,
            statuses: rows().map(|row| row.status.as_str()).collect(),
            forms: rows().map(|row| row.form.into()).collect(),
            bodies: rows().map(|row| row.body.as_str()).collect(),
            read_versions: integers(writes.iter().map(|write| write.read_version))?,
        })
    }
}

fn read_versions(rows: &[RowWrite]) -> (Streams, Vec<i64>) {
    let versions = rows.iter().map(|write| sought(write.read_version));
    (
        rows.iter().map(|write| write.row.stream).collect(),
        versions.collect(),
    )
}

fn fences(guards: &[Guard]) -> (Streams, Vec<i64>) {
    let fences = guards.iter().map(|guard| sought(guard.fence));
    (
        guards.iter().map(|guard| guard.stream).collect(),
        fences.collect(),
    )
}
