//! `consort task`: the work itself, as people do it at the terminal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Subcommand, ValueEnum};
use consort_engine::routing::{Place as Standing, why};
use consort_kernel::command::Body;
use consort_kernel::contributor::Cause;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{
    AiUse, Judgment, Phase, Provenance, Reason, Submission, Task, TaskCommand, Verdict,
};
use consort_store::StateQuery;
use serde_json::json;

use crate::asked::{Asked, read_text, table};
use crate::exit::{not_found, usage};

/// How many tasks are listed.
const LISTED_MAX: usize = 1_000;

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
        #[arg(long)]
        status: Vec<String>,
    },
    /// Shows one task: instructions, lease, submission, checks and reviews.
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
    Claim {
        /// Its identifier.
        task: TaskId,
    },
    /// Hands in a JSON file.
    Submit {
        /// Its identifier.
        task: TaskId,
        /// The result, as JSON.
        #[arg(long)]
        file: PathBuf,
        /// What it was made with, where an AI helped.
        #[arg(long)]
        made_with: Option<String>,
    },
    /// Judges what was handed in.
    Review {
        /// Its identifier.
        task: TaskId,
        /// The conclusion.
        #[arg(long)]
        verdict: VerdictWord,
        /// What was missed; needed where a person decides.
        #[arg(long, default_value = "")]
        gap_note: String,
        /// What has to change, as CRITERION=TEXT; may be given more than once.
        #[arg(long)]
        reason: Vec<String>,
    },
    /// Turns an offer down; that has no consequence for you.
    Decline {
        /// Its identifier.
        task: TaskId,
    },
    /// Asks something about a task that you hold.
    Ask {
        /// Its identifier.
        task: TaskId,
        /// The question.
        text: String,
    },
}

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

