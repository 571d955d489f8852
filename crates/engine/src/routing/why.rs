//! Why somebody was chosen, and why somebody else was not: made again from the record.

use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::{ContributorId, TaskId};
use consort_kernel::routing::{Applicant, Decision, Exclusion, Requirement, Scored};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Task, TaskEvent};
use consort_store::{FeedRow, Store, StoreError};

use super::{Directory, offer};

/// The most events that a task's history is read for.
const HISTORY_MAX: usize = 10_000;

/// Where one contributor stood in a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Among the leading, from 1.
    Leading(usize, Scored),
    /// Ranked, behind the leading ones.
    Behind,
    /// Left out.
    LeftOut(Exclusion),
    /// Not in the network then.
    Unknown,
}

/// A decision as it was recorded, and what making it again comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// As it was recorded.
    pub recorded: Decision,
    /// Whether making it again from the record gives the same answer.
    pub reproduced: bool,
    /// Where the contributor stood that was asked about.
    pub place: Option<Place>,
}

/// The task's offers, and the times that nobody was found, each made again; with the place of `about`, if given.
pub fn why(
    store: &dyn Store,
    task: TaskId,
    about: Option<ContributorId>,
) -> Result<Vec<Why>, StoreError> {
    let history = history(store, task)?;
    let mut found = Vec::new();
    // Offers come one after the other, and so do the positions that they were decided at.
    let mut directory = Directory::default();
    for decision in decided(&history) {
        let then = task_at(&history, decision.position)?;
        if directory.position() > decision.position {
            directory = Directory::default();
        }
        directory.read_on(store, Some(decision.position))?;
        found.push(again(&directory, &then, decision, about));
    }
    Ok(found)
}

/// The latest decision on a task as it was recorded: it is read, and not made again, which takes as long as the
/// log is.
pub fn latest(store: &dyn Store, task: TaskId) -> Result<Option<Decision>, StoreError> {
    let history = history(store, task)?;
    Ok(decided(&history).last().cloned())
}

fn history(store: &dyn Store, task: TaskId) -> Result<Vec<(u64, Envelope)>, StoreError> {
    let rows = store.history(StreamId::Task(task), 0, HISTORY_MAX)?;
    let read = |row: FeedRow| {
        let envelope = Envelope::from_stored(&row.event.body)
            .map_err(|error| StoreError::Damaged(format!("event {}: {error}", row.position)))?;
        Ok((row.position, envelope))
    };
    rows.into_iter().map(read).collect()
}

fn decided(history: &[(u64, Envelope)]) -> impl Iterator<Item = &Decision> {
    history
        .iter()
        .filter_map(|(_, envelope)| match &envelope.event {
            Event::Task(
                TaskEvent::Offered { decision, .. } | TaskEvent::NobodyFound { decision, .. },
            ) => Some(&**decision),
            _ => None,
        })
}

/// The task as it was at a position of the feed: an offer may be made some time after it was
/// decided on.
fn task_at(history: &[(u64, Envelope)], position: u64) -> Result<Task, StoreError> {
    let mut state: Option<State> = None;
    for (_, envelope) in history.iter().take_while(|(at, _)| *at <= position) {
        let applied = State::apply(
            state,
            envelope.stream,
            &envelope.event,
            envelope.recorded_at,
        );
        state = Some(applied.map_err(|error| StoreError::Damaged(error.to_string()))?);
    }
    match state {
        Some(State::Task(task)) => Ok(*task),
        Some(_) | None => Err(StoreError::Damaged(format!(
            "an offer was decided on at {position}, before there was its task"
        ))),
    }
}

fn again(
    directory: &Directory,
    task: &Task,
    recorded: &Decision,
    about: Option<ContributorId>,
) -> Why {
    let decided = directory.rank_again(task, offer::seed(task), recorded);
    let place = about.map(|about| {
        let leading = recorded
            .leading
            .iter()
            .position(|scored| scored.contributor == about);
        match (leading, directory.contributor(about)) {
            (Some(index), _) => Place::Leading(index + 1, recorded.leading[index].clone()),
            (None, None) => Place::Unknown,
            (None, Some(contributor)) => {
                let requirement = Requirement::of(task, directory.agents_stopped(), recorded.at);
                let applicant = Applicant::of(contributor, requirement.capability);
                let why = applicant.exclusion(&requirement, task);
                let busy = directory.is_busy(about).then_some(Exclusion::Busy);
                why.or(busy).map_or(Place::Behind, Place::LeftOut)
            }
        }
    });
    Why {
        recorded: recorded.clone(),
        reproduced: decided == *recorded,
        place,
    }
}
