//! Fisher's exact test of a fourfold table: how likely a difference at least as unlikely as this
//! one is, if being selected had nothing to do with the group.
//!
//! Sources: R. A. Fisher, Statistical Methods for Research Workers, § 21.02; the two-sided p adds up
//! every table with the same margins that is no more likely than the one observed. The guidelines
//! call for a test of significance where numbers are small (29 CFR 1607.4 D).
//!
//! It is reckoned by the four basic operations on binary64 alone, which IEEE 754 rounds alike
//! everywhere, from the likeliest table outwards, so that nothing overflows and what is too small to
//! be written down is too small to matter.

use super::Tally;

/// Two tables that are this close in likelihood count as equally likely: rounding alone tells them
/// apart.
const ALIKE: f64 = 1.0 + 1e-7;
/// A whole, in millionths.
const WHOLE_PPM: f64 = 1_000_000.0;

/// Two groups by whether they were selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fourfold {
    /// The one.
    pub first: Tally,
    /// The other.
    pub second: Tally,
}

/// The two-sided p in millionths, rounded to the nearest.
#[must_use]
pub fn fisher_ppm(table: Fourfold) -> u32 {
    let Fourfold { first, second } = table;
    let drawn = first.applicants.min(u32::MAX / 2);
    let selected = first.selected.saturating_add(second.selected);
    let all = first.applicants.saturating_add(second.applicants);
    let least = (drawn + selected).saturating_sub(all);
    let most = drawn.min(selected);
    if least >= most {
        return 1_000_000;
    }
    let likeliest = likeliest(drawn, selected, all).clamp(least, most);
    // Likelihoods by that of the likeliest table, which is 1 here: up from it, then down from it.
    let rise = |x: u32| {
        let up = f64::from(selected - x) * f64::from(drawn - x);
        let rest = f64::from(all - selected) - f64::from(drawn) + f64::from(x) + 1.0;
        up / (f64::from(x + 1) * rest)
    };
    let mut tables = vec![(likeliest, 1.0_f64)];
    let mut weight = 1.0;
    for x in likeliest..most {
        weight *= rise(x);
        tables.push((x + 1, weight));
    }
    weight = 1.0;
    for x in (least..likeliest).rev() {
        weight /= rise(x);
        tables.push((x, weight));
    }
    let observed = tables
        .iter()
        .find(|(x, _)| *x == first.selected)
        .map_or(0.0, |(_, weight)| *weight);
    let sum = |limit: f64| {
        let mut total = 0.0;
        for (_, weight) in tables.iter().filter(|(_, weight)| *weight <= limit) {
            total += weight;
        }
        total
    };
    in_millionths(sum(observed * ALIKE) / sum(f64::INFINITY))
}

/// The likeliest number of selected in the first group, by the margins.
fn likeliest(drawn: u32, selected: u32, all: u32) -> u32 {
    let mode = (u64::from(drawn) + 1) * (u64::from(selected) + 1) / (u64::from(all) + 2);
    u32::try_from(mode).unwrap_or(u32::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is held between 0 and a million"
)]
fn in_millionths(share: f64) -> u32 {
    (share * WHOLE_PPM + 0.5).clamp(0.0, WHOLE_PPM) as u32
}
