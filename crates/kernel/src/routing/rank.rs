//! Ranking: one pass over the eligible, keeping the leading few.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Applicant, Decision, Exclusion, Requirement, Scored};
use crate::id::ContributorId;
use crate::network::Policy;
use crate::reputation::{Estimate, Track};
use crate::task::Risk;
use crate::time::Timestamp;

/// How many of the leading are kept on record, so that a decision stays small.
pub const LEADING_MAX: usize = 3;

const MILLION: i64 = 1_000_000;
const HOUR_MS: i64 = 3_600_000;
/// More than the deviation of any track, which is largest without evidence: the root of a twelfth.
const DEVIATION_MAX: i64 = 288_676;
/// More than rounding adds to a standing on its way from a track, in millionths.
const ROUNDING_MAX: i64 = 4;

/// What somebody has shown: their track with its estimate before any decay, made once for the many
/// times that they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    track: Track,
    undecayed: Estimate,
}

impl Shown {
    /// What a track shows.
    pub fn by(track: Track) -> Self {
        Self {
            track,
            undecayed: track.estimate(),
        }
    }

    /// No standing for a risk, at whatever moment, is above this. Decay draws a mean towards one
    /// half, and a deviation only grows.
    fn best(self, risk: Risk, draw_ppm: i64) -> i64 {
        let best = Estimate {
            mean_ppm: self.undecayed.mean_ppm.max(MILLION / 2) + ROUNDING_MAX,
            deviation_ppm: match risk {
                Risk::Low => DEVIATION_MAX,
                Risk::Medium | Risk::High | Risk::Critical => {
                    self.undecayed.deviation_ppm - ROUNDING_MAX
                }
            },
        };
        judged(best, risk, draw_ppm)
    }
}

/// What ranking looks at: an eligible contributor's record, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub contributor: ContributorId,
    /// How well they have done in the capability.
    pub shown: Shown,
    /// How far the capability reaches above what is needed, from 0 to 7.
    pub above: u8,
    /// What they ask, in thousandths of the price.
    pub rate_permille: u16,
    /// How many tasks they hold, or were offered and have not answered yet.
    pub taken: u16,
    /// How many they take at a time.
    pub concurrency: u16,
    /// Whether they work at this hour.
    pub awake: bool,
    /// Whether it came back to them: they are asked before everybody else.
    pub again: bool,
}

