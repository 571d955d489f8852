//! Applicants: what routing looks at of a contributor, for one capability, in a few words of memory.
//!
//! A directory of many contributors keeps them side by side, so that ranking a hundred thousand is
//! one pass over a column.

use super::{Exclusion, Requirement, Shown};
use crate::contributor::{Contributor, Hours, Offers};
use crate::id::ContributorId;
use crate::task::{DataClass, Mode, Phase, Task};

/// A contributor as an applicant for work that takes one capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applicant {
    /// Who.
    pub contributor: ContributorId,
    /// The level of the capability and how well it went; nothing for who does not have it.
    pub skill: Option<(u8, Shown)>,
    /// Up to which class they may see material.
    pub clearance: DataClass,
    /// How many tasks they take at a time.
    pub concurrency: u16,
    /// When they work.
    pub hours: Hours,
    /// Whether it is a person.
    pub is_person: bool,
    /// Whether they are suspended.
    pub is_suspended: bool,
    /// Whether they are offered work.
    pub offers: Offers,
    /// What they ask, in thousandths of the price.
    pub rate_permille: u16,
}

impl Applicant {
    /// The applicant that a contributor is for a capability.
    ///
    /// ```
    /// use consort_kernel::contributor::Contributor;
    /// use consort_kernel::routing::{Applicant, Requirement};
    /// use consort_kernel::task::Task;
    /// use consort_kernel::time::Timestamp;
    ///
    /// /// What somebody is told who asks why they were not chosen.
    /// fn why_not(task: &Task, contributor: &Contributor, now: Timestamp) -> String {
    ///     let requirement = Requirement::of(task, false, now);
    ///     Applicant::of(contributor, requirement.capability)
    ///         .exclusion(&requirement, task)
    ///         .map_or_else(|| "they may take it".to_owned(), |why| why.to_string())
    /// }
    /// ```
    pub fn of(contributor: &Contributor, capability: &str) -> Self {
        let skill = contributor.skills.get(capability);
        Self {
            contributor: contributor.id,
            skill: skill.map(|skill| (skill.level, Shown::by(skill.track))),
            clearance: contributor.profile.clearance,
            concurrency: contributor.profile.concurrency,
            hours: contributor.profile.hours,
            is_person: contributor.is_person(),
            is_suspended: contributor.suspension.is_some(),
            offers: contributor.profile.offers,
            rate_permille: contributor.profile.rate_permille,
        }
    }

    /// Why they cannot have a task, if they cannot.
    ///
    /// Who a task was escalated to has to decide about it, so neither mode nor capability stand in
    /// their way; but nobody looks at their own work again, and nobody sees what they may not.
    pub fn exclusion(&self, requirement: &Requirement<'_>, task: &Task) -> Option<Exclusion> {
        if self.is_suspended {
            return Some(Exclusion::Suspended);
        }
        if requirement.agents_stopped && !self.is_person {
            return Some(Exclusion::AgentsStopped);
        }
        if self.clearance < requirement.class {
            return Some(Exclusion::Clearance);
        }
        if requirement.material_expired {
            return Some(Exclusion::MaterialExpired);
        }
        if task.apart.contains(&self.contributor) {
            return Some(Exclusion::OwnWork);
        }
        match requirement.only {
            Some(only) if only == self.contributor => return None,
            Some(_) => return Some(Exclusion::Escalated),
            None => {}
        }
        match (requirement.mode, self.is_person) {
            (Mode::Person, false) | (Mode::Ai, true) => return Some(Exclusion::Mode),
            (Mode::Person, true) | (Mode::Ai, false) | (Mode::Either | Mode::Pair, _) => {}
        }
        if task.passed_over.contains(&self.contributor) && !self.is_offered(task) {
            return Some(Exclusion::PassedOver);
        }
        if self.offers != Offers::Taken && !self.is_offered(task) {
            return Some(Exclusion::Away);
        }
        if self.rate_permille > 1000 {
            return Some(Exclusion::Price);
        }
        match self.skill {
            None => Some(Exclusion::Capability),
            Some((level, _)) if level < requirement.level => Some(Exclusion::Level),
            Some(_) => None,
        }
    }

    fn is_offered(&self, task: &Task) -> bool {
        matches!(&task.phase, Phase::Offered(offer) if offer.to == self.contributor)
    }
}
