//! Notices by whom they are for, and what people wish.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use super::MemoryStore;
use crate::{Addressee, Channel, Looked, Notice, Notices, StoreError};

impl Notices for MemoryStore {
    fn addressee(&self, who: ContributorId) -> Result<Option<Addressee>, StoreError> {
        Ok(self.content().addressees.get(&who).cloned())
    }

    fn write_addressee(&self, addressee: &Addressee) -> Result<bool, StoreError> {
        let mut content = self.content();
        let kept = content.addressees.get(&addressee.who);
        if kept.map_or(0, |it| it.version) != addressee.version {
            return Ok(false);
        }
        let new = Addressee {
            version: addressee.version + 1,
            ..addressee.clone()
        };
        content.addressees.insert(new.who, new);
        if !addressee.is_told {
            let is_gone = |it: &Notice| it.to == addressee.who && it.due.is_some();
            content.notices.retain(|_, it| !is_gone(it));
        }
        Ok(true)
    }

    fn addressees(
        &self,
        epoch: u64,
        after: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Addressee>, StoreError> {
        let content = self.content();
        let all = content.addressees.values();
        Ok(all
            .filter(|it| it.is_told && it.epoch == epoch)
            .filter(|it| after.is_none_or(|after| it.who > after))
            .take(limit)
            .cloned()
            .collect())
    }

    fn looked(&self) -> Result<Option<Looked>, StoreError> {
        Ok(self.content().looked)
    }

    fn note(&self, looked: &Looked, notices: &[Notice]) -> Result<bool, StoreError> {
        let mut content = self.content();
        if content.looked.map_or(0, |it| it.version) != looked.version {
            return Ok(false);
        }
        content.looked = Some(Looked {
            version: looked.version + 1,
            ..*looked
        });
        for notice in notices {
            let key = (notice.to, notice.by, notice.key.clone());
            let place = content.notices.entry(key);
            place.or_insert_with(|| notice.clone());
        }
        Ok(true)
    }

    fn due_notices(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(ContributorId, Channel)>, StoreError> {
        let content = self.content();
        let is_told = |who| {
            let known = content.addressees.get(&who);
            known.is_some_and(|it| it.is_told && it.epoch == epoch)
        };
        let mut due: Vec<_> = content
            .notices
            .values()
            .filter(|it| is_told(it.to))
            .filter_map(|it| Some((it.due.filter(|due| *due <= now)?, it.to, it.by)))
            .collect();
        due.sort_unstable();
        let mut found = Vec::new();
        for (_, to, by) in due {
            if !found.contains(&(to, by)) {
                found.push((to, by));
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    fn claim_notices(
        &self,
        (to, by): (ContributorId, Channel),
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Notice>, StoreError> {
        let mut content = self.content();
        let theirs = content.notices.values_mut();
        let mut due: Vec<&mut Notice> = theirs
            .filter(|it| (it.to, it.by) == (to, by) && it.due.is_some_and(|due| due <= now))
            .collect();
        due.sort_by(|one, two| (one.due, &one.key).cmp(&(two.due, &two.key)));
        let mut claimed = Vec::new();
        for notice in due.into_iter().take(limit) {
            notice.attempts += 1;
            notice.due = Some(until);
            claimed.push(notice.clone());
        }
        claimed.sort_by(|one, two| (one.noted, &one.key).cmp(&(two.noted, &two.key)));
        Ok(claimed)
    }

    fn settle_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        let mut content = self.content();
        let mut count = 0;
        for notice in notices {
            let key = (notice.to, notice.by, notice.key.clone());
            let kept = content.notices.get_mut(&key);
            if let Some(kept) = kept.filter(|it| it.attempts == notice.attempts && it.due.is_some())
            {
                *kept = notice.clone();
                count += 1;
            }
        }
        Ok(count)
    }

    fn drop_notices(&self, notices: &[Notice]) -> Result<usize, StoreError> {
        let mut content = self.content();
        let there = content.notices.len();
        for notice in notices {
            let key = (notice.to, notice.by, notice.key.clone());
            let kept = content.notices.get(&key);
            if kept.is_some_and(|it| it.attempts == notice.attempts && it.due.is_some()) {
                content.notices.remove(&key);
            }
        }
        Ok(there - content.notices.len())
    }

    fn notices_of(&self, to: ContributorId, limit: usize) -> Result<Vec<Notice>, StoreError> {
        let content = self.content();
        let theirs = content.notices.values().filter(|it| it.to == to);
        let mut found: Vec<Notice> = theirs.cloned().collect();
        found.sort_by(|one, two| {
            let order = |it: &Notice| (it.noted, it.key.clone(), it.by.name());
            order(two).cmp(&order(one))
        });
        found.truncate(limit);
        Ok(found)
    }

    fn waiting_notices(&self, to: ContributorId, by: Channel) -> Result<u64, StoreError> {
        let content = self.content();
        let waits = |it: &&Notice| (it.to, it.by) == (to, by) && it.due.is_some();
        Ok(content.notices.values().filter(waits).count() as u64)
    }

    fn forget_notices(&self, before: Timestamp) -> Result<usize, StoreError> {
        let mut content = self.content();
        let there = content.notices.len();
        let is_past =
            |it: &Notice| it.due.is_none() && it.tried.is_some_and(|tried| tried < before);
        content.notices.retain(|_, it| !is_past(it));
        Ok(there - content.notices.len())
    }
}
