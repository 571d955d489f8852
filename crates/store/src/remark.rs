//! Remarks: what people and agents say in the discussion of an outcome.

use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// How many remarks a discussion has at the most: more nobody reads, and each is a row to keep.
pub const REMARKS_MAX: usize = 10_000;

/// A remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What it was said about.
    pub outcome: OutcomeId,
    /// Its identifier, which is unique in its discussion: said again under the same, it is said once.
    pub id: CommandId,
    /// Who said it.
    pub by: ContributorId,
    /// When.
    pub at: Timestamp,
    /// What; nothing once it was taken back.
    pub text: String,
    /// When it was last changed, if it was.
    pub changed: Option<Timestamp>,
    /// When it was taken back, if it was.
    pub ended: Option<Timestamp>,
}

/// Keeps remarks, and who has still to read those that name them. They are operational: no event tells
/// of them.
pub trait Remarks: Send + Sync {
    /// Keeps a new remark, which these are to read; tells whether it is new. One more than
    /// `REMARKS_MAX` is refused.
    fn put_remark(&self, remark: &Remark, readers: &[ContributorId]) -> Result<bool, StoreError>;

    /// The remark of a discussion with this identifier.
    fn remark(&self, outcome: OutcomeId, id: CommandId) -> Result<Option<Remark>, StoreError>;

    /// Puts other words in place of those of a remark that was not taken back, or takes it back; from
    /// now on these are to read it, and nobody else. Tells whether it was there.
    fn change_remark(&self, remark: &Remark, readers: &[ContributorId])
    -> Result<bool, StoreError>;

    /// The remarks of a discussion before a place, which is a moment and an identifier, the newest
    /// first; so many at the most.
    fn remarks(
        &self,
        outcome: OutcomeId,
        before: Option<(Timestamp, CommandId)>,
        limit: usize,
    ) -> Result<Vec<Remark>, StoreError>;

    /// How many remarks somebody made since a moment, in all discussions.
    fn said_since(&self, by: ContributorId, since: Timestamp) -> Result<usize, StoreError>;

    /// The remarks that somebody has still to read, the newest first; so many at the most.
    fn unread(&self, reader: ContributorId, limit: usize) -> Result<Vec<Remark>, StoreError>;

    /// Who has still to read a remark.
    fn readers(&self, outcome: OutcomeId, id: CommandId) -> Result<Vec<ContributorId>, StoreError>;

    /// Notes that somebody has read a discussion up to a moment.
    fn note_read(
        &self,
        reader: ContributorId,
        outcome: OutcomeId,
        until: Timestamp,
    ) -> Result<(), StoreError>;
}
