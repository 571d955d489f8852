//! What came of a run, for whoever started it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Settings;
use super::load::Load;
use super::world::World;

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// How long all of it took.
    pub took: Duration,
    /// How often what went wrong.
    pub faults: BTreeMap<&'static str, u64>,
    /// Whether the servers had clocks of their own.
    pub has_clocks: bool,
    /// Requests that were answered as done.
    pub commands: u64,
    /// Of them, those that were sent twice on purpose.
    pub repeated: u64,
    /// Answers that were lost, so that the same was sent again.
    pub lost: u64,
    /// Answers that said to try again.
    pub put_off: u64,
    /// Requests under leases that had run out.
    pub stale: u64,
    /// Lives that came to their end.
    pub lives: u64,
    /// Claims that were answered.
    pub claims: u64,
    /// Events that were read again.
    pub events: u64,
    /// Transfers that were summed up.
    pub transfers: u64,
    /// Everything that is wrong.
    pub found: Vec<String>,
}

impl Report {
    /// As far as the servers ran; what they left is still to be looked at.
    pub(super) fn new(settings: &Settings, world: &World<'_>, load: &Load) -> Self {
        let acknowledged = load.acknowledged();
        let claims = acknowledged.lives.values().map(|life| life.holds.len());
        Self {
            seed: settings.seed,
            took: Duration::ZERO,
            faults: world.faults.clone(),
            has_clocks: world.faketime.is_some(),
            commands: acknowledged.commands + acknowledged.repeated,
            repeated: acknowledged.repeated,
            lost: load.troubles.lost.load(Ordering::Relaxed),
            put_off: load.troubles.put_off.load(Ordering::Relaxed),
            stale: acknowledged.stale,
            lives: acknowledged.accepted() as u64,
            claims: claims.sum::<usize>() as u64,
            events: 0,
            transfers: 0,
            found: world.found.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        writeln!(out, "seed {}, {seconds:.0} s", self.seed)?;
        for (fault, count) in &self.faults {
            writeln!(out, "    {count:>6}  {fault}")?;
        }
        let clocks = if self.has_clocks {
            "the servers' clocks were minutes apart, and others after each start"
        } else {
            "the servers' clocks were the same: libfaketime is not installed (apt-get install libfaketime)"
        };
        writeln!(out, "    {clocks}")?;
        writeln!(
            out,
            "{} requests were acknowledged, {} of them twice; {} answers were lost and {} put off, {} leases were over",
            self.commands, self.repeated, self.lost, self.put_off, self.stale
        )?;
        writeln!(
            out,
            "{} lives came to their end, under {} claims",
            self.lives, self.claims
        )?;
        writeln!(
            out,
            "compared: {} events, {} transfers, the doctor's findings, the auditor's, and what was acknowledged",
            self.events, self.transfers
        )?;
        for found in &self.found {
            writeln!(out, "wrong: {found}")?;
        }
        write!(out, "{} things are wrong", self.found.len())
    }
}
