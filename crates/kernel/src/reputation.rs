//! Reputation: how well somebody has done, per capability, with uncertainty and decay.
//!
//! A track is a Beta posterior over "the next result is accepted" (Jøsang and Ismail, *The Beta
//! Reputation System*, 2002), starting from the uniform prior. Evidence halves in weight every
//! half-life, so that a standing reflects recent work and a break only widens the interval. All of
//! it is integer arithmetic: the same history gives the same bytes everywhere.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The name and version of the rule by which evidence changes a standing.
pub const ALGORITHM: &str = "standing/1";

/// One whole result, in the unit in which evidence is counted.
pub const WHOLE: u64 = 1_000_000;

/// Beyond this much weight nothing more is added, so that nobody's past outweighs their present.
const WEIGHT_MAX: u64 = 1_000_000 * WHOLE;

/// 2^32 times 2^(-1/64).
const ONE_STEP: u64 = 4_248_701_965;

/// In how many steps one halving is made.
const STEPS: usize = 64;

/// 2^32 times 2^(-n/64), for each n below 64.
const POWERS: [u64; STEPS] = powers();

const fn powers() -> [u64; STEPS] {
    let mut table = [1 << 32; STEPS];
    let mut step = 1;
    while step < STEPS {
        table[step] = (table[step - 1] * ONE_STEP + (1 << 31)) >> 32;
        step += 1;
    }
    table
}

/// The evidence on one capability of one contributor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Track {
    /// The moment that the weights are of.
    pub as_of: Timestamp,
    /// The decayed weight of what went badly, in millionths of a result.
    #[serde(with = "crate::text_number")]
    pub bad: u64,
    /// The decayed weight of what went well, in millionths of a result.
    #[serde(with = "crate::text_number")]
    pub good: u64,
    /// How many pieces of evidence it rests on, undecayed.
    pub results: u32,
}

/// How much a piece of evidence speaks for and against somebody, in millionths of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Against.
    pub bad: u64,
    /// For.
    pub good: u64,
}

impl Weight {
    /// Whether it says nothing.
    pub const fn is_nothing(self) -> bool {
        self.bad == 0 && self.good == 0
    }
}

/// A mean and its standard deviation, both in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Estimate {
    /// The expected share of results that are accepted.
    pub mean_ppm: i64,
    /// How uncertain that is.
    pub deviation_ppm: i64,
}

impl Track {
    /// No evidence yet.
    pub const fn new(as_of: Timestamp) -> Self {
        Self {
            as_of,
            bad: 0,
            good: 0,
            results: 0,
        }
    }

    /// The track as it stands at a later moment.
    #[must_use]
    pub fn decayed(self, now: Timestamp, half_life_ms: u64) -> Self {
        let half_life_ms = half_life_ms.clamp(1, u64::MAX / STEPS as u64);
        let elapsed_ms = now.millis_since(self.as_of).max(0).unsigned_abs();
        if elapsed_ms < half_life_ms / STEPS as u64 {
            return self;
        }
        // Divided in two parts, so that nothing outgrows 64 bits.
        let (halvings, rest_ms) = (elapsed_ms / half_life_ms, elapsed_ms % half_life_ms);
        let steps = halvings * STEPS as u64 + rest_ms * STEPS as u64 / half_life_ms;
        // The moment moves by whole steps only, so that many short intervals add up to the same.
        let passed_ms =
            halvings * half_life_ms + (steps % STEPS as u64) * half_life_ms / STEPS as u64;
        let as_of = self
            .as_of
            .plus_millis(i64::try_from(passed_ms).unwrap_or(i64::MAX));
        Self {
            as_of,
            bad: decay(self.bad, steps),
            good: decay(self.good, steps),
            ..self
        }
    }

    /// The track with one more piece of evidence.
    ///
    /// ```
    /// use consort_kernel::reputation::{Track, Weight};
    /// use consort_kernel::time::Timestamp;
    /// let now = Timestamp::from_millis(0);
    /// let weight = Weight { bad: 250_000, good: 750_000 };
    /// let track = Track::new(now).with(weight, now, 90 * 86_400_000);
    /// assert_eq!((track.good, track.bad, track.results), (750_000, 250_000, 1));
    /// ```
    #[must_use]
    pub fn with(self, weight: Weight, now: Timestamp, half_life_ms: u64) -> Self {
        let decayed = self.decayed(now, half_life_ms);
        Self {
            bad: decayed.bad.saturating_add(weight.bad).min(WEIGHT_MAX),
            good: decayed.good.saturating_add(weight.good).min(WEIGHT_MAX),
            results: decayed.results.saturating_add(1),
            ..decayed
        }
    }

