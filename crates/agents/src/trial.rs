//! Trials: one task given to an agent to see how it does, with everything that went to and fro.
//!
//! A trial is free and leaves nothing on record.

use consort_engine::runner::{Commission, Failure, Product};

/// What went to and fro in one task.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// What the agent was given.
    pub sent: String,
    /// What it answered.
    pub received: String,
    /// What it said beside its answer, as on an error stream.
    pub aside: String,
    /// What comes of it.
    pub product: Result<Product, Failure>,
}

/// An agent that can be tried out.
pub trait Trial {
    /// Gives it a task, and tells what went to and fro. Nothing secret is in there.
    fn trial(&self, commission: &Commission) -> Exchange;
}
