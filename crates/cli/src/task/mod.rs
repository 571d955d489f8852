//! `consort task`: the work itself, as people do it at the terminal.

mod judge;
mod list;
mod stuck;
mod why;
mod work;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::task::{Phase, Task};
use consort_kernel::time::Timestamp;

use crate::asked::Asked;
use crate::exit::not_found;
use judge::{CauseWord, Given, VerdictWord};

/// Tasks.
#[derive(Debug, Subcommand)]
pub(crate) enum TaskVerb {
    /// Lists tasks.
    #[command(after_help = "Example:\n  consort task list --status ready --status offered")]
    List {
        /// Only those of this outcome.
        #[arg(long)]
        outcome: Option<OutcomeId>,
        /// Only those with this status; may be given more than once.
        #[arg(long, value_parser = Phase::WORDS)]
        status: Vec<String>,
    },
    /// Shows one task: instructions, lease, submission, checks and reviews.
    #[command(after_help = "Example:\n  consort task show tsk_…")]
    Show {
        /// Its identifier.
        task: TaskId,
    },
    /// Tells why it was offered to whom it was, and where somebody else stood.
    #[command(after_help = "Example:\n  consort task why tsk_… --about Summariser")]
    Why {
        /// Its identifier.
        task: TaskId,
        /// The contributor that is asked about, by name or identifier.
        #[arg(long)]
        about: Option<String>,
    },
    /// Takes it.
    #[command(after_help = "Example:\n  consort task claim tsk_… --as Ada")]
    Claim {
        /// Its identifier.
        task: TaskId,
    },
    /// Writes its material into a folder.
    #[command(after_help = "Example:\n  consort task context tsk_… --to material")]
    Context {
        /// Its identifier.
        task: TaskId,
        /// The folder.
        #[arg(long)]
        to: PathBuf,
    },
    /// Hands in a JSON file.
    #[command(after_help = "Example:\n  consort task submit tsk_… --file result.json")]
    Submit {
        /// Its identifier.
        task: TaskId,
        /// The result, as JSON.
        #[arg(long)]
        file: PathBuf,
        /// A file that belongs to it; may be given more than once.
        #[arg(long)]
        attach: Vec<PathBuf>,
        /// What it was made with, where an AI helped.
        #[arg(long)]
        made_with: Option<String>,
    },
    /// Judges what was handed in.
    #[command(
        after_help = "Example:\n  consort task review tsk_… --verdict changes --reason sources=\"the second is missing\""
    )]
    Review {
        /// Its identifier.
        task: TaskId,
        /// The conclusion.
        #[arg(long)]
        verdict: VerdictWord,
        /// What was missed; needed where a person decides.
        #[arg(long, default_value = "")]
        gap_note: String,
        /// How a shortcoming came about.
        #[arg(long, default_value = "capability")]
        cause: CauseWord,
        /// What has to change, as CRITERION=TEXT; may be given more than once.
        #[arg(long)]
        reason: Vec<String>,
    },
    /// Shows what was handed in and signs it, as the accountable person: it is accepted and paid.
    #[command(after_help = "Example:\n  consort task sign-off tsk_… --reason \"it is complete\"")]
    SignOff {
        /// Its identifier.
        task: TaskId,
        /// Why it is signed.
        #[arg(long)]
        reason: String,
        /// A criterion that is not met and not paid for; may be given more than once.
        #[arg(long)]
        unmet: Vec<String>,
    },
    /// Sends it back instead of signing it, as the accountable person.
    #[command(
        after_help = "Example:\n  consort task request-changes tsk_… --cause communication --reason length=\"two pages are meant\""
    )]
    RequestChanges {
        /// Its identifier.
        task: TaskId,
        /// How it came about.
        #[arg(long)]
        cause: CauseWord,
        /// What has to change, as CRITERION=TEXT; may be given more than once.
        #[arg(long, required = true)]
        reason: Vec<String>,
    },
    /// Turns an offer down; that has no consequence for you.
    #[command(after_help = "Example:\n  consort task decline tsk_…")]
    Decline {
        /// Its identifier.
        task: TaskId,
    },
    /// Gives a task back that you hold, for somebody else to take over.
    #[command(after_help = "Example:\n  consort task release tsk_… --note \"half is done\"")]
    Release {
        /// Its identifier.
        task: TaskId,
        /// What the next one should know.
        #[arg(long)]
        note: String,
    },
    /// Asks something about a task that you hold.
    #[command(after_help = "Example:\n  consort task ask tsk_… \"Which year is meant?\"")]
    Ask {
        /// Its identifier.
        task: TaskId,
        /// The question.
        text: String,
    },
    /// Answers a question, as the accountable person.
    #[command(after_help = "Example:\n  consort task answer tsk_… 0 \"The last one.\"")]
    Answer {
        /// Its identifier.
        task: TaskId,
        /// The number of the question, as 'consort task show' tells it.
        question: u32,
        /// The answer.
        text: String,
    },
    /// Keeps a draft or a note with a task that you hold; it outlives your lease.
    #[command(after_help = "Example:\n  consort task note tsk_… --file draft.md")]
    Note {
        /// Its identifier.
        task: TaskId,
        /// The file.
        #[arg(long)]
        file: PathBuf,
    },
    /// Gives a task up for good, as the accountable person.
    #[command(after_help = "Example:\n  consort task fail tsk_… --reason \"nobody can do it\"")]
    Fail {
        /// Its identifier.
        task: TaskId,
        /// Why.
        #[arg(long)]
        reason: String,
        /// How it came about, where its performer is the reason: their standing takes it in.
        #[arg(long)]
        cause: Option<CauseWord>,
    },
    /// Gives whoever's turn it is more time, as the accountable person or whom it was escalated to.
    #[command(
        after_help = "Example:\n  consort task extend tsk_… --until 2026-12-01T12:00:00Z --reason \"the annex comes on Monday\""
    )]
    Extend {
        /// Its identifier.
        task: TaskId,
        /// Until when.
        #[arg(long)]
        until: Timestamp,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Takes it from whoever has it, as the accountable person or whom it was escalated to.
    #[command(
        after_help = "Example:\n  consort task reassign tsk_… --to Ben --reason \"he knows the supplier\""
    )]
    Reassign {
        /// Its identifier.
        task: TaskId,
        /// Who is to have it, by name or identifier; everybody who can where nobody is named.
        #[arg(long)]
        to: Option<String>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

impl TaskVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::List { outcome, status } => list::list(asked, *outcome, status),
            Self::Show { task } => list::show(asked, *task),
            Self::Why { task, about } => why::tell_why(asked, *task, about.as_deref()),
            Self::Claim { task } => work::claim(asked, *task),
            Self::Context { task, to } => work::context(asked, *task, to),
            Self::Submit {
                task,
                file,
                attach,
                made_with,
            } => work::submit(asked, *task, file, attach, made_with.as_deref()),
            Self::Review {
                task,
                verdict,
                gap_note,
                cause,
                reason,
            } => {
                let given = Given {
                    verdict: *verdict,
                    gap_note,
                    cause: *cause,
                    reasons: reason,
                };
                judge::review(asked, *task, &given)
            }
            Self::SignOff {
                task,
                reason,
                unmet,
            } => judge::sign_off(asked, *task, reason, unmet),
            Self::RequestChanges {
                task,
                cause,
                reason,
            } => judge::request_changes(asked, *task, *cause, reason),
            Self::Decline { task } => work::decline(asked, *task),
            Self::Release { task, note } => work::release(asked, *task, note),
            Self::Ask { task, text } => work::ask(asked, *task, text),
            Self::Answer {
                task,
                question,
                text,
            } => work::answer(asked, *task, *question, text),
            Self::Note { task, file } => work::note(asked, *task, file),
            Self::Fail {
                task,
                reason,
                cause,
            } => stuck::fail(asked, *task, *cause, reason),
            Self::Extend {
                task,
                until,
                reason,
            } => stuck::extend(asked, *task, *until, reason),
            Self::Reassign { task, to, reason } => {
                stuck::reassign(asked, *task, to.as_deref(), reason)
            }
        }
    }
}

fn found(asked: &Asked<'_>, id: TaskId) -> Result<Task> {
    asked.engine().task(id)?.ok_or_else(|| {
        not_found(format!(
            "{id} is not here: 'consort task list' shows what is"
        ))
    })
}
