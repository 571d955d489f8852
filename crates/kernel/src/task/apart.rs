//! Keeping contributors apart: nobody does two tasks of a group whose results are compared.
//!
//! Whoever takes one task of a group is noted in each of the others, so that why they are left out
//! there can be told from that task's own history. The note follows after the commit; until it is
//! there, the rows of the group themselves say who has or did one of them.

use super::decide::Events;
use super::escalate::escalate;
use super::{Phase, Task, TaskEvent};
use crate::command::Context;
use crate::id::{ContributorId, TaskId};
use crate::state::Rows;

/// How many tasks may be kept apart from each other: taking one of them asks something of each of
/// the others, and looks at their rows.
pub const APART_GROUP_MAX: usize = 16;

/// Somebody took another task of the group. An offer that they have of this one is taken back, and
/// where it was their turn alone, it is the turn of the next person of the chain.
pub(super) fn keep_apart(
    task: &Task,
    from: ContributorId,
    other: TaskId,
    context: &Context<'_>,
) -> Events {
    context.engine_only()?;
    if task.is_settled() || task.apart.contains(&from) {
        return Ok(Vec::new());
    }
    let mut events = vec![TaskEvent::KeptApart { from, other }];
    let is_their_turn = task.escalated.is_some_and(|(_, to)| to == from);
    let is_open = match &task.phase {
        Phase::Ready | Phase::Offered(_) => true,
        Phase::Blocked
        | Phase::Leased(_)
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => false,
    };
    if is_their_turn && is_open {
        let why = "whose turn it was took a task that it is kept apart from";
        events.push(escalate(task, why, context));
    }
    Ok(events)
}

/// Whether somebody holds or did another task of the group, by the rows as they are.
pub(super) fn had_another(rows: &dyn Rows, task: &Task, who: ContributorId) -> bool {
    let mut others = task.peers.iter().filter_map(|other| rows.task(*other));
    others.any(|other| other.was_had_by(who))
}

impl Task {
    /// Whether somebody holds it, took it once, drafted it, handed it in, or had it sent back to them.
    fn was_had_by(&self, who: ContributorId) -> bool {
        let holder = match &self.phase {
            Phase::Leased(lease) => Some(lease.holder.id),
            Phase::Checking(handed)
            | Phase::Reviewing(handed)
            | Phase::Signing(handed)
            | Phase::Accepted(handed, _) => Some(handed.lease.holder.id),
            Phase::Blocked
            | Phase::Ready
            | Phase::Offered(_)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => None,
        };
        let drafter = self.draft.as_ref().map(|(drafter, _)| drafter.id);
        let returned = self.returned.as_ref().map(|returned| returned.performer);
        [holder, drafter, returned].contains(&Some(who)) || self.takers.contains(&who)
    }
}
