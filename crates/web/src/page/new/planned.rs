//! Plans that were shown and not begun yet: each belongs to the session that it was shown in.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;

/// How many plans are remembered; of the oldest, the documents have to be given again.
const PLANS_MAX: usize = 1_000;

/// A plan.
struct Plan {
    session: Digest,
    playbook: String,
    id: OutcomeId,
    /// What the outcome is given.
    kept: Digest,
}

/// The plans, the latest last.
#[derive(Default)]
pub(crate) struct Planned(Mutex<VecDeque<Plan>>);

impl Planned {
    /// Remembers what was kept for a plan that is shown.
    pub(super) fn note(&self, session: Digest, playbook: &str, id: OutcomeId, kept: Digest) {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() == PLANS_MAX {
            plans.pop_front();
        }
        plans.push_back(Plan {
            session,
            playbook: playbook.to_owned(),
            id,
            kept,
        });
    }

    /// What was kept for a plan of this session; begun or not, so that it can be sent twice.
    pub(super) fn find(&self, session: Digest, playbook: &str, id: OutcomeId) -> Option<Digest> {
        let plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut own = plans.iter().filter(|plan| plan.session == session);
        let found = own.find(|plan| plan.id == id && plan.playbook == playbook)?;
        Some(found.kept)
    }
}
