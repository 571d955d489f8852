//! Remarks, by discussion and identifier, and who has still to read them.

use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::time::Timestamp;

use super::MemoryStore;
use super::content::Content;
use crate::StoreError;
use crate::remark::{REMARKS_MAX, Remark, Remarks};
use crate::rules::too_many_remarks;

impl Remarks for MemoryStore {
    fn put_remark(&self, remark: &Remark, readers: &[ContributorId]) -> Result<bool, StoreError> {
        let mut content = self.content();
        let key = (remark.outcome, remark.id);
        if content.remarks.contains_key(&key) {
            return Ok(false);
        }
        let of_it = content.remarks.keys().filter(|it| it.0 == remark.outcome);
        if of_it.count() >= REMARKS_MAX {
            return Err(too_many_remarks());
        }
        content.remarks.insert(key, remark.clone());
        set_readers(&mut content, key, readers);
        Ok(true)
    }

    fn remark(&self, outcome: OutcomeId, id: CommandId) -> Result<Option<Remark>, StoreError> {
        Ok(self.content().remarks.get(&(outcome, id)).cloned())
    }

    fn change_remark(
        &self,
        remark: &Remark,
        readers: &[ContributorId],
    ) -> Result<bool, StoreError> {
        let mut content = self.content();
        let key = (remark.outcome, remark.id);
        match content.remarks.get_mut(&key) {
            Some(kept) if kept.ended.is_none() => {
                remark.text.clone_into(&mut kept.text);
                kept.changed = remark.changed;
                kept.ended = remark.ended;
            }
            Some(_) | None => return Ok(false),
        }
        set_readers(&mut content, key, readers);
        Ok(true)
    }

    fn remarks(
        &self,
        outcome: OutcomeId,
        before: Option<(Timestamp, CommandId)>,
        limit: usize,
    ) -> Result<Vec<Remark>, StoreError> {
        let content = self.content();
        let all = content.remarks.values();
        let of_it = all.filter(|it| {
            it.outcome == outcome && before.is_none_or(|place| (it.at, it.id) < place)
        });
        Ok(newest(of_it, limit))
    }

    fn said_since(&self, by: ContributorId, since: Timestamp) -> Result<usize, StoreError> {
        let content = self.content();
        let all = content.remarks.values();
        Ok(all.filter(|it| it.by == by && it.at >= since).count())
    }

    fn unread(&self, reader: ContributorId, limit: usize) -> Result<Vec<Remark>, StoreError> {
        let content = self.content();
        let theirs = content.unread.iter().filter(|it| it.0 == reader);
        let remarks = theirs.filter_map(|(_, outcome, id)| content.remarks.get(&(*outcome, *id)));
        Ok(newest(remarks, limit))
    }

    fn readers(&self, outcome: OutcomeId, id: CommandId) -> Result<Vec<ContributorId>, StoreError> {
        let content = self.content();
        let of_it = content.unread.iter();
        let of_it = of_it.filter(|it| (it.1, it.2) == (outcome, id));
        Ok(of_it.map(|it| it.0).collect())
    }

    fn note_read(
        &self,
        reader: ContributorId,
        outcome: OutcomeId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let mut content = self.content();
        let Content {
            unread, remarks, ..
        } = &mut *content;
        unread.retain(|(who, which, id)| {
            let at = remarks.get(&(*which, *id)).map(|it| it.at);
            *who != reader || *which != outcome || at.is_some_and(|at| at > until)
        });
        Ok(())
    }
}

fn set_readers(
    content: &mut Content,
    (outcome, id): (OutcomeId, CommandId),
    readers: &[ContributorId],
) {
    content
        .unread
        .retain(|(_, which, it)| (*which, *it) != (outcome, id));
    let rows = readers.iter().map(|reader| (*reader, outcome, id));
    content.unread.extend(rows);
}

fn newest<'a>(remarks: impl Iterator<Item = &'a Remark>, limit: usize) -> Vec<Remark> {
    let mut found: Vec<Remark> = remarks.cloned().collect();
    found.sort_by_key(|it| std::cmp::Reverse((it.at, it.id)));
    found.truncate(limit);
    found
}
