//! `consort outcome`: what is wanted, how far it is, and what its accountable person decides.

use anyhow::Result;
use clap::Subcommand;
use consort_kernel::command::Body;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{Conclusion, Outcome, OutcomeCommand};
use consort_kernel::state::State;
use consort_kernel::task::Task;
use serde_json::json;

use crate::asked::{Asked, table};
use crate::exit::not_found;
use crate::place::spending;

/// Outcomes.
#[derive(Debug, Subcommand)]
pub(crate) enum OutcomeVerb {
    /// Lists outcomes.
    #[command(after_help = "Example:\n  consort outcome list --json")]
    List,
    /// Shows one outcome.
    #[command(after_help = "Example:\n  consort outcome show out_…")]
    Show {
        /// Its identifier.
        outcome: OutcomeId,
    },
    /// Shows its plan: tasks in the order of their dependencies.
    #[command(after_help = "Example:\n  consort outcome plan out_…")]
    Plan {
        /// Its identifier.
        outcome: OutcomeId,
    },
    /// Writes it with everything that proves it into one file, which anybody can check offline.
    #[command(after_help = "Example:\n  consort outcome export out_… --file brief.zip")]
    Export {
        /// Its identifier.
        outcome: OutcomeId,
        /// The file; by default it is named after the outcome.
        #[arg(long)]
        file: Option<std::path::PathBuf>,
    },
    /// Gives it up; what is held goes back.
    #[command(
        after_help = "Example:\n  consort outcome cancel out_… --reason \"the budget is gone\""
    )]
    Cancel {
        /// Its identifier.
        outcome: OutcomeId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Holds everything at once; what is held may still be handed in.
    #[command(
        after_help = "Example:\n  consort outcome pause out_… --reason \"a question is open\""
    )]
    Pause {
        /// Its identifier.
        outcome: OutcomeId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Lets it go on.
    #[command(after_help = "Example:\n  consort outcome resume out_… --reason \"it is answered\"")]
    Resume {
        /// Its identifier.
        outcome: OutcomeId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Signs the result and closes it, once every task is settled.
    #[command(
        name = "sign-off",
        after_help = "Example:\n  consort outcome sign-off out_… --reason \"I read it\" --scope \"the brief and its table\""
    )]
    SignOff {
        /// Its identifier.
        outcome: OutcomeId,
        /// Why it is signed.
        #[arg(long)]
        reason: String,
        /// What the signature covers.
        #[arg(long)]
        scope: String,
        /// Your recommendation, in your own words.
        #[arg(long)]
        recommendation: Option<String>,
    },
}

impl OutcomeVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let decide = |asked: &mut Asked<'_>, outcome: OutcomeId, command, what: &str| {
            asked.execute(Body::Outcome(outcome, command))?;
            asked.done(&format!("{outcome} {what}"))
        };
        match self {
            Self::List => list(asked),
            Self::Show { outcome } => show(asked, *outcome),
            Self::Plan { outcome } => plan(asked, *outcome),
            Self::Export { outcome, file } => {
                crate::archive::export(asked, *outcome, file.as_deref())
            }
            Self::Cancel { outcome, reason } => {
                let command = OutcomeCommand::Cancel {
                    reason: reason.clone(),
                };
                decide(asked, *outcome, command, "is being cancelled")
            }
            Self::Pause { outcome, reason } => {
                let command = OutcomeCommand::Pause {
                    reason: reason.clone(),
                };
                decide(asked, *outcome, command, "is paused")
            }
            Self::Resume { outcome, reason } => {
                let command = OutcomeCommand::Resume {
                    reason: reason.clone(),
                };
                decide(asked, *outcome, command, "goes on")
            }
            Self::SignOff {
                outcome,
                reason,
                scope,
                recommendation,
            } => {
                let opened = asked
                    .engine()
                    .tasks_of(*outcome)?
                    .iter()
                    .filter(|task| task.is_accepted())
                    .filter_map(|task| task.handed().map(|handed| handed.submission.content))
                    .collect();
                let conclusion = Conclusion {
                    opened,
                    recommendation: recommendation.clone(),
                    reason: reason.clone(),
                    scope: scope.clone(),
                };
                decide(
                    asked,
                    *outcome,
                    OutcomeCommand::SignOff(conclusion),
                    "is delivered",
                )
            }
        }
    }
}

