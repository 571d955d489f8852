//! Notices by whom they are for, and what people wish.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use postgres::Row;
use postgres::types::ToSql;

use super::PostgresStore;
use super::connection::Session;
use super::error::{Tried, get};
use super::key::{Id, contributor_id, read_natural, sought};
use crate::key::{damaged, integer, limit as rows};
use crate::{Addressee, Channel, Looked, Notice, Notices, StoreError};

impl Notices for PostgresStore {
    fn addressee(&self, who: ContributorId) -> Result<Option<Addressee>, StoreError> {
        self.read(move |session| {
            let found = session.optional(
                "SELECT who, wishes, is_told, epoch, version FROM addressees WHERE who = $1",
                &[&contributor_id(who)],
            )?;
            found.as_ref().map(read_addressee).transpose()
        })
    }

    fn write_addressee(&self, addressee: &Addressee) -> Result<bool, StoreError> {
        let addressee = addressee.clone();
        self.write(move |session| put_addressee(session, &addressee))
    }

    fn addressees(
        &self,
        epoch: u64,
        after: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Addressee>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT who, wishes, is_told, epoch, version FROM addressees
                     WHERE is_told AND epoch = $1 AND ($2::uuid IS NULL OR who > $2)
                     ORDER BY who LIMIT $3",
                &[&sought(epoch), &after.map(contributor_id), &rows(limit)],
            )?;
            found.iter().map(read_addressee).collect()
        })
    }

    fn looked(&self) -> Result<Option<Looked>, StoreError> {
        self.read(move |session| {
            let sql = "SELECT position, epoch, version FROM notices_looked";
            let found = session.optional(sql, &[])?;
            let read = |row: &Row| {
                Ok(Looked {
                    position: read_natural(row, 0)?,
                    epoch: read_natural(row, 1)?,
                    version: read_natural(row, 2)?,
                })
            };
            found.as_ref().map(read).transpose()
        })
    }

    fn note(&self, looked: &Looked, notices: &[Notice]) -> Result<bool, StoreError> {
        let (looked, notices) = (*looked, notices.to_vec());
        self.write(move |session| {
            if !put_looked(session, &looked)? {
                return Ok(false);
            }
            wait(session, &notices)?;
            Ok(true)
        })
    }

    fn due_notices(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(ContributorId, Channel)>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT addressee, channel FROM notices
                         JOIN addressees ON addressees.who = notices.addressee
                     WHERE due IS NOT NULL AND due <= $2 AND is_told AND epoch = $1
                     GROUP BY addressee, channel
                     ORDER BY min(due), addressee, channel DESC LIMIT $3",
                &[&sought(epoch), &now.as_millis(), &rows(limit)],
            )?;
            let read = |row: &Row| Ok((read_id(row)?, read_channel(row)?));
            found.iter().map(read).collect()
        })
    }

    fn claim_notices(
        &self,
        (to, by): (ContributorId, Channel),
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Notice>, StoreError> {
        self.write(move |session| {
            // Two servers that look at a time take different ones, and wait for nobody. As an array the
            // choice is made once; as a set it may be made for each row, and the limit would not hold.
            let found = session.rows(
                "UPDATE notices SET attempts = attempts + 1, due = $4
                     WHERE addressee = $1 AND channel = $2 AND key = ANY (ARRAY (SELECT key FROM notices
                         WHERE addressee = $1 AND channel = $2 AND due IS NOT NULL AND due <= $3
                         ORDER BY due, key LIMIT $5 FOR UPDATE SKIP LOCKED))
                     RETURNING addressee, channel, key, noted, attempts, due, tried, answer,
                         has_arrived",
                &[
                    &contributor_id(to),
                    &by.name(),
                    &now.as_millis(),
                    &until.as_millis(),
                    &rows(limit),
                ],
            )?;
            let mut found = found.iter().map(read).collect::<Tried<Vec<Notice>>>()?;
            found.sort_by(|one, two| (one.noted, &one.key).cmp(&(two.noted, &two.key)));
            Ok(found)
        })
    }

    fn settle_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        let notices = notices.to_vec();
        self.write(move |session| {
            let sql = "UPDATE notices SET due = $6, tried = $7, answer = $8, has_arrived = $9
                       WHERE addressee = $1 AND channel = $2 AND key = $3 AND noted = $4
                           AND attempts = $5 AND due IS NOT NULL";
            let mut count = 0;
            for notice in &notices {
                count += change(session, sql, notice)?;
            }
            Ok(count)
        })
    }

    fn drop_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        let notices = notices.to_vec();
        self.write(move |session| {
            let mut count = 0;
            for it in &notices {
                count += session.change(
                    "DELETE FROM notices WHERE addressee = $1 AND channel = $2 AND key = $3
                         AND attempts = $4 AND due IS NOT NULL",
                    &[
                        &contributor_id(it.to),
                        &it.by.name(),
                        &it.key,
                        &i64::from(it.attempts),
                    ],
                )?;
            }
            Ok(count)
        })
    }

    fn notices_of(&self, to: ContributorId, limit: usize) -> Result<Vec<Notice>, StoreError> {
        self.read(move |session| {
            let found = session.rows(
                "SELECT addressee, channel, key, noted, attempts, due, tried, answer, has_arrived
                     FROM notices WHERE addressee = $1
                     ORDER BY noted DESC, key DESC, channel DESC LIMIT $2",
                &[&contributor_id(to), &rows(limit)],
            )?;
            found.iter().map(read).collect()
        })
    }

    fn waiting_notices(&self, to: ContributorId, by: Channel) -> Result<u64, StoreError> {
        self.read(move |session| {
            let row = session.one(
                "SELECT count(*) FROM notices
                     WHERE addressee = $1 AND channel = $2 AND due IS NOT NULL",
                &[&contributor_id(to), &by.name()],
            )?;
            read_natural(&row, 0)
        })
    }

    fn forget_notices(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write(move |session| {
            session.change(
                "DELETE FROM notices WHERE due IS NULL AND tried < $1",
                &[&before.as_millis()],
            )
        })
    }
}

