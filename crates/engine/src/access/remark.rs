//! Remarks: what people and agents say in the discussion of an outcome, and who has still to read it.

use consort_kernel::id::{CommandId, ContributorId, OutcomeId};
use consort_kernel::time::Timestamp;

use consort_store::REMARKS_MAX;

use super::{Access, Remark, bounded};
use crate::EngineError;

impl Access {
    /// Keeps a new remark, which these are to read; tells whether it is new. One more than there may be is
    /// refused.
    pub fn say(&self, remark: &Remark, readers: &[ContributorId]) -> Result<bool, EngineError> {
        let kept = self.doors.put_remark(remark, readers);
        bounded(kept, "remarks in a discussion", REMARKS_MAX)
    }

    /// A remark.
    pub fn remark(&self, outcome: OutcomeId, id: CommandId) -> Result<Option<Remark>, EngineError> {
        Ok(self.doors.remark(outcome, id)?)
    }

    /// Changes a remark, or takes it back; tells whether it was there and not taken back.
    pub fn change_remark(
        &self,
        remark: &Remark,
        readers: &[ContributorId],
    ) -> Result<bool, EngineError> {
        Ok(self.doors.change_remark(remark, readers)?)
    }

    /// The remarks of a discussion before a place, the newest first; so many at the most.
    pub fn remarks(
        &self,
        outcome: OutcomeId,
        before: Option<(Timestamp, CommandId)>,
        limit: usize,
    ) -> Result<Vec<Remark>, EngineError> {
        Ok(self.doors.remarks(outcome, before, limit)?)
    }

    /// How many remarks somebody made since a moment.
    pub fn said_since(&self, by: ContributorId, since: Timestamp) -> Result<usize, EngineError> {
        Ok(self.doors.said_since(by, since)?)
    }

    /// The remarks that somebody has still to read, the newest first; so many at the most.
    pub fn unread(&self, reader: ContributorId, limit: usize) -> Result<Vec<Remark>, EngineError> {
        Ok(self.doors.unread(reader, limit)?)
    }

    /// Notes that somebody has read a discussion up to a moment.
    pub fn note_read(
        &self,
        reader: ContributorId,
        outcome: OutcomeId,
        until: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.doors.note_read(reader, outcome, until)?)
    }
}
