//! Carrying plans on: what waited for earlier results is planned once they are there.

use std::collections::{BTreeMap, BTreeSet};

use consort_engine::Engine;
use consort_engine::outcome::{Planned, grow};
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{Outcome, Phase};

use crate::{Case, DeskError, Given};

/// How many running outcomes are looked after.
const RUNNING_MAX: usize = 10_000;

impl Case<'_> {
    /// Plans what can be planned now; tells whether tasks came in.
    pub fn grow(&self) -> Result<bool, DeskError> {
        grown(self.engine, self.id, &self.given)
    }
}

fn grown(engine: &Engine, id: OutcomeId, given: &Given) -> Result<bool, DeskError> {
    match grow(engine, id, &given.playbook, &given.inputs)? {
        Planned::Tasks { added, .. } => Ok(added > 0),
        Planned::Problems(problems) => Err(DeskError::problems("the playbook", &problems)),
    }
}

/// Carries on every running outcome of a network.
#[derive(Debug, Default)]
pub struct Gardener {
    known: BTreeMap<OutcomeId, Known>,
}

/// What is known of an outcome.
#[derive(Debug)]
struct Known {
    /// What it was given; nothing where its plan does not grow.
    given: Option<Given>,
    /// How many of its tasks were accepted and dropped when its plan was last looked at.
    settled: Option<(u32, u32)>,
    /// Why its plan cannot go on.
    trouble: Option<String>,
}

impl Gardener {
    /// Looks at every running outcome in which something was settled since the last look, and plans
    /// what follows.
    pub fn tend(&mut self, engine: &Engine) -> Result<(), DeskError> {
        let running = engine.outcomes_with(&[Phase::Running.as_str()], RUNNING_MAX)?;
        for outcome in &running {
            self.look(engine, outcome);
        }
        let ids: BTreeSet<OutcomeId> = running.iter().map(|outcome| outcome.id).collect();
        self.known.retain(|id, _| ids.contains(id));
        Ok(())
    }

    /// Why plans cannot go on, by outcome.
    pub fn trouble(&self) -> BTreeMap<OutcomeId, String> {
        let troubled = self.known.iter();
        troubled
            .filter_map(|(id, known)| Some((*id, known.trouble.clone()?)))
            .collect()
    }

    fn look(&mut self, engine: &Engine, outcome: &Outcome) {
        let known = self.known.entry(outcome.id).or_insert_with(|| {
            let growing = growing(engine, outcome);
            let (given, trouble) = match growing {
                Ok(given) => (given, None),
                Err(error) => (None, Some(error.to_string())),
            };
            Known {
                given,
                settled: None,
                trouble,
            }
        });
        let Some(given) = &known.given else {
            return;
        };
        let settled = (outcome.progress.accepted, outcome.progress.dropped);
        if known.settled == Some(settled) {
            return;
        }
        match grown(engine, outcome.id, given) {
            Ok(_) => (known.settled, known.trouble) = (Some(settled), None),
            // What cannot be done now is told, and tried again at the next look.
            Err(error) => known.trouble = Some(error.to_string()),
        }
    }
}

/// What an outcome was given, if its plan grows.
fn growing(engine: &Engine, outcome: &Outcome) -> Result<Option<Given>, DeskError> {
    if outcome.charter.playbook.is_none() {
        return Ok(None);
    }
    let given = Given::of(engine, outcome)?;
    let grows = !given.expansion()?.later.is_empty();
    Ok(grows.then_some(given))
}
