//! The record of a run: what programs read, and what the terminal's tables are made from.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Approval, Phase, Task};
use serde::Serialize;

use super::Session;
use super::begin::Begun;
use super::watch;
use crate::console::Console;
use crate::place::spending;

/// The record of an outcome's run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Record {
    pub(super) outcome: OutcomeLine,
    pub(super) tasks: Vec<TaskLine>,
    pub(super) deliverables: Vec<Deliverable>,
    pub(super) ledger: Ledger,
    pub(super) signed: Option<Signed>,
    pub(super) skipped: Vec<Skipped>,
    /// How many events the network's log has.
    pub(super) events: u64,
    /// The root of the network's log.
    pub(super) log_root: Digest,
    /// Said with every total.
    pub(super) money: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct OutcomeLine {
    pub(super) id: OutcomeId,
    pub(super) state: &'static str,
    pub(super) title: String,
    pub(super) playbook: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct TaskLine {
    pub(super) key: String,
    pub(super) id: TaskId,
    pub(super) kind: String,
    pub(super) state: &'static str,
    pub(super) contributor: Option<ContributorLine>,
    pub(super) lease: u64,
    pub(super) attempts: u32,
    pub(super) paid_minor: i64,
    pub(super) signed: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct ContributorLine {
    pub(super) id: ContributorId,
    pub(super) name: String,
    pub(super) kind: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Deliverable {
    pub(super) name: String,
    pub(super) sha256: Digest,
    pub(super) path: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Ledger {
    pub(super) currency: String,
    pub(super) funded_minor: i64,
    pub(super) paid_minor: i64,
    pub(super) fees_minor: i64,
    pub(super) refunded_minor: i64,
    pub(super) escrow_minor: i64,
    /// What models cost beside what is paid, by currency, in millionths of its unit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) models_micro: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Signed {
    pub(super) by: String,
    pub(super) how: &'static str,
    pub(super) scope: String,
    pub(super) reason: String,
    pub(super) recommendation: Option<String>,
    /// The digest of the file of answers, where there was one.
    pub(super) answers_sha256: Option<Digest>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Skipped {
    pub(super) name: String,
    pub(super) reason: String,
}

/// What one contributor did, as it is shown.
pub(super) struct Contributed {
    pub(super) who: String,
    pub(super) kind: String,
    pub(super) tasks: String,
    pub(super) cost: String,
}

/// The record as things are now.
pub(super) fn record(
    session: &Session<'_>,
    begun: &Begun,
    deliverables: Vec<Deliverable>,
) -> Result<Record> {
    let engine = &session.place.engine;
    let outcome = watch::expect(engine, begun.outcome)?;
    let mut tasks = engine.tasks_of(begun.outcome)?;
    tasks.sort_by(|one, other| (one.rank, &one.spec.key).cmp(&(other.rank, &other.spec.key)));
    let mut known: BTreeMap<ContributorId, ContributorLine> = BTreeMap::new();
    let mut lines = Vec::with_capacity(tasks.len());
    for task in &tasks {
        lines.push(line(session, task, &mut known)?);
    }
    let log = engine.store().log()?;
    let purse = &outcome.purse;
    let escrow = purse.available.checked_add(purse.held).unwrap_or_default();
    let asset = outcome.charter.asset;
    Ok(Record {
        outcome: OutcomeLine {
            id: begun.outcome,
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
            models_micro: session.place.model_cost(begun.outcome)?,
        },
        signed: outcome.conclusion.as_ref().map(|conclusion| Signed {
            by: session.person_name.clone(),
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
        skipped: begun
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
    session: &Session<'_>,
    task: &Task,
    known: &mut BTreeMap<ContributorId, ContributorLine>,
) -> Result<TaskLine> {
    let contributor = match task.handed() {
        Some(handed) => Some(contributor(session, handed.lease.holder.id, known)?),
        None => None,
    };
    let (paid_minor, signed) = match &task.phase {
        Phase::Accepted(_, settlement) => {
            let signed = match &settlement.approval {
                Approval::InAdvance { .. } => "signed in advance, not opened",
                Approval::SignedOff { .. } => "opened and signed",
            };
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
    session: &Session<'_>,
    id: ContributorId,
    known: &mut BTreeMap<ContributorId, ContributorLine>,
) -> Result<ContributorLine> {
    if let Some(line) = known.get(&id) {
        return Ok(line.clone());
    }
    let engine = &session.place.engine;
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
    /// A file that was written.
    pub(super) fn of(name: &str, bytes: &[u8], path: &Path) -> Self {
        Self {
            name: name.to_owned(),
            sha256: Digest::of(bytes),
            path: path.display().to_string(),
        }
    }
}

impl Record {
    /// Who did what, in the order in which their first task stands in the plan.
    pub(super) fn contributions(&self, asset: Asset) -> Vec<Contributed> {
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

    /// Tells the ledger.
    pub(super) fn tell_ledger(&self, console: &mut Console) -> Result<()> {
        let ledger = &self.ledger;
        let show = |minor| Asset::PRACTICE.show(Amount::from_minor(minor));
        console.line("\nLedger (obligations; no bank money was moved)")?;
        for (name, minor) in [
            ("funded", ledger.funded_minor),
            ("paid", ledger.paid_minor),
            ("fees", ledger.fees_minor),
            ("returned", ledger.refunded_minor),
            ("escrow", ledger.escrow_minor),
        ] {
            console.line(&format!("  {name:<10}{:>18}", show(minor)))?;
        }
        if !ledger.models_micro.is_empty() {
            let cost = spending::shown(&ledger.models_micro);
            console.line(&format!("  models    {cost} (metered beside what is paid)"))?;
        }
        Ok(())
    }
}
