//! The record of an outcome: what programs read, and what tables of people are made from.

use std::collections::BTreeMap;

use consort_engine::{Engine, EngineError};
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};
use serde::Serialize;

use crate::{Case, DeskError, sign};

/// The record of an outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// What it is about.
    pub outcome: OutcomeLine,
    /// Its tasks, in the order of the plan.
    pub tasks: Vec<TaskLine>,
    /// What was delivered.
    pub deliverables: Vec<Deliverable>,
    /// Where its money went.
    pub ledger: Ledger,
    /// Who signed it, once it is signed.
    pub signed: Option<Signed>,
    /// Files that were not read.
    pub skipped: Vec<Skipped>,
    /// How many events the network's log has.
    pub events: u64,
    /// The root of the network's log.
    pub log_root: Digest,
    /// Said with every total.
    pub money: &'static str,
}

/// The outcome, in a line.
#[derive(Debug, Clone, Serialize)]
pub struct OutcomeLine {
    /// Its identifier.
    pub id: OutcomeId,
    /// How far it is.
    pub state: &'static str,
    /// What it is called.
    pub title: String,
    /// The playbook with its version.
    pub playbook: Option<String>,
}

/// A task, in a line.
#[derive(Debug, Clone, Serialize)]
pub struct TaskLine {
    /// Its key in the plan.
    pub key: String,
    /// Its identifier.
    pub id: TaskId,
    /// What kind of work it is.
    pub kind: String,
    /// How far it is.
    pub state: &'static str,
    /// Who handed it in.
    pub contributor: Option<ContributorLine>,
    /// The number of its latest lease.
    pub lease: u64,
    /// How often it was taken.
    pub attempts: u32,
    /// What its performer gets, in minor units.
    pub paid_minor: i64,
    /// How it was signed.
    pub signed: Option<&'static str>,
}

/// A contributor, in a line.
#[derive(Debug, Clone, Serialize)]
pub struct ContributorLine {
    /// Their identifier.
    pub id: ContributorId,
    /// Their name.
    pub name: String,
    /// `person` or `agent`.
    pub kind: &'static str,
}

