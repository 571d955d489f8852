//! The trait, on plain maps.

use std::collections::BTreeMap;
use std::ops::Bound;

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, Timer};
use consort_kernel::id::{CommandId, NetworkId, TaskId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use super::content::index_after;
use super::{MemoryStore, balance, commit, lease, log, timer};
use crate::rules::refused;
use crate::{
    Committed, FeedRow, Flaw, Identity, LeaseRow, OutboxRow, PersonalRow, ReactionRow, Receipt,
    RefusalRow, StateQuery, StateRow, Store, StoreError, TransferQuery, TransferRow, WriteSet,
};

/// The epoch that a new network begins with.
const FIRST_EPOCH: u64 = 1;

impl Store for MemoryStore {
    fn identity(&self, fresh: NetworkId) -> Result<Identity, StoreError> {
        let mut content = self.content();
        let identity = content.identity.get_or_insert(Identity {
            network: fresh,
            epoch: FIRST_EPOCH,
        });
        Ok(identity.clone())
    }

    fn load(&self, streams: &[StreamId]) -> Result<Vec<StateRow>, StoreError> {
        let content = self.content();
        Ok(streams
            .iter()
            .filter_map(|stream| content.states.get(stream).cloned())
            .collect())
    }

    fn receipts(&self, commands: &[(String, CommandId)]) -> Result<Vec<Receipt>, StoreError> {
        let content = self.content();
        let found = commands
            .iter()
            .filter_map(|(principal, command)| content.receipt(principal, *command).cloned());
        Ok(found.collect())
    }

    fn all_receipts(
        &self,
        after: Option<(CommandId, String)>,
        limit: usize,
    ) -> Result<Vec<Receipt>, StoreError> {
        let content = self.content();
        let from = after.as_ref().map(|(command, _)| *command);
        let begin = from.map_or(Bound::Unbounded, Bound::Included);
        let mut found = Vec::new();
        for receipts in content
            .receipts
            .range((begin, Bound::Unbounded))
            .map(|(_, it)| it)
        {
            let mut receipts: Vec<&Receipt> = receipts.iter().collect();
            receipts.sort_unstable_by(|left, right| left.principal.cmp(&right.principal));
            let later = receipts.into_iter().filter(|receipt| {
                after.as_ref().is_none_or(|(command, principal)| {
                    (receipt.command, &receipt.principal) > (*command, principal)
                })
            });
            found.extend(later.cloned());
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    fn commit(&self, set: &WriteSet) -> Result<Committed, StoreError> {
        if let Some(error) = self.faults.before_commit(set) {
            return Err(error);
        }
        let answer = commit::commit(&mut self.content(), set)?;
        if self.faults.loses_answer(set, &answer) {
            return Err(StoreError::Unknown("a fault was asked for".to_owned()));
        }
        Ok(answer)
    }

    fn extend_leases(
        &self,
        leases: &[(TaskId, u64, Timestamp)],
    ) -> Result<Vec<TaskId>, StoreError> {
        Ok(lease::extend(&mut self.content(), leases))
    }

    fn lease(&self, task: TaskId) -> Result<Option<(u64, Timestamp)>, StoreError> {
        let content = self.content();
        let lease = content.leases.get(&task);
        Ok(lease.and_then(|lease| Some((lease.number, lease.deadline?))))
    }

    fn leases(&self, after: Option<TaskId>, limit: usize) -> Result<Vec<LeaseRow>, StoreError> {
        let content = self.content();
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let found = content.leases.range((begin, Bound::Unbounded)).take(limit);
        Ok(found
            .map(|(task, lease)| LeaseRow {
                task: *task,
                number: lease.number,
                holder: lease.holder,
                deadline: lease.deadline,
            })
            .collect())
    }

    fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Timer>, StoreError> {
        Ok(timer::due(&self.content(), now, limit))
    }

    fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.content().due.first().map(|(at, _, _)| *at))
    }

    fn reactions(&self, limit: usize) -> Result<Vec<ReactionRow>, StoreError> {
        Ok(self
            .content()
            .reactions
            .values()
            .take(limit)
            .cloned()
            .collect())
    }

    fn refusals(&self, limit: usize) -> Result<Vec<RefusalRow>, StoreError> {
        Ok(self
            .content()
            .refusals
            .iter()
            .take(limit)
            .cloned()
            .collect())
    }

    fn personal(&self, subject: StreamId) -> Result<Vec<PersonalRow>, StoreError> {
        let content = self.content();
        let rows = content
            .personal
            .values()
            .filter(|row| row.subject == subject);
        Ok(rows.cloned().collect())
    }

    fn erase_personal(&self, subject: StreamId) -> Result<(), StoreError> {
        let mut content = self.content();
        content.personal.retain(|(about, _), _| *about != subject);
        if let StreamId::Contributor(who) = subject {
            content.addressees.remove(&who);
            content.notices.retain(|_, it| it.to != who);
        }
        Ok(())
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<(u64, OutboxRow)>, StoreError> {
        let content = self.content();
        let waiting = content
            .outbox
            .range((Bound::Excluded(after), Bound::Unbounded))
            .take(limit);
        Ok(waiting
            .map(|(position, message)| (*position, message.clone()))
            .collect())
    }

    fn outbox_done(&self, positions: &[u64]) -> Result<(), StoreError> {
        let mut content = self.content();
        for position in positions {
            content.outbox.remove(position);
        }
        Ok(())
    }

    fn feed(&self, after: u64, limit: usize) -> Result<Vec<FeedRow>, StoreError> {
        let content = self.content();
        let indexes = (0..content.events.len())
            .skip(index_after(after))
            .take(limit);
        Ok(indexes.map(|index| content.feed_row(index)).collect())
    }

    fn history(
        &self,
        stream: StreamId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FeedRow>, StoreError> {
        let content = self.content();
        let history = content.histories.get(&stream).into_iter().flatten();
        let indexes = history.skip(index_after(after)).take(limit);
        Ok(indexes.map(|index| content.feed_row(*index)).collect())
    }

    fn states(&self, query: &StateQuery) -> Result<Vec<StateRow>, StoreError> {
        let content = self.content();
        let edge = query.after.map_or(Bound::Unbounded, Bound::Excluded);
        let is_wanted = |row: &&StateRow| {
            query.kind.is_none_or(|kind| kind == row.stream.kind())
                && query.parent.is_none_or(|parent| Some(parent) == row.parent)
                && (query.statuses.is_empty() || query.statuses.contains(&row.status))
        };
        let states = &content.states;
        Ok(if query.backwards {
            let rows = states.range((Bound::Unbounded, edge)).rev();
            let wanted = rows.map(|(_, row)| row).filter(is_wanted);
            wanted.take(query.limit).cloned().collect()
        } else {
            let rows = states.range((edge, Bound::Unbounded));
            let wanted = rows.map(|(_, row)| row).filter(is_wanted);
            wanted.take(query.limit).cloned().collect()
        })
    }

    fn counts(
        &self,
        parent: Option<StreamId>,
    ) -> Result<BTreeMap<(String, String), u64>, StoreError> {
        let content = self.content();
        let rows = content.states.values();
        let mut counts = BTreeMap::new();
        for row in rows.filter(|row| parent.is_none_or(|parent| Some(parent) == row.parent)) {
            let key = (row.stream.kind().to_owned(), row.status.clone());
            *counts.entry(key).or_default() += 1;
        }
        Ok(counts)
    }

    fn transfers(&self, query: &TransferQuery) -> Result<Vec<TransferRow>, StoreError> {
        let content = self.content();
        let is_wanted = |write: &crate::TransferWrite| {
            let outcome = query.outcome;
            outcome.is_none_or(|outcome| Some(outcome) == write.transfer.outcome)
        };
        let row = |(index, write): (usize, &crate::TransferWrite)| {
            is_wanted(write).then(|| TransferRow {
                position: index as u64 + 1,
                write: write.clone(),
            })
        };
        let rows = content.transfers.iter().enumerate();
        Ok(if query.backwards {
            let before = match query.after {
                0 => content.transfers.len(),
                position => index_after(position - 1).min(content.transfers.len()),
            };
            let rows = rows.take(before).rev();
            rows.filter_map(row).take(query.limit).collect()
        } else {
            let rows = rows.skip(index_after(query.after));
            rows.filter_map(row).take(query.limit).collect()
        })
    }

    fn balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        balance::fold(&self.content().transfers)
    }

    fn guarded_balances(&self) -> Result<BTreeMap<(Account, Asset), Amount>, StoreError> {
        Ok(self.content().guarded.clone())
    }

    fn acceptances(
        &self,
        after: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Acceptance>, StoreError> {
        let content = self.content();
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let found = content
            .acceptances
            .range((begin, Bound::Unbounded))
            .take(limit);
        Ok(found.map(|(_, acceptance)| acceptance.clone()).collect())
    }

    fn log(&self) -> Result<Frontier, StoreError> {
        Ok(self.content().log.clone())
    }

    fn put_checkpoint(&self, size: u64, root: Digest, note: &str) -> Result<(), StoreError> {
        log::put_checkpoint(&mut self.content(), size, root, note)
    }

    fn checkpoints(&self) -> Result<Vec<(u64, Digest, String)>, StoreError> {
        let content = self.content();
        let checkpoints = content.checkpoints.iter();
        Ok(checkpoints
            .map(|(size, (root, note))| (*size, *root, note.clone()))
            .collect())
    }

    fn flaws(&self) -> Result<Vec<Flaw>, StoreError> {
        // What the maps refuse cannot be changed behind their back.
        Ok(Vec::new())
    }

    fn snapshot(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(self.copied()))
    }

    fn rebuild(&self, rows: &[StateRow]) -> Result<(), StoreError> {
        let mut content = self.content();
        for row in rows {
            let stays = content.states.get(&row.stream).map(|old| old.version);
            if stays != Some(row.version) || row.fence > row.version {
                return Err(refused(format!(
                    "{} is not at version {}, so its state was not replaced",
                    row.stream, row.version
                )));
            }
        }
        for row in rows {
            content.states.insert(row.stream, row.clone());
        }
        Ok(())
    }

    fn rebuild_timers(&self, timers: &[Timer]) -> Result<(), StoreError> {
        let mut content = self.content();
        timer::replace_all(&mut content, timers);
        lease::end_without_timer(&mut content);
        Ok(())
    }
}
