//! Handing in: under the current lease only.

use super::claim::{agents_stopped, held_by};
use super::decide::Events;
use super::{FILES_MAX, Mode, Submission, Task, TaskEvent};
use crate::command::Context;
use crate::rejection::Rejection;
use crate::routing::Exclusion;
use crate::state::Rows;

/// Hands in what was made. In pair mode an agent's is a draft, which a person then finishes.
pub(super) fn submit(
    rows: &dyn Rows,
    task: &Task,
    number: u64,
    submission: &Submission,
    context: &Context<'_>,
) -> Events {
    held_by(task, number, context)?;
    agent_may(rows, task, context)?;
    if submission.files.len() > FILES_MAX {
        return Err(Rejection::LimitReached {
            what: "files",
            limit: FILES_MAX,
        });
    }
    for name in submission.files.keys() {
        crate::text::required("files", name)?;
    }
    if task.spec.mode == Mode::Pair && task.draft.is_none() && task.escalated.is_none() {
        return Ok(vec![TaskEvent::Drafted {
            lease: number,
            submission: submission.clone(),
        }]);
    }
    let rule = context.policy.review_rule(task.spec.risk);
    Ok(vec![TaskEvent::Submitted {
        lease: number,
        review_due: context.now.plus_millis(i64::from(context.policy.review_ms)),
        reviews_needed: rule.reviews,
        submission: submission.clone(),
    }])
}

/// Refuses what an agent made that is suspended, or while all agents are stopped: a call that was
/// under way when somebody pulled the switch comes to nothing.
fn agent_may(rows: &dyn Rows, task: &Task, context: &Context<'_>) -> Result<(), Rejection> {
    let by = context.contributor()?;
    let Some(agent) = rows.contributor(by).filter(|it| !it.is_person()) else {
        return Ok(());
    };
    if agent.suspension.is_some() {
        return Err(Rejection::NotEligible {
            contributor: by,
            task: task.id,
            why: Exclusion::Suspended,
        });
    }
    if agents_stopped(rows) {
        return Err(Rejection::Stopped("agents"));
    }
    Ok(())
}
