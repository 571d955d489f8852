//! Views, by owner, list and name.

use consort_kernel::stream::StreamId;

use super::MemoryStore;
use crate::StoreError;
use crate::rules::too_many_views;
use crate::view::{VIEWS_MAX, View, Views};

impl Views for MemoryStore {
    fn put_view(&self, view: &View) -> Result<(), StoreError> {
        let mut content = self.content();
        let key = (view.owner, view.list.clone(), view.name.clone());
        let all = content.views.keys();
        let others = all.filter(|it| it.0 == view.owner && **it != key).count();
        if others >= VIEWS_MAX {
            return Err(too_many_views());
        }
        if view.is_usual {
            let of_list = content.views.values_mut();
            for other in of_list.filter(|it| it.owner == view.owner && it.list == view.list) {
                other.is_usual = false;
            }
        }
        content.views.insert(key, view.clone());
        Ok(())
    }

    fn end_view(
        &self,
        owner: StreamId,
        list: &str,
        name: &str,
    ) -> Result<Option<View>, StoreError> {
        let key = (owner, list.to_owned(), name.to_owned());
        Ok(self.content().views.remove(&key))
    }

    fn views_of(&self, owner: StreamId) -> Result<Vec<View>, StoreError> {
        let content = self.content();
        let theirs = content.views.values().filter(|it| it.owner == owner);
        Ok(theirs.cloned().collect())
    }

    fn shared_views(&self, list: &str, limit: usize) -> Result<Vec<View>, StoreError> {
        let content = self.content();
        let of_list = content.views.values().filter(|it| it.list == list);
        let mut found: Vec<View> = of_list
            .filter(|it| matches!(it.owner, StreamId::Organisation(_)))
            .cloned()
            .collect();
        found.sort_by(|one, other| (&one.name, one.owner).cmp(&(&other.name, other.owner)));
        found.truncate(limit);
        Ok(found)
    }
}