    /// The posterior's mean and deviation.
    ///
    /// ```
    /// use consort_kernel::{reputation::Track, time::Timestamp};
    /// let unknown = Track::new(Timestamp::from_millis(0)).estimate();
    /// assert_eq!(unknown.mean_ppm, 500_000);
    /// assert_eq!(unknown.deviation_ppm, 288_675); // the square root of a twelfth
    /// ```
    pub fn estimate(&self) -> Estimate {
        estimate(self.good, self.bad)
    }
}

/// Mean and deviation of the Beta distribution with one result of each kind added as the prior.
///
/// Only IEEE additions, products, quotients and roots are used, which give the same bits on every
/// machine.
#[expect(clippy::cast_precision_loss, reason = "weights are below 2^53")]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the results lie between nothing and a million"
)]
pub fn estimate(good: u64, bad: u64) -> Estimate {
    let alpha = (good + WHOLE) as f64 / WHOLE as f64;
    let beta = (bad + WHOLE) as f64 / WHOLE as f64;
    let sum = alpha + beta;
    let mean = alpha / sum;
    let deviation = (mean * (1.0 - mean) / (sum + 1.0)).sqrt();
    Estimate {
        mean_ppm: (mean * WHOLE as f64) as i64,
        deviation_ppm: (deviation * WHOLE as f64) as i64,
    }
}

fn decay(weight: u64, steps: u64) -> u64 {
    let halvings = steps / STEPS as u64;
    if halvings >= 64 {
        return 0;
    }
    let step = usize::try_from(steps % STEPS as u64).expect("a step is below 64");
    let shrunk = (u128::from(weight) * u128::from(POWERS[step])) >> 32;
    u64::try_from(shrunk >> halvings).expect("a decayed weight is no larger")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;
    const HALF_LIFE_MS: u64 = 90 * DAY_MS.unsigned_abs();
    const ACCEPTED: Weight = Weight {
        bad: 0,
        good: WHOLE,
    };

    fn start() -> Timestamp {
        Timestamp::from_millis(1_000_000)
    }

    #[test]
    fn evidence_weighs_half_after_one_half_life() {
        let track = Track::new(start()).with(ACCEPTED, start(), HALF_LIFE_MS);
        let later = track.decayed(start().plus_millis(90 * DAY_MS), HALF_LIFE_MS);
        assert_eq!((later.good, later.bad), (WHOLE / 2, 0));
        let much_later = track.decayed(start().plus_millis(9_000 * DAY_MS), HALF_LIFE_MS);
        assert_eq!(much_later.good, 0);
    }

    #[test]
    fn decaying_in_many_short_intervals_comes_to_the_same_as_in_one() {
        let track = Track::new(start()).with(ACCEPTED, start(), HALF_LIFE_MS);
        let mut by_day = track;
        for day in 1..=90 {
            by_day = by_day.decayed(start().plus_millis(day * DAY_MS), HALF_LIFE_MS);
        }
        let difference = by_day.good.abs_diff(WHOLE / 2);
        assert!(difference < WHOLE / 50, "off by {difference} of {WHOLE}");
    }

    #[test]
    fn more_good_results_raise_the_mean_and_narrow_the_interval() {
        let mut track = Track::new(start());
        let mut before = track.estimate();
        for _ in 0..20 {
            track = track.with(ACCEPTED, start(), HALF_LIFE_MS);
            let after = track.estimate();
            assert!(after.mean_ppm > before.mean_ppm && after.deviation_ppm < before.deviation_ppm);
            before = after;
        }
    }

    #[test]
    fn the_estimate_is_that_of_the_beta_distribution() {
        // Beta(9, 3): mean 0.75, variance 9*3 / (12^2 * 13).
        let estimate = estimate(8 * WHOLE, 2 * WHOLE);
        assert_eq!(estimate.mean_ppm, 750_000);
        assert_eq!(estimate.deviation_ppm, 120_096);
    }
}
