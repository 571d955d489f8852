//! Columns: everybody who has one capability, side by side, as routing looks at them.

use std::collections::HashMap;

use consort_kernel::id::ContributorId;
use consort_kernel::routing::Applicant;

/// A place among the members of a directory.
pub(super) type Member = u32;

/// The applicants for one capability, in no order that matters.
#[derive(Debug, Default)]
pub(super) struct Column {
    applicants: Vec<(Member, Applicant)>,
    places: HashMap<ContributorId, usize>,
    /// How often somebody was put in or taken out.
    changes: u64,
}

impl Column {
    /// Puts an applicant in, in the place of what was known of them before.
    pub(super) fn put(&mut self, member: Member, applicant: Applicant) {
        self.changes += 1;
        if let Some(place) = self.places.get(&applicant.contributor) {
            self.applicants[*place] = (member, applicant);
            return;
        }
        self.places
            .insert(applicant.contributor, self.applicants.len());
        self.applicants.push((member, applicant));
    }

    /// Takes somebody out who no longer has the capability.
    pub(super) fn take(&mut self, contributor: ContributorId) {
        let Some(place) = self.places.remove(&contributor) else {
            return;
        };
        self.changes += 1;
        self.applicants.swap_remove(place);
        if let Some((_, moved)) = self.applicants.get(place) {
            self.places.insert(moved.contributor, place);
        }
    }

    /// A number that is another one after every change.
    pub(super) const fn changes(&self) -> u64 {
        self.changes
    }

    /// Everybody in it.
    pub(super) fn applicants(&self) -> &[(Member, Applicant)] {
        &self.applicants
    }

    /// Whether somebody is in it.
    pub(super) fn has(&self, contributor: ContributorId) -> bool {
        self.places.contains_key(&contributor)
    }
}

#[cfg(test)]
mod tests {
    use consort_kernel::contributor::{Hours, Offers};
    use consort_kernel::task::DataClass;

    use super::*;

    fn applicant(number: u128, rate_permille: u16) -> Applicant {
        Applicant {
            contributor: ContributorId::from_bits(number),
            skill: None,
            clearance: DataClass::Internal,
            concurrency: 1,
            hours: Hours::ALWAYS,
            is_person: true,
            is_suspended: false,
            offers: Offers::Taken,
            rate_permille,
        }
    }

    #[test]
    fn whoever_is_put_in_again_is_there_once_and_who_is_taken_out_is_gone() {
        let mut column = Column::default();
        for number in 1..=4 {
            column.put(0, applicant(number, 1));
        }
        column.put(7, applicant(2, 9));
        column.take(ContributorId::from_bits(1));
        column.take(ContributorId::from_bits(4));
        column.take(ContributorId::from_bits(5));
        let mut left: Vec<(u128, u16)> = column
            .applicants()
            .iter()
            .map(|(_, one)| (one.contributor.bits(), one.rate_permille))
            .collect();
        left.sort_unstable();
        assert_eq!(left, [(2, 9), (3, 1)]);
        assert!(column.has(ContributorId::from_bits(2)));
        assert!(!column.has(ContributorId::from_bits(4)));
    }
}
