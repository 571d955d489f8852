//! Writes a network that is kept elsewhere into a new file: the backup of a database that is none.

use std::path::Path;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer, TimerChange};
use consort_kernel::id::ContributorId;
use consort_kernel::log::Frontier;
use rusqlite::{Connection, TransactionBehavior};

use super::backup::{Part, check, open_copy, refuse_existing};
use super::error::failed_at_commit;
use super::names::Names;
use super::{
    SqliteStore, acceptance, credential, event, flaw, lease, listing, log, message, migration,
    network, notice, pass, personal, reaction, receipt, refusal, remark, state, timer, transfer,
    view, webhook,
};
use crate::copy::{ROW_COUNTS, RowCounts, Source, Target, copy};
use crate::write::RowWrite;
use crate::{
    Addressee, Credential, Delivery, EventRow, Flaw, Identity, LeaseRow, Looked, Notice, OutboxRow,
    Pass, PersonalRow, ReactionRow, Receipt, RefusalRow, Remark, StoreError, TransferWrite, View,
    Webhook,
};

/// Writes a copy of a network to a new file, and tells how many events of how many are copied. The
/// copy is checked before it gets its name.
pub(crate) fn write_copy(
    source: &dyn Source,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    refuse_existing(target)?;
    let part = Part::beside(target)?;
    let mut connection = open_copy(part.file())?;
    fill(&mut connection, source, progress)?;
    if let Some(what) = difference(&connection, source)? {
        return Err(StoreError::Damaged(format!(
            "a copy was made but not kept: {what} are not those of the network"
        )));
    }
    check(&connection)?;
    if let Some(Flaw::Content(text) | Flaw::Form(text)) = flaw::contradictions(&connection)?.pop() {
        return Err(StoreError::Damaged(format!(
            "a copy was made but not kept: {text}"
        )));
    }
    drop(connection);
    part.name(target)
}

/// Writes everything in one transaction. Nobody has the file yet: what a crash leaves of it has no
/// name that anybody looks for, and all of it is synced before it gets one.
fn fill(
    connection: &mut Connection,
    source: &dyn Source,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    connection.pragma_update(None, "synchronous", "OFF")?;
    migration::migrate(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut written = Written {
        connection: &transaction,
        names: Names::default(),
    };
    copy(source, &mut written, progress)?;
    transaction
        .commit()
        .map_err(|error| failed_at_commit(&error))
}

/// What the copy differs in, if it does.
fn difference(copy: &Connection, source: &dyn Source) -> Result<Option<&'static str>, StoreError> {
    let differs = if log::kept(copy)? != source.log()? {
        Some("the events")
    } else if listing::counts(copy, None)? != source.counts(None)? {
        Some("the states")
    } else if transfer::fold(copy)? != source.balances()?
        || transfer::guarded(copy)? != source.guarded_balances()?
    {
        Some("the balances")
    } else {
        None
    };
    Ok(differs)
}

impl Source for SqliteStore {
    fn form(&self) -> Result<u32, StoreError> {
        self.readers.read(migration::check_form)
    }

    fn last_message(&self) -> Result<i64, StoreError> {
        self.readers
            .read(|connection| log::edge(connection).map(|edge| edge.messages))
    }

    fn all_personal(
        &self,
        after: Option<&PersonalRow>,
        limit: usize,
    ) -> Result<Vec<PersonalRow>, StoreError> {
        self.readers
            .read(|connection| personal::list(connection, after, limit))
    }

    fn row_counts(&self) -> Result<RowCounts, StoreError> {
        self.readers.read(row_counts)
    }
}

fn row_counts(connection: &Connection) -> Result<RowCounts, StoreError> {
    let mut select = connection.prepare(ROW_COUNTS)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect::<Result<_, _>>().map_err(StoreError::from)
}

/// What is written, in its transaction.
struct Written<'a> {
    connection: &'a Connection,
    names: Names,
}

