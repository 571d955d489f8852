//! Handing in: under the current lease only.

use super::claim::held_by;
use super::decide::Events;
use super::{FILES_MAX, Mode, Submission, Task, TaskEvent};
use crate::command::Context;
use crate::rejection::Rejection;

/// Hands in what was made. In pair mode an agent's is a draft, which a person then finishes.
pub(super) fn submit(
    task: &Task,
    number: u64,
    submission: &Submission,
    context: &Context<'_>,
) -> Events {
    held_by(task, number, context)?;
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
