//! The record of a routing decision: enough to make it again and to explain it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Exclusion;
use crate::id::ContributorId;
use crate::time::Timestamp;

/// One contributor's score, quality by quality, in millionths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// Whether it came back to them, so that they lead whatever the others' scores.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// How far the capability reaches.
    pub capability: u32,
    /// Who.
    pub contributor: ContributorId,
    /// How free they are.
    pub load: u32,
    /// How much of their day overlaps.
    pub overlap: u32,
    /// How far they stay below the price.
    pub price: u32,
    /// The weighted sum.
    pub score: u32,
    /// How well they have done, as it was judged for this risk.
    pub standing: u32,
}

/// A decision on whom a task is offered to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// How many tasks had been offered to whom at the same position, before this one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ahead: BTreeMap<ContributorId, u16>,
    /// The algorithm and its version.
    pub algorithm: String,
    /// The moment that standings were decayed to.
    pub at: Timestamp,
    /// How many were left out, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excluded: BTreeMap<Exclusion, u32>,
    /// The leading ones, best first.
    pub leading: Vec<Scored>,
    /// The version of the policy whose weights were used.
    pub policy: u32,
    /// The position of the feed that their records were read at.
    #[serde(with = "crate::text_number")]
    pub position: u64,
    /// How many were ranked.
    pub ranked: u32,
    /// The seed of the draws.
    #[serde(with = "crate::text_number")]
    pub seed: u64,
}

impl Decision {
    /// The name of the rule: tasks that somebody holds count as taken, and so do those that they were offered.
    pub const ALGORITHM: &'static str = "route/2";
    /// The name of the rule before it, by which only what they held counted.
    pub const WITHOUT_OFFERS: &'static str = "route/1";

    /// Whom the task is offered to.
    pub fn chosen(&self) -> Option<ContributorId> {
        self.leading.first().map(|scored| scored.contributor)
    }
}