impl Target for Written<'_> {
    type Error = StoreError;

    fn identity(&mut self, identity: &Identity) -> Result<(), StoreError> {
        network::put(self.connection, identity)
    }

    fn events(&mut self, rows: &[EventRow], log: &mut Frontier) -> Result<(), StoreError> {
        self.names.trim();
        event::append(self.connection, &mut self.names, rows, log)
    }

    fn states(&mut self, rows: &[RowWrite]) -> Result<(), StoreError> {
        self.names.trim();
        if state::write(self.connection, &mut self.names, rows)? {
            return Ok(());
        }
        Err(StoreError::Damaged("a stream has two states".to_owned()))
    }

    fn personal(&mut self, rows: &[PersonalRow]) -> Result<(), StoreError> {
        personal::put(self.connection, rows)
    }

    fn receipts(&mut self, rows: &[Receipt]) -> Result<(), StoreError> {
        self.names.trim();
        receipt::insert(self.connection, &mut self.names, rows)
    }

    fn leases(&mut self, rows: Vec<LeaseRow>) -> Result<(), StoreError> {
        self.names.trim();
        lease::put(self.connection, &mut self.names, &rows)
    }

    fn acceptances(&mut self, rows: &[Acceptance]) -> Result<(), StoreError> {
        self.names.trim();
        acceptance::insert(self.connection, &mut self.names, rows)
    }

    fn transfers(&mut self, rows: &[TransferWrite]) -> Result<(), StoreError> {
        self.names.trim();
        transfer::insert(self.connection, &mut self.names, rows)
    }

    fn timers(&mut self, timers: Vec<Timer>) -> Result<(), StoreError> {
        let set: Vec<TimerChange> = timers.into_iter().map(TimerChange::Set).collect();
        timer::change(self.connection, &set)
    }

    fn refusals(&mut self, rows: &[RefusalRow]) -> Result<(), StoreError> {
        refusal::insert(self.connection, rows)
    }

    fn reactions(&mut self, rows: &[ReactionRow]) -> Result<(), StoreError> {
        reaction::insert(self.connection, rows)
    }

    fn messages(&mut self, rows: &[(u64, OutboxRow)]) -> Result<(), StoreError> {
        message::put(self.connection, &mut self.names, rows)
    }

    fn pass(&mut self, pass: &Pass) -> Result<(), StoreError> {
        pass::put(self.connection, pass)
    }

    fn credential(&mut self, credential: &Credential) -> Result<(), StoreError> {
        credential::put(self.connection, credential)
    }

    fn webhook(&mut self, webhook: &Webhook, rows: &[Delivery]) -> Result<(), StoreError> {
        webhook::put(self.connection, webhook)?;
        webhook::wait(self.connection, rows)
    }

    fn view(&mut self, view: &View) -> Result<(), StoreError> {
        view::keep(self.connection, view)
    }

    fn remark(&mut self, remark: &Remark, readers: &[ContributorId]) -> Result<(), StoreError> {
        remark::keep(self.connection, remark, readers).map(|_| ())
    }

    fn addressee(&mut self, addressee: &Addressee) -> Result<(), StoreError> {
        notice::keep(self.connection, addressee)
    }

    fn notices(&mut self, notices: &[Notice]) -> Result<(), StoreError> {
        notice::wait(self.connection, notices)
    }

    fn looked(&mut self, looked: &Looked) -> Result<(), StoreError> {
        notice::keep_looked(self.connection, looked)
    }

    fn edge(&mut self, log: &Frontier, messages: i64) -> Result<(), StoreError> {
        log::put_edge(self.connection, log, log.root(), messages)
    }

    fn checkpoint(&mut self, size: u64, root: Digest, note: &str) -> Result<(), StoreError> {
        log::put_checkpoint(self.connection, size, root, note)
    }

    fn row_counts(&mut self) -> Result<RowCounts, StoreError> {
        row_counts(self.connection)
    }
}
