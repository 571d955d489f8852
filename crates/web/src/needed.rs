//! What needs somebody, for whoever tells them by mail or chat: what stands on their page of today, as far
//! as they may see it and as far as it may leave the network.

use consort_engine::agenda::{Turn, turns};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::outcome::Outcome;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{DataClass, Phase, Task};
use consort_kernel::time::Timestamp;
use consort_post::PostError;
use consort_post::notice::{Kind, Need, Needed};

use crate::page::{discussion_address, is_to_review};
use crate::right::Asking;
use crate::server::{Failure, Web};
use crate::sight::{self, Sight};

/// How many mentions are told at a time.
const MENTIONS_MAX: usize = 200;
/// How many tasks of an outcome are looked through for what may not be told outside.
const TASKS_MAX: usize = 1_000;
/// How many letters of a digest tell what went back apart.
const DIGITS: usize = 16;

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

/// Why a task needs somebody.
struct Asked {
    kind: Kind,
    occasion: String,
    due: Option<Timestamp>,
    page: &'static str,
}

impl Asked {
    const fn new(kind: Kind, occasion: String, page: &'static str) -> Self {
        Self {
            kind,
            occasion,
            due: None,
            page,
        }
    }
}

/// Why a task needs somebody, as their list has it; what they took themselves is not told.
fn asked_of(web: &Web, who: ContributorId, task: &Task) -> Result<Vec<Asked>, Failure> {
    let mut asked = Vec::new();
    let returned = task.returned.as_ref().filter(|it| it.performer == who);
    let went_back = || {
        returned.map(|it| {
            let mut digits = it.submission.content.to_string();
            digits.truncate(DIGITS);
            Asked::new(Kind::Returned, format!("handed-{digits}"), "")
        })
    };
    match &task.phase {
        Phase::Offered(offer) if offer.to == who => {
            let (kind, page) = if task.spec.kind == "decide" {
                (Kind::Question, "/settle")
            } else {
                (Kind::Offer, "")
            };
            let offered = Asked::new(kind, format!("offer-{}", offer.number), page);
            asked.push(Asked {
                due: Some(offer.until),
                ..went_back().unwrap_or(offered)
            });
        }
        Phase::Ready if !task.passed_over.contains(&who) => asked.extend(went_back()),
        Phase::Reviewing(handed) | Phase::Signing(handed) => {
            let occasion = format!("lease-{}", handed.lease.number);
            if task.accountable == who {
                asked.push(Asked::new(Kind::SignOff, occasion, "/sign"));
            } else if is_to_review(web, Asking::in_person(who), task)? {
                asked.push(Asked::new(Kind::Review, occasion, "/review"));
            }
        }
        _ => {}
    }
    let turns = turns(task);
    if turns.contains(&(who, Turn::Unstick)) {
        let step = task.escalated.map_or(0, |(step, _)| step);
        let occasion = format!(
            "taken-{}-offer-{}-step-{step}",
            task.attempts_total, task.offer_number
        );
        asked.push(Asked::new(Kind::Escalation, occasion, ""));
    }
    if turns.contains(&(who, Turn::Answer)) {
        let open = task.questions.iter().enumerate();
        let open = open.filter(|(_, question)| question.answer.is_none());
        asked.extend(open.map(|(place, _)| {
            Asked::new(Kind::Question, format!("question-{place}"), "#questions")
        }));
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
        due: outcome.charter.deadline,
        path: format!("/outcomes/{id}/sign"),
    };
    Ok(vec![(who, need)])
}

fn mentions(web: &Web, who: ContributorId) -> Result<Vec<(StreamId, Need)>, Failure> {
    let mut needs = Vec::new();
    for remark in web.access.unread(who, MENTIONS_MAX)? {
        // Whoever has no part in it any more is not told of it.
        let (outcome, _) = match sight::outcome(&web.engine, who, remark.outcome) {
            Err(Failure::NotHere) => continue,
            found => found?,
        };
        let need = Need {
            kind: Kind::Mention,
            occasion: format!("said-{}", remark.id),
            title: title_of(web, &outcome)?,
            outcome: None,
            due: None,
            path: discussion_address(web, &remark)?,
        };
        needs.push((StreamId::Outcome(outcome.id), need));
    }
    Ok(needs)
}
