//! Remarks, by discussion and identifier, and who has still to read them.

use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::time::Timestamp;
use postgres::Row;

use super::PostgresStore;
use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, command_id, contributor_id, outcome_id};
use crate::remark::{REMARKS_MAX, Remark, Remarks};
use crate::rules::too_many_remarks;
use crate::{StoreError, key};

impl Remarks for PostgresStore {
    fn put_remark(&self, remark: &Remark, readers: &[ContributorId]) -> Result<bool, StoreError> {
        let (remark, readers) = (remark.clone(), readers.to_vec());
        self.write(move |session| put(session, &remark, &readers))
    }

    fn remark(&self, outcome: OutcomeId, id: CommandId) -> Result<Option<Remark>, StoreError> {
        self.read(move |session| {
            let found = session.optional(
                "SELECT outcome, id, said_by, at, text, changed, ended FROM remarks
                     WHERE outcome = $1 AND id = $2",
                &[&outcome_id(outcome), &command_id(id)],
            )?;
            found.as_ref().map(read).transpose()
        })
    }

    fn change_remark(
        &self,
        remark: &Remark,
        readers: &[ContributorId],
    ) -> Result<bool, StoreError> {
        let (remark, readers) = (remark.clone(), readers.to_vec());
        self.write(move |session| {
            let changed = session.change(
                "UPDATE remarks SET text = $3, changed = $4, ended = $5
                     WHERE outcome = $1 AND id = $2 AND ended IS NULL",
                &[
                    &outcome_id(remark.outcome),
                    &command_id(remark.id),
                    &remark.text,
                    &remark.changed.map(Timestamp::as_millis),
                    &remark.ended.map(Timestamp::as_millis),
                ],
            )?;
            if changed == 1 {
                set_readers(session, &remark, &readers)?;
            }
            Ok(changed == 1)
        })
    }

    fn remarks(
        &self,
        outcome: OutcomeId,
        before: Option<(Timestamp, CommandId)>,
        limit: usize,
    ) -> Result<Vec<Remark>, StoreError> {
        let (at, id) = match before {
            Some((at, id)) => (at.as_millis(), command_id(id)),
            None => (i64::MAX, Id([u8::MAX; 16])),
        };
        let limit = key::limit(limit);
        self.read(move |session| {
            let rows = session.rows(
                "SELECT outcome, id, said_by, at, text, changed, ended FROM remarks
                     WHERE outcome = $1 AND (at, id) < ($2, $3)
                     ORDER BY at DESC, id DESC LIMIT $4",
                &[&outcome_id(outcome), &at, &id, &limit],
            )?;
            rows.iter().map(read).collect()
        })
    }

    fn said_since(&self, by: ContributorId, since: Timestamp) -> Result<usize, StoreError> {
        self.read(move |session| {
            let rows = session.rows(
                "SELECT count(*) FROM remarks WHERE said_by = $1 AND at >= $2",
                &[&contributor_id(by), &since.as_millis()],
            )?;
            let count: i64 = rows.first().map_or(Ok(0), |row| get(row, 0))?;
            Ok(usize::try_from(count).unwrap_or(usize::MAX))
        })
    }

    fn unread(&self, reader: ContributorId, limit: usize) -> Result<Vec<Remark>, StoreError> {
        let limit = key::limit(limit);
        self.read(move |session| {
            let rows = session.rows(
                "SELECT outcome, id, said_by, at, text, changed, ended
                     FROM unread JOIN remarks USING (outcome, id) WHERE reader = $1
                     ORDER BY at DESC, id DESC LIMIT $2",
                &[&contributor_id(reader), &limit],
            )?;
            rows.iter().map(read).collect()
        })
    }

    fn readers(&self, outcome: OutcomeId, id: CommandId) -> Result<Vec<ContributorId>, StoreError> {
        self.read(move |session| {
            let rows = session.rows(
                "SELECT reader FROM unread WHERE outcome = $1 AND id = $2 ORDER BY reader",
                &[&outcome_id(outcome), &command_id(id)],
            )?;
            let reader = |row: &Row| Ok(ContributorId::from_bits(get::<Id>(row, 0)?.bits()));
            rows.iter().map(reader).collect()
        })
    }

    fn note_read(
        &self,
        reader: ContributorId,
        outcome: OutcomeId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |session| {
            session
                .change(
                    "DELETE FROM unread WHERE reader = $1 AND outcome = $2 AND id IN
                         (SELECT id FROM remarks WHERE outcome = $2 AND at <= $3)",
                    &[
                        &contributor_id(reader),
                        &outcome_id(outcome),
                        &until.as_millis(),
                    ],
                )
                .map(|_| ())
        })
    }
}

/// Keeps a new remark; tells whether it is new. Two that are said at one moment may be one more than
/// the most, which harms nobody.
fn put(session: &mut Session, remark: &Remark, readers: &[ContributorId]) -> Tried<bool> {
    let place = (outcome_id(remark.outcome), command_id(remark.id));
    let rows = session.rows(
        "SELECT count(*) FROM remarks WHERE outcome = $1 AND id <> $2",
        &[&place.0, &place.1],
    )?;
    let count: i64 = rows.first().map_or(Ok(0), |row| get(row, 0))?;
    if count >= key::limit(REMARKS_MAX) {
        return Err(too_many_remarks().into());
    }
    keep(session, remark, readers)
}

/// Keeps a remark, however many there are; tells whether it is new.
pub(super) fn keep(
    session: &mut Session,
    remark: &Remark,
    readers: &[ContributorId],
) -> Tried<bool> {
    let place = (outcome_id(remark.outcome), command_id(remark.id));
    let kept = session.change(
        "INSERT INTO remarks (outcome, id, said_by, at, text, changed, ended)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        &[
            &place.0,
            &place.1,
            &contributor_id(remark.by),
            &remark.at.as_millis(),
            &remark.text,
            &remark.changed.map(Timestamp::as_millis),
            &remark.ended.map(Timestamp::as_millis),
        ],
    )?;
    if kept == 1 {
        set_readers(session, remark, readers)?;
    }
    Ok(kept == 1)
}

fn set_readers(session: &mut Session, remark: &Remark, readers: &[ContributorId]) -> Tried<()> {
    let place = (outcome_id(remark.outcome), command_id(remark.id));
    session.change(
        "DELETE FROM unread WHERE outcome = $1 AND id = $2",
        &[&place.0, &place.1],
    )?;
    let readers: Vec<Id> = readers.iter().copied().map(contributor_id).collect();
    session
        .change(
            "INSERT INTO unread (outcome, id, reader) SELECT $1, $2, r FROM unnest($3::uuid[]) AS r
                 ON CONFLICT DO NOTHING",
            &[&place.0, &place.1, &readers],
        )
        .map(|_| ())
}

fn read(row: &Row) -> Tried<Remark> {
    let bits = |place| get::<Id>(row, place).map(Id::bits);
    let moment = |place| get::<Option<i64>>(row, place).map(|it| it.map(Timestamp::from_millis));
    Ok(Remark {
        outcome: OutcomeId::from_bits(bits(0)?),
        id: CommandId::from_bits(bits(1)?),
        by: ContributorId::from_bits(bits(2)?),
        at: Timestamp::from_millis(get(row, 3)?),
        text: get(row, 4)?,
        changed: moment(5)?,
        ended: moment(6)?,
    })
}
