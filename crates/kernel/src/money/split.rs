//! Splits: a whole divided by exact fractions, to the unit.
//!
//! Each share is floored and the units left over are handed out one by one in the listed order, so
//! that the parts always add up to the whole (the rule of Numscript's allocations).

use serde::{Deserialize, Serialize};

use super::Amount;

/// An exact fraction between nothing and the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fraction {
    /// Parts of the whole; never zero.
    pub denominator: u32,
    /// How many of them.
    pub numerator: u32,
}

impl Fraction {
    /// Nothing of it.
    pub const ZERO: Self = Self {
        denominator: 1,
        numerator: 0,
    };

    /// This share of an amount, floored.
    pub fn of(self, whole: Amount) -> Amount {
        let share = i128::from(whole.minor()) * i128::from(self.numerator)
            / i128::from(self.denominator.max(1));
        Amount::from_minor(
            i64::try_from(share)
                .unwrap_or(whole.minor())
                .min(whole.minor()),
        )
    }
}

/// Divides `whole` in proportion to the weights; with no weight at all, everything stays undivided
/// in the first part.
///
/// ```
/// use consort_kernel::money::{Amount, split};
/// let parts = split(Amount::from_minor(100), &[1, 1, 1]);
/// assert_eq!(parts.map(|part| part.minor()), [34, 33, 33]);
/// ```
pub fn split<const N: usize>(whole: Amount, weights: &[u64; N]) -> [Amount; N] {
    let mut parts = [Amount::ZERO; N];
    for (part, share) in parts.iter_mut().zip(split_slice(whole, weights)) {
        *part = share;
    }
    parts
}

/// Divides `whole` in proportion to any number of weights.
///
/// ```
/// use consort_kernel::money::{Amount, split_slice};
/// let parts = split_slice(Amount::from_minor(5_000), &[3_000, 2_000, 1_000]);
/// assert_eq!(parts, [2_501, 1_666, 833].map(Amount::from_minor));
/// ```
pub fn split_slice(whole: Amount, weights: &[u64]) -> Vec<Amount> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let whole_minor = u128::from(whole.minor().max(0).unsigned_abs());
    let mut shares: Vec<u128> = weights
        .iter()
        .map(|weight| {
            (whole_minor * u128::from(*weight))
                .checked_div(total)
                .unwrap_or(0)
        })
        .collect();
    let mut left_over = whole_minor - shares.iter().sum::<u128>();
    let listed = shares
        .iter_mut()
        .zip(weights)
        .filter(|(_, weight)| total == 0 || **weight > 0);
    for (share, _) in listed {
        if left_over == 0 {
            break;
        }
        let unit = if total == 0 { left_over } else { 1 };
        *share += unit;
        left_over -= unit;
    }
    shares
        .into_iter()
        .map(|share| Amount::from_minor(i64::try_from(share).expect("a share fits its whole")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_parts_always_add_up_to_the_whole(
            whole in 0..i64::MAX,
            weights in proptest::collection::vec(any::<u32>(), 1..12),
        ) {
            let weights: Vec<u64> = weights.into_iter().map(u64::from).collect();
            let parts = split_slice(Amount::from_minor(whole), &weights);
            prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<i64>(), whole);
            prop_assert!(parts.iter().all(|part| part.minor() >= 0));
        }
    }

    #[test]
    fn a_share_without_weight_gets_nothing() {
        let parts = split(Amount::from_minor(10), &[0, 3, 0, 1]);
        assert_eq!(parts.map(Amount::minor), [0, 8, 0, 2]);
    }
}
