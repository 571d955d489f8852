//! What the health of a network is counted from: facts that its events tell, kept as they come.
//!
//! The newest events are read once; after that only what is new. Nothing is estimated: what the events
//! that were read do not tell is not counted.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use consort_engine::Engine;
use consort_kernel::contributor::Cause;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Approval, Review, TaskEvent, Verdict};
use consort_kernel::time::Timestamp;

use crate::server::Failure;

/// How many events are read at the first look.
pub(super) const EVENTS_MAX: u64 = 20_000;
/// How many events are read at a time.
const PAGE: usize = 1_000;
/// How many facts are kept; the oldest go first.
const FACTS_MAX: usize = 20_000;
/// How many tasks are followed at a time; beyond it what is known of them is forgotten.
const TASKS_MAX: usize = 100_000;

/// Something that happened to a task of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) at: Timestamp,
    pub(super) outcome: OutcomeId,
    /// Whether an agent had it then.
    pub(super) by_agent: bool,
    pub(super) what: What,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// It was taken, so long after it was first offered.
    Taken { waited_ms: i64 },
    /// It was handed in, so long after it was taken.
    HandedIn { worked_ms: i64 },
    /// It was accepted, so long after it was handed in.
    Accepted { gate: bool, waited_ms: i64 },
    /// It went back, so long after it was handed in.
    SentBack { cause: Cause, waited_ms: i64 },
    /// Somebody else has to see to it.
    Escalated,
    /// A person decided about what an agent had reviewed: whether the two agree.
    Reviewed { agrees: bool },
    /// A person opened what an agent had made, and decided: whether they accepted it.
    Judged { accepted: bool },
}

/// The facts, and how far the feed was read for them.
#[derive(Default)]
pub(crate) struct Facts {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    position: u64,
    /// Where reading began.
    first: u64,
    facts: VecDeque<Fact>,
    tasks: HashMap<TaskId, Followed>,
    agents: HashMap<ContributorId, bool>,
}

/// A task, as far as its events were read.
#[derive(Debug, Clone)]
struct Followed {
    outcome: OutcomeId,
    gate: bool,
    offered: Option<Timestamp>,
    taken: Option<Timestamp>,
    handed: Option<Timestamp>,
    by_agent: bool,
    reviews: Vec<bool>,
}

/// What was read.
pub(super) struct Read {
    pub(super) facts: Vec<Fact>,
    /// How many events it comes from.
    pub(super) events: u64,
}

impl Facts {
    /// Everything that is known up to now.
    pub(super) fn read(&self, engine: &Engine) -> Result<Read, Failure> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.read_on(engine)?;
        Ok(Read {
            facts: kept.facts.iter().copied().collect(),
            events: kept.position - kept.first,
        })
    }
}

impl Kept {
    fn read_on(&mut self, engine: &Engine) -> Result<(), Failure> {
        let end = engine.events()?;
        if self.position == 0 || end.saturating_sub(self.position) > EVENTS_MAX {
            let first = end.saturating_sub(EVENTS_MAX);
            *self = Self {
                position: first,
                first,
                ..Self::default()
            };
        }
        loop {
            let events = engine.feed_after(self.position, PAGE)?;
            let Some((last, _)) = events.last() else {
                return Ok(());
            };
            self.position = *last;
            for (_, envelope) in &events {
                self.take_in(engine, envelope)?;
            }
        }
    }

    fn take_in(&mut self, engine: &Engine, envelope: &Envelope) -> Result<(), Failure> {
        let (Event::Task(event), StreamId::Task(id)) = (&envelope.event, envelope.stream) else {
            return Ok(());
        };
        let Some(mut task) = self.followed(engine, id, event)? else {
            return Ok(());
        };
        let at = envelope.recorded_at;
        let what = self.told(engine, &mut task, at, event)?;
        if let Some(what) = what {
            self.keep(Fact {
                at,
                outcome: task.outcome,
                by_agent: task.by_agent,
                what,
            });
        }
        if matches!(
            event,
            TaskEvent::Accepted { .. } | TaskEvent::Failed { .. } | TaskEvent::Cancelled { .. }
        ) {
            self.tasks.remove(&id);
        } else {
            self.tasks.insert(id, task);
        }
        Ok(())
    }

