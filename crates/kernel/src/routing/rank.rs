//! Ranking: one pass over the eligible, keeping the leading few.

use super::{Applicant, Decision, Exclusion, Scored};
use crate::id::ContributorId;
use crate::network::Policy;
use crate::reputation::{Estimate, estimate};
use crate::task::Risk;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// How many of the leading are kept on record, so that a decision stays small.
pub const LEADING_MAX: usize = 3;

const MILLION: i64 = 1_000_000;
const HOUR_MS: i64 = 3_600_000;

/// What ranking looks at: an eligible contributor's record, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub contributor: ContributorId,
    /// How well they have done in the capability.
    pub standing: Estimate,
    /// How far the capability reaches above what is needed, from 0 to 7.
    pub above: u8,
    /// What they ask, in thousandths of the price.
    pub rate_permille: u16,
    /// How many tasks they hold.
    pub held: u16,
    /// How many they take at a time.
    pub concurrency: u16,
    /// Whether they work at this hour.
    pub awake: bool,
}

impl Candidate {
    /// The candidate that an eligible applicant is, at this moment and with so many tasks held.
    /// Evidence halves in weight in so many milliseconds.
    pub fn of(
        applicant: &Applicant,
        level: u8,
        held: u16,
        half_life_ms: u64,
        now: Timestamp,
    ) -> Self {
        let standing = applicant.skill.map_or_else(
            || estimate(0, 0),
            |(_, track)| track.decayed(now, half_life_ms).estimate(),
        );
        let hour = now.as_millis().rem_euclid(24 * HOUR_MS) / HOUR_MS;
        Self {
            contributor: applicant.contributor,
            standing,
            above: applicant
                .skill
                .map_or(0, |(reached, _)| reached.saturating_sub(level)),
            rate_permille: applicant.rate_permille,
            held,
            concurrency: applicant.concurrency,
            awake: applicant.hours.covers(u8::try_from(hour).unwrap_or(0)),
        }
    }
}

/// What a decision is made from, beside the candidates.
#[derive(Debug, Clone, Copy)]
pub struct Grounds<'a> {
    /// The rules in force.
    pub policy: &'a Policy,
    /// The position of the feed that the candidates were read at.
    pub position: u64,
    /// The moment that their standings are decayed to.
    pub at: Timestamp,
    /// The seed of the draws.
    pub seed: u64,
}

/// Ranks candidates for work of one risk; `excluded` goes on record as it is.
///
/// Ties go to the smaller identifier, so that the order of the candidates does not matter.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use consort_kernel::id::ContributorId;
/// use consort_kernel::network::Policy;
/// use consort_kernel::reputation::estimate;
/// use consort_kernel::routing::{Candidate, Grounds, rank};
/// use consort_kernel::task::Risk;
/// use consort_kernel::time::Timestamp;
///
/// let dear = Candidate {
///     contributor: ContributorId::from_bits(1),
///     standing: estimate(8_000_000, 2_000_000),
///     above: 0,
///     rate_permille: 1000,
///     held: 0,
///     concurrency: 1,
///     awake: true,
/// };
/// let cheap = Candidate {
///     contributor: ContributorId::from_bits(2),
///     rate_permille: 600,
///     ..dear
/// };
/// let grounds = Grounds {
///     policy: &Policy::default(),
///     position: 1,
///     at: Timestamp::from_millis(0),
///     seed: 7,
/// };
/// let decision = rank([dear, cheap], BTreeMap::new(), Risk::High, grounds);
/// assert_eq!(decision.chosen(), Some(cheap.contributor));
/// assert_eq!(decision.ranked, 2);
/// ```
pub fn rank(
    candidates: impl IntoIterator<Item = Candidate>,
    excluded: BTreeMap<Exclusion, u32>,
    risk: Risk,
    grounds: Grounds<'_>,
) -> Decision {
    let Grounds {
        policy,
        position,
        at,
        seed,
    } = grounds;
    let mut leading: Vec<Scored> = Vec::with_capacity(LEADING_MAX + 1);
    let mut ranked = 0_u32;
    for candidate in candidates {
        ranked = ranked.saturating_add(1);
        let scored = score(&candidate, risk, policy, seed);
        let place = leading.partition_point(|other| {
            (std::cmp::Reverse(other.score), other.contributor)
                < (std::cmp::Reverse(scored.score), scored.contributor)
        });
        if place < LEADING_MAX {
            leading.insert(place, scored);
            leading.truncate(LEADING_MAX);
        }
    }
    Decision {
        algorithm: Decision::ALGORITHM.to_owned(),
        at,
        excluded,
        leading,
        policy: policy.version,
        position,
        ranked,
        seed,
    }
}

