//! How long whoever was wrong has to wait: longer each time, for a name and for an address, whether anybody
//! has that name or not. It is kept in memory, by each server for itself.

use std::collections::HashMap;

use consort_kernel::digest::Digest;
use consort_kernel::time::Timestamp;

/// How often a name may be wrong before it has to wait.
const FREE_OF_NAME: u32 = 4;
/// How often an address may: many people can have one.
const FREE_OF_ADDRESS: u32 = 20;
/// The longest wait, in seconds.
const WAIT_SECONDS_MAX: i64 = 3_600;
/// How often a wait of a second can double before it is the longest.
const DOUBLINGS_MAX: u32 = 12;
/// After how long without a try all is forgotten, in milliseconds.
const FORGOTTEN_MS: i64 = 24 * 3_600_000;
/// How many names and addresses are remembered; beyond it those that were quiet longest are forgotten.
const KNOWN_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    count: u32,
    last: Timestamp,
}

impl Tries {
    fn is_forgotten(&self, now: Timestamp) -> bool {
        now.millis_since(self.last) >= FORGOTTEN_MS
    }
}

/// Who was wrong how often.
#[derive(Debug, Default)]
pub(super) struct Waits {
    known: HashMap<Digest, Tries>,
}

impl Waits {
    /// Counts a try of a name from an address, which is taken back if it is right; or says for how many
    /// seconds none is taken.
    pub(super) fn charge(
        &mut self,
        name: Digest,
        address: Digest,
        now: Timestamp,
    ) -> Result<(), i64> {
        let left = self
            .left(name, FREE_OF_NAME, now)
            .max(self.left(address, FREE_OF_ADDRESS, now));
        if left > 0 {
            return Err(left);
        }
        self.make_room(now);
        for who in [name, address] {
            if self.known.get(&who).is_some_and(|it| it.is_forgotten(now)) {
                self.known.remove(&who);
            }
            let tries = self.known.entry(who).or_insert(Tries {
                count: 0,
                last: now,
            });
            tries.count = tries.count.saturating_add(1);
            tries.last = tries.last.max(now);
        }
        Ok(())
    }

    /// It was right: the name is as new, and the try of the address does not count.
    pub(super) fn clear(&mut self, name: Digest, address: Digest) {
        self.known.remove(&name);
        if let Some(tries) = self.known.get_mut(&address) {
            tries.count = tries.count.saturating_sub(1);
        }
    }

    /// For how many seconds none is taken.
    fn left(&self, who: Digest, free: u32, now: Timestamp) -> i64 {
        let Some(tries) = self.known.get(&who) else {
            return 0;
        };
        let over = tries.count.saturating_sub(free);
        if over == 0 {
            return 0;
        }
        let wait = 1_i64 << (over - 1).min(DOUBLINGS_MAX);
        let wait_ms = wait.min(WAIT_SECONDS_MAX) * 1_000;
        let left_ms = (wait_ms - now.millis_since(tries.last)).clamp(0, wait_ms);
        (left_ms + 999) / 1_000
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.known.len() + 2 <= KNOWN_MAX {
            return;
        }
        self.known.retain(|_, tries| !tries.is_forgotten(now));
        while self.known.len() + 2 > KNOWN_MAX {
            let quietest = self.known.iter().min_by_key(|(_, tries)| tries.last);
            let Some(quietest) = quietest.map(|(who, _)| *who) else {
                return;
            };
            self.known.remove(&quietest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(number: usize) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn each_wrong_try_takes_twice_the_wait_of_the_last() {
        let mut waits = Waits::default();
        let mut now = 0;
        for free in 0..=FREE_OF_NAME {
            assert_eq!(waits.charge(who(1), who(2), at(now)), Ok(()), "{free}");
        }
        for wait in [1, 2, 4, 8, 16] {
            assert_eq!(waits.charge(who(1), who(2), at(now)), Err(wait));
            assert_eq!(waits.charge(who(1), who(9), at(now + wait - 1)), Err(1));
            now += wait;
            assert_eq!(waits.charge(who(1), who(2), at(now)), Ok(()));
        }
        assert_eq!(
            waits.charge(who(3), who(2), at(now)),
            Ok(()),
            "another name"
        );
        waits.clear(who(1), who(2));
        assert_eq!(
            waits.charge(who(1), who(2), at(now)),
            Ok(()),
            "it was right"
        );
    }

    #[test]
    fn no_wait_is_longer_than_the_longest_and_no_clock_makes_it_so() {
        let mut waits = Waits::default();
        for seconds in (0..100 * WAIT_SECONDS_MAX).step_by(3_600) {
            waits.charge(who(1), who(2), at(seconds)).unwrap();
        }
        let last = 99 * WAIT_SECONDS_MAX;
        assert_eq!(
            waits.charge(who(1), who(3), at(last)),
            Err(WAIT_SECONDS_MAX)
        );
        assert_eq!(waits.charge(who(1), who(3), at(0)), Err(WAIT_SECONDS_MAX));
    }

    #[test]
    fn an_address_that_tries_many_names_waits_too() {
        let mut waits = Waits::default();
        for number in 0..=usize::try_from(FREE_OF_ADDRESS).unwrap() {
            waits.charge(who(10 + number), who(2), at(0)).unwrap();
        }
        assert_eq!(waits.charge(who(1), who(2), at(0)), Err(1));
        assert_eq!(waits.charge(who(1), who(3), at(0)), Ok(()));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let mut waits = Waits::default();
        for number in 0..KNOWN_MAX + 10 {
            let seconds = i64::try_from(number).unwrap();
            waits.charge(who(number), who(0), at(seconds)).ok();
            assert!(waits.known.len() <= KNOWN_MAX);
        }
    }
}