    /// What an event of a task tells, once its task has taken note of it.
    fn told(
        &mut self,
        engine: &Engine,
        task: &mut Followed,
        at: Timestamp,
        event: &TaskEvent,
    ) -> Result<Option<What>, Failure> {
        Ok(match event {
            TaskEvent::Offered { .. } => {
                task.offered.get_or_insert(at);
                None
            }
            TaskEvent::Claimed { holder, .. } => {
                let offered = task.offered.take();
                task.taken = Some(at);
                task.by_agent = holder.family.is_some();
                offered.map(|offered| What::Taken {
                    waited_ms: at.millis_since(offered),
                })
            }
            TaskEvent::Submitted { .. } => {
                task.handed = Some(at);
                task.reviews.clear();
                task.taken.take().map(|taken| What::HandedIn {
                    worked_ms: at.millis_since(taken),
                })
            }
            TaskEvent::Reviewed { review, .. } => {
                task.reviews.extend(of_agent(review));
                None
            }
            TaskEvent::ChangesRequested { by, cause, .. } => {
                let judge = match by {
                    Some(by) if !self.is_agent(engine, *by)? => Some(*by),
                    _ => None,
                };
                self.judge(task, at, judge.map(|_| false));
                let handed = task.handed.take();
                handed.map(|handed| What::SentBack {
                    cause: *cause,
                    waited_ms: at.millis_since(handed),
                })
            }
            TaskEvent::Accepted { settlement, .. } => {
                let was_opened = matches!(settlement.approval, Approval::SignedOff { .. });
                self.judge(task, at, was_opened.then_some(true));
                let gate = task.gate;
                let handed = task.handed.take();
                handed.map(|handed| What::Accepted {
                    gate,
                    waited_ms: at.millis_since(handed),
                })
            }
            TaskEvent::Escalated { .. } => Some(What::Escalated),
            _ => None,
        })
    }

    /// The task that an event is about; what was not read of it is asked once.
    fn followed(
        &mut self,
        engine: &Engine,
        id: TaskId,
        event: &TaskEvent,
    ) -> Result<Option<Followed>, Failure> {
        let followed = |outcome, gate| Followed {
            outcome,
            gate,
            offered: None,
            taken: None,
            handed: None,
            by_agent: false,
            reviews: Vec::new(),
        };
        if let TaskEvent::Opened(opening) = event {
            if self.tasks.len() >= TASKS_MAX {
                self.tasks.clear();
            }
            return Ok(Some(followed(opening.outcome, opening.spec.gate)));
        }
        if let Some(known) = self.tasks.get(&id) {
            return Ok(Some(known.clone()));
        }
        let task = engine.task(id)?;
        Ok(task.map(|task| followed(task.outcome, task.spec.gate)))
    }

    /// Notes what a person's decision says about agents.
    fn judge(&mut self, task: &Followed, at: Timestamp, accepted: Option<bool>) {
        let Some(accepted) = accepted else {
            return;
        };
        let (outcome, by_agent) = (task.outcome, task.by_agent);
        for found_good in &task.reviews {
            let agrees = *found_good == accepted;
            self.keep(Fact {
                at,
                outcome,
                by_agent,
                what: What::Reviewed { agrees },
            });
        }
        if by_agent {
            self.keep(Fact {
                at,
                outcome,
                by_agent,
                what: What::Judged { accepted },
            });
        }
    }

    fn is_agent(&mut self, engine: &Engine, id: ContributorId) -> Result<bool, Failure> {
        if let Some(known) = self.agents.get(&id) {
            return Ok(*known);
        }
        let state = engine.state(StreamId::Contributor(id))?;
        let is_agent = matches!(state, Some(State::Contributor(it)) if !it.is_person());
        self.agents.insert(id, is_agent);
        Ok(is_agent)
    }

    fn keep(&mut self, fact: Fact) {
        if self.facts.len() == FACTS_MAX {
            self.facts.pop_front();
        }
        self.facts.push_back(fact);
    }
}

/// Whether an agent that reviewed found it good. One that leaves the decision open
/// says neither.
fn of_agent(review: &Review) -> Option<bool> {
    review.by.family.as_ref()?;
    match review.verdict {
        Verdict::Accept => Some(true),
        Verdict::RequestChanges | Verdict::Reject => Some(false),
        Verdict::Escalate => None,
    }
}
