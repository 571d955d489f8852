//! When an attempt is made again.

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long after each attempt the next one is made, after the recommendation of Standard Webhooks.
const WAITS_MS: [i64; 9] = [
    5 * SECOND_MS,
    5 * MINUTE_MS,
    30 * MINUTE_MS,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
];
/// How often something is sent before it is given up.
pub const ATTEMPTS_MAX: u32 = 10;
const _: () = assert!(WAITS_MS.len() + 1 == ATTEMPTS_MAX as usize);
/// The longest that a receiver may have it wait.
const ASKED_MAX_MS: i64 = 24 * HOUR_MS;
/// Waits are made longer by up to one part in so many, so that what failed together does not come back
/// together.
const SPREAD: i64 = 5;

/// How long to wait after so many attempts, if there is another one; a receiver may ask for longer.
pub(crate) fn wait_ms(attempts: u32, asked_ms: Option<i64>, random: u128) -> Option<i64> {
    let place = usize::try_from(attempts.max(1) - 1).unwrap_or(usize::MAX);
    let wait = *WAITS_MS.get(place)?;
    let asked = asked_ms.unwrap_or_default().min(ASKED_MAX_MS);
    let wait = wait.max(asked);
    let spread = i64::try_from(random % u128::from((wait / SPREAD).unsigned_abs() + 1));
    Some(wait + spread.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let mut last = 0;
        for attempts in 1..ATTEMPTS_MAX {
            let wait = wait_ms(attempts, None, 0).unwrap();
            assert!(wait > last, "{attempts}: {wait}");
            last = wait;
        }
        assert_eq!(wait_ms(1, None, 0), Some(5_000));
        assert_eq!(wait_ms(ATTEMPTS_MAX, None, 0), None);
        assert_eq!(wait_ms(u32::MAX, None, 0), None);
    }

    #[test]
    fn chance_makes_them_longer_by_a_fifth_at_the_most() {
        for random in [0, 1, 999, 1_000, 1_001, u128::MAX] {
            let wait = wait_ms(1, None, random).unwrap();
            assert!((5_000..=6_000).contains(&wait), "{random}: {wait}");
        }
        assert_ne!(wait_ms(1, None, 1), wait_ms(1, None, 2));
    }

    #[test]
    fn a_receiver_may_ask_for_longer_within_bounds_and_never_for_sooner() {
        assert_eq!(wait_ms(1, Some(60_000), 0), Some(60_000));
        assert_eq!(wait_ms(2, Some(1_000), 0), Some(5 * MINUTE_MS));
        assert_eq!(wait_ms(1, Some(-1), 0), Some(5_000));
        assert_eq!(wait_ms(1, Some(i64::MAX), 0), Some(ASKED_MAX_MS));
    }
}
