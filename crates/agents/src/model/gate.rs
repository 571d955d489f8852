//! The gate before an endpoint: how often it may be asked, and when it is left alone.
//!
//! Pure bookkeeping: moments come from the caller and nobody sleeps here. Who is told to wait gives
//! the task back to the runner's desk, which asks again later; so nothing storms an endpoint that
//! is down, and nothing blocks a worker.

use std::collections::VecDeque;

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use super::settings::Rates;

/// What rates are counted over, in milliseconds.
const MINUTE_MS: i64 = 60_000;
/// After so many failures one after the other an endpoint is left alone: fewer may be chance.
const FAILURES_MAX: u32 = 5;
/// How long it is left alone the first time, in milliseconds; each time after it twice as long.
const REST_MS_FIRST: i64 = 30_000;
/// It is never left alone for longer, in milliseconds: somebody may have seen to it.
const REST_MS_LONGEST: i64 = 600_000;
/// How long to wait when as many calls are under way as may be, in milliseconds.
const BUSY_MS: u64 = 1_000;
/// No endpoint is left alone for longer than that, whatever it asks for, in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// An endpoint that asks to wait and does not say how long gets so much time, in milliseconds.
pub(super) const WAIT_MS_UNSAID: u64 = 20_000;

/// The gate before one endpoint.
#[derive(Debug)]
pub(super) struct Gate {
    rates: Rates,
    under_way: u32,
    calls: VecDeque<(Timestamp, ContributorId)>,
    failures: u32,
    /// The endpoint itself asked for peace until then.
    asked_until: Option<Timestamp>,
    /// It failed too often, and is left alone until then.
    rests_until: Option<Timestamp>,
    /// Whether one call is under way that finds out if it is well again.
    is_probing: bool,
    /// Why it is not asked at all any more.
    shut: Option<String>,
}

/// Why a call cannot be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closed {
    /// It can be made later.
    For {
        /// How long it has to wait, in milliseconds.
        wait_ms: u64,
        /// For what.
        why: &'static str,
    },
    /// Somebody has to see to it.
    Shut(String),
}

/// How a call went, as far as the gate has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// The endpoint answered.
    Well,
    /// The endpoint asks for so many milliseconds of peace.
    Wait(u64),
    /// The endpoint failed.
    Badly,
    /// It was not asked after all.
    NotAsked,
}

impl Gate {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            rates,
            under_way: 0,
            calls: VecDeque::new(),
            failures: 0,
            asked_until: None,
            rests_until: None,
            is_probing: false,
            shut: None,
        }
    }

    /// Lets one call of an agent through, or says how long it has to wait. Whoever was let through
    /// says how it went with [`Gate::leave`].
    pub(super) fn enter(&mut self, agent: ContributorId, now: Timestamp) -> Result<(), Closed> {
        if let Some(why) = &self.shut {
            return Err(Closed::Shut(why.clone()));
        }
        let wait = |until: Timestamp, why| Closed::For {
            wait_ms: u64::try_from(until.millis_since(now)).unwrap_or(0).max(1),
            why,
        };
        if let Some(until) = self.asked_until.filter(|until| now < *until) {
            return Err(wait(until, "the endpoint asked to wait"));
        }
        if let Some(until) = self.rests_until.filter(|until| now < *until) {
            return Err(wait(
                until,
                "the endpoint failed too often and is left alone",
            ));
        }
        if self.under_way >= self.rates.at_once || self.is_probing {
            return Err(Closed::For {
                wait_ms: BUSY_MS,
                why: "as many calls are under way as may be",
            });
        }
        while let Some((at, _)) = self.calls.front() {
            if now.millis_since(*at) < MINUTE_MS {
                break;
            }
            self.calls.pop_front();
        }
        let own = self.calls.iter().filter(|(_, by)| *by == agent);
        if let Some(until) = free_again(own.map(|(at, _)| *at), self.rates.per_minute_each) {
            return Err(wait(until, "the agent has made its calls for this minute"));
        }
        let all = self.calls.iter().map(|(at, _)| *at);
        if let Some(until) = free_again(all, self.rates.per_minute) {
            return Err(wait(until, "the endpoint had its calls for this minute"));
        }
        self.is_probing = self.rests_until.is_some();
        self.under_way += 1;
        self.calls.push_back((now, agent));
        Ok(())
    }

    /// Notes how a call went that was let through.
    pub(super) fn leave(&mut self, went: Went, now: Timestamp) {
        self.under_way = self.under_way.saturating_sub(1);
        let probed = std::mem::take(&mut self.is_probing);
        match went {
            Went::Well => {
                self.failures = 0;
                self.rests_until = None;
            }
            // It stays counted among the calls of this minute, which only makes them fewer.
            Went::NotAsked => {}
            // It is there, and says what it wants.
            Went::Wait(wait_ms) => {
                let wait_ms = i64::try_from(wait_ms).unwrap_or(i64::MAX);
                let until = now.plus_millis(wait_ms.min(DAY_MS));
                self.asked_until = self.asked_until.max(Some(until));
            }
            Went::Badly => {
                self.failures = self.failures.saturating_add(1);
                if probed || self.failures >= FAILURES_MAX {
                    let beyond = self.failures.saturating_sub(FAILURES_MAX).min(16);
                    let rest_ms = (REST_MS_FIRST << beyond).min(REST_MS_LONGEST);
                    self.rests_until = Some(now.plus_millis(rest_ms));
                }
            }
        }
    }

    /// Lets nothing through any more.
    pub(super) fn shut(&mut self, why: &str) {
        self.shut.get_or_insert_with(|| why.to_owned());
    }
}

