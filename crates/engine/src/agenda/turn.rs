//! Whose turn a task is, and who takes part in it: what the agenda is an index of.

use consort_kernel::id::ContributorId;
use consort_kernel::task::{Phase, Task};

/// Why a task needs somebody; the order is that of the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// Somebody asks them about it.
    Answer,
    /// What was handed in waits for their judgment or signature.
    Judge,
    /// Nobody takes it, or nobody who may judges it, and they see to it.
    Unstick,
    /// They hold it.
    Hold,
    /// It is offered to them.
    Offer,
    /// A check sent it back, and they answer for it: they may say what else has to change.
    Watch,
}

impl Turn {
    /// Every one, in the order of the agenda.
    pub const ALL: [Self; 6] = [
        Self::Answer,
        Self::Judge,
        Self::Unstick,
        Self::Hold,
        Self::Offer,
        Self::Watch,
    ];
}

/// Whose turn a task is, and why.
pub fn turns(task: &Task) -> Vec<(ContributorId, Turn)> {
    let mut turns = Vec::new();
    match &task.phase {
        Phase::Offered(offer) => turns.push((offer.to, Turn::Offer)),
        Phase::Leased(lease) => turns.push((lease.holder.id, Turn::Hold)),
        Phase::Reviewing(_) | Phase::Signing(_) if task.is_to_be_signed() => {
            turns.push((task.accountable, Turn::Judge));
        }
        Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Blocked
        | Phase::Ready
        | Phase::Checking(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => {}
    }
    turns.extend(stuck_for(task).map(|who| (who, Turn::Unstick)));
    if task.went_back_by_itself().is_some() {
        turns.push((task.accountable, Turn::Watch));
    }
    let is_asked = task.questions.iter().any(|it| it.answer.is_none());
    if is_asked && !task.is_settled() {
        turns.push((task.accountable, Turn::Answer));
    }
    turns
}

/// Who sees to a task that nobody takes, or to a result that was left to those who made it.
fn stuck_for(task: &Task) -> Option<ContributorId> {
    match (&task.phase, task.escalated) {
        (Phase::Reviewing(_), Some((_, to))) => {
            let is_theirs = task.makers().contains(&to) && !task.is_to_be_signed();
            is_theirs.then_some(task.accountable)
        }
        (Phase::Ready, Some((_, to))) => Some(to),
        (Phase::Offered(offer), Some((_, to))) => (offer.to != to).then_some(to),
        (Phase::Ready, None) => task.nobody_found.then_some(task.accountable),
        _ => None,
    }
}

/// Who was offered, holds, did or judged a task, or was asked when it went up; some more than once.
pub fn parties(task: &Task) -> impl Iterator<Item = ContributorId> {
    let holder = match &task.phase {
        Phase::Offered(offer) => Some(offer.to),
        Phase::Leased(lease) => Some(lease.holder.id),
        _ => None,
    };
    let handed = task.handed();
    let reviews = handed.map_or(&[][..], |it| &it.reviews);
    holder
        .into_iter()
        .chain(handed.map(|it| it.lease.holder.id))
        .chain(reviews.iter().map(|it| it.by.id))
        .chain(task.escalated.map(|(_, to)| to))
        .chain(task.returned.as_ref().map(|it| it.performer))
}
