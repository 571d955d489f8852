//! The commit: one transaction that writes everything or names what moved.
//!
//! It writes at once and looks for reasons only when something is refused: a row that was not as
//! it was read shows in the counts of changed rows or in a refusal of the database, the
//! transaction is rolled back, and only then all that moved is named. Events go in before states,
//! because the database compares the version of a state with its events.

use consort_kernel::id::CommandId;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::batch::Taken;
use super::error::{failed_at_commit, is_refusal};
use super::log::{self, Edge};
use super::names::Names;
use super::transient::{self, Keeping};
use super::{
    acceptance, event, lease, message, personal, reaction, receipt, refusal, state, timer, transfer,
};
use crate::StoreError;
use crate::rules::{self, refused};
use crate::write::{Committed, WriteSet};

/// The one connection that writes, with what it remembers.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) names: Names,
}

impl Writer {
    /// Commits the write set, and what others keep beside it; where it is not committed, neither is that.
    pub(super) fn commit(
        &mut self,
        set: &WriteSet,
        beside: Taken<Keeping>,
    ) -> Result<Committed, StoreError> {
        rules::check(set)?;
        self.names.trim();
        let transaction = begin(&mut self.connection)?;
        let written = write(&transaction, &mut self.names, set)
            .and_then(|done| Ok((done, transient::keep_all(&transaction, &beside.writes())?)));
        match written {
            Ok((Some(done), kept)) => match transaction.commit() {
                Ok(()) => {
                    beside.tell(&kept);
                    Ok(done)
                }
                Err(error) => {
                    self.names.forget();
                    Err(failed_at_commit(&error))
                }
            },
            Ok((None, _)) => {
                self.names.forget();
                drop(transaction);
                moved(&self.connection, set)?.ok_or_else(|| {
                    StoreError::Failed("rows changed while they were locked".to_owned())
                })
            }
            Err(error) => {
                self.names.forget();
                drop(transaction);
                if is_refusal(&error)
                    && let Some(moved) = moved(&self.connection, set)?
                {
                    return Ok(moved);
                }
                Err(error)
            }
        }
    }

    /// Runs something smaller in a transaction of its own.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Names) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let transaction = begin(&mut self.connection)?;
        let result = work(&transaction, &mut self.names);
        let ended = match result {
            Ok(value) => transaction
                .commit()
                .map_err(|error| failed_at_commit(&error))
                .map(|()| value),
            Err(error) => {
                drop(transaction);
                Err(error)
            }
        };
        if ended.is_err() {
            self.names.forget();
        }
        ended
    }
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(StoreError::from)
}

/// Writes the set; nothing if a row was not as it was read.
fn write(
    connection: &Connection,
    names: &mut Names,
    set: &WriteSet,
) -> Result<Option<Committed>, StoreError> {
    let Edge {
        epoch,
        mut log,
        messages,
    } = log::edge(connection)?;
    check_epoch(set.epoch, epoch)?;
    let first_position = log.size() + 1;
    if !state::guards_hold(connection, &set.guards)? {
        return Ok(None);
    }
    event::append(connection, names, &set.events, &mut log)?;
    if !state::write(connection, names, &set.rows)? {
        return Ok(None);
    }
    receipt::insert(connection, names, &set.receipts)?;
    if !reaction::take(connection, &set.reactions_done)? {
        return Ok(None);
    }
    reaction::insert(connection, &set.reactions)?;
    refusal::insert(connection, &set.refusals)?;
    personal::put(connection, &set.personal)?;
    lease::change(connection, names, &set.leases)?;
    acceptance::insert(connection, names, &set.acceptances)?;
    transfer::insert(connection, names, &set.transfers)?;
    if !timer::fire(connection, &set.fired)? {
        return Ok(None);
    }
    timer::extend(connection, &set.extended)?;
    timer::change(connection, &set.timers)?;
    let messages = message::insert(connection, names, &set.outbox, messages)?;
    let root = log.root();
    log::put_edge(connection, &log, root, messages)?;
    Ok(Some(Committed::Done {
        first_position,
        log_size: log.size(),
        log_root: root,
    }))
}

fn check_epoch(ours: u64, network: Option<u64>) -> Result<(), StoreError> {
    match network {
        None => Err(refused("the network has no identity yet")),
        Some(current) if current != ours => Err(StoreError::Fenced { ours, current }),
        Some(_) => Ok(()),
    }
}

/// Names the streams and commands that another commit was first with, if there are any.
fn moved(connection: &Connection, set: &WriteSet) -> Result<Option<Committed>, StoreError> {
    let streams = state::moved(connection, &set.rows, &set.guards)?;
    let mut commands: Vec<CommandId> = Vec::new();
    for one in &set.receipts {
        if receipt::find(connection, &one.principal, one.command)?.is_some() {
            commands.push(one.command);
        }
    }
    for id in &set.reactions_done {
        if !reaction::waits(connection, *id)? {
            commands.push(*id);
        }
    }
    for fired in &set.fired {
        if !timer::stands(connection, &fired.timer)? {
            commands.push(fired.command);
        }
    }
    commands.sort_unstable();
    commands.dedup();
    let any = !streams.is_empty() || !commands.is_empty();
    Ok(any.then_some(Committed::Moved { streams, commands }))
}
