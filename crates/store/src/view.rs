//! Views: how somebody wants to see a list, under a name.

use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// How many views a person has, or an organisation, at the most: more nobody finds their way in.
pub const VIEWS_MAX: usize = 60;

/// A view of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Whose it is: a contributor's or an organisation's.
    pub owner: StreamId,
    /// Which list it is of, by its address.
    pub list: String,
    /// What it is called; no two of one list and owner have the same name.
    pub name: String,
    /// The filters, as they stand in an address after the question mark.
    pub query: String,
    /// Whether the list is shown so where nothing else is asked.
    pub is_usual: bool,
    /// When it was saved.
    pub saved: Timestamp,
}

/// Keeps views. They are operational: no event tells of them.
pub trait Views: Send + Sync {
    /// Keeps a view, in place of one with the same owner, list and name; one more than `VIEWS_MAX` is
    /// refused. Where it is the usual one, no other of its owner's on this list is any more.
    fn put_view(&self, view: &View) -> Result<(), StoreError>;

    /// Ends a view; gives it, if it was there.
    fn end_view(&self, owner: StreamId, list: &str, name: &str)
    -> Result<Option<View>, StoreError>;

    /// All views of an owner's, by list and then by name.
    fn views_of(&self, owner: StreamId) -> Result<Vec<View>, StoreError>;

    /// The views of a list that organisations have, by name and then by owner; so many at the most.
    fn shared_views(&self, list: &str, limit: usize) -> Result<Vec<View>, StoreError>;
}
