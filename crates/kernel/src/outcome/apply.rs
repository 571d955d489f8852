//! How events change an outcome.

use std::collections::BTreeMap;

use super::{Outcome, OutcomeEvent, Phase, Progress, Purse, Settled};
use crate::id::OutcomeId;
use crate::money::Amount;

impl Outcome {
    /// The state after an event; nothing when the event cannot follow.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each variant: a table, not a flow"
    )]
    pub fn apply(this: Option<Self>, id: OutcomeId, event: &OutcomeEvent) -> Option<Self> {
        let Some(mut outcome) = this else {
            let OutcomeEvent::Created(charter) = event else {
                return None;
            };
            return Some(Self {
                id,
                charter: charter.as_ref().clone(),
                phase: Phase::Planned,
                plan_version: 0,
                served: BTreeMap::new(),
                purse: Purse::default(),
                funders: BTreeMap::new(),
                pre_approvals: BTreeMap::new(),
                pre_approvals_given: 0,
                progress: Progress::default(),
                overdue: false,
                conclusion: None,
            });
        };
        match event {
            OutcomeEvent::Created(_) => return None,
            OutcomeEvent::Funded { amount, funder } => {
                outcome.purse.funded = outcome.purse.funded.checked_add(*amount)?;
                outcome.purse.available = outcome.purse.available.checked_add(*amount)?;
                let given = outcome.funders.entry(*funder).or_default();
                *given = given.checked_add(*amount)?;
            }
            OutcomeEvent::PreApproved { number, terms } => {
                outcome
                    .pre_approvals
                    .insert(*number, terms.as_ref().clone());
                outcome.pre_approvals_given = *number;
            }
            OutcomeEvent::PreApprovalRevoked { number, .. } => {
                outcome.pre_approvals.remove(number);
            }
            OutcomeEvent::PlanChanged {
                added,
                held,
                plan,
                serves,
                weight,
                ..
            } => {
                outcome.plan_version = *plan;
                outcome.purse.available = outcome.purse.available.checked_sub(*held)?;
                outcome.purse.held = outcome.purse.held.checked_add(*held)?;
                outcome.progress.open = outcome.progress.open.checked_add(*added)?;
                outcome.progress.weight = outcome.progress.weight.checked_add(*weight)?;
                for (key, tasks) in serves {
                    let served = outcome.served.entry(key.clone()).or_insert(0);
                    *served = served.checked_add(*tasks)?;
                }
            }
            OutcomeEvent::Started {} | OutcomeEvent::Resumed { .. } => {
                outcome.phase = Phase::Running;
            }
            OutcomeEvent::Paused { .. } => outcome.phase = Phase::Paused,
            OutcomeEvent::CancelRequested { .. } => outcome.phase = Phase::Cancelling,
            OutcomeEvent::CancellationSpread { .. } | OutcomeEvent::ResumptionSpread { .. } => {}
            OutcomeEvent::TaskSettled(settled) => outcome.settle(settled)?,
            OutcomeEvent::BecameOverdue {} => outcome.overdue = true,
            OutcomeEvent::SignedOff { conclusion, .. } => {
                outcome.conclusion = Some(conclusion.clone());
            }
            OutcomeEvent::Closed { delivered, refunds } => {
                for amount in refunds.values() {
                    outcome.purse.available = outcome.purse.available.checked_sub(*amount)?;
                    outcome.purse.refunded = outcome.purse.refunded.checked_add(*amount)?;
                }
                outcome.phase = if *delivered {
                    Phase::Delivered
                } else {
                    Phase::Cancelled
                };
            }
        }
        Some(outcome)
    }

    fn settle(&mut self, settled: &Settled) -> Option<()> {
        let Settled {
            accepted,
            fee,
            paid,
            released,
            tax,
            unserved,
            weight,
            ..
        } = settled;
        let purse = &mut self.purse;
        let add = |sum: &mut Amount, amount: &Amount| -> Option<()> {
            *sum = sum.checked_add(*amount)?;
            Some(())
        };
        for (sum, amount) in [
            (&mut purse.paid, paid),
            (&mut purse.fees, fee),
            (&mut purse.taxes, tax),
            (&mut purse.available, released),
        ] {
            add(sum, amount)?;
            purse.held = purse.held.checked_sub(*amount)?;
        }
        for key in unserved {
            let served = self.served.get_mut(key)?;
            *served = served.checked_sub(1)?;
            if *served == 0 {
                self.served.remove(key);
            }
        }
        let progress = &mut self.progress;
        progress.open = progress.open.checked_sub(1)?;
        if *accepted {
            progress.accepted += 1;
            progress.accepted_weight += u64::from(*weight);
        } else {
            progress.dropped += 1;
            progress.weight = progress.weight.checked_sub(u64::from(*weight))?;
        }
        Some(())
    }
}