fn list(asked: &mut Asked<'_>) -> Result<()> {
    let mut rows = Vec::new();
    for state in asked.engine().all("outcome")? {
        let State::Outcome(outcome) = state else {
            continue;
        };
        rows.push(line(&outcome));
    }
    asked.print(&rows, |rows| {
        if rows.is_empty() {
            return vec![
                "no outcome yet: 'consort run brief --input documents=FOLDER' makes one".to_owned(),
            ];
        }
        let text = |row: &serde_json::Value, field: &str| {
            row[field]
                .as_str()
                .map_or_else(|| row[field].to_string(), str::to_owned)
        };
        let cells = rows.iter().map(|row| {
            ["id", "state", "tasks", "paid", "title"]
                .map(|field| text(row, field))
                .to_vec()
        });
        table(&cells.collect::<Vec<_>>())
    })
}

fn line(outcome: &Outcome) -> serde_json::Value {
    let progress = outcome.progress;
    json!({
        "id": outcome.id,
        "state": outcome.phase.as_str(),
        "tasks": format!("{}/{}", progress.accepted, progress.accepted + progress.open),
        "paid": outcome.charter.asset.show(outcome.purse.paid),
        "paid_minor": outcome.purse.paid.minor(),
        "title": outcome.charter.title,
    })
}

fn found(asked: &Asked<'_>, id: OutcomeId) -> Result<Outcome> {
    asked.engine().outcome(id)?.ok_or_else(|| {
        not_found(format!(
            "{id} is not here: 'consort outcome list' shows what is"
        ))
    })
}

fn show(asked: &mut Asked<'_>, id: OutcomeId) -> Result<()> {
    let outcome = found(asked, id)?;
    let accountable = outcome.charter.accountable;
    let name = asked
        .engine()
        .name_of(accountable)?
        .unwrap_or_else(|| accountable.to_string());
    let model_cost = asked.place.model_cost(id)?;
    let mut shown = serde_json::to_value(&outcome)?;
    if !model_cost.is_empty() {
        shown["models_micro"] = serde_json::to_value(&model_cost)?;
    }
    asked.print(&shown, |_| {
        let charter = &outcome.charter;
        let purse = &outcome.purse;
        let progress = outcome.progress;
        let money = |amount| charter.asset.show(amount);
        let mut lines = vec![
            format!("{}  {}", outcome.id, outcome.phase.as_str()),
            charter.title.clone(),
            String::new(),
            format!("wanted       {}", charter.objective.trim()),
            format!("why          {}", charter.narrative.trim()),
            format!("accountable  {name}"),
            format!(
                "tasks        {} accepted, {} open, {} dropped",
                progress.accepted, progress.open, progress.dropped
            ),
            format!(
                "money        {} funded, {} held, {} paid, {} returned, {} left",
                money(purse.funded),
                money(purse.held),
                money(purse.paid),
                money(purse.refunded),
                money(purse.available)
            ),
        ];
        if !model_cost.is_empty() {
            let cost = spending::shown(&model_cost);
            lines.push(format!("models       {cost} (metered beside the money)"));
        }
        lines.extend(
            charter
                .deadline
                .map(|deadline| format!("deadline     {deadline}")),
        );
        lines.extend(
            charter
                .criteria
                .iter()
                .map(|criterion| format!("criterion    {}", criterion.text)),
        );
        lines.extend(outcome.conclusion.as_ref().map(|conclusion| {
            let how = if conclusion.opened.is_empty() {
                "signed in advance, not opened"
            } else {
                "opened and signed"
            };
            format!("signed       {how}: {}", conclusion.reason)
        }));
        lines
    })
}

fn plan(asked: &mut Asked<'_>, id: OutcomeId) -> Result<()> {
    found(asked, id)?;
    let mut tasks = asked.engine().tasks_of(id)?;
    tasks.sort_by(|one, other| (one.rank, &one.spec.key).cmp(&(other.rank, &other.spec.key)));
    asked.print(&tasks, |tasks| {
        table(&tasks.iter().map(row).collect::<Vec<_>>())
    })
}

fn row(task: &Task) -> Vec<String> {
    let gate = if task.spec.gate { "gate" } else { "" };
    vec![
        task.rank.to_string(),
        task.spec.key.clone(),
        task.phase.as_str().to_owned(),
        task.asset.show(task.spec.price),
        gate.to_owned(),
        task.id.to_string(),
    ]
}