/// A file that was delivered.
#[derive(Debug, Clone, Serialize)]
pub struct Deliverable {
    /// Its name.
    pub name: String,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// Where it was written, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Where an outcome's money went, in minor units.
#[derive(Debug, Clone, Serialize)]
pub struct Ledger {
    /// The currency, or `practice`.
    pub currency: String,
    /// What came in.
    pub funded_minor: i64,
    /// What contributors get.
    pub paid_minor: i64,
    /// What the network gets.
    pub fees_minor: i64,
    /// What went back.
    pub refunded_minor: i64,
    /// What is left: exactly nothing once it is closed.
    pub escrow_minor: i64,
    /// What models cost beside what is paid, by currency, in millionths of its unit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub models_micro: BTreeMap<String, u64>,
}

/// A signature on an outcome.
#[derive(Debug, Clone, Serialize)]
pub struct Signed {
    /// By whom.
    pub by: String,
    /// Whether what it rests on was opened.
    pub how: &'static str,
    /// What it covers.
    pub scope: String,
    /// Why.
    pub reason: String,
    /// The person's own sentence.
    pub recommendation: Option<String>,
    /// The digest of the file of answers, where there was one.
    pub answers_sha256: Option<Digest>,
}

/// A file that was not read.
#[derive(Debug, Clone, Serialize)]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What one contributor did, as it is shown.
#[derive(Debug, Clone)]
pub struct Contributed {
    /// Their name.
    pub who: String,
    /// `person` or `agent`.
    pub kind: String,
    /// The kinds of work, with how often.
    pub tasks: String,
    /// What they get for it.
    pub cost: String,
}

/// The record as things are now.
pub fn record(case: &Case<'_>, deliverables: Vec<Deliverable>) -> Result<Record, DeskError> {
    let engine = case.engine;
    let outcome = case.outcome()?;
    let mut tasks = engine.tasks_of(case.id)?;
    tasks.sort_by(|one, other| (one.rank, &one.spec.key).cmp(&(other.rank, &other.spec.key)));
    let mut known: BTreeMap<ContributorId, ContributorLine> = BTreeMap::new();
    let mut lines = Vec::with_capacity(tasks.len());
    for task in &tasks {
        lines.push(line(engine, task, &mut known)?);
    }
    let log = engine.store().log().map_err(EngineError::from)?;
    let purse = &outcome.purse;
    let escrow = purse.available.checked_add(purse.held).unwrap_or_default();
    let asset = outcome.charter.asset;
    let accountable = case.accountable()?;
    Ok(Record {
        outcome: OutcomeLine {
            id: case.id,
            state: outcome.phase.as_str(),
            title: outcome.charter.title.clone(),
            playbook: outcome
                .charter
                .playbook
                .as_ref()
                .map(|playbook| format!("{} version {}", playbook.name, playbook.version)),
        },
        tasks: lines,
        deliverables,
        ledger: Ledger {
            currency: if asset == Asset::PRACTICE {
                "practice"
            } else {
                asset.code()
            }
            .to_owned(),
            funded_minor: purse.funded.minor(),
            paid_minor: purse.paid.minor(),
            fees_minor: purse.fees.minor(),
            refunded_minor: purse.refunded.minor(),
            escrow_minor: escrow.minor(),
            models_micro: case.models_micro.clone(),
        },
        signed: outcome.conclusion.as_ref().map(|conclusion| Signed {
            by: accountable,
            how: if conclusion.opened.is_empty() {
                "signed in advance, not opened"
            } else {
                "opened and signed"
            },
            scope: conclusion.scope.clone(),
            reason: conclusion.reason.clone(),
            recommendation: conclusion.recommendation.clone(),
            answers_sha256: outcome
                .pre_approvals
                .values()
                .find_map(|terms| terms.source),
        }),
        skipped: case
            .given
            .skipped
            .iter()
            .map(|(name, reason)| Skipped {
                name: name.clone(),
                reason: reason.clone(),
            })
            .collect(),
        events: log.size(),
        log_root: log.root(),
        money: "Recorded obligations; no bank money was moved.",
    })
}

fn line(
    engine: &Engine,
    task: &Task,
    known: &mut BTreeMap<ContributorId, ContributorLine>,
) -> Result<TaskLine, DeskError> {
    let contributor = match task.handed() {
        Some(handed) => Some(contributor(engine, handed.lease.holder.id, known)?),
        None => None,
    };
    let (paid_minor, signed) = match &task.phase {
        Phase::Accepted(handed, settlement) => {
            let signed = sign::how(handed, &settlement.approval);
            (settlement.net.minor(), Some(signed))
        }
        Phase::Blocked
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Leased(_)
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => (0, None),
    };
    Ok(TaskLine {
        key: task.spec.key.clone(),
        id: task.id,
        kind: task.spec.kind.clone(),
        state: task.phase.as_str(),
        contributor,
        lease: task.lease_number,
        attempts: task.attempts_total,
        paid_minor,
        signed,
    })
}

fn contributor(
    engine: &Engine,
    id: ContributorId,
    known: &mut BTreeMap<ContributorId, ContributorLine>,
) -> Result<ContributorLine, DeskError> {
    if let Some(line) = known.get(&id) {
        return Ok(line.clone());
    }
    let kind = match engine.state(StreamId::Contributor(id))? {
        Some(State::Contributor(contributor)) if contributor.is_person() => "person",
        Some(_) | None => "agent",
    };
    let name = engine.name_of(id)?.unwrap_or_else(|| id.to_string());
    let line = ContributorLine { id, name, kind };
    known.insert(id, line.clone());
    Ok(line)
}

impl Deliverable {
    /// A file that is delivered.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            sha256: Digest::of(bytes),
            path: None,
        }
    }
}

impl Record {
    /// Who did what, in the order in which their first task stands in the plan.
    pub fn contributions(&self, asset: Asset) -> Vec<Contributed> {
        let mut order: Vec<ContributorId> = Vec::new();
        let mut by: BTreeMap<ContributorId, (ContributorLine, BTreeMap<&str, usize>, i64)> =
            BTreeMap::new();
        for task in &self.tasks {
            let Some(contributor) = &task.contributor else {
                continue;
            };
            let entry = by.entry(contributor.id).or_insert_with(|| {
                order.push(contributor.id);
                (contributor.clone(), BTreeMap::new(), 0)
            });
            *entry.1.entry(&task.kind).or_insert(0) += 1;
            entry.2 += task.paid_minor;
        }
        order
            .iter()
            .map(|id| {
                let (contributor, kinds, paid) = &by[id];
                let tasks: Vec<String> = kinds
                    .iter()
                    .map(|(kind, count)| format!("{count} x {kind}"))
                    .collect();
                Contributed {
                    who: contributor.name.clone(),
                    kind: contributor.kind.to_owned(),
                    tasks: tasks.join(", "),
                    cost: asset.show(Amount::from_minor(*paid)),
                }
            })
            .collect()
    }
}
