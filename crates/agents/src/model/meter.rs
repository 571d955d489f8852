//! The meter: what models cost, counted before they are asked.
//!
//! Before each call its cap is reserved against the caps of the task, of the agent and of the
//! outcome; after it the reported usage is charged, or the whole cap where nobody knows what was
//! used. What is counted is metered model cost in millionths of a currency's unit; it moves no
//! money.

use std::collections::BTreeMap;

use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use serde::{Deserialize, Serialize};

use super::settings::Caps;

/// What a call is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purpose {
    /// Who asks.
    pub agent: ContributorId,
    /// The outcome that it serves; nothing for a trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeId>,
    /// The task; nothing for a trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// What the operator calls the model.
    pub model: String,
    /// The version of the price table.
    pub prices: String,
    /// The currency that is counted in.
    pub currency: String,
}

/// A call that was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempt(pub u64);

/// Why a call may not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMetered {
    /// It might cost more than is left.
    #[error(
        "the cap {of} leaves {left_micro} millionths of {currency}, and the call may cost \
         {cap_micro}"
    )]
    Spent {
        /// Whose cap: "for the task", "of the agent", "for the outcome".
        of: &'static str,
        /// What is left.
        left_micro: u64,
        /// What the call may cost.
        cap_micro: u64,
        /// The currency.
        currency: String,
    },
    /// It cannot be recorded, so that it must not be made.
    #[error("what models cost cannot be recorded: {0}")]
    Unwritten(String),
}

/// Counts what models cost.
pub trait Meter: Send + Sync {
    /// Records that a call begins which may cost so much, if the caps leave as much.
    fn reserve(&self, purpose: &Purpose, caps: Caps, cap_micro: u64)
    -> Result<Attempt, NotMetered>;

    /// Records what a call cost.
    fn settle(&self, attempt: Attempt, used_micro: u64, note: &str) -> Result<(), NotMetered>;
}

/// What was spent and is reserved, by task, agent and outcome. Currencies are counted apart.
#[derive(Debug, Default)]
pub(super) struct Spending {
    by_task: BTreeMap<(TaskId, String), u64>,
    by_agent: BTreeMap<(ContributorId, String), u64>,
    by_outcome: BTreeMap<(OutcomeId, String), u64>,
    open: BTreeMap<Attempt, (Purpose, u64)>,
    latest: u64,
}

impl Spending {
    /// Whether the caps leave room for a call.
    pub(super) fn allows(
        &self,
        purpose: &Purpose,
        caps: Caps,
        cap_micro: u64,
    ) -> Result<(), NotMetered> {
        let currency = || purpose.currency.clone();
        let task = purpose.task.map(|task| (task, currency()));
        let outcome = purpose.outcome.map(|outcome| (outcome, currency()));
        let spent_by_task = task.and_then(|task| self.by_task.get(&task));
        let spent_by_agent = self.by_agent.get(&(purpose.agent, currency()));
        let spent_by_outcome = outcome.and_then(|outcome| self.by_outcome.get(&outcome));
        for (of, spent, most) in [
            ("for the task", spent_by_task, caps.task_micro),
            ("of the agent", spent_by_agent, caps.agent_micro),
            ("for the outcome", spent_by_outcome, caps.outcome_micro),
        ] {
            let left_micro = most.saturating_sub(spent.copied().unwrap_or(0));
            if cap_micro > left_micro {
                return Err(NotMetered::Spent {
                    of,
                    left_micro,
                    cap_micro,
                    currency: currency(),
                });
            }
        }
        Ok(())
    }

    /// The number of the next call.
    pub(super) fn next(&self) -> Attempt {
        Attempt(self.latest + 1)
    }

    /// Counts a call that begins, at its cap.
    pub(super) fn begin(&mut self, attempt: Attempt, purpose: &Purpose, cap_micro: u64) {
        self.latest = self.latest.max(attempt.0);
        self.change(purpose, |spent| spent.saturating_add(cap_micro));
        self.open.insert(attempt, (purpose.clone(), cap_micro));
    }

    /// Counts what a call cost in place of its cap; nothing costs more than its cap.
    pub(super) fn end(&mut self, attempt: Attempt, used_micro: u64) {
        if let Some((purpose, cap_micro)) = self.open.remove(&attempt) {
            let back = cap_micro.saturating_sub(used_micro);
            self.change(&purpose, |spent| spent.saturating_sub(back));
        }
    }

    fn change(&mut self, purpose: &Purpose, by: impl Fn(u64) -> u64) {
        let currency = || purpose.currency.clone();
        let of_agent = self.by_agent.entry((purpose.agent, currency()));
        let of_agent = of_agent.or_default();
        *of_agent = by(*of_agent);
        if let Some(task) = purpose.task {
            let of_task = self.by_task.entry((task, currency())).or_default();
            *of_task = by(*of_task);
        }
        if let Some(outcome) = purpose.outcome {
            let of_outcome = self.by_outcome.entry((outcome, currency())).or_default();
            *of_outcome = by(*of_outcome);
        }
    }

    /// What an outcome's calls come to, by currency.
    pub(super) fn of_outcome(&self, outcome: OutcomeId) -> BTreeMap<String, u64> {
        let of_outcome = self.by_outcome.iter().filter(|((of, _), _)| *of == outcome);
        of_outcome
            .map(|((_, currency), micro)| (currency.clone(), *micro))
            .collect()
    }

    /// How many calls were begun and have not ended.
    pub(super) fn open(&self) -> usize {
        self.open.len()
    }
}
