//! The commit: one transaction that writes everything or names what moved.
//!
//! The phases, each a statement or a few, however many commands the batch has:
//!
//! 1. The row of the log is locked. From here on no other commit runs on the shard, so whatever is
//!    read is the latest, and the places in the feed are given in the order of the commits.
//! 2. Epoch, versions and fences are compared with what was read.
//! 3. Everything is written, each kind of row by one statement over arrays. Events go in before
//!    states, and leases before acceptances before transfers, because the database compares them.
//! 4. The log's edge is moved, and the transaction ends.
//!
//! Where a row was not as it was read, the transaction is given up and all that moved is named.
//! Where the connection is lost before the end was asked for, nothing was written; after that it
//! is not known, and the next commit waits at the row of the log until it is.

use consort_kernel::id::CommandId;

use super::connection::Session;
use super::error::{Tried, Trouble, is_refusal};
use super::log::{self, Edge};
use super::{
    acceptance, event, lease, message, personal, reaction, receipt, refusal, state, timer, transfer,
};
use crate::rules::refused;
use crate::write::{Committed, WriteSet};
use crate::{StoreError, key};

/// Commits the write set.
pub(super) fn commit(session: &mut Session, set: &WriteSet) -> Tried<Committed> {
    session.begin()?;
    match write(session, set) {
        Ok(Some(done)) => session.end().map(|()| done),
        Ok(None) => {
            session.give_up();
            // What moved and moved back meanwhile is committed at another try.
            moved(session, set)?
                .ok_or_else(|| Trouble::Again("rows changed and changed back".to_owned()))
        }
        Err(trouble) => {
            session.give_up();
            if is_refusal(&trouble)
                && let Some(moved) = moved(session, set)?
            {
                return Ok(moved);
            }
            Err(trouble)
        }
    }
}

/// Writes the set; nothing if a row was not as it was read.
fn write(session: &mut Session, set: &WriteSet) -> Tried<Option<Committed>> {
    let before = log::lock(session)?;
    let standing = state::standing(session, &set.rows, &set.guards)?;
    check_epoch(set.epoch, standing.epoch)?;
    if !standing.as_read {
        return Ok(None);
    }
    let mut log = before.log.clone();
    let first_position = log.size() + 1;
    event::append(session, &set.events, &mut log)?;
    let is_first = state::write(session, &set.rows)?
        && receipt::insert(session, &set.receipts)?
        && reaction::take(session, &set.reactions_done)?
        && timer::fire(session, &set.fired)?;
    if !is_first {
        return Ok(None);
    }
    let reactions = reaction::insert(session, &set.reactions, before.reactions)?;
    refusal::insert(session, &set.refusals)?;
    personal::put(session, &set.personal)?;
    lease::change(session, &set.leases)?;
    acceptance::insert(session, &set.acceptances)?;
    transfer::insert(session, &set.transfers)?;
    timer::extend(session, &set.extended)?;
    timer::change(session, &set.timers)?;
    let messages = message::insert(session, &set.outbox, before.messages)?;
    let after = Edge {
        log,
        messages,
        reactions,
    };
    let log_root = after.log.root();
    if after != before {
        log::put_edge(session, &after, log_root)?;
    }
    Ok(Some(Committed::Done {
        first_position,
        log_size: after.log.size(),
        log_root,
    }))
}

fn check_epoch(ours: u64, network: Option<i64>) -> Result<(), StoreError> {
    match network.map(key::natural).transpose()? {
        None => Err(refused("the network has no identity yet")),
        Some(current) if current != ours => Err(StoreError::Fenced { ours, current }),
        Some(_) => Ok(()),
    }
}

/// Names the streams and commands that another commit was first with, if there are any.
fn moved(session: &mut Session, set: &WriteSet) -> Tried<Option<Committed>> {
    let streams = state::moved(session, &set.rows, &set.guards)?;
    let asked: Vec<(String, CommandId)> = set
        .receipts
        .iter()
        .map(|one| (one.principal.clone(), one.command))
        .collect();
    let answered = receipt::find(session, &asked)?;
    let mut commands: Vec<CommandId> = answered.iter().map(|one| one.command).collect();
    commands.extend(reaction::gone(session, &set.reactions_done)?);
    commands.extend(timer::gone(session, &set.fired)?);
    commands.sort_unstable();
    commands.dedup();
    let any = !streams.is_empty() || !commands.is_empty();
    Ok(any.then_some(Committed::Moved { streams, commands }))
}
