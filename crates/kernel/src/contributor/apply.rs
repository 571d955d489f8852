//! How events change a contributor's record.

use std::collections::BTreeMap;

use super::{CAPABILITIES_MAX, Contributor, ContributorEvent, EDGES_MAX, Skill, Suspension, Tie};
use crate::id::ContributorId;
use crate::reputation::Track;
use crate::time::Timestamp;

impl Contributor {
    /// The state after an event that was recorded at `at`.
    pub fn apply(
        this: Option<Self>,
        id: ContributorId,
        event: &ContributorEvent,
        at: Timestamp,
    ) -> Option<Self> {
        let Some(mut contributor) = this else {
            return match event {
                ContributorEvent::Added {
                    capabilities,
                    name,
                    nature,
                    profile,
                } => Some(Self {
                    id,
                    name: *name,
                    nature: nature.clone(),
                    profile: profile.clone(),
                    skills: skills(&BTreeMap::new(), capabilities, at),
                    ties: BTreeMap::new(),
                    suspension: None,
                    payout: None,
                }),
                ContributorEvent::Declared { .. }
                | ContributorEvent::Suspended { .. }
                | ContributorEvent::Reinstated { .. }
                | ContributorEvent::PayoutSet { .. }
                | ContributorEvent::StandingChanged { .. }
                | ContributorEvent::Tied { .. } => None,
            };
        };
        match event {
            ContributorEvent::Added { .. } => return None,
            ContributorEvent::Declared {
                capabilities,
                profile,
            } => {
                contributor.skills = skills(&contributor.skills, capabilities, at);
                contributor.profile = profile.clone();
            }
            ContributorEvent::Suspended { by, reason } => {
                contributor.suspension = Some(Suspension {
                    at,
                    by: *by,
                    reason: reason.clone(),
                });
            }
            ContributorEvent::Reinstated { .. } => contributor.suspension = None,
            ContributorEvent::PayoutSet { details } => contributor.payout = Some((*details, at)),
            ContributorEvent::StandingChanged {
                capability,
                evidence,
                track,
                with,
                ..
            } => {
                if let Some(skill) = contributor.skills.get_mut(capability) {
                    skill.track = *track;
                }
                if evidence.is_accepted() {
                    contributor.tie(*with, Tie::WorkedWith);
                }
            }
            ContributorEvent::Tied { tie, to, .. } => contributor.tie(*to, *tie),
        }
        Some(contributor)
    }

    fn tie(&mut self, to: ContributorId, tie: Tie) {
        let known = self.ties.contains_key(&to);
        if to != self.id && (known || self.ties.len() < EDGES_MAX) {
            *self.ties.entry(to).or_default().entry(tie).or_insert(0) += 1;
        }
    }
}

/// Skills at the declared levels; what was shown before stays on record.
fn skills(
    before: &BTreeMap<String, Skill>,
    declared: &BTreeMap<String, u8>,
    at: Timestamp,
) -> BTreeMap<String, Skill> {
    let shown = |capability: &String| before.get(capability).map(|skill| skill.track);
    declared
        .iter()
        .take(CAPABILITIES_MAX)
        .map(|(capability, level)| {
            let track = shown(capability).unwrap_or_else(|| Track::new(at));
            (
                capability.clone(),
                Skill {
                    level: *level,
                    track,
                },
            )
        })
        .collect()
}
