//! The caller: who asks, and how often they may.
//!
//! A program shows a token; a page of this server has its session. Everybody has a bucket of requests
//! of their own (the generic cell rate algorithm), so that one program that runs wild stops nobody
//! else.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use consort_engine::access::{Entered, PassKind};
use consort_kernel::command::Principal;
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::problem::Problem;
use crate::right::Asking;
use crate::server::{Failure, Web, known_as, session};
use crate::signing::{self, Signer};
use crate::trial;

/// How many requests a second somebody may make over time.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(100).expect("it is not zero");
/// How many somebody may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(400).expect("it is not zero");
/// What is told of it, after the draft of the IETF on rate limit fields.
const POLICY: HeaderValue = HeaderValue::from_static("\"caller\";q=400;w=4");
const POLICY_NAME: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT_NAME: HeaderName = HeaderName::from_static("ratelimit");

type Limiter =
    RateLimiter<Digest, HashMapStateStore<Digest>, DefaultClock, StateInformationMiddleware>;

/// The requests that everybody has left.
pub(crate) struct Budgets {
    limiter: Limiter,
    clock: DefaultClock,
}

impl Default for Budgets {
    fn default() -> Self {
        let quota = Quota::per_second(PER_SECOND).allow_burst(BURST);
        Self {
            limiter: RateLimiter::hashmap(quota).with_middleware(),
            clock: DefaultClock::default(),
        }
    }
}

impl Budgets {
    /// How many requests are left after this one; how long to wait, where none is.
    fn spend(&self, secret: Digest) -> Result<u32, Duration> {
        match self.limiter.check_key(&secret) {
            Ok(left) => Ok(left.remaining_burst_capacity()),
            Err(none) => Err(none.wait_time_from(self.clock.now())),
        }
    }

    /// Forgets whose bucket is full again.
    fn tidy(&self) {
        self.limiter.retain_recent();
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    /// Who.
    pub(super) id: ContributorId,
    /// By what they came in.
    secret: Digest,
    /// Whether that is a person's session, and no token.
    is_session: bool,
    /// Whether they showed lately by a credential that it is they.
    is_fresh: bool,
}

impl Caller {
    /// Fails where they have to show first that it is they.
    pub(super) fn check_signer(self, web: &Web) -> Result<(), Failure> {
        signing::check_signer(web, self.id, self.is_fresh)
    }

    /// Who asks for a right.
    pub(super) const fn asking(self) -> Asking {
        Asking {
            who: self.id,
            is_session: self.is_session,
        }
    }

    /// Who a command is from.
    pub(super) const fn principal(self) -> Principal {
        Principal::Contributor(self.id)
    }

    /// What notes what they open: their session or token.
    pub(super) const fn pass(self) -> Digest {
        self.secret
    }

    /// Whoever signs, if they came in by a session: a token never signs.
    pub(super) const fn signer(self) -> Result<Signer, Problem> {
        if self.is_session {
            Ok(Signer {
                id: self.id,
                session: self.secret,
            })
        } else {
            Err(Problem::session_needed())
        }
    }

    /// Fails once what they came in by has ended: for what goes on for longer than a request.
    pub(super) fn check_still_in(self, web: &Web) -> Result<(), Failure> {
        if web.access.is_open(self.secret, web.engine.now())? {
            Ok(())
        } else {
            Err(Failure::NotIn)
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Put there at the door, around every route but those for everybody.
        parts
            .extensions
            .get()
            .copied()
            .ok_or_else(Problem::no_token)
    }
}

/// The door: finds out who asks, and whether they may ask again already.
pub(super) async fn admit(
    State(web): State<Arc<Web>>,
    mut request: Request,
    next: Next,
) -> Response {
    let (entered, is_session) = match entered(&web, request.headers()).await {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    let (mut response, left) = match web.budgets.spend(entered.secret) {
        Ok(left) => {
            known_as(entered.contributor);
            let is_fresh = entered.is_fresh(web.engine.now());
            request.extensions_mut().insert(Caller {
                is_fresh,
                id: entered.contributor,
                secret: entered.secret,
                is_session,
            });
            (next.run(request).await, left)
        }
        Err(wait) => {
            web.budgets.tidy();
            let seconds = wait.as_secs() + 1;
            (Problem::too_many(seconds).into_response(), 0)
        }
    };
    let headers = response.headers_mut();
    headers.insert(POLICY_NAME, POLICY);
    if let Ok(value) = HeaderValue::try_from(format!("\"caller\";r={left};t=1")) {
        headers.insert(LIMIT_NAME, value);
    }
    response
}

/// Who shows a token that is open, or has a session; and whether it is a session.
async fn entered(web: &Arc<Web>, headers: &HeaderMap) -> Result<(Entered, bool), Problem> {
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    let session = session(headers);
    let is_session = token.is_none();
    let shown = match (&token, &session) {
        (Some(token), _) => Some((token, PassKind::Token)),
        (None, Some(session)) => Some((session, PassKind::Session)),
        (None, None) => None,
    };
    let known = shown.and_then(|(secret, kind)| web.access.at_once(secret, kind, web.engine.now()));
    if let Some(known) = known {
        return Ok((known, is_session));
    }
    let found = web
        .blocking(move |web| {
            let now = web.engine.now();
            let found = match (token, session) {
                (Some(token), _) => web.access.program(&token, now)?,
                (None, Some(session)) => web.access.session(&session, now)?,
                (None, None) => None,
            };
            if let Some(new) = found.as_ref().filter(|it| it.is_first) {
                trial::heard_of(web, new.contributor)?;
            }
            Ok(found)
        })
        .await?;
    let found = found.ok_or_else(Problem::no_token)?;
    if found.is_first {
        // Whoever connected it looks at a page, which hears that something is new.
        web.engine.bell().ring();
    }
    Ok((found, is_session))
}
