//! The simulator: from a seed, a whole network with its people, agents, clocks and troubles.
//!
//! The lanes, timers, reactions and routing are the real ones; the store is the one in memory.
//! One run goes through these phases:
//!
//! 1. A network is set up: people, agents, organisations, money, outcomes with plans.
//! 2. For a number of rounds everybody does what they are like, over a network that delays,
//!    repeats, reorders and garbles commands, while commits fail, answers get lost, lanes crash
//!    and the clock jumps.
//! 3. Faults stop. Everything that was begun is brought to its end; every outcome has to close.
//!
//! The auditor looks after every step. A run has no other source of chance than its seed, so that
//! one seed run twice gives the same bytes.

mod acts;
mod carry;
mod ending;
mod faults;
mod orders;
mod plan;
mod plant;
mod population;
pub(crate) mod random;
mod world;

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
pub use plant::Plant;

use crate::audit::Violation;
use world::World;

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How often a lane was stepped.
    pub steps: u64,
    /// How many events there are.
    pub events: u64,
    /// The root of the log.
    pub log_root: String,
    /// The digest of all bytes of the feed.
    pub feed: String,
    /// How many commands were acknowledged.
    pub acknowledged: u64,
    /// How many commands were rejected, by the code of the rejection.
    pub rejected: BTreeMap<&'static str, u64>,
    /// How many tasks were accepted.
    pub accepted: u64,
    /// How many events there are of each kind, as in `task.claimed`.
    pub kinds: BTreeMap<String, u64>,
    /// What the auditor found; nothing if all rules held.
    pub violations: Vec<Violation>,
}

/// A run that is yet to begin.
#[derive(Debug, Clone, Copy)]
pub struct Simulation {
    seed: u64,
    plant: Option<Plant>,
}

impl Simulation {
    /// The run of this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, plant: None }
    }

    /// The same run with a bug in it.
    #[must_use]
    pub const fn with_plant(mut self, plant: Plant) -> Self {
        self.plant = Some(plant);
        self
    }

    /// Runs to the end, or to the first violation of a rule.
    pub fn run(self) -> Report {
        let mut world = World::new(self.seed, self.plant);
        world.play();
        let (log_root, feed, events) = world.fingerprint();
        Report {
            seed: self.seed,
            steps: world.steps,
            events,
            log_root,
            feed,
            acknowledged: world.acknowledged,
            rejected: world.rejected.clone(),
            accepted: world.auditor.accepted(),
            kinds: world.auditor.kinds().clone(),
            violations: world.auditor.violations().to_vec(),
        }
    }
}

/// The digest of texts, one after the other.
fn digest_of<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&[u8]> = texts.map(str::as_bytes).collect();
    Digest::of_parts(&parts).to_string()
}
