//! Who would likely be asked: a ranking for a task that is only thought of.

use std::collections::BTreeMap;

use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::money::Asset;
use consort_kernel::routing::Decision;
use consort_kernel::task::{Opening, Task, TaskEvent, TaskSpec};
use consort_kernel::time::Timestamp;

use super::Directory;

impl Directory {
    /// Ranks everybody as if such a task were ready at this moment. What the draw for safe work
    /// would change, and who is kept apart because of their own work, shows only later.
    pub fn likely(&self, spec: &TaskSpec, now: Timestamp) -> Decision {
        let outcome = OutcomeId::from_bits(0);
        let id = TaskId::in_outcome(outcome, &spec.key);
        let opening = Opening {
            accountable: ContributorId::from_bits(0),
            apart: Vec::new(),
            asset: Asset::PRACTICE,
            escalation: Vec::new(),
            organisation: OrganisationId::from_bits(0),
            outcome,
            peers: Vec::new(),
            rank: 0,
            spec: spec.clone(),
            unmet: Vec::new(),
            unnamed: 0,
        };
        let opened = TaskEvent::Opened(Box::new(opening));
        let task = Task::apply(None, id, &opened, now).expect("every task begins so");
        self.rank(&task, now, 0, &BTreeMap::new())
    }
}
