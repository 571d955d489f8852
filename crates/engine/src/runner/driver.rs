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
    by_agent: BTreeMap<ContributorId, Arc<dyn Driver>>,
}

impl Drivers {
    /// Lets an agent's tasks be done by a driver.
    pub fn add(&mut self, agent: ContributorId, driver: Arc<dyn Driver>) {
        self.by_agent.insert(agent, driver);
    }

    /// Whether an agent lives here.
    pub fn has(&self, agent: ContributorId) -> bool {
        self.by_agent.contains_key(&agent)
    }

    pub(super) fn of(&self, agent: ContributorId) -> Option<&dyn Driver> {
        self.by_agent.get(&agent).map(AsRef::as_ref)
    }
}
