//! Views: how people and organisations want to see lists.

use consort_kernel::stream::StreamId;

use consort_store::VIEWS_MAX;

use super::{Access, View, bounded};
use crate::EngineError;

impl Access {
    /// Keeps a view, in place of one of the same name; one more than there may be is refused.
    pub fn save_view(&self, view: &View) -> Result<(), EngineError> {
        bounded(self.doors.put_view(view), "views", VIEWS_MAX)
    }

    /// Ends a view; gives it, if it was there.
    pub fn end_view(
        &self,
        owner: StreamId,
        list: &str,
        name: &str,
    ) -> Result<Option<View>, EngineError> {
        Ok(self.doors.end_view(owner, list, name)?)
    }

    /// All views of a person's, or of an organisation's, by list and then by name.
    pub fn views_of(&self, owner: StreamId) -> Result<Vec<View>, EngineError> {
        Ok(self.doors.views_of(owner)?)
    }

    /// The views of a list that organisations have; so many at the most.
    pub fn shared_views(&self, list: &str, limit: usize) -> Result<Vec<View>, EngineError> {
        Ok(self.doors.shared_views(list, limit)?)
    }
}
