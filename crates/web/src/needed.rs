//! What needs somebody: what stands on their page of today, and what they are told of it by mail or chat, as
//! far as they may see it and as far as it may leave the network.

use consort_engine::agenda::{Turn, turns};
use consort_kernel::contributor::Nature;
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{DataClass, Phase, Task};
use consort_kernel::time::Timestamp;
use consort_post::PostError;
use consort_post::notice::{Kind, Need, Needed};

use crate::discussion;
use crate::right::Asking;
use crate::server::{Failure, Web};
use crate::sight::{self, Sight};
use crate::signing::{is_to_review, is_to_sign};

/// How many mentions are told at a time.
const MENTIONS_MAX: usize = 200;
/// How many tasks of an outcome are looked through for what may not be told outside.
const TASKS_MAX: usize = 1_000;

impl Needed for Web {
    fn needs(
        &self,
        subject: StreamId,
        among: &[ContributorId],
    ) -> Result<Vec<(ContributorId, Need)>, PostError> {
        let found = match subject {
            StreamId::Task(id) => of_task(self, id, among),
            StreamId::Outcome(id) => of_outcome(self, id, among),
            StreamId::Contributor(_) | StreamId::Network(_) | StreamId::Organisation(_) => {
                Ok(Vec::new())
            }
        };
        found.map_err(|error| unsure(&error))
    }

    fn mentions(&self, who: ContributorId) -> Result<Vec<(StreamId, Need)>, PostError> {
        mentions(self, who).map_err(|error| unsure(&error))
    }
}

fn unsure(error: &Failure) -> PostError {
    PostError::Unreadable(format!("nobody can say what needs whom: {error}"))
}

