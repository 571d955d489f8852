//! Takes a network over that was kept elsewhere, and gives the one that is here to a file.
//!
//! What is taken over comes in one transaction, or not at all. What is given away is of one moment,
//! and the servers go on meanwhile.

use std::path::Path;
use std::sync::Arc;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer, TimerChange};
use consort_kernel::id::ContributorId;
use consort_kernel::log::Frontier;

use super::connection::Session;
use super::error::{Tried, Trouble, get};
use super::log::{self, Edge};
use super::{
    PostgresStore, Source as ReadFrom, acceptance, credential, event, lease, message, migration,
    network, notice, pass, personal, reaction, receipt, refusal, remark, state, timer, transfer,
    view, webhook,
};
use crate::copy::{ROW_COUNTS, RowCounts, Source, Target, copy};
use crate::rules::refused;
use crate::sqlite::{self, SqliteStore};
use crate::write::RowWrite;
use crate::{
    Addressee, Credential, Delivery, EventRow, Identity, LeaseRow, Looked, Notice, OutboxRow, Pass,
    PersonalRow, ReactionRow, Receipt, RefusalRow, Remark, StoreError, TransferWrite, View,
    Webhook,
};

impl PostgresStore {
    /// Takes over the network that the file holds, which nobody writes to meanwhile; this database
    /// must not hold one yet.
    pub fn take_over(&self, source: Arc<SqliteStore>) -> Result<(), StoreError> {
        match &self.source {
            ReadFrom::Latest(pool) => {
                pool.first(move |session| session.write(|session| take_over(session, &source)))
            }
            ReadFrom::Moment(_) => Err(StoreError::NotWritable(
                "a moment of the database is for reading".to_owned(),
            )),
        }
    }

    /// Writes a copy of the network as it is now to a new file of SQLite, and tells how many events
    /// of how many are copied. The copy is checked before it gets its name.
    pub fn backup_to(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), StoreError> {
        sqlite::write_copy(&self.at_this_moment()?, target, progress)
    }
}

impl Source for PostgresStore {
    fn form(&self) -> Result<u32, StoreError> {
        self.read(migration::check_form)
    }

    fn last_message(&self) -> Result<i64, StoreError> {
        self.read(log::last_message)
    }

    fn all_personal(
        &self,
        after: Option<&PersonalRow>,
        limit: usize,
    ) -> Result<Vec<PersonalRow>, StoreError> {
        let after = after.cloned();
        self.read(move |session| personal::list(session, after.as_ref(), limit))
    }

    fn row_counts(&self) -> Result<RowCounts, StoreError> {
        self.read(row_counts)
    }
}

fn take_over(session: &mut Session, source: &SqliteStore) -> Tried<()> {
    let edge = log::lock(session)?;
    if edge.log.size() > 0 || network::find(session)?.is_some() {
        return Err(refused("this database holds a network already").into());
    }
    let mut taken = Taken {
        session,
        reactions: 0,
    };
    copy(source, &mut taken, &mut |_, _| {})
}

fn row_counts(session: &mut Session) -> Tried<RowCounts> {
    let rows = session.rows(ROW_COUNTS, &[])?;
    rows.iter()
        .map(|row| Ok((get(row, 0)?, get(row, 1)?)))
        .collect()
}

/// Refuses what is there already.
fn once(is_new: bool, otherwise: &str) -> Tried<()> {
    if is_new {
        return Ok(());
    }
    Err(StoreError::Damaged(otherwise.to_owned()).into())
}

/// What is taken over, in its transaction.
struct Taken<'a> {
    session: &'a mut Session,
    /// The last position that a reaction was given.
    reactions: i64,
}

impl Target for Taken<'_> {
    type Error = Trouble;

    fn identity(&mut self, identity: &Identity) -> Tried<()> {
        network::put(self.session, identity)?;
        // A server that began one at the same moment was first.
        if network::find(self.session)?.as_ref() == Some(identity) {
            return Ok(());
        }
        Err(refused("this database holds a network already").into())
    }

    fn events(&mut self, rows: &[EventRow], log: &mut Frontier) -> Tried<()> {
        event::append(self.session, rows, log)
    }

    fn states(&mut self, rows: &[RowWrite]) -> Tried<()> {
        once(state::write(self.session, rows)?, "a stream has two states")
    }

    fn personal(&mut self, rows: &[PersonalRow]) -> Tried<()> {
        personal::put(self.session, rows)
    }

    fn receipts(&mut self, rows: &[Receipt]) -> Tried<()> {
        once(
            receipt::insert(self.session, rows)?,
            "a command has two receipts",
        )
    }

    fn leases(&mut self, rows: Vec<LeaseRow>) -> Tried<()> {
        let leases = rows.into_iter().map(|lease| (lease.task, lease));
        lease::put(self.session, &leases.collect())
    }

    fn acceptances(&mut self, rows: &[Acceptance]) -> Tried<()> {
        acceptance::insert(self.session, rows)
    }

    fn transfers(&mut self, rows: &[TransferWrite]) -> Tried<()> {
        transfer::insert(self.session, rows)
    }

    fn timers(&mut self, timers: Vec<Timer>) -> Tried<()> {
        let set: Vec<TimerChange> = timers.into_iter().map(TimerChange::Set).collect();
        timer::change(self.session, &set)
    }

    fn refusals(&mut self, rows: &[RefusalRow]) -> Tried<()> {
        refusal::insert(self.session, rows)
    }

    fn reactions(&mut self, rows: &[ReactionRow]) -> Tried<()> {
        self.reactions = reaction::insert(self.session, rows, self.reactions)?;
        Ok(())
    }

    fn messages(&mut self, rows: &[(u64, OutboxRow)]) -> Tried<()> {
        message::put(self.session, rows)
    }

    fn pass(&mut self, pass: &Pass) -> Tried<()> {
        pass::put(self.session, pass)
    }

    fn credential(&mut self, credential: &Credential) -> Tried<()> {
        credential::put(self.session, credential)
    }

    fn webhook(&mut self, webhook: &Webhook, rows: &[Delivery]) -> Tried<()> {
        webhook::put(self.session, webhook)?;
        webhook::wait(self.session, rows)
    }

    fn view(&mut self, view: &View) -> Tried<()> {
        view::keep(self.session, view)
    }

    fn remark(&mut self, remark: &Remark, readers: &[ContributorId]) -> Tried<()> {
        remark::keep(self.session, remark, readers).map(|_| ())
    }

    fn addressee(&mut self, addressee: &Addressee) -> Tried<()> {
        notice::keep(self.session, addressee)
    }

    fn notices(&mut self, notices: &[Notice]) -> Tried<()> {
        notice::wait(self.session, notices)
    }

    fn looked(&mut self, looked: &Looked) -> Tried<()> {
        notice::keep_looked(self.session, looked)
    }

    fn edge(&mut self, log: &Frontier, messages: i64) -> Tried<()> {
        let edge = Edge {
            log: log.clone(),
            messages,
            reactions: self.reactions,
        };
        log::put_edge(self.session, &edge, log.root())
    }

    fn checkpoint(&mut self, size: u64, root: Digest, note: &str) -> Tried<()> {
        log::put_checkpoint(self.session, size, root, note)
    }

    fn row_counts(&mut self) -> Tried<RowCounts> {
        row_counts(self.session)
    }
}
