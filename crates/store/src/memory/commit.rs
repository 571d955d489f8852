//! The commit in memory: everything is checked before anything is changed.

use consort_kernel::id::CommandId;
use consort_kernel::log::leaf_hash;
use consort_kernel::stream::StreamId;

use super::content::Content;
use super::{balance, lease, timer};
use crate::StoreError;
use crate::rules::{self, refused};
use crate::write::{Committed, WriteSet};

/// Commits the write set.
pub(super) fn commit(content: &mut Content, set: &WriteSet) -> Result<Committed, StoreError> {
    rules::check(set)?;
    check_epoch(content, set.epoch)?;
    let streams = moved_streams(content, set);
    let commands = moved_commands(content, set);
    if !streams.is_empty() || !commands.is_empty() {
        return Ok(Committed::Moved { streams, commands });
    }
    check_progress(content, set)?;
    for reaction in &set.reactions {
        if content.reaction_places.contains_key(&reaction.id) {
            return Err(refused(format!(
                "the reaction {} waits already",
                reaction.id
            )));
        }
    }
    let leases = lease::change(content, &set.leases)?;
    lease::check_acceptances(content, &leases, &set.acceptances)?;
    let money = balance::move_money(content, set)?;

    let first_position = content.log.size() + 1;
    append_events(content, set);
    for write in &set.rows {
        content.states.insert(write.row.stream, write.row.clone());
    }
    content.leases.extend(leases);
    balance::apply(content, money);
    content.transfers.extend(set.transfers.iter().cloned());
    for acceptance in &set.acceptances {
        content
            .acceptances
            .insert(acceptance.task, acceptance.clone());
    }
    for fired in &set.fired {
        timer::fire(content, &fired.timer);
    }
    for timer in &set.extended {
        timer::extend(content, timer);
    }
    for change in &set.timers {
        timer::change(content, change);
    }
    for receipt in &set.receipts {
        content
            .receipts
            .entry(receipt.command)
            .or_default()
            .push(receipt.clone());
    }
    content.refusals.extend(set.refusals.iter().cloned());
    for row in &set.personal {
        content
            .personal
            .insert((row.subject, row.field.clone()), row.clone());
    }
    put_messages(content, set);
    Ok(Committed::Done {
        first_position,
        log_size: content.log.size(),
        log_root: content.log.root(),
    })
}

fn check_epoch(content: &Content, ours: u64) -> Result<(), StoreError> {
    match &content.identity {
        None => Err(refused("the network has no identity yet")),
        Some(identity) if identity.epoch != ours => Err(StoreError::Fenced {
            ours,
            current: identity.epoch,
        }),
        Some(_) => Ok(()),
    }
}

/// Neither the fence nor the time of a stream goes back.
fn check_progress(content: &Content, set: &WriteSet) -> Result<(), StoreError> {
    for write in &set.rows {
        let Some(before) = content.states.get(&write.row.stream) else {
            continue;
        };
        let goes_back = if before.fence > write.row.fence {
            "fence"
        } else if before.recorded_at > write.row.recorded_at {
            "time"
        } else {
            continue;
        };
        return Err(refused(format!(
            "the {goes_back} of {} goes back",
            write.row.stream
        )));
    }
    Ok(())
}

fn moved_streams(content: &Content, set: &WriteSet) -> Vec<StreamId> {
    let rows = set.rows.iter().filter_map(|write| {
        let stream = write.row.stream;
        (content.version(stream) != write.read_version).then_some(stream)
    });
    let guards = set.guards.iter().filter_map(|guard| {
        let state = content.states.get(&guard.stream);
        state
            .is_none_or(|row| row.fence != guard.fence)
            .then_some(guard.stream)
    });
    let mut streams: Vec<StreamId> = rows.chain(guards).collect();
    streams.sort_unstable();
    streams.dedup();
    streams
}

fn moved_commands(content: &Content, set: &WriteSet) -> Vec<CommandId> {
    let answered = set.receipts.iter().filter_map(|receipt| {
        content
            .receipt(&receipt.principal, receipt.command)
            .map(|known| known.command)
    });
    let taken = set.reactions_done.iter().copied();
    let taken = taken.filter(|id| !content.reaction_places.contains_key(id));
    let fired = set.fired.iter();
    let fired = fired
        .filter(|fired| !timer::stands(content, &fired.timer))
        .map(|fired| fired.command);
    let mut commands: Vec<CommandId> = answered.chain(taken).chain(fired).collect();
    commands.sort_unstable();
    commands.dedup();
    commands
}

fn append_events(content: &mut Content, set: &WriteSet) {
    for event in &set.events {
        let index = content.events.len();
        content
            .histories
            .entry(event.stream)
            .or_default()
            .push(index);
        content.log.append(leaf_hash(event.body.as_bytes()));
        content.events.push(event.clone());
    }
}

fn put_messages(content: &mut Content, set: &WriteSet) {
    for message in &set.outbox {
        content.messages += 1;
        content.outbox.insert(content.messages, message.clone());
    }
    for id in &set.reactions_done {
        if let Some(place) = content.reaction_places.remove(id) {
            content.reactions.remove(&place);
        }
    }
    for reaction in &set.reactions {
        let place = content
            .reactions
            .last_key_value()
            .map_or(1, |(last, _)| last + 1);
        content.reaction_places.insert(reaction.id, place);
        content.reactions.insert(place, reaction.clone());
    }
}