fn of_task(
    web: &Web,
    id: TaskId,
    among: &[ContributorId],
) -> Result<Vec<(ContributorId, Need)>, Failure> {
    let Some(task) = web.engine.task(id)? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for who in among {
        for asked in asked_of(web, *who, &task)? {
            found.push((*who, asked));
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let outcome = web.engine.outcome(task.outcome)?;
    let mut needs = Vec::new();
    for (who, asked) in found {
        if sight::sees_task(&web.engine, who, &task)? {
            needs.push((who, of_one(web, who, &task, outcome.as_ref(), asked)?));
        }
    }
    Ok(needs)
}

/// Why a task calls for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// Their signature is what it lacks.
    Sign,
    /// They can judge it, and somebody else signs.
    Review,
    /// It is offered to them until then.
    Offer(Timestamp),
    /// They hold it until then.
    Hold(Timestamp),
    /// Nobody takes it, or nobody who may judges it, and they see to it.
    Unstick,
    /// Somebody asks them this question of it, by its place.
    Answer(usize),
    /// A check sent a person's work back: they may say what else has to change before it comes again.
    Watch,
}

/// What a task calls somebody for.
pub(crate) fn calls(web: &Web, asking: Asking, task: &Task) -> Result<Vec<Call>, Failure> {
    let mut calls = Vec::new();
    for (who, turn) in turns(task) {
        if who != asking.who {
            continue;
        }
        match (turn, &task.phase) {
            (Turn::Offer, Phase::Offered(offer)) => calls.push(Call::Offer(offer.until)),
            (Turn::Hold, Phase::Leased(lease)) => calls.push(Call::Hold(lease.until)),
            (Turn::Judge, _) if is_to_sign(&web.engine, who, task)? => calls.push(Call::Sign),
            (Turn::Unstick, _) => calls.push(Call::Unstick),
            (Turn::Answer, _) => {
                let open = task.questions.iter().enumerate();
                let open = open.filter(|(_, question)| question.answer.is_none());
                calls.extend(open.map(|(place, _)| Call::Answer(place)));
            }
            (Turn::Watch, _) if is_done_by_a_person(web, task)? => calls.push(Call::Watch),
            (Turn::Offer | Turn::Hold | Turn::Judge | Turn::Watch, _) => {}
        }
    }
    if is_to_review(web, asking, task)? {
        calls.push(Call::Review);
    }
    Ok(calls)
}

/// Whether a person made what went back: an agent makes it anew before anybody could say a word.
fn is_done_by_a_person(web: &Web, task: &Task) -> Result<bool, Failure> {
    let Some(returned) = &task.returned else {
        return Ok(false);
    };
    let performer = StreamId::Contributor(returned.performer);
    let performer = web.engine.shared_state(performer)?;
    Ok(matches!(
        performer.as_deref(),
        Some(State::Contributor(it)) if it.nature == Nature::Person
    ))
}

/// What is told of a task.
struct Asked {
    kind: Kind,
    occasion: String,
    due: Option<Timestamp>,
    page: &'static str,
}

/// What somebody is told of a task; what they took themselves is not told.
fn asked_of(web: &Web, who: ContributorId, task: &Task) -> Result<Vec<Asked>, Failure> {
    let went_back = task.returned.as_ref().is_some_and(|it| it.performer == who);
    // While nobody has it, the number is that of the lease under which it was handed in.
    let lease = format!("lease-{}", task.lease_number);
    let told = |call| {
        let (kind, occasion, due, page) = match call {
            Call::Sign => (Kind::SignOff, lease.clone(), None, "/sign"),
            Call::Review => (Kind::Review, lease.clone(), None, "/review"),
            Call::Offer(until) if went_back => (Kind::Returned, lease.clone(), Some(until), ""),
            Call::Offer(until) => {
                let occasion = format!("offer-{}", task.offer_number);
                let (kind, page) = if task.spec.kind == "decide" {
                    (Kind::Question, "/settle")
                } else {
                    (Kind::Offer, "")
                };
                (kind, occasion, Some(until), page)
            }
            Call::Unstick => {
                let (taken, offer) = (task.attempts_total, task.offer_number);
                let step = task.escalated.map_or(0, |(step, _)| step);
                let occasion = format!("taken-{taken}-offer-{offer}-step-{step}");
                (Kind::Escalation, occasion, None, "")
            }
            Call::Answer(place) => {
                let occasion = format!("question-{place}");
                (Kind::Question, occasion, None, "#questions")
            }
            Call::Hold(_) | Call::Watch => return None,
        };
        Some(Asked {
            kind,
            occasion,
            due,
            page,
        })
    };
    let calls = calls(web, Asking::in_person(who), task)?;
    let mut asked: Vec<Asked> = calls.into_iter().filter_map(told).collect();
    if went_back && task.phase == Phase::Ready && !task.passed_over.contains(&who) {
        asked.push(Asked {
            kind: Kind::Returned,
            occasion: lease,
            due: None,
            page: "",
        });
    }
    Ok(asked)
}

fn of_one(
    web: &Web,
    who: ContributorId,
    task: &Task,
    outcome: Option<&Outcome>,
    asked: Asked,
) -> Result<Need, Failure> {
    let may_leave = may_leave(task);
    let seen = match outcome {
        Some(outcome) => sight::of_outcome(&web.engine, who, outcome)? > Sight::None,
        None => false,
    };
    let outcome = outcome.filter(|_| seen);
    let titled = outcome.filter(|_| may_leave);
    let title = titled.map(|it| title_of(web, it)).transpose()?.flatten();
    Ok(Need {
        kind: asked.kind,
        occasion: asked.occasion,
        title: may_leave.then(|| task.spec.title.clone()),
        outcome: title,
        since: None,
        due: asked
            .due
            .or_else(|| outcome.and_then(|it| it.charter.deadline)),
        path: format!("/tasks/{}{}", task.id, asked.page),
    })
}

/// Whether what a task is called may be told outside of the network.
fn may_leave(task: &Task) -> bool {
    let context = &task.spec.instructions.context;
    let class = context.iter().map(|item| item.class).max();
    class.is_none_or(|class| class <= DataClass::Internal)
}

/// What an outcome is called, if nothing in it is kept in the network.
fn title_of(web: &Web, outcome: &Outcome) -> Result<Option<String>, Failure> {
    let tasks = web
        .engine
        .tasks_with(Some(outcome.id), &Phase::WORDS, TASKS_MAX)?;
    let may_leave = tasks.len() < TASKS_MAX && tasks.iter().all(may_leave);
    Ok(may_leave.then(|| outcome.charter.title.clone()))
}

/// An outcome that waits for a signature of its own.
fn of_outcome(
    web: &Web,
    id: OutcomeId,
    among: &[ContributorId],
) -> Result<Vec<(ContributorId, Need)>, Failure> {
    let Some(outcome) = web.engine.outcome(id)? else {
        return Ok(Vec::new());
    };
    let who = outcome.charter.accountable;
    if !among.contains(&who) || !web.engine.outcomes_to_sign(who)?.contains(&id) {
        return Ok(Vec::new());
    }
    let need = Need {
        kind: Kind::SignOff,
        occasion: format!("tasks-{}", outcome.progress.accepted),
        title: title_of(web, &outcome)?,
        outcome: None,
        since: None,
        due: outcome.charter.deadline,
        path: format!("/outcomes/{id}/sign"),
    };
    Ok(vec![(who, need)])
}

fn mentions(web: &Web, who: ContributorId) -> Result<Vec<(StreamId, Need)>, Failure> {
    let mut needs = Vec::new();
    for (remark, outcome) in discussion::unread(web, who, MENTIONS_MAX)? {
        let need = Need {
            kind: Kind::Mention,
            occasion: format!("said-{}", remark.id),
            title: title_of(web, &outcome)?,
            outcome: None,
            since: Some(remark.at),
            due: None,
            path: discussion::address_of(web, &remark)?,
        };
        needs.push((StreamId::Outcome(outcome.id), need));
    }
    Ok(needs)
}
