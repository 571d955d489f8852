//! Notices by whom they are for, and what people wish.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{SqliteStore, moment};
use crate::key::{integer, limit as rows, natural};
use crate::{Addressee, Channel, Looked, Notice, Notices, StoreError};

const ADDRESSEE: &str = "who, wishes, is_told, epoch, version";
const NOTICE: &str = "addressee, channel, key, noted, attempts, due, tried, answer, has_arrived";

impl Notices for SqliteStore {
    fn addressee(&self, who: ContributorId) -> Result<Option<Addressee>, StoreError> {
        self.readers.read(|connection| {
            let sql = format!("SELECT {ADDRESSEE} FROM addressees WHERE who = ?1");
            let mut select = connection.prepare_cached(&sql)?;
            let found = select.query_row([bytes(who)], addressee).optional()?;
            found.transpose()
        })
    }

    fn write_addressee(&self, addressee: &Addressee) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = if addressee.version == 0 {
                "INSERT INTO addressees (who, wishes, is_told, epoch, version)
                 VALUES (?1, ?2, ?3, ?4, ?5 + 1) ON CONFLICT DO NOTHING"
            } else {
                "UPDATE addressees SET wishes = ?2, is_told = ?3, epoch = ?4, version = ?5 + 1
                 WHERE who = ?1 AND version = ?5"
            };
            let written = connection.prepare_cached(sql)?.execute(params![
                bytes(addressee.who),
                addressee.wishes,
                addressee.is_told,
                integer(addressee.epoch)?,
                integer(addressee.version)?,
            ])?;
            if written == 1 && !addressee.is_told {
                let sql = "DELETE FROM notices WHERE addressee = ?1 AND due IS NOT NULL";
                let mut forget = connection.prepare_cached(sql)?;
                forget.execute([bytes(addressee.who)])?;
            }
            Ok(written == 1)
        })
    }

    fn addressees(
        &self,
        epoch: u64,
        after: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Addressee>, StoreError> {
        self.readers.read(|connection| {
            let sql = format!(
                "SELECT {ADDRESSEE} FROM addressees
                 WHERE is_told AND epoch = ?1 AND (?2 IS NULL OR who > ?2)
                 ORDER BY who LIMIT ?3"
            );
            let mut select = connection.prepare_cached(&sql)?;
            let asked = params![integer(epoch)?, after.map(bytes), rows(limit)];
            let found = select.query_map(asked, addressee)?;
            found.map(|row| row?).collect()
        })
    }

    fn looked(&self) -> Result<Option<Looked>, StoreError> {
        self.readers.read(|connection| {
            let sql = "SELECT position, epoch, version FROM notices_looked";
            let mut select = connection.prepare_cached(sql)?;
            let found: Option<[i64; 3]> = select
                .query_row([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
                .optional()?;
            let Some([position, epoch, version]) = found else {
                return Ok(None);
            };
            Ok(Some(Looked {
                position: natural(position)?,
                epoch: natural(epoch)?,
                version: natural(version)?,
            }))
        })
    }

    fn note(&self, looked: &Looked, notices: &[Notice]) -> Result<bool, StoreError> {
        self.writer()?.write(|connection, _| {
            if !put_looked(connection, looked)? {
                return Ok(false);
            }
            wait(connection, notices)?;
            Ok(true)
        })
    }

    fn due_notices(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(ContributorId, Channel)>, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT addressee, channel FROM notices
                     JOIN addressees ON addressees.who = notices.addressee
                 WHERE due IS NOT NULL AND due <= ?2 AND is_told AND epoch = ?1
                 GROUP BY addressee, channel ORDER BY min(due), addressee, channel DESC LIMIT ?3",
            )?;
            let asked = params![integer(epoch)?, now.as_millis(), rows(limit)];
            let found = select.query_map(asked, |row| Ok((who(row)?, row.get(1)?)))?;
            found
                .map(|row| {
                    let (who, name): (_, String) = row?;
                    Ok((who, channel(&name)?))
                })
                .collect()
        })
    }

    fn claim_notices(
        &self,
        (to, by): (ContributorId, Channel),
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Notice>, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = format!(
                "UPDATE notices SET attempts = attempts + 1, due = ?4
                 WHERE addressee = ?1 AND channel = ?2 AND key IN (SELECT key FROM notices
                     WHERE addressee = ?1 AND channel = ?2 AND due IS NOT NULL AND due <= ?3
                     ORDER BY due, key LIMIT ?5)
                 RETURNING {NOTICE}"
            );
            let mut claim = connection.prepare_cached(&sql)?;
            let (now, until) = (now.as_millis(), until.as_millis());
            let found = claim.query_map(
                params![bytes(to), by.name(), now, until, rows(limit)],
                notice,
            )?;
            let mut found = found
                .map(|row| row?)
                .collect::<Result<Vec<Notice>, StoreError>>()?;
            found.sort_by(|one, two| (one.noted, &one.key).cmp(&(two.noted, &two.key)));
            Ok(found)
        })
    }

    fn settle_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = "UPDATE notices SET due = ?6, tried = ?7, answer = ?8, has_arrived = ?9
                       WHERE addressee = ?1 AND channel = ?2 AND key = ?3 AND noted = ?4
                           AND attempts = ?5 AND due IS NOT NULL";
            let mut count = 0;
            for notice in notices {
                count += change(connection, sql, notice)?;
            }
            Ok(count)
        })
    }

    fn drop_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        self.writer()?.write(|connection, _| {
            let mut drop = connection.prepare_cached(
                "DELETE FROM notices WHERE addressee = ?1 AND channel = ?2 AND key = ?3
                     AND attempts = ?4 AND due IS NOT NULL",
            )?;
            let mut count = 0;
            for it in notices {
                count += drop.execute(params![bytes(it.to), it.by.name(), it.key, it.attempts])?;
            }
            Ok(count)
        })
    }

    fn notices_of(&self, to: ContributorId, limit: usize) -> Result<Vec<Notice>, StoreError> {
        self.readers.read(|connection| {
            let sql = format!(
                "SELECT {NOTICE} FROM notices WHERE addressee = ?1
                 ORDER BY noted DESC, key DESC, channel DESC LIMIT ?2"
            );
            let mut select = connection.prepare_cached(&sql)?;
            let found = select.query_map(params![bytes(to), rows(limit)], notice)?;
            found.map(|row| row?).collect()
        })
    }

    fn waiting_notices(&self, to: ContributorId, by: Channel) -> Result<u64, StoreError> {
        self.readers.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT count(*) FROM notices
                 WHERE addressee = ?1 AND channel = ?2 AND due IS NOT NULL",
            )?;
            natural(select.query_row(params![bytes(to), by.name()], |row| row.get(0))?)
        })
    }

    fn forget_notices(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.writer()?.write(|connection, _| {
            let sql = "DELETE FROM notices WHERE due IS NULL AND tried < ?1";
            Ok(connection
                .prepare_cached(sql)?
                .execute([before.as_millis()])?)
        })
    }
}

