//! Fairness: selection rates and impact ratios by self-declared group.
//!
//! The figures are those of New York City's Local Law 144 of 2021 as its rules have them (6 RCNY
//! § 5-300 to 5-304) and of the Uniform Guidelines (29 CFR 1607.4 D). They are counts and ratios
//! after the event. Nothing here judges, ranks or decides: a line is a line and no verdict, and
//! what it means is for people who know the case.

mod exact_test;

use std::collections::BTreeMap;

pub use exact_test::{Fourfold, fisher_ppm};

/// A whole, in millionths.
const WHOLE_PPM: u64 = 1_000_000;

/// The share of the applicants below which a group may be left out: 6 RCNY § 5-301 (d) has
/// 2 percent, and asks that its numbers are published all the same.
pub const SMALL_GROUP_PPM: u32 = 20_000;

/// How many applicants there were, and how many of them were selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many applied.
    pub applicants: u32,
    /// How many of them were selected.
    pub selected: u32,
}

/// What is left out of the comparison, declared before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallGroups {
    /// Every group is compared.
    Compared,
    /// Groups below this share of the applicants whose group is known, in millionths, are listed
    /// and not compared.
    LeftOutBelow(u32),
}

/// The comparison of the groups of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// Each group, in the order of their names.
    pub groups: Vec<GroupImpact>,
    /// Everybody whose group is known.
    pub known: Tally,
    /// The group with the highest selection rate among those compared, the first by name where
    /// several have it; none where nobody in them was selected.
    pub reference: Option<String>,
    /// Everybody whose group is not known: counted here and in no group.
    pub unknown: Tally,
}

/// A group's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupImpact {
    /// How it stands beside the reference.
    pub comparison: Comparison,
    /// The group, as people declared it.
    pub group: String,
    /// Its selection rate in millionths: the selected by the applicants (6 RCNY § 5-300,
    /// "selection rate").
    pub selection_rate_ppm: u32,
    /// Its numbers.
    pub tally: Tally,
}

/// How a group stands beside the one with the highest selection rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Its figures.
    Compared {
        /// Whether its selection rate is below four fifths of the highest (29 CFR 1607.4 D). It is
        /// reckoned in whole numbers, so that nothing is rounded over the line.
        below_four_fifths: bool,
        /// The two-sided p of Fisher's exact test of the group against the reference, in
        /// millionths; none for the reference itself.
        fisher_ppm: Option<u32>,
        /// Its selection rate by the highest, in millionths (6 RCNY § 5-300, "impact ratio").
        impact_ratio_ppm: u32,
    },
    /// It is smaller than the rule for small groups allows.
    LeftOut,
    /// Nobody in any group that is compared was selected, so that there is no ratio.
    NobodySelected,
}

impl Tally {
    /// Counts one more applicant.
    pub fn count(&mut self, selected: bool) {
        self.applicants += 1;
        self.selected += u32::from(selected);
    }

    /// The selected by the applicants in millionths, rounded to the nearest; 0 without applicants.
    #[must_use]
    pub fn selection_rate_ppm(self) -> u32 {
        ratio_ppm(u64::from(self.selected), u64::from(self.applicants))
    }
}

/// Compares the groups of one attribute.
///
/// ```
/// use consort_kernel::fairness::{SmallGroups, Tally, impact};
/// let tally = |applicants, selected| Tally { applicants, selected };
/// let groups = [("men".to_owned(), tally(80, 48)), ("women".to_owned(), tally(40, 12))];
/// let impact = impact(&groups.into(), Tally::default(), SmallGroups::Compared);
/// assert_eq!(impact.reference.as_deref(), Some("men"));
/// assert_eq!(impact.groups[1].selection_rate_ppm, 300_000);
/// ```
#[must_use]
pub fn impact(groups: &BTreeMap<String, Tally>, unknown: Tally, rule: SmallGroups) -> Impact {
    let mut known = Tally::default();
    for tally in groups.values() {
        known.applicants += tally.applicants;
        known.selected += tally.selected;
    }
    let compared = groups
        .iter()
        .filter(|(_, tally)| !is_small(**tally, known, rule));
    let highest = compared
        .filter(|(_, tally)| tally.selected > 0)
        .reduce(|best, next| {
            if is_above(*next.1, *best.1) {
                next
            } else {
                best
            }
        });
    let figures = groups.iter().map(|(group, tally)| GroupImpact {
        comparison: match highest {
            _ if is_small(*tally, known, rule) => Comparison::LeftOut,
            Some((reference, best)) => compare(*tally, *best, reference == group),
            None => Comparison::NobodySelected,
        },
        group: group.clone(),
        selection_rate_ppm: tally.selection_rate_ppm(),
        tally: *tally,
    });
    Impact {
        groups: figures.collect(),
        known,
        reference: highest.map(|(group, _)| group.clone()),
        unknown,
    }
}

fn compare(tally: Tally, best: Tally, is_reference: bool) -> Comparison {
    let crossed = u64::from(tally.selected) * u64::from(best.applicants);
    let whole = u64::from(tally.applicants) * u64::from(best.selected);
    Comparison::Compared {
        below_four_fifths: u128::from(crossed) * 5 < u128::from(whole) * 4,
        fisher_ppm: (!is_reference).then(|| {
            fisher_ppm(Fourfold {
                first: tally,
                second: best,
            })
        }),
        impact_ratio_ppm: ratio_ppm(crossed, whole),
    }
}

fn is_small(tally: Tally, known: Tally, rule: SmallGroups) -> bool {
    match rule {
        SmallGroups::Compared => tally.applicants == 0,
        SmallGroups::LeftOutBelow(ppm) => {
            tally.applicants == 0
                || u64::from(tally.applicants) * WHOLE_PPM
                    < u64::from(known.applicants) * u64::from(ppm)
        }
    }
}

/// Whether the first selection rate is above the second.
fn is_above(one: Tally, other: Tally) -> bool {
    u64::from(one.selected) * u64::from(other.applicants)
        > u64::from(other.selected) * u64::from(one.applicants)
}

/// A share in millionths, rounded to the nearest; 0 of nothing.
fn ratio_ppm(part: u64, whole: u64) -> u32 {
    if whole == 0 {
        return 0;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let rounded = (part * u128::from(WHOLE_PPM) * 2 + whole) / (whole * 2);
    u32::try_from(rounded).unwrap_or(u32::MAX)
}
