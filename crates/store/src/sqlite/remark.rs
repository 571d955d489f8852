//! Remarks, by discussion and identifier, and who has still to read them.

use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SqliteStore;
use crate::remark::{REMARKS_MAX, Remark, Remarks};
use crate::rules::too_many_remarks;
use crate::{StoreError, key};

const COLUMNS: &str = "outcome, id, said_by, at, text, changed, ended";

impl Remarks for SqliteStore {
    fn put_remark(&self, remark: &Remark, readers: &[ContributorId]) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let count: i64 = connection
                .prepare_cached("SELECT count(*) FROM remarks WHERE outcome = ?1 AND id <> ?2")?
                .query_row(place(remark), |row| row.get(0))?;
            if count >= key::limit(REMARKS_MAX) {
                return Err(too_many_remarks());
            }
            keep(connection, remark, readers)
        })
    }

    fn remark(&self, outcome: OutcomeId, id: CommandId) -> Result<Option<Remark>, StoreError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM remarks WHERE outcome = ?1 AND id = ?2"
                ))?
                .query_row(
                    [outcome.bits().to_be_bytes(), id.bits().to_be_bytes()],
                    read,
                )
                .optional()
                .map_err(StoreError::from)
        })
    }

    fn change_remark(
        &self,
        remark: &Remark,
        readers: &[ContributorId],
    ) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let changed = connection
                .prepare_cached(
                    "UPDATE remarks SET text = ?3, changed = ?4, ended = ?5
                     WHERE outcome = ?1 AND id = ?2 AND ended IS NULL",
                )?
                .execute(params![
                    remark.outcome.bits().to_be_bytes(),
                    remark.id.bits().to_be_bytes(),
                    remark.text,
                    remark.changed.map(Timestamp::as_millis),
                    remark.ended.map(Timestamp::as_millis)
                ])?;
            if changed == 1 {
                set_readers(connection, remark, readers)?;
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
            Some((at, id)) => (at.as_millis(), id.bits().to_be_bytes()),
            None => (i64::MAX, [u8::MAX; 16]),
        };
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM remarks WHERE outcome = ?1 AND (at, id) < (?2, ?3)
                 ORDER BY at DESC, id DESC LIMIT ?4"
            ))?;
            let outcome = outcome.bits().to_be_bytes();
            let rows = select.query_map(params![outcome, at, id, key::limit(limit)], read)?;
            rows.collect::<Result<_, _>>().map_err(StoreError::from)
        })
    }

    fn said_since(&self, by: ContributorId, since: Timestamp) -> Result<usize, StoreError> {
        self.readers.read(|connection| {
            let count: i64 = connection
                .prepare_cached("SELECT count(*) FROM remarks WHERE said_by = ?1 AND at >= ?2")?
                .query_row(params![by.bits().to_be_bytes(), since.as_millis()], |row| {
                    row.get(0)
                })?;
            Ok(usize::try_from(count).unwrap_or(usize::MAX))
        })
    }

    fn unread(&self, reader: ContributorId, limit: usize) -> Result<Vec<Remark>, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT remarks.outcome, remarks.id, said_by, at, text, changed, ended
                 FROM unread JOIN remarks USING (outcome, id) WHERE reader = ?1
                 ORDER BY at DESC, remarks.id DESC LIMIT ?2",
            )?;
            let reader = reader.bits().to_be_bytes();
            let rows = select.query_map(params![reader, key::limit(limit)], read)?;
            rows.collect::<Result<_, _>>().map_err(StoreError::from)
        })
    }

    fn readers(&self, outcome: OutcomeId, id: CommandId) -> Result<Vec<ContributorId>, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT reader FROM unread WHERE outcome = ?1 AND id = ?2 ORDER BY reader",
            )?;
            let place = [outcome.bits().to_be_bytes(), id.bits().to_be_bytes()];
            let rows = select.query_map(place, |row| {
                row.get(0)
                    .map(|bytes| ContributorId::from_bits(u128::from_be_bytes(bytes)))
            })?;
            rows.collect::<Result<_, _>>().map_err(StoreError::from)
        })
    }

    fn note_read(
        &self,
        reader: ContributorId,
        outcome: OutcomeId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer()?.write(|connection, _| {
            connection
                .prepare_cached(
                    "DELETE FROM unread WHERE reader = ?1 AND outcome = ?2 AND id IN
                     (SELECT id FROM remarks WHERE outcome = ?2 AND at <= ?3)",
                )?
                .execute(params![
                    reader.bits().to_be_bytes(),
                    outcome.bits().to_be_bytes(),
                    until.as_millis()
                ])?;
            Ok(())
        })
    }
}

/// Keeps a remark, however many there are; tells whether it is new.
pub(super) fn keep(
    connection: &Connection,
    remark: &Remark,
    readers: &[ContributorId],
) -> Result<bool, StoreError> {
    let kept = connection
        .prepare_cached(&format!(
            "INSERT INTO remarks ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO NOTHING"
        ))?
        .execute(params![
            remark.outcome.bits().to_be_bytes(),
            remark.id.bits().to_be_bytes(),
            remark.by.bits().to_be_bytes(),
            remark.at.as_millis(),
            remark.text,
            remark.changed.map(Timestamp::as_millis),
            remark.ended.map(Timestamp::as_millis)
        ])?;
    if kept == 1 {
        set_readers(connection, remark, readers)?;
    }
    Ok(kept == 1)
}

const fn place(remark: &Remark) -> [[u8; 16]; 2] {
    [
        remark.outcome.bits().to_be_bytes(),
        remark.id.bits().to_be_bytes(),
    ]
}

fn set_readers(
    connection: &Connection,
    remark: &Remark,
    readers: &[ContributorId],
) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM unread WHERE outcome = ?1 AND id = ?2")?
        .execute(place(remark))?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO unread (outcome, id, reader) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    for reader in readers {
        let [outcome, id] = place(remark);
        insert.execute([outcome, id, reader.bits().to_be_bytes()])?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Remark> {
    let bits = |at| row.get(at).map(u128::from_be_bytes);
    let moment = |at| {
        row.get::<_, Option<i64>>(at)
            .map(|it| it.map(Timestamp::from_millis))
    };
    Ok(Remark {
        outcome: OutcomeId::from_bits(bits(0)?),
        id: CommandId::from_bits(bits(1)?),
        by: ContributorId::from_bits(bits(2)?),
        at: Timestamp::from_millis(row.get(3)?),
        text: row.get(4)?,
        changed: moment(5)?,
        ended: moment(6)?,
    })
}
