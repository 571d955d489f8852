//! Timers: what is due when.

use std::collections::BTreeMap;

use consort_kernel::effect::{Timer, TimerChange, TimerKind};
use consort_kernel::id::CommandId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, Streams, command_id, integers, read_natural, read_stream, small, sought};
use crate::key;
use crate::write::FiredTimer;

/// Sets and clears timers, in order: the last change of each is what stays.
pub(super) fn change(session: &mut Session, changes: &[TimerChange]) -> Tried<()> {
    let mut last: BTreeMap<(StreamId, TimerKind), Option<&Timer>> = BTreeMap::new();
    for change in changes {
        match change {
            TimerChange::Set(timer) => last.insert((timer.stream, timer.kind), Some(timer)),
            TimerChange::Clear(stream, kind) => last.insert((*stream, *kind), None),
        };
    }
    let cleared = last.iter().filter(|(_, timer)| timer.is_none());
    clear(session, cleared.map(|(key, _)| *key))?;
    let kept: Vec<&Timer> = last.values().copied().flatten().collect();
    set(session, &kept)
}

fn clear(session: &mut Session, timers: impl Iterator<Item = (StreamId, TimerKind)>) -> Tried<()> {
    let (streams, kinds): (Vec<StreamId>, Vec<i16>) = timers
        .map(|(stream, kind)| (stream, small(key::timer_number(kind))))
        .unzip();
    if streams.is_empty() {
        return Ok(());
    }
    let streams: Streams = streams.into_iter().collect();
    session
        .change(
            "DELETE FROM timers AS t
                 USING unnest($1::smallint[], $2::uuid[], $3::smallint[])
                     AS w (stream_kind, id, kind)
                 WHERE t.shard = 0 AND t.stream_kind = w.stream_kind AND t.id = w.id
                     AND t.kind = w.kind",
            &[&streams.kinds, &streams.ids, &kinds],
        )
        .map(|_| ())
}

fn set(session: &mut Session, timers: &[&Timer]) -> Tried<()> {
    if timers.is_empty() {
        return Ok(());
    }
    let numbers = integers(timers.iter().map(|timer| timer.number))?;
    let columns = Columns::of(timers.iter().copied());
    session
        .change(
            "INSERT INTO timers (shard, stream_kind, id, kind, number, due_at)
                 SELECT 0, w.* FROM unnest($1::smallint[], $2::uuid[], $3::smallint[], $4::bigint[],
                     $5::bigint[]) AS w
                 ON CONFLICT (shard, stream_kind, id, kind)
                     DO UPDATE SET number = excluded.number, due_at = excluded.due_at",
            &[
                &columns.streams.kinds,
                &columns.streams.ids,
                &columns.kinds,
                &numbers,
                &columns.due,
            ],
        )
        .map(|_| ())
}

/// Takes timers away that fired; tells whether each was as it was read.
pub(super) fn fire(session: &mut Session, fired: &[FiredTimer]) -> Tried<bool> {
    if fired.is_empty() {
        return Ok(true);
    }
    let columns = Columns::of(fired.iter().map(|fired| &fired.timer));
    let taken = session.change(
        "DELETE FROM timers AS t
             USING unnest($1::smallint[], $2::uuid[], $3::smallint[], $4::bigint[], $5::bigint[])
                 AS w (stream_kind, id, kind, number, due_at)
             WHERE t.shard = 0 AND t.stream_kind = w.stream_kind AND t.id = w.id
                 AND t.kind = w.kind AND t.number = w.number AND t.due_at = w.due_at",
        &[
            &columns.streams.kinds,
            &columns.streams.ids,
            &columns.kinds,
            &columns.numbers,
            &columns.due,
        ],
    )?;
    Ok(taken == fired.len())
}