/// Writes what somebody wishes; tells whether the row was still as it was read.
fn put_addressee(session: &mut Session, addressee: &Addressee) -> Tried<bool> {
    let sql = if addressee.version == 0 {
        "INSERT INTO addressees (who, wishes, is_told, epoch, version)
             VALUES ($1, $2, $3, $4, $5::bigint + 1) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE addressees SET wishes = $2, is_told = $3, epoch = $4, version = $5::bigint + 1
             WHERE who = $1 AND version = $5"
    };
    let columns: [&(dyn ToSql + Sync); 5] = [
        &contributor_id(addressee.who),
        &addressee.wishes,
        &addressee.is_told,
        &integer(addressee.epoch)?,
        &integer(addressee.version)?,
    ];
    let written = session.change(sql, &columns)? == 1;
    if written && !addressee.is_told {
        session.change(
            "DELETE FROM notices WHERE addressee = $1 AND due IS NOT NULL",
            &[&contributor_id(addressee.who)],
        )?;
    }
    Ok(written)
}

/// Keeps what somebody wishes, at the version that it has elsewhere.
pub(super) fn keep(session: &mut Session, addressee: &Addressee) -> Tried<()> {
    let sql = "INSERT INTO addressees (who, wishes, is_told, epoch, version)
                   VALUES ($1, $2, $3, $4, $5)";
    let columns: [&(dyn ToSql + Sync); 5] = [
        &contributor_id(addressee.who),
        &addressee.wishes,
        &addressee.is_told,
        &integer(addressee.epoch)?,
        &integer(addressee.version)?,
    ];
    session.change(sql, &columns).map(|_| ())
}