impl TaskVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::List { outcome, status } => list(asked, *outcome, status),
            Self::Show { task } => show(asked, *task),
            Self::Why { task, about } => tell_why(asked, *task, about.as_deref()),
            Self::Claim { task } => {
                asked.execute(Body::Task(*task, TaskCommand::Claim))?;
                let task = found(asked, *task)?;
                let until = match &task.phase {
                    Phase::Leased(lease) => lease.until.to_string(),
                    _ => String::new(),
                };
                asked.done(&format!("{} is yours until {until}", task.id))
            }
            Self::Submit {
                task,
                file,
                made_with,
            } => submit(asked, *task, file, made_with.as_deref()),
            Self::Review {
                task,
                verdict,
                gap_note,
                reason,
            } => review(asked, *task, *verdict, gap_note, reason),
            Self::Decline { task } => {
                asked.execute(Body::Task(*task, TaskCommand::Decline))?;
                asked.done(&format!("{task} is declined"))
            }
            Self::Ask { task, text } => {
                let lease = found(asked, *task)?.lease_number;
                let command = TaskCommand::Ask {
                    lease,
                    text: text.clone(),
                };
                asked.execute(Body::Task(*task, command))?;
                asked.done("asked; the accountable person answers")
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

fn list(asked: &mut Asked<'_>, outcome: Option<OutcomeId>, status: &[String]) -> Result<()> {
    let query = StateQuery {
        kind: Some("task"),
        parent: outcome.map(StreamId::Outcome),
        statuses: status.to_vec(),
        after: None,
        limit: LISTED_MAX,
    };
    let mut rows = Vec::new();
    for row in asked.engine().store().states(&query)? {
        let StreamId::Task(id) = row.stream else {
            continue;
        };
        let task = found(asked, id)?;
        rows.push(json!({
            "id": id, "key": task.spec.key, "kind": task.spec.kind, "state": task.phase.as_str(),
            "outcome": task.outcome, "title": task.spec.title,
        }));
    }
    asked.print(&rows, |rows| {
        let text =
            |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or("").to_owned();
        let cells = rows.iter().map(|row| {
            ["id", "state", "key", "title"]
                .map(|it| text(row, it))
                .to_vec()
        });
        table(&cells.collect::<Vec<_>>())
    })
}

fn show(asked: &mut Asked<'_>, id: TaskId) -> Result<()> {
    let task = found(asked, id)?;
    asked.print(&task, |task| {
        let told = &task.spec.instructions;
        let mut lines = vec![
            format!("{}  {}  {}", task.id, task.phase.as_str(), task.spec.title),
            format!("goal         {}", told.goal.trim()),
        ];
        lines.extend(
            told.constraints
                .iter()
                .map(|it| format!("constraint   {}", it.trim())),
        );
        lines.extend(
            told.criteria
                .iter()
                .map(|it| format!("criterion    {}: {}", it.key, it.text.trim())),
        );
        lines.push(format!("context      {} pieces", told.context.len()));
        lines.push(format!("price        {}", task.asset.show(task.spec.price)));
        lines.push(format!(
            "lease        {} (taken {} times)",
            task.lease_number, task.attempts_total
        ));
        if let Some(handed) = task.handed() {
            lines.push(format!(
                "handed in    {} at {}",
                handed.submission.content, handed.at
            ));
            lines.extend(handed.checks.iter().map(|check| {
                let mark = if check.passed { "holds" } else { "fails" };
                format!(
                    "check        {}: {mark}, {}",
                    check.criterion, check.summary
                )
            }));
            lines.extend(handed.reviews.iter().map(|review| {
                format!(
                    "review       {:?} by {}: {}",
                    review.verdict, review.by.id, review.gap_note
                )
            }));
        }
        if let Phase::Accepted(_, settlement) = &task.phase {
            lines.push(format!("paid         {}", task.asset.show(settlement.net)));
        }
        if let Some(returned) = &task.returned {
            lines.extend(
                returned
                    .reasons
                    .iter()
                    .map(|it| format!("sent back    {}: {}", it.criterion, it.text)),
            );
        }
        lines.extend(task.questions.iter().enumerate().map(|(index, question)| {
            let answer = question
                .answer
                .as_ref()
                .map_or("not answered yet", |(_, text)| text);
            format!("question {index}   {} -> {answer}", question.text)
        }));
        lines
    })
}

fn tell_why(asked: &mut Asked<'_>, id: TaskId, about: Option<&str>) -> Result<()> {
    found(asked, id)?;
    let about = about.map(|name| asked.named(name)).transpose()?;
    let decisions = why(asked.engine().store(), id, about)?;
    let mut told = Vec::new();
    for decision in &decisions {
        let recorded = &decision.recorded;
        let mut leading = Vec::new();
        for scored in &recorded.leading {
            let name = asked.engine().name_of(scored.contributor)?;
            leading.push(json!({
                "name": name, "contributor": scored.contributor, "score_ppm": scored.score,
                "capability_ppm": scored.capability, "standing_ppm": scored.standing,
                "price_ppm": scored.price, "load_ppm": scored.load, "overlap_ppm": scored.overlap,
            }));
        }
        let place = decision.place.as_ref().map(|place| match place {
            Standing::Leading(number, _) => format!("number {number} of {}", recorded.ranked),
            Standing::Behind => format!("ranked behind the leading {}", recorded.leading.len()),
            Standing::LeftOut(why) => format!("left out: {why}"),
            Standing::Unknown => "not in the network then".to_owned(),
        });
        told.push(json!({
            "algorithm": recorded.algorithm, "at": recorded.at, "policy": recorded.policy,
            "position": recorded.position, "seed": recorded.seed, "ranked": recorded.ranked,
            "excluded": recorded.excluded, "leading": leading, "about": place,
            "reproduced": decision.reproduced,
        }));
    }
    asked.print(&told, |told| told.iter().flat_map(why_lines).collect())
}

fn why_lines(told: &serde_json::Value) -> Vec<String> {
    let mut lines = vec![format!(
        "offered {} by {} under policy {}, read at event {}; made again from the record: {}",
        told["at"].as_str().unwrap_or(""),
        told["algorithm"].as_str().unwrap_or(""),
        told["policy"],
        told["position"],
        if told["reproduced"] == true {
            "the same answer"
        } else {
            "ANOTHER ANSWER"
        },
    )];
    let percent =
        |value: &serde_json::Value| format!("{:.1} %", value.as_f64().unwrap_or(0.0) / 10_000.0);
    let header = [
        "",
        "score",
        "capability",
        "standing",
        "price",
        "load",
        "overlap",
    ]
    .map(str::to_owned);
    let mut rows = vec![header.to_vec()];
    for scored in told["leading"].as_array().into_iter().flatten() {
        let mut row = vec![scored["name"].as_str().unwrap_or("(erased)").to_owned()];
        for field in [
            "score",
            "capability",
            "standing",
            "price",
            "load",
            "overlap",
        ] {
            row.push(percent(&scored[format!("{field}_ppm")]));
        }
        rows.push(row);
    }
    lines.extend(table(&rows));
    if let Some(excluded) = told["excluded"].as_object() {
        let counts: Vec<String> = excluded
            .iter()
            .map(|(why, count)| format!("{count} by {why}"))
            .collect();
        if !counts.is_empty() {
            lines.push(format!("left out: {}", counts.join(", ")));
        }
    }
    lines.extend(
        told["about"]
            .as_str()
            .map(|about| format!("who was asked about: {about}")),
    );
    lines
}

fn submit(
    asked: &mut Asked<'_>,
    id: TaskId,
    file: &std::path::Path,
    made_with: Option<&str>,
) -> Result<()> {
    let text = read_text(&asked.path(file))?;
    let content: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let lease = found(asked, id)?.lease_number;
    let submission = Submission {
        content: asked
            .engine()
            .artefacts()
            .put(&serde_json::to_vec(&content)?)?,
        files: BTreeMap::new(),
        provenance: Provenance {
            ai: if made_with.is_some() {
                AiUse::Assisted
            } else {
                AiUse::None
            },
            made_with: made_with.map(str::to_owned),
        },
    };
    asked.execute(Body::Task(id, TaskCommand::Submit { lease, submission }))?;
    asked.done(&format!("{id} is handed in"))
}

fn review(
    asked: &mut Asked<'_>,
    id: TaskId,
    verdict: VerdictWord,
    gap_note: &str,
    reasons: &[String],
) -> Result<()> {
    let task = found(asked, id)?;
    let handed = task
        .handed()
        .ok_or_else(|| usage(format!("{id} is not handed in")))?;
    let reasons = reasons
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
        .collect::<Result<Vec<_>>>()?;
    let judgment = Judgment {
        cause: (!reasons.is_empty()).then_some(Cause::Capability),
        gap_note: gap_note.to_owned(),
        lease: handed.lease.number,
        reasons,
        submission: handed.submission.content,
        verdict: match verdict {
            VerdictWord::Accept => Verdict::Accept,
            VerdictWord::Changes => Verdict::RequestChanges,
            VerdictWord::Reject => Verdict::Reject,
            VerdictWord::Escalate => Verdict::Escalate,
        },
    };
    asked.execute(Body::Task(id, TaskCommand::Review(Box::new(judgment))))?;
    asked.done(&format!("{id} is reviewed"))
}