/// The commands of those timers that are not as they were read.
pub(super) fn gone(session: &mut Session, fired: &[FiredTimer]) -> Tried<Vec<CommandId>> {
    let columns = Columns::of(fired.iter().map(|fired| &fired.timer));
    let commands: Vec<Id> = fired.iter().map(|one| command_id(one.command)).collect();
    let rows = session.rows(
        "SELECT w.command
             FROM unnest($1::smallint[], $2::uuid[], $3::smallint[], $4::bigint[], $5::bigint[],
                 $6::uuid[]) AS w (stream_kind, id, kind, number, due_at, command)
             WHERE NOT EXISTS (
                 SELECT 1 FROM timers AS t
                 WHERE t.shard = 0 AND t.stream_kind = w.stream_kind AND t.id = w.id
                     AND t.kind = w.kind AND t.number = w.number AND t.due_at = w.due_at
             )",
        &[
            &columns.streams.kinds,
            &columns.streams.ids,
            &columns.kinds,
            &columns.numbers,
            &columns.due,
            &commands,
        ],
    )?;
    rows.iter()
        .map(|row| Ok(CommandId::from_bits(get::<Id>(row, 0)?.bits())))
        .collect()
}

/// Makes timers due at other moments, those of which there still is one of the number.
pub(super) fn extend(session: &mut Session, timers: &[Timer]) -> Tried<()> {
    let last: BTreeMap<(StreamId, TimerKind, u64), &Timer> = timers
        .iter()
        .map(|timer| ((timer.stream, timer.kind, timer.number), timer))
        .collect();
    if last.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(last.values().copied());
    session
        .change(
            "UPDATE timers AS t SET due_at = w.due_at
                 FROM unnest($1::smallint[], $2::uuid[], $3::smallint[], $4::bigint[], $5::bigint[])
                     AS w (stream_kind, id, kind, number, due_at)
                 WHERE t.shard = 0 AND t.stream_kind = w.stream_kind AND t.id = w.id
                     AND t.kind = w.kind AND t.number = w.number",
            &[
                &columns.streams.kinds,
                &columns.streams.ids,
                &columns.kinds,
                &columns.numbers,
                &columns.due,
            ],
        )
        .map(|_| ())
}

/// Puts these timers in the place of all that are there.
pub(super) fn replace_all(session: &mut Session, timers: &[Timer]) -> Tried<()> {
    session.change("DELETE FROM timers WHERE shard = 0", &[])?;
    let all: Vec<TimerChange> = timers.iter().cloned().map(TimerChange::Set).collect();
    change(session, &all)
}

/// Timers due at a moment, the earliest first; at the same moment in the order of their streams.
pub(super) fn due(session: &mut Session, now: Timestamp, limit: usize) -> Tried<Vec<Timer>> {
    let rows = session.rows(
        "SELECT stream_kind, id, kind, number, due_at FROM timers
             WHERE shard = 0 AND due_at <= $1 ORDER BY due_at, stream_kind, id, kind LIMIT $2",
        &[&now.as_millis(), &key::limit(limit)],
    )?;
    rows.iter()
        .map(|row| {
            let kind: i16 = get(row, 2)?;
            Ok(Timer {
                stream: read_stream(row, 0)?,
                kind: key::timer_kind(kind.into())?,
                number: read_natural(row, 3)?,
                due_at: Timestamp::from_millis(get(row, 4)?),
            })
        })
        .collect()
}

/// When the next timer is due.
pub(super) fn next_due(session: &mut Session) -> Tried<Option<Timestamp>> {
    let row = session.one("SELECT min(due_at) FROM timers WHERE shard = 0", &[])?;
    let next: Option<i64> = get(&row, 0)?;
    Ok(next.map(Timestamp::from_millis))
}

/// Timers as columns. A number that does not fit is nowhere.
struct Columns {
    streams: Streams,
    kinds: Vec<i16>,
    numbers: Vec<i64>,
    due: Vec<i64>,
}

impl Columns {
    fn of<'a>(timers: impl Iterator<Item = &'a Timer> + Clone) -> Self {
        let kinds = timers.clone();
        let kinds = kinds.map(|timer| small(key::timer_number(timer.kind)));
        Self {
            streams: timers.clone().map(|timer| timer.stream).collect(),
            kinds: kinds.collect(),
            numbers: timers.clone().map(|timer| sought(timer.number)).collect(),
            due: timers.map(|timer| timer.due_at.as_millis()).collect(),
        }
    }
}