/// Keeps notices; one that is there already stays as it is.
pub(super) fn wait(connection: &Connection, notices: &[Notice]) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO notices ({NOTICE}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT DO NOTHING"
    );
    for notice in notices {
        change(connection, &sql, notice)?;
    }
    Ok(())
}

/// Keeps what somebody wishes, at the version that it has elsewhere.
#[cfg(feature = "postgres")]
pub(super) fn keep(connection: &Connection, addressee: &Addressee) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO addressees ({ADDRESSEE}) VALUES (?1, ?2, ?3, ?4, ?5)");
    connection.prepare_cached(&sql)?.execute(params![
        bytes(addressee.who),
        addressee.wishes,
        addressee.is_told,
        integer(addressee.epoch)?,
        integer(addressee.version)?,
    ])?;
    Ok(())
}

/// Keeps how far was looked, at the version that it has elsewhere.
#[cfg(feature = "postgres")]
pub(super) fn keep_looked(connection: &Connection, looked: &Looked) -> Result<(), StoreError> {
    let sql = "INSERT INTO notices_looked (only_one, position, epoch, version)
               VALUES (1, ?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute([
        integer(looked.position)?,
        integer(looked.epoch)?,
        integer(looked.version)?,
    ])?;
    Ok(())
}

/// Forgets what somebody wished and was told.
pub(super) fn forget(connection: &Connection, who: ContributorId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM notices WHERE addressee = ?1",
        "DELETE FROM addressees WHERE who = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([bytes(who)])?;
    }
    Ok(())
}

/// Writes how far was looked; tells whether the row was still as it was read.
fn put_looked(connection: &Connection, looked: &Looked) -> Result<bool, StoreError> {
    let sql = if looked.version == 0 {
        "INSERT INTO notices_looked (only_one, position, epoch, version) VALUES (1, ?1, ?2, ?3 + 1)
         ON CONFLICT DO NOTHING"
    } else {
        "UPDATE notices_looked SET position = ?1, epoch = ?2, version = ?3 + 1 WHERE version = ?3"
    };
    let written = connection.prepare_cached(sql)?.execute([
        integer(looked.position)?,
        integer(looked.epoch)?,
        integer(looked.version)?,
    ])?;
    Ok(written == 1)
}

/// Runs a statement that takes the columns of a notice; tells how many rows it changed.
fn change(connection: &Connection, sql: &str, it: &Notice) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let changed = statement.execute(params![
        bytes(it.to),
        it.by.name(),
        it.key,
        it.noted.as_millis(),
        it.attempts,
        it.due.map(Timestamp::as_millis),
        it.tried.map(Timestamp::as_millis),
        it.answer,
        it.has_arrived,
    ])?;
    Ok(changed)
}

fn addressee(row: &Row<'_>) -> rusqlite::Result<Result<Addressee, StoreError>> {
    let (epoch, version): (i64, i64) = (row.get(3)?, row.get(4)?);
    let read = Addressee {
        who: who(row)?,
        wishes: row.get(1)?,
        is_told: row.get(2)?,
        epoch: 0,
        version: 0,
    };
    Ok(natural(epoch).and_then(|epoch| {
        natural(version).map(|version| Addressee {
            epoch,
            version,
            ..read
        })
    }))
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Result<Notice, StoreError>> {
    let name: String = row.get(1)?;
    let read = Notice {
        to: who(row)?,
        by: Channel::Mail,
        key: row.get(2)?,
        noted: Timestamp::from_millis(row.get(3)?),
        attempts: row.get(4)?,
        due: moment(row, 5)?,
        tried: moment(row, 6)?,
        answer: row.get(7)?,
        has_arrived: row.get(8)?,
    };
    Ok(channel(&name).map(|by| Notice { by, ..read }))
}

fn channel(name: &str) -> Result<Channel, StoreError> {
    Channel::named(name).ok_or_else(|| StoreError::Damaged(format!("'{name}' is no channel")))
}

fn who(row: &Row<'_>) -> rusqlite::Result<ContributorId> {
    Ok(ContributorId::from_bits(u128::from_be_bytes(row.get(0)?)))
}

const fn bytes(who: ContributorId) -> [u8; 16] {
    who.bits().to_be_bytes()
}