/// Keeps how far was looked, at the version that it has elsewhere.
pub(super) fn keep_looked(session: &mut Session, looked: &Looked) -> Tried<()> {
    let sql = "INSERT INTO notices_looked (only_one, position, epoch, version)
                   VALUES (true, $1, $2, $3)";
    let columns: [&(dyn ToSql + Sync); 3] = [
        &integer(looked.position)?,
        &integer(looked.epoch)?,
        &integer(looked.version)?,
    ];
    session.change(sql, &columns).map(|_| ())
}

/// Forgets what somebody wished and was told.
pub(super) fn forget(session: &mut Session, who: ContributorId) -> Tried<()> {
    let who = contributor_id(who);
    session.change("DELETE FROM notices WHERE addressee = $1", &[&who])?;
    session.change("DELETE FROM addressees WHERE who = $1", &[&who])?;
    Ok(())
}

/// Writes how far was looked; tells whether the row was still as it was read.
fn put_looked(session: &mut Session, looked: &Looked) -> Tried<bool> {
    let sql = if looked.version == 0 {
        "INSERT INTO notices_looked (only_one, position, epoch, version)
             VALUES (true, $1, $2, $3::bigint + 1) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE notices_looked SET position = $1, epoch = $2, version = $3::bigint + 1 WHERE version = $3"
    };
    let columns: [&(dyn ToSql + Sync); 3] = [
        &integer(looked.position)?,
        &integer(looked.epoch)?,
        &integer(looked.version)?,
    ];
    Ok(session.change(sql, &columns)? == 1)
}

/// Keeps notices; one that is there already stays as it is.
pub(super) fn wait(session: &mut Session, notices: &[Notice]) -> Tried<()> {
    let sql = "INSERT INTO notices
                       (addressee, channel, key, noted, attempts, due, tried, answer, has_arrived)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    for notice in notices {
        change(session, sql, notice)?;
    }
    Ok(())
}

/// Runs a statement that takes the columns of a notice; tells how many rows it changed.
fn change(session: &mut Session, sql: &'static str, it: &Notice) -> Tried<usize> {
    let columns: [&(dyn ToSql + Sync); 9] = [
        &contributor_id(it.to),
        &it.by.name(),
        &it.key,
        &it.noted.as_millis(),
        &i64::from(it.attempts),
        &it.due.map(Timestamp::as_millis),
        &it.tried.map(Timestamp::as_millis),
        &it.answer,
        &it.has_arrived,
    ];
    session.change(sql, &columns)
}

fn read_addressee(row: &Row) -> Tried<Addressee> {
    Ok(Addressee {
        who: read_id(row)?,
        wishes: get(row, 1)?,
        is_told: get(row, 2)?,
        epoch: read_natural(row, 3)?,
        version: read_natural(row, 4)?,
    })
}

fn read(row: &Row) -> Tried<Notice> {
    let attempts: i64 = get(row, 4)?;
    let moment =
        |place| -> Tried<_> { Ok(get::<Option<i64>>(row, place)?.map(Timestamp::from_millis)) };
    Ok(Notice {
        to: read_id(row)?,
        by: read_channel(row)?,
        key: get(row, 2)?,
        noted: Timestamp::from_millis(get(row, 3)?),
        attempts: u32::try_from(attempts).map_err(|_| damaged("count", attempts))?,
        due: moment(5)?,
        tried: moment(6)?,
        answer: get(row, 7)?,
        has_arrived: get(row, 8)?,
    })
}

fn read_channel(row: &Row) -> Tried<Channel> {
    let name: String = get(row, 1)?;
    let found = Channel::named(&name);
    Ok(found.ok_or_else(|| StoreError::Damaged(format!("'{name}' is no channel")))?)
}

fn read_id(row: &Row) -> Tried<ContributorId> {
    Ok(ContributorId::from_bits(get::<Id>(row, 0)?.bits()))
}
