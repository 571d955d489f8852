//! How often one address may knock: at the ways in, where nobody is known yet by whom requests could be counted.
//!
//! Addresses are counted in so many buckets and no more, so that no number of them fills the memory. Which bucket
//! an address has is drawn anew by each process: nobody can choose to have the same one as somebody else.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::Web;
use super::observe::client;
use crate::page::door;

/// How often a second one address may knock over time: many people can have one.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(5).expect("it is not zero");
/// How often it may at once.
const BURST: NonZeroU32 = NonZeroU32::new(200).expect("it is not zero");
/// What is told of it, after the draft of the IETF on rate limit fields.
const POLICY: HeaderValue = HeaderValue::from_static("\"door\";q=200;w=40");
const POLICY_NAME: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT_NAME: HeaderName = HeaderName::from_static("ratelimit");
/// How many buckets there are: some megabytes, were all of them in use.
const BUCKETS: u64 = 1 << 17;
/// At so many in use, those that are full again are forgotten before the next.
const TIDIED_AT: usize = 1 << 14;
/// How many bits of an address of IPv6 tell one place from another: whoever has one has all that begin like it.
const PLACE_BITS: u32 = 64;

type Limiter<C> = RateLimiter<u32, HashMapStateStore<u32>, C, StateInformationMiddleware>;

/// How often every address may knock again.
pub(crate) struct Knocks<C: Clock = DefaultClock> {
    limiter: Limiter<C>,
    clock: C,
    drawn: RandomState,
}

impl Default for Knocks {
    fn default() -> Self {
        Self::by(DefaultClock::default())
    }
}

impl<C: Clock + Clone> Knocks<C> {
    fn by(clock: C) -> Self {
        let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
        let store = HashMapStateStore::default();
        let limiter: RateLimiter<u32, HashMapStateStore<u32>, C, NoOpMiddleware<C::Instant>> =
            RateLimiter::new(quota, store, clock.clone());
        Self {
            limiter: limiter.with_middleware(),
            clock,
            drawn: RandomState::new(),
        }
    }

    /// How often an address may knock after this time; how long it waits, where it may not.
    fn knock(&self, from: IpAddr) -> Result<u32, Duration> {
        if self.limiter.len() >= TIDIED_AT {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&self.bucket(from)) {
            Ok(left) => Ok(left.remaining_burst_capacity()),
            Err(none) => Err(none.wait_time_from(self.clock.now())),
        }
    }

    fn bucket(&self, from: IpAddr) -> u32 {
        let place = match from.to_canonical() {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address) >> (u128::BITS - PLACE_BITS),
        };
        let is_v4 = from.to_canonical().is_ipv4();
        let bucket = self.drawn.hash_one((is_v4, place)) % BUCKETS;
        u32::try_from(bucket).expect("there are fewer buckets than that")
    }
}

/// Whether a route is a way in.
fn is_way_in(route: &str) -> bool {
    ["/enter/", "/sign-in/"]
        .iter()
        .any(|it| route.starts_with(it))
        || route == "/sign-in"
}

/// Around every route: whoever knocks too often at a way in is told when they may again.
pub(super) async fn limit(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let is_way_in = matched.is_some_and(|it| is_way_in(it.as_str()));
    // Every request of a socket has the address of its other end.
    let from = client(&web, request.headers(), request.extensions()).filter(|_| is_way_in);
    let Some(from) = from else {
        return next.run(request).await;
    };
    let (mut response, left) = match web.knocks.knock(from) {
        Ok(left) => (next.run(request).await, left),
        Err(wait) => (too_often(wait.as_secs() + 1), 0),
    };
    let headers = response.headers_mut();
    headers.insert(POLICY_NAME, POLICY);
    if let Ok(value) = HeaderValue::try_from(format!("\"door\";r={left};t=1")) {
        headers.insert(LIMIT_NAME, value);
    }
    response
}

fn too_often(seconds: u64) -> Response {
    let page = door::too_often(seconds);
    let again = [(RETRY_AFTER, HeaderValue::from(seconds))];
    (StatusCode::TOO_MANY_REQUESTS, again, page).into_response()
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_waits_once_it_has_knocked_too_often_and_no_other_does() {
        let clock = FakeRelativeClock::default();
        let knocks = Knocks::by(clock.clone());
        let one = at("203.0.113.7");
        for left in (0..BURST.get()).rev() {
            assert_eq!(knocks.knock(one), Ok(left));
        }
        let wait = knocks.knock(one).unwrap_err();
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert!(
            knocks.knock(at("::ffff:203.0.113.7")).is_err(),
            "it is the same"
        );
        // Another one has a bucket of its own, but for one in a hundred thousand.
        let others = ["203.0.113.8", "203.0.113.9", "2001:db8::1"];
        let free = others.iter().filter(|it| knocks.knock(at(it)).is_ok());
        assert!(free.count() >= 2);
        clock.advance(wait);
        assert_eq!(knocks.knock(one), Ok(0));
        assert!(knocks.knock(one).is_err());
    }

    #[test]
    fn whoever_has_many_addresses_of_one_place_has_one_bucket() {
        let knocks = Knocks::by(FakeRelativeClock::default());
        let is_free = |number: u32| knocks.knock(at(&format!("2001:db8::{number:x}"))).is_ok();
        assert!((0..BURST.get()).all(is_free));
        assert!(!is_free(BURST.get()));
    }

    #[test]
    fn any_number_of_addresses_takes_so_much_memory_and_no_more() {
        let clock = FakeRelativeClock::default();
        let knocks = Knocks::by(clock.clone());
        for number in 0..4 * u32::try_from(BUCKETS).unwrap() {
            let bucket = knocks.bucket(std::net::Ipv4Addr::from(number).into());
            assert!(u64::from(bucket) < BUCKETS);
        }
        for number in 0..2 * u32::try_from(TIDIED_AT).unwrap() {
            knocks.knock(std::net::Ipv4Addr::from(number).into()).ok();
            // Each is full again after one pause.
            clock.advance(Duration::from_millis(1));
            assert!(knocks.limiter.len() <= TIDIED_AT);
        }
    }

    #[test]
    fn the_ways_in_are_counted_and_nothing_else() {
        for (route, expected) in [
            ("/enter/{link}", true),
            ("/enter/{link}/with/{provider}", true),
            ("/sign-in", true),
            ("/sign-in/password", true),
            ("/sign-in/with/{provider}/back", true),
            ("/today", false),
            ("/api/v1/tasks", false),
            ("/people/{id}/invitations/again", false),
        ] {
            assert_eq!(is_way_in(route), expected, "{route}");
        }
    }
}
