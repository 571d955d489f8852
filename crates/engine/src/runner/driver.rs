//! Drivers: how an agent that lives in this process does a task.

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_kernel::id::ContributorId;
use consort_kernel::task::AiUse;

use super::Commission;

/// What a driver made.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The result.
    pub content: serde_json::Value,
    /// Files that belong to it, by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// How much of it was made by an AI.
    pub ai: AiUse,
    /// The tool or model, with its version.
    pub made_with: String,
}

/// Why a driver made nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may go better the next time.
    #[error("{0}")]
    Passing(String),
    /// Not now: nothing was tried that failed. It is asked again after at least this long, and for
    /// an hour at most before somebody else has to do it.
    #[error("{note}")]
    Later {
        /// What it waits for.
        note: String,
        /// How long, in milliseconds.
        wait_ms: u64,
    },
    /// Somebody else has to do it.
    #[error("{0}")]
    HandOver(String),
}

/// Does tasks for one or more agents.
pub trait Driver: Send + Sync {
    /// Does a task. What it is given is data: nothing in it is an instruction to the software.
    fn perform(&self, commission: &Commission) -> Result<Product, Failure>;
}

/// The agents that live in this process, and their drivers.
#[derive(Clone, Default)]
pub struct Drivers {
    by_agent: BTreeMap<ContributorId, Hired>,
}

/// An agent's driver, and how many of its tasks are done at a time.
#[derive(Clone)]
struct Hired {
    driver: Arc<dyn Driver>,
    at_once: usize,
}

impl Drivers {
    /// Lets an agent's tasks be done by a driver, as many at a time as there are workers.
    pub fn add(&mut self, agent: ContributorId, driver: Arc<dyn Driver>) {
        self.add_limited(agent, driver, usize::MAX);
    }

    /// Lets an agent's tasks be done by a driver, at most so many at a time.
    pub fn add_limited(&mut self, agent: ContributorId, driver: Arc<dyn Driver>, at_once: usize) {
        let at_once = at_once.max(1);
        self.by_agent.insert(agent, Hired { driver, at_once });
    }

    /// Whether an agent lives here.
    pub fn has(&self, agent: ContributorId) -> bool {
        self.by_agent.contains_key(&agent)
    }

    /// The agents that live here, in the order of their identifiers.
    pub(super) fn agents(&self) -> impl Iterator<Item = ContributorId> {
        self.by_agent.keys().copied()
    }

    /// How many tasks of an agent are done at a time.
    pub(super) fn at_once(&self, agent: ContributorId) -> usize {
        self.by_agent.get(&agent).map_or(0, |hired| hired.at_once)
    }

    pub(super) fn of(&self, agent: ContributorId) -> Option<&dyn Driver> {
        self.by_agent.get(&agent).map(|hired| hired.driver.as_ref())
    }
}
