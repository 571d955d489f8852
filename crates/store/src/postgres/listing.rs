//! Lists and counts of states by kind, parent and status.
//!
//! There are few kinds and statuses, so a list is put together from one walk of an index for each
//! pair of them; otherwise the planner would walk the keys and hope to meet enough.

use std::collections::BTreeMap;

use consort_kernel::stream::StreamId;
use postgres::Row;

use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, read_natural, small, stream_key};
use super::state::{self, state_columns};
use crate::row::StateRow;
use crate::{StateQuery, key};

/// What a list begins after: nothing comes before it.
const BEGINNING: (i16, Id) = (0, Id::FIRST);
/// What a list that goes backwards begins after: nothing comes behind it.
const END: (i16, Id) = (i16::MAX, Id::FIRST);

/// The states that the query asks for, in the order of their identifiers.
pub(super) fn states(session: &mut Session, query: &StateQuery) -> Tried<Vec<StateRow>> {
    let kind = match query.kind {
        None => None,
        Some(word) => match key::kind_number(word) {
            None => return Ok(Vec::new()),
            Some(number) => Some(small(number)),
        },
    };
    let edge = if query.backwards { END } else { BEGINNING };
    let page = Page {
        kind,
        statuses: &query.statuses,
        after: query.after.map_or(edge, stream_key),
        backwards: query.backwards,
        limit: key::limit(query.limit),
    };
    let rows = match query.parent {
        Some(parent) => under(session, parent, &page)?,
        None if query.statuses.is_empty() => all(session, &page)?,
        None => with_status(session, &page)?,
    };
    rows.iter().map(state::read).collect()
}

/// What a list is narrowed to besides the parent.
struct Page<'a> {
    kind: Option<i16>,
    statuses: &'a [String],
    after: (i16, Id),
    backwards: bool,
    limit: i64,
}

impl Page<'_> {
    /// The statement of its direction.
    const fn way(&self, forwards: &'static str, backwards: &'static str) -> &'static str {
        if self.backwards { backwards } else { forwards }
    }
}

/// A list without parent and status.
macro_rules! all {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT ",
            state_columns!(),
            " FROM states AS t
             WHERE t.shard = 0 AND (t.kind, t.id) ",
            $beyond,
            " ($2, $3) AND ($1::smallint IS NULL OR t.kind = $1)
             ORDER BY t.kind ",
            $order,
            ", t.id ",
            $order,
            " LIMIT $4"
        )
    };
}

fn all(session: &mut Session, page: &Page<'_>) -> Tried<Vec<Row>> {
    session.rows(
        page.way(all!(">", "ASC"), all!("<", "DESC")),
        &[&page.kind, &page.after.0, &page.after.1, &page.limit],
    )
}

/// A list of some statuses.
macro_rules! with_status {
    ($beyond:literal, $order:literal) => {
        concat!(
            "SELECT ",
            state_columns!(),
            " FROM unnest('{1, 2, 3, 4, 5}'::smallint[]) AS k (kind)
             CROSS JOIN (SELECT DISTINCT unnest($2::text[])) AS s (status)
             CROSS JOIN LATERAL (
                 SELECT * FROM states AS i
                 WHERE i.shard = 0 AND i.kind = k.kind AND i.status = s.status
                     AND (i.kind ",
            $beyond,
            " $3 OR i.id ",
            $beyond,
            " $4)
                 ORDER BY i.id ",
            $order,
            " LIMIT $5
             ) AS t
             WHERE ($1::smallint IS NULL OR k.kind = $1) AND k.kind ",
            $beyond,
            "= $3
             ORDER BY t.kind ",
            $order,
            ", t.id ",
            $order,
            " LIMIT $5"
        )
    };
}

fn with_status(session: &mut Session, page: &Page<'_>) -> Tried<Vec<Row>> {
    session.rows(
        page.way(with_status!(">", "ASC"), with_status!("<", "DESC")),
        &[
            &page.kind,
            &page.statuses,
            &page.after.0,
            &page.after.1,
            &page.limit,
        ],
    )
}

/// A list of what belongs to one stream.
macro_rules! under {
    ($beyond:literal, $order:literal) => {
        concat!(
            "WITH RECURSIVE pairs AS (
                 (SELECT kind, status FROM states
                     WHERE shard = 0 AND parent_kind = $1 AND parent_id = $2
                     ORDER BY kind, status LIMIT 1)
                 UNION ALL
                 SELECT n.kind, n.status FROM pairs AS p CROSS JOIN LATERAL (
                     SELECT kind, status FROM states
                     WHERE shard = 0 AND parent_kind = $1 AND parent_id = $2
                         AND (kind, status) > (p.kind, p.status)
                     ORDER BY kind, status LIMIT 1
                 ) AS n
             )
             SELECT ",
            state_columns!(),
            " FROM pairs AS k CROSS JOIN LATERAL (
                 SELECT * FROM states AS i
                 WHERE i.shard = 0 AND i.parent_kind = $1 AND i.parent_id = $2
                     AND i.kind = k.kind AND i.status = k.status
                     AND (i.kind ",
            $beyond,
            " $5 OR i.id ",
            $beyond,
            " $6)
                 ORDER BY i.id ",
            $order,
            " LIMIT $7
             ) AS t
             WHERE ($3::smallint IS NULL OR k.kind = $3) AND k.kind ",
            $beyond,
            "= $5
                 AND (cardinality($4::text[]) = 0 OR k.status = ANY($4))
             ORDER BY t.kind ",
            $order,
            ", t.id ",
            $order,
            " LIMIT $7"
        )
    };
}

fn under(session: &mut Session, parent: StreamId, page: &Page<'_>) -> Tried<Vec<Row>> {
    let (parent_kind, parent_id) = stream_key(parent);
    session.rows(
        page.way(under!(">", "ASC"), under!("<", "DESC")),
        &[
            &parent_kind,
            &parent_id,
            &page.kind,
            &page.statuses,
            &page.after.0,
            &page.after.1,
            &page.limit,
        ],
    )
}

/// How many states there are of each kind and status, under one parent or in all.
pub(super) fn counts(
    session: &mut Session,
    parent: Option<StreamId>,
) -> Tried<BTreeMap<(String, String), u64>> {
    let rows = match parent.map(stream_key) {
        None => session.rows(
            "SELECT kind, status, count(*) FROM states WHERE shard = 0 GROUP BY kind, status",
            &[],
        )?,
        Some((kind, id)) => session.rows(
            "SELECT kind, status, count(*) FROM states
                 WHERE shard = 0 AND parent_kind = $1 AND parent_id = $2 GROUP BY kind, status",
            &[&kind, &id],
        )?,
    };
    rows.iter()
        .map(|row| {
            let kind: i16 = get(row, 0)?;
            let word = key::kind_word(kind.into())?.to_owned();
            Ok(((word, get(row, 1)?), read_natural(row, 2)?))
        })
        .collect()
}
