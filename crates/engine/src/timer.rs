//! Timers: what falls due becomes a command like any other.
//!
//! A time-out escalates, lapses or expires; it never approves and never pays. The lane looks at the
//! deadline that heartbeats have moved when it comes to a lease's timer, and sets it anew while there
//! is time left.

use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::effect::{Timer, TimerKind};
use consort_kernel::id::CommandId;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::stream::StreamId;
use consort_kernel::task::TaskCommand;
use consort_kernel::time::Timestamp;
use consort_store::{Store, StoreError};

use crate::lane::Work;

/// The timers that are due, at most so many of them, as what they ask for.
pub fn due(store: &dyn Store, now: Timestamp, limit: usize) -> Result<Vec<Work>, StoreError> {
    let timers = store.due(now, limit)?.into_iter();
    let work = timers.filter_map(|timer| {
        let command = Command {
            body: body(&timer)?,
            expected: None,
            id: id(&timer, now),
            personal: Vec::new(),
            principal: Principal::Engine,
        };
        Some(Work::Timer(timer, command))
    });
    Ok(work.collect())
}

/// The timer of a lease that still has time left.
pub(crate) fn extended(
    store: &dyn Store,
    timer: &Timer,
    now: Timestamp,
) -> Result<Option<Timer>, StoreError> {
    let (TimerKind::Lease, StreamId::Task(task)) = (timer.kind, timer.stream) else {
        return Ok(None);
    };
    let lease = store.lease(task)?;
    let left = lease.filter(|(number, deadline)| *number == timer.number && *deadline > now);
    Ok(left.map(|(_, deadline)| Timer {
        due_at: deadline,
        ..timer.clone()
    }))
}

/// What a timer asks for.
fn body(timer: &Timer) -> Option<Body> {
    match (timer.stream, timer.kind) {
        (StreamId::Task(task), TimerKind::Offer) => {
            let number = u32::try_from(timer.number).ok()?;
            Some(Body::Task(task, TaskCommand::LapseOffer { number }))
        }
        (StreamId::Task(task), TimerKind::Lease) => Some(Body::Task(
            task,
            TaskCommand::Expire {
                lease: timer.number,
            },
        )),
        (StreamId::Task(task), TimerKind::Review) => Some(Body::Task(
            task,
            TaskCommand::EscalateOverdue {
                lease: timer.number,
            },
        )),
        (StreamId::Outcome(outcome), TimerKind::Deadline) => {
            Some(Body::Outcome(outcome, OutcomeCommand::NoteOverdue))
        }
        (
            StreamId::Network(_)
            | StreamId::Organisation(_)
            | StreamId::Contributor(_)
            | StreamId::Outcome(_)
            | StreamId::Task(_),
            _,
        ) => None,
    }
}

/// The same timer that fires at the same moment is the same command.
pub(crate) fn id(timer: &Timer, now: Timestamp) -> CommandId {
    let place = format!(
        "{}/{}/{}/{}",
        timer.stream,
        timer.kind.as_str(),
        timer.number,
        now
    );
    CommandId::new(now, Digest::of(place.as_bytes()).leading_bits())
}
