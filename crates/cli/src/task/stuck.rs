//! What those who may decide do about a task that is stuck: more time, somebody else, or its end.

use anyhow::Result;
use consort_kernel::command::Body;
use consort_kernel::id::TaskId;
use consort_kernel::task::TaskCommand;
use consort_kernel::time::Timestamp;

use super::judge::CauseWord;
use crate::asked::Asked;

pub(super) fn extend(
    asked: &mut Asked<'_>,
    id: TaskId,
    until: Timestamp,
    reason: &str,
) -> Result<()> {
    let reason = reason.to_owned();
    asked.execute(Body::Task(id, TaskCommand::Extend { reason, until }))?;
    asked.done(&format!("{id} has time until {until}"))
}

/// Takes a task from whoever has it: for the one who is named, or for everybody.
pub(super) fn reassign(
    asked: &mut Asked<'_>,
    id: TaskId,
    to: Option<&str>,
    reason: &str,
) -> Result<()> {
    let named = to.map(|name| asked.named(name)).transpose()?;
    let reason = reason.to_owned();
    asked.execute(Body::Task(id, TaskCommand::Reassign { reason, to: named }))?;
    match to {
        Some(name) => asked.done(&format!(
            "{id} is {name}'s to take: 'consort task claim {id}'"
        )),
        None => asked.done(&format!("{id} is free for everybody who can do it")),
    }
}

/// Gives a task up: what was held for it goes back to the outcome.
pub(super) fn fail(
    asked: &mut Asked<'_>,
    id: TaskId,
    cause: Option<CauseWord>,
    reason: &str,
) -> Result<()> {
    let fail = TaskCommand::Fail {
        cause: cause.map(CauseWord::cause),
        reason: reason.to_owned(),
    };
    asked.execute(Body::Task(id, fail))?;
    asked.done(&format!(
        "{id} is given up; what was held for it is the outcome's again"
    ))
}