/// Where as many calls were made within the minute as may be: when there is room for another.
fn free_again(calls: impl Iterator<Item = Timestamp>, most: u32) -> Option<Timestamp> {
    let calls: Vec<Timestamp> = calls.collect();
    let oldest = calls.len().checked_sub(most.max(1) as usize)?;
    Some(calls.get(oldest)?.plus_millis(MINUTE_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_772_355_600_000);
    const RATES: Rates = Rates {
        per_minute: 3,
        per_minute_each: 2,
        at_once: 2,
    };

    fn agent(number: u128) -> ContributorId {
        ContributorId::new(START, number)
    }

    fn at(millis: i64) -> Timestamp {
        START.plus_millis(millis)
    }

    /// Makes a call, and tells how long it has to wait if it may not be made.
    fn call(gate: &mut Gate, by: u128, millis: i64, went: Went) -> Option<u64> {
        match gate.enter(agent(by), at(millis)) {
            Ok(()) => {
                gate.leave(went, at(millis));
                None
            }
            Err(Closed::For { wait_ms, .. }) => Some(wait_ms),
            Err(Closed::Shut(why)) => panic!("{why}"),
        }
    }

    #[test]
    fn calls_a_minute_are_counted_for_each_agent_and_for_all() {
        let mut gate = Gate::new(RATES);
        for (by, millis, wait_ms) in [
            (1, 0, None),
            (1, 10_000, None),
            (1, 20_000, Some(40_000)),
            (2, 20_000, None),
            (2, 30_000, Some(30_000)),
            (1, 60_000, None),
            (2, 60_000, Some(10_000)),
            (2, 70_000, None),
        ] {
            assert_eq!(
                call(&mut gate, by, millis, Went::Well),
                wait_ms,
                "{by} at {millis}"
            );
        }
    }

    #[test]
    fn no_more_calls_are_under_way_than_may_be() {
        let mut gate = Gate::new(Rates {
            at_once: 1,
            ..RATES
        });
        gate.enter(agent(1), START).unwrap();
        assert_eq!(call(&mut gate, 2, 0, Went::Well), Some(BUSY_MS));
        gate.leave(Went::Well, START);
        assert_eq!(call(&mut gate, 2, 0, Went::Well), None);
    }

    #[test]
    fn an_endpoint_that_asks_for_peace_gets_it() {
        let mut gate = Gate::new(RATES);
        assert_eq!(call(&mut gate, 1, 0, Went::Wait(20_000)), None);
        assert_eq!(call(&mut gate, 2, 5_000, Went::Well), Some(15_000));
        assert_eq!(call(&mut gate, 2, 20_000, Went::Well), None);
    }

    #[test]
    fn an_endpoint_that_fails_is_left_alone_and_then_tried_by_one_call() {
        let rates = Rates {
            per_minute: 100,
            per_minute_each: 100,
            at_once: 9,
        };
        let mut gate = Gate::new(rates);
        for _ in 0..FAILURES_MAX {
            assert_eq!(call(&mut gate, 1, 0, Went::Badly), None);
        }
        assert_eq!(call(&mut gate, 1, 1, Went::Badly), Some(29_999));
        gate.enter(agent(1), at(30_000)).unwrap();
        assert_eq!(call(&mut gate, 2, 30_000, Went::Well), Some(BUSY_MS));
        gate.leave(Went::Badly, at(30_000));
        // It rests for twice as long.
        assert_eq!(call(&mut gate, 1, 89_999, Went::Well), Some(1));
        assert_eq!(call(&mut gate, 1, 90_000, Went::Well), None);
        assert_eq!(call(&mut gate, 1, 90_000, Went::Badly), None);
        assert_eq!(call(&mut gate, 1, 90_000, Went::Well), None);
    }

    #[test]
    fn what_is_shut_stays_shut() {
        let mut gate = Gate::new(RATES);
        gate.shut("it lies");
        gate.shut("something else");
        let closed = gate.enter(agent(1), at(86_400_000));
        assert_eq!(closed, Err(Closed::Shut("it lies".to_owned())));
    }
}
