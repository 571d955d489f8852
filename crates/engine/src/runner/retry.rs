//! Retries: how long a task rests after a failure that may pass, and after how many it is given up.
//!
//! Pure: the draw that spreads the rests comes from outside.

/// When work that failed is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The longest first rest, in milliseconds; each one after it may last twice as long.
    pub first_ms: u32,
    /// No rest is longer, in milliseconds.
    pub longest_ms: u32,
    /// How often an agent tries a task before it gives it back for good.
    pub tries_max: u32,
}

impl Default for Retry {
    /// Five tries within about half a minute: what lasts longer is no hiccup, and a person is told.
    fn default() -> Self {
        Self {
            first_ms: 1_000,
            longest_ms: 60_000,
            tries_max: 5,
        }
    }
}

impl Retry {
    /// How long the rest after this many failures lasts, from 1. One half is fixed and the other is
    /// drawn, so that what failed together does not come back together.
    ///
    /// ```
    /// use consort_engine::runner::Retry;
    ///
    /// let retry = Retry { first_ms: 1_000, longest_ms: 60_000, tries_max: 5 };
    /// assert_eq!(retry.rest_ms(1, 0), 500);
    /// assert_eq!(retry.rest_ms(3, 0), 2_000);
    /// assert!(retry.rest_ms(40, u64::MAX) <= 60_000);
    /// ```
    pub fn rest_ms(&self, failures: u32, draw: u64) -> i64 {
        let doublings = failures.saturating_sub(1).min(u32::BITS);
        let ceiling = u64::from(self.first_ms)
            .saturating_mul(1 << doublings)
            .min(u64::from(self.longest_ms));
        let half = ceiling / 2;
        i64::try_from(half + draw % (half + 1)).unwrap_or(i64::MAX)
    }

    /// Whether so many failures are too many to try again.
    pub const fn is_exhausted(&self, failures: u32) -> bool {
        failures >= self.tries_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_double_up_to_the_longest_and_are_spread_by_the_draw() {
        let retry = Retry {
            first_ms: 1_000,
            longest_ms: 10_000,
            tries_max: 5,
        };
        for (failures, draw, rest_ms) in [
            (0, 0, 500),
            (1, 0, 500),
            (1, 500, 1_000),
            (1, 501, 500),
            (2, 0, 1_000),
            (4, 0, 4_000),
            (5, 0, 5_000),
            (5, 5_000, 10_000),
            (u32::MAX, 5_000, 10_000),
        ] {
            assert_eq!(
                retry.rest_ms(failures, draw),
                rest_ms,
                "{failures} failures, draw {draw}"
            );
        }
    }

    #[test]
    fn a_task_is_given_up_after_the_last_try() {
        let retry = Retry::default();
        assert!(!retry.is_exhausted(retry.tries_max - 1));
        assert!(retry.is_exhausted(retry.tries_max));
    }
}
