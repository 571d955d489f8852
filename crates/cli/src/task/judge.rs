//! Judging at the terminal: a review, a sign-off, work sent back.

use anyhow::Result;
use clap::ValueEnum;
use consort_kernel::command::Body;
use consort_kernel::contributor::Cause;
use consort_kernel::id::TaskId;
use consort_kernel::task::{Handed, Judgment, Reason, SignOff, Task, TaskCommand, Verdict};

use super::found;
use crate::asked::Asked;
use crate::exit::{DENIED, Exit, usage};

/// The words for a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerdictWord {
    /// It meets its criteria.
    Accept,
    /// It goes back with reasons.
    Changes,
    /// Somebody else should do it.
    Reject,
    /// Somebody else has to decide.
    Escalate,
}

/// The words for how a shortcoming came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CauseWord {
    /// The capability did not suffice.
    Capability,
    /// What was wanted was not made clear.
    Communication,
    /// What was wanted changed.
    ChangedExpectation,
    /// Something outside of anybody's hands.
    OutsideShock,
}

impl CauseWord {
    pub(super) const fn cause(self) -> Cause {
        match self {
            Self::Capability => Cause::Capability,
            Self::Communication => Cause::Communication,
            Self::ChangedExpectation => Cause::ChangedExpectation,
            Self::OutsideShock => Cause::OutsideShock,
        }
    }
}

/// A verdict as it is given at the terminal.
pub(super) struct Given<'a> {
    pub(super) verdict: VerdictWord,
    pub(super) gap_note: &'a str,
    pub(super) cause: CauseWord,
    pub(super) reasons: &'a [String],
}

pub(super) fn review(asked: &mut Asked<'_>, id: TaskId, given: &Given<'_>) -> Result<()> {
    let task = found(asked, id)?;
    let handed = handed_in(&task)?;
    let reasons = reasons(given.reasons)?;
    let judgment = Judgment {
        cause: (!reasons.is_empty()).then_some(given.cause.cause()),
        gap_note: given.gap_note.to_owned(),
        lease: handed.lease.number,
        reasons,
        submission: handed.submission.content,
        verdict: match given.verdict {
            VerdictWord::Accept => Verdict::Accept,
            VerdictWord::Changes => Verdict::RequestChanges,
            VerdictWord::Reject => Verdict::Reject,
            VerdictWord::Escalate => Verdict::Escalate,
        },
    };
    asked.execute(Body::Task(id, TaskCommand::Review(Box::new(judgment))))?;
    asked.done(&format!("{id} is reviewed"))
}

/// Shows what was handed in and signs it: what was shown is what the record says was opened.
pub(super) fn sign_off(
    asked: &mut Asked<'_>,
    id: TaskId,
    reason: &str,
    unmet: &[String],
) -> Result<()> {
    let task = found(asked, id)?;
    let handed = handed_in(&task)?;
    let content = handed.submission.content;
    if asked.contributor()? != task.accountable {
        // Nothing is shown to who may not sign.
        return Err(anyhow::Error::new(Exit(
            DENIED,
            format!(
                "only {}, the accountable person, signs {id}",
                task.accountable
            ),
        )));
    }
    let bytes = asked.engine().artefacts().get(content)?;
    asked.console.tell(&String::from_utf8_lossy(&bytes))?;
    let sign = SignOff {
        lease: handed.lease.number,
        opened: vec![content],
        reason: reason.to_owned(),
        submission: content,
        unmet: unmet.to_vec(),
    };
    asked.execute(Body::Task(id, TaskCommand::SignOff(Box::new(sign))))?;
    let paid = match found(asked, id)?.phase {
        consort_kernel::task::Phase::Accepted(_, settlement) => task.asset.show(settlement.net),
        _ => "nothing".to_owned(),
    };
    asked.done(&format!("{id} is signed; {paid} is owed for it"))
}

pub(super) fn request_changes(
    asked: &mut Asked<'_>,
    id: TaskId,
    cause: CauseWord,
    because: &[String],
) -> Result<()> {
    let task = found(asked, id)?;
    let command = TaskCommand::RequestChanges {
        cause: cause.cause(),
        lease: handed_in(&task)?.lease.number,
        reasons: reasons(because)?,
    };
    asked.execute(Body::Task(id, command))?;
    asked.done(&format!("{id} goes back with your reasons"))
}

fn handed_in(task: &Task) -> Result<&Handed> {
    task.handed().ok_or_else(|| {
        usage(format!(
            "{} is {}, and nothing is handed in",
            task.id,
            task.phase.as_str()
        ))
    })
}

fn reasons(given: &[String]) -> Result<Vec<Reason>> {
    given
        .iter()
        .map(|reason| match reason.split_once('=') {
            Some((criterion, text)) => Ok(Reason {
                criterion: criterion.to_owned(),
                text: text.to_owned(),
            }),
            None => Err(usage(format!(
                "--reason {reason}: CRITERION=TEXT was expected"
            ))),
        })
        .collect()
}
