//! The models that agents work by, as whoever runs the server set them up, and what they cost.

use consort_kernel::id::OutcomeId;
use consort_kernel::task::DataClass;

/// A model, without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What the operator calls it.
    pub name: String,
    /// What the profile of an agent that works by it says.
    pub driver: String,
    /// What the endpoint calls it.
    pub model: String,
    /// The host of the endpoint.
    pub host: String,
    /// What it is built on: two agents of one family never judge each other.
    pub family: String,
    /// The most closely held material that may be sent there.
    pub class_max: DataClass,
    /// How often it is asked in a minute at the most.
    pub per_minute: u32,
    /// What may be spent on one task, by one agent and on one outcome, as people read it; nothing where it
    /// costs nothing.
    pub caps: Option<[String; 3]>,
}

/// Knows the models and what they cost.
pub trait Models: Send + Sync {
    /// All of them, by name.
    fn all(&self) -> Vec<Model>;

    /// What the models' work for an outcome comes to, an amount for each currency.
    fn spent_on(&self, outcome: OutcomeId) -> Vec<String>;
}

/// None, where the operator set up none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoModels;

impl Models for NoModels {
    fn all(&self) -> Vec<Model> {
        Vec::new()
    }

    fn spent_on(&self, _outcome: OutcomeId) -> Vec<String> {
        Vec::new()
    }
}