impl Candidate {
    /// The candidate that an eligible applicant is, at this moment and with so many tasks held or offered.
    #[inline]
    pub fn of(
        applicant: &Applicant,
        requirement: &Requirement<'_>,
        taken: u16,
        now: Timestamp,
    ) -> Self {
        let level = requirement.level;
        let hour = now.as_millis().rem_euclid(24 * HOUR_MS) / HOUR_MS;
        let (reached, shown) = applicant
            .skill
            .unwrap_or((level, Shown::by(Track::new(now))));
        Self {
            contributor: applicant.contributor,
            shown,
            above: reached.saturating_sub(level),
            rate_permille: applicant.rate_permille,
            taken,
            concurrency: applicant.concurrency,
            awake: applicant.hours.covers(u8::try_from(hour).unwrap_or(0)),
            again: applicant.is_person && requirement.again == Some(applicant.contributor),
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

/// A ranking of candidates for work of one risk, one after the other.
///
/// Ties go to the smaller identifier, so that the order of the candidates does not matter.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use consort_kernel::id::ContributorId;
/// use consort_kernel::network::Policy;
/// use consort_kernel::reputation::Track;
/// use consort_kernel::routing::{Candidate, Grounds, Ranking, Shown};
/// use consort_kernel::task::Risk;
/// use consort_kernel::time::Timestamp;
///
/// let at = Timestamp::from_millis(0);
/// let dear = Candidate {
///     contributor: ContributorId::from_bits(1),
///     shown: Shown::by(Track::new(at)),
///     above: 0,
///     rate_permille: 1000,
///     taken: 0,
///     concurrency: 1,
///     awake: true,
///     again: false,
/// };
/// let cheap = Candidate {
///     contributor: ContributorId::from_bits(2),
///     rate_permille: 600,
///     ..dear
/// };
/// let policy = Policy::default();
/// let grounds = Grounds { policy: &policy, position: 1, at, seed: 7 };
/// let mut ranking = Ranking::new(Risk::High, grounds);
/// ranking.add(&dear);
/// ranking.add(&cheap);
/// let decision = ranking.decide(BTreeMap::new());
/// assert_eq!(decision.chosen(), Some(cheap.contributor));
/// assert_eq!(decision.ranked, 2);
/// ```
#[derive(Debug)]
pub struct Ranking<'a> {
    grounds: Grounds<'a>,
    half_life_ms: u64,
    risk: Risk,
    leading: Vec<Scored>,
    ranked: u32,
}

impl<'a> Ranking<'a> {
    /// A ranking of nobody yet.
    pub fn new(risk: Risk, grounds: Grounds<'a>) -> Self {
        Self {
            grounds,
            half_life_ms: grounds.policy.half_life(),
            risk,
            leading: Vec::with_capacity(LEADING_MAX + 1),
            ranked: 0,
        }
    }

    /// Takes a candidate in.
    pub fn add(&mut self, candidate: &Candidate) {
        self.ranked = self.ranked.saturating_add(1);
        let plain = Plain::of(candidate);
        if !self.can_lead(candidate, &plain) {
            return;
        }
        let scored = self.scored(candidate, &plain);
        let place = self
            .leading
            .partition_point(|other| order(other) < order(&scored));
        if place < LEADING_MAX {
            self.leading.insert(place, scored);
            self.leading.truncate(LEADING_MAX);
        }
    }

    /// Whether somebody could be among the leading, for all that can be told without the work of
    /// decay: most of many cannot. It never says no to one who is.
    fn can_lead(&self, candidate: &Candidate, plain: &Plain) -> bool {
        let Some(least) = self.leading.get(LEADING_MAX - 1) else {
            return true;
        };
        if candidate.again {
            return true;
        }
        let Grounds { policy, seed, .. } = self.grounds;
        let best = candidate
            .shown
            .best(self.risk, draw(seed, candidate.contributor));
        plain.score(best, policy) >= least.score
    }

    /// The decision; `excluded` goes on record as it is.
    pub fn decide(self, excluded: BTreeMap<Exclusion, u32>) -> Decision {
        Decision {
            ahead: BTreeMap::new(),
            algorithm: Decision::ALGORITHM.to_owned(),
            at: self.grounds.at,
            excluded,
            leading: self.leading,
            policy: self.grounds.policy.version,
            position: self.grounds.position,
            ranked: self.ranked,
            seed: self.grounds.seed,
        }
    }

    fn scored(&self, candidate: &Candidate, plain: &Plain) -> Scored {
        let Grounds {
            policy, at, seed, ..
        } = self.grounds;
        let estimate = candidate
            .shown
            .track
            .decayed(at, self.half_life_ms)
            .estimate();
        let standing = judged(estimate, self.risk, draw(seed, candidate.contributor));
        Scored {
            again: candidate.again,
            capability: millionths(plain.capability),
            contributor: candidate.contributor,
            load: millionths(plain.load),
            overlap: millionths(plain.overlap),
            price: millionths(plain.price),
            score: plain.score(standing, policy),
            standing: millionths(standing),
        }
    }
}

/// The order of the leading: whoever it came back to, then by score, then by identifier.
fn order(scored: &Scored) -> (Reverse<bool>, Reverse<u32>, ContributorId) {
    let Scored {
        again,
        contributor,
        score,
        ..
    } = scored;
    (Reverse(*again), Reverse(*score), *contributor)
}

/// The qualities that need no look at the track, in millionths.
struct Plain {
    capability: i64,
    price: i64,
    load: i64,
    overlap: i64,
}

impl Plain {
    #[inline]
    fn of(candidate: &Candidate) -> Self {
        let above = i64::from(candidate.above.min(3));
        let taken = i64::from(candidate.taken.min(candidate.concurrency));
        let rate = i64::from(candidate.rate_permille.min(1000));
        Self {
            capability: MILLION * 7 / 10 + MILLION * 3 / 10 * above / 3,
            price: MILLION - MILLION * rate / 1000,
            load: MILLION - MILLION * taken / i64::from(candidate.concurrency.max(1)),
            overlap: if candidate.awake { MILLION } else { 0 },
        }
    }

    /// What they add to a score, in thousandths of a millionth.
    #[inline]
    fn sum(&self, policy: &Policy) -> i64 {
        let weights = &policy.routing;
        self.capability * i64::from(weights.capability)
            + self.price * i64::from(weights.price)
            + self.load * i64::from(weights.load)
            + self.overlap * i64::from(weights.overlap)
    }

    /// The score with a standing.
    fn score(&self, standing: i64, policy: &Policy) -> u32 {
        millionths((self.sum(policy) + standing * i64::from(policy.routing.standing)) / 1000)
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
    use proptest::prelude::*;

    use super::*;
    use crate::reputation::WHOLE;

    fn candidate(number: u128, good: u64, bad: u64) -> Candidate {
        Candidate {
            contributor: ContributorId::from_bits(number),
            shown: Shown::by(Track {
                as_of: Timestamp::from_millis(0),
                bad: bad * WHOLE,
                good: good * WHOLE,
                results: 0,
            }),
            above: 0,
            rate_permille: 1000,
            taken: 0,
            concurrency: 1,
            awake: true,
            again: false,
        }
    }

    fn leaders(candidates: &[Candidate], risk: Risk, seed: u64) -> Vec<u128> {
        let policy = Policy::default();
        let at = Timestamp::from_millis(0);
        let grounds = Grounds {
            policy: &policy,
            position: 1,
            at,
            seed,
        };
        let mut ranking = Ranking::new(risk, grounds);
        for candidate in candidates {
            ranking.add(candidate);
        }
        ranking
            .decide(BTreeMap::new())
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
        assert_eq!(leaders(&[promising, proven], Risk::Critical, 7), [2, 1]);
    }

    #[test]
    fn safe_work_sometimes_goes_to_a_newcomer() {
        let proven = candidate(1, 8, 2);
        let newcomer = candidate(2, 0, 0);
        let first = (0..200).filter(|seed| leaders(&[proven, newcomer], Risk::Low, *seed)[0] == 2);
        let share = first.count();
        assert!((1..100).contains(&share), "{share} of 200");
    }

    #[test]
    fn the_order_of_the_candidates_does_not_matter() {
        let mut candidates: Vec<Candidate> = (0..50)
            .map(|n| candidate(n, u64::try_from(n % 7).unwrap(), 1))
            .collect();
        let ranking = leaders(&candidates, Risk::Medium, 3);
        candidates.reverse();
        assert_eq!(leaders(&candidates, Risk::Medium, 3), ranking);
        assert_eq!(ranking.len(), LEADING_MAX);
    }

    #[test]
    fn the_cheaper_and_the_freer_lead_among_equals() {
        let dear = candidate(1, 5, 1);
        let cheap = Candidate {
            rate_permille: 600,
            ..candidate(2, 5, 1)
        };
        assert_eq!(leaders(&[dear, cheap], Risk::Medium, 1), [2, 1]);
        let busy = Candidate {
            taken: 3,
            concurrency: 4,
            ..candidate(1, 5, 1)
        };
        let free = Candidate {
            taken: 0,
            concurrency: 4,
            ..candidate(2, 5, 1)
        };
        assert_eq!(leaders(&[busy, free], Risk::Medium, 1), [2, 1]);
    }

    #[test]
    fn whoever_it_came_back_to_leads_whatever_the_scores() {
        let proven: Vec<Candidate> = (1..9).map(|n| candidate(n, 40, 0)).collect();
        let returned = Candidate {
            again: true,
            ..candidate(9, 0, 3)
        };
        let all: Vec<Candidate> = proven.into_iter().chain([returned]).collect();
        let leading = leaders(&all, Risk::High, 3);
        assert_eq!((leading.len(), leading[0]), (LEADING_MAX, 9));
    }

    proptest! {
        #[test]
        fn whoever_leads_is_not_passed_by_unlooked_at(
            tracks in proptest::collection::vec(
                (0_u64..40_000_000, 0_u64..40_000_000, 0_i64..400, 0_u8..5, 0_u16..1_001, 0_u16..4),
                4..40,
            ),
            seed in any::<u64>(),
            returned_to in 0_usize..80,
        ) {
            let policy = Policy::default();
            let day_ms = 24 * HOUR_MS;
            let at = Timestamp::from_millis(400 * day_ms);
            let grounds = Grounds { policy: &policy, position: 1, at, seed };
            let candidates: Vec<Candidate> = tracks.iter().enumerate().map(|(place, it)| {
                let (good, bad, day, above, rate_permille, taken) = *it;
                let as_of = Timestamp::from_millis(day * day_ms);
                Candidate {
                    shown: Shown::by(Track { as_of, bad, good, results: 1 }),
                    above,
                    rate_permille,
                    taken,
                    concurrency: 3,
                    again: place == returned_to,
                    ..candidate(place as u128, 0, 0)
                }
            }).collect();
            for risk in [Risk::Low, Risk::Medium, Risk::High, Risk::Critical] {
                let mut ranking = Ranking::new(risk, grounds);
                let mut all: Vec<Scored> = Vec::new();
                for candidate in &candidates {
                    ranking.add(candidate);
                    all.push(ranking.scored(candidate, &Plain::of(candidate)));
                }
                all.sort_by_key(order);
                all.truncate(LEADING_MAX);
                prop_assert_eq!(ranking.decide(BTreeMap::new()).leading, all);
            }
        }
    }
}
