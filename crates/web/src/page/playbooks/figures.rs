//! What came of each version of a playbook, counted from the outcomes that are finished.
//!
//! Only what the visitor sees whole is counted, and of that the latest: the page says how much that is.

use std::collections::BTreeMap;

use consort_kernel::event::Event;
use consort_kernel::id::OutcomeId;
use consort_kernel::money::{Amount, Asset};
use consort_kernel::outcome::{Outcome, OutcomeEvent};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};

use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// How many outcomes are looked through, the newest first.
const OUTCOMES_MAX: usize = 500;
/// How many tasks are looked at in all.
const TASKS_MAX: usize = 1_000;
/// How many of the last events of an outcome are looked through for its end.
const END_MAX: usize = 8;

/// A version of a playbook: its name, and what its author calls the version.
pub(super) type Version = (String, String);

/// What is counted of one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Outcomes that were signed and closed.
    pub(super) delivered: u32,
    /// Outcomes that are not over.
    pub(super) open: u32,
    /// The newest outcome of it, in which its text is kept.
    pub(super) newest: Option<OutcomeId>,
    /// Accepted tasks that were looked at.
    pub(super) tasks: u32,
    /// The sum of the shares of their criteria that were met, in millionths.
    met_ppm: u64,
    /// Those of them that took more than one go.
    pub(super) again: u32,
    /// What each delivered outcome cost, with fees and taxes.
    costs: Vec<(Asset, Amount)>,
    /// How long each took from being stated to being signed.
    durations_ms: Vec<i64>,
}

impl Figures {
    /// The share of the criteria that were met, in percent.
    pub(super) fn quality(&self) -> Option<u64> {
        let tasks = u64::from(self.tasks);
        (tasks > 0).then(|| self.met_ppm / tasks / 10_000)
    }

    /// The share of the tasks that took more than one go, in percent.
    pub(super) fn rework(&self) -> Option<u32> {
        (self.tasks > 0).then(|| self.again * 100 / self.tasks)
    }

    /// What one delivered outcome cost in the middle, in the currency of most of them.
    pub(super) fn cost(&self) -> Option<(Asset, Amount)> {
        let asset = self.costs.first()?.0;
        let same = self.costs.iter().filter(|(it, _)| *it == asset);
        let mut amounts: Vec<Amount> = same.map(|(_, amount)| *amount).collect();
        amounts.sort_unstable();
        Some((asset, amounts[amounts.len() / 2]))
    }

    /// How long one took in the middle.
    pub(super) fn duration_ms(&self) -> Option<i64> {
        let mut durations = self.durations_ms.clone();
        durations.sort_unstable();
        durations.get(durations.len() / 2).copied()
    }

    fn add_task(&mut self, task: &Task) {
        if let Phase::Accepted(_, settlement) = &task.phase {
            self.tasks += 1;
            self.met_ppm += u64::from(settlement.met_ppm);
            self.again += u32::from(task.attempts_total > 1);
        }
    }
}

/// The figures of every version that somebody used.
pub(super) fn figures(web: &Web, visitor: &Visitor) -> Result<BTreeMap<Version, Figures>, Failure> {
    let engine = &web.engine;
    let mut all: BTreeMap<Version, Figures> = BTreeMap::new();
    let mut left = TASKS_MAX;
    for outcome in engine.outcomes_before(&[], None, OUTCOMES_MAX)? {
        let Some(playbook) = &outcome.charter.playbook else {
            continue;
        };
        if !sight::sees_all(engine, visitor.id, &outcome)? {
            continue;
        }
        let version = (playbook.name.clone(), playbook.version.clone());
        let figures = all.entry(version).or_default();
        let is_over =
            outcome.phase.as_str() == "delivered" || outcome.phase.as_str() == "cancelled";
        figures.newest = figures.newest.or(Some(outcome.id));
        figures.open += u32::from(!is_over);
        if let Some(ended) = delivered(web, &outcome)? {
            figures.delivered += 1;
            figures.durations_ms.push(ended);
            figures.costs.push((outcome.charter.asset, cost(&outcome)));
            if left > 0 {
                let tasks = engine.tasks_before(Some(outcome.id), &["accepted"], None, left)?;
                left -= tasks.len();
                for task in &tasks {
                    figures.add_task(task);
                }
            }
        }
    }
    Ok(all)
}

fn cost(outcome: &Outcome) -> Amount {
    let purse = &outcome.purse;
    Amount::from_minor(purse.paid.minor() + purse.fees.minor() + purse.taxes.minor())
}

/// How long a delivered outcome took, from being stated.
fn delivered(web: &Web, outcome: &Outcome) -> Result<Option<i64>, Failure> {
    if outcome.phase != consort_kernel::outcome::Phase::Delivered {
        return Ok(None);
    }
    let stream = StreamId::Outcome(outcome.id);
    let events = web.engine.latest(stream, END_MAX)?;
    let signed = events
        .iter()
        .find(|it| matches!(it.event, Event::Outcome(OutcomeEvent::SignedOff { .. })));
    Ok(signed.map(|it| it.recorded_at.millis_since(outcome.id.time())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_told_and_nothing_where_there_is_nothing() {
        let none = Figures::default();
        assert_eq!(
            (
                none.quality(),
                none.rework(),
                none.cost(),
                none.duration_ms()
            ),
            (None, None, None, None)
        );
        let euro = Asset::new("EUR", 2).unwrap();
        let some = Figures {
            tasks: 4,
            met_ppm: 3_500_000,
            again: 1,
            costs: [900, 100, 400]
                .map(|it| (euro, Amount::from_minor(it)))
                .to_vec(),
            durations_ms: vec![9, 1, 4],
            ..Figures::default()
        };
        assert_eq!((some.quality(), some.rework()), (Some(87), Some(25)));
        assert_eq!(some.cost(), Some((euro, Amount::from_minor(400))));
        assert_eq!(some.duration_ms(), Some(4));
    }
}