fn score(candidate: &Candidate, risk: Risk, policy: &Policy, seed: u64) -> Scored {
    let capability = MILLION * 7 / 10 + MILLION * 3 / 10 * i64::from(candidate.above.min(3)) / 3;
    let standing = judged(candidate.standing, risk, draw(seed, candidate.contributor));
    let price = MILLION - MILLION * i64::from(candidate.rate_permille.min(1000)) / 1000;
    let taken = i64::from(candidate.held.min(candidate.concurrency));
    let load = MILLION - MILLION * taken / i64::from(candidate.concurrency.max(1));
    let overlap = if candidate.awake { MILLION } else { 0 };
    let weights = &policy.routing;
    let sum = capability * i64::from(weights.capability)
        + standing * i64::from(weights.standing)
        + price * i64::from(weights.price)
        + load * i64::from(weights.load)
        + overlap * i64::from(weights.overlap);
    Scored {
        capability: millionths(capability),
        contributor: candidate.contributor,
        load: millionths(load),
        overlap: millionths(overlap),
        price: millionths(price),
        score: millionths(sum / 1000),
        standing: millionths(standing),
    }
}

/// A standing as it is judged for a risk: so many deviations below the mean for risky work, up to
/// one above it, by the draw, for safe work.
fn judged(standing: Estimate, risk: Risk, draw_ppm: i64) -> i64 {
    let Estimate {
        mean_ppm,
        deviation_ppm,
    } = standing;
    let judged = match risk {
        Risk::Low => mean_ppm + deviation_ppm * draw_ppm / MILLION,
        Risk::Medium => mean_ppm - deviation_ppm / 2,
        Risk::High => mean_ppm - deviation_ppm,
        Risk::Critical => mean_ppm - 2 * deviation_ppm,
    };
    judged.clamp(0, MILLION)
}

/// A draw from 0 to a million for one contributor (`SplitMix64`, Steele, Lea and Flood 2014).
fn draw(seed: u64, contributor: ContributorId) -> i64 {
    let bits = contributor.bits();
    let folded = (bits ^ (bits >> 64)) & u128::from(u64::MAX);
    let folded = u64::try_from(folded).expect("masked to 64 bits");
    let mut mixed = (seed ^ folded).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    i64::try_from(mixed % 1_000_001).expect("at most a million")
}

fn millionths(value: i64) -> u32 {
    u32::try_from(value.clamp(0, MILLION)).expect("from nothing to a million")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(number: u128, good: u64, bad: u64) -> Candidate {
        Candidate {
            contributor: ContributorId::from_bits(number),
            standing: estimate(good * 1_000_000, bad * 1_000_000),
            above: 0,
            rate_permille: 1000,
            held: 0,
            concurrency: 1,
            awake: true,
        }
    }

    fn order(candidates: &[Candidate], risk: Risk, seed: u64) -> Vec<u128> {
        let policy = Policy::default();
        let at = Timestamp::from_millis(0);
        let grounds = Grounds {
            policy: &policy,
            position: 1,
            at,
            seed,
        };
        let decision = rank(candidates.iter().copied(), BTreeMap::new(), risk, grounds);
        decision
            .leading
            .iter()
            .map(|scored| scored.contributor.bits())
            .collect()
    }

    #[test]
    fn risky_work_goes_to_who_has_shown_more() {
        // The same mean, but one has forty results and the other has two.
        let proven = candidate(2, 30, 10);
        let promising = candidate(1, 2, 0);
        assert_eq!(order(&[promising, proven], Risk::Critical, 7), [2, 1]);
    }

    #[test]
    fn safe_work_sometimes_goes_to_a_newcomer() {
        let proven = candidate(1, 8, 2);
        let newcomer = candidate(2, 0, 0);
        let first = (0..200).filter(|seed| order(&[proven, newcomer], Risk::Low, *seed)[0] == 2);
        let share = first.count();
        assert!((1..100).contains(&share), "{share} of 200");
    }

    #[test]
    fn the_order_of_the_candidates_does_not_matter() {
        let mut candidates: Vec<Candidate> = (0..50)
            .map(|n| candidate(n, u64::try_from(n % 7).unwrap(), 1))
            .collect();
        let ranking = order(&candidates, Risk::Medium, 3);
        candidates.reverse();
        assert_eq!(order(&candidates, Risk::Medium, 3), ranking);
        assert_eq!(ranking.len(), LEADING_MAX);
    }

    #[test]
    fn the_cheaper_and_the_freer_lead_among_equals() {
        let dear = candidate(1, 5, 1);
        let cheap = Candidate {
            rate_permille: 600,
            ..candidate(2, 5, 1)
        };
        assert_eq!(order(&[dear, cheap], Risk::Medium, 1), [2, 1]);
        let busy = Candidate {
            held: 3,
            concurrency: 4,
            ..candidate(1, 5, 1)
        };
        let free = Candidate {
            held: 0,
            concurrency: 4,
            ..candidate(2, 5, 1)
        };
        assert_eq!(order(&[busy, free], Risk::Medium, 1), [2, 1]);
    }
}
