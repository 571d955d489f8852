//! Taking a task: a named one, or the next that is offered.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use consort_engine::Engine;
use consort_engine::agenda::Turn;
use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::rejection::Rejection;
use consort_kernel::routing::Exclusion;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task, TaskCommand};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

use super::super::caller::Caller;
use super::super::problem::{Problem, Told, rejected};
use super::super::request::{At, Once, Sent};
use super::super::tag::Unchanged;
use super::super::view::Work;
use super::{carry_out, has};
use crate::key::Key;
use crate::right::Act;
use crate::server::{Failure, Web};

/// The longest that a claim waits, in seconds: below what proxies let a request wait.
const WAIT_SECONDS_MAX: u64 = 30;
/// How many offers are looked at.
const OFFERS_MAX: usize = 50;

/// What changes with every commit.
type News = tokio::sync::watch::Receiver<Option<u64>>;

/// How long to wait for an offer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    /// How many seconds, up to 30.
    #[serde(default)]
    #[schema(maximum = 30)]
    wait_seconds: u64,
}

/// Takes the next task that is offered to the caller, and waits for one where there is none. Under the
/// key of an earlier claim it gives that task again, for as long as it is held.
#[utoipa::path(post, path = "/api/v1/claims", operation_id = "claim_next", tag = "work",
    params(Once),
    request_body = Option<Wait>,
    responses((status = 200, body = Work), (status = 204, description = "Nothing was offered in this time."),
              Told))]
pub(super) async fn next(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    Sent(wait): Sent<Option<Wait>>,
) -> Result<Response, Problem> {
    let wait = wait.unwrap_or_default();
    if wait.wait_seconds > WAIT_SECONDS_MAX {
        let what = format!("a claim waits for {WAIT_SECONDS_MAX} seconds at the most");
        return Err(Problem::unreadable(what, Some("/wait_seconds".to_owned())));
    }
    let until = Instant::now() + Duration::from_secs(wait.wait_seconds);
    let mut news = web.news();
    loop {
        let stirs = web.engine.stirs(caller.id);
        // Whatever is offered: no version of it was seen.
        let again = key.further();
        let work = web.blocking(move |web| taken(web, caller, &again)).await?;
        if let Some(work) = work {
            return Ok(Json(work).into_response());
        }
        if !has_stirred(&web, caller, stirs, (&mut news, until)).await {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
}

/// Waits until the caller's turns have changed; false where they did not in time, or the server ends.
///
/// Many may wait, and most of what is committed is nothing to them: the store is not asked here.
async fn has_stirred(
    web: &Web,
    caller: Caller,
    before: Option<u64>,
    (news, until): (&mut News, Instant),
) -> bool {
    loop {
        // Whatever is committed rings, an offer too; a server that ends rings as well.
        let heard = timeout_at(until, news.changed()).await;
        let goes_on = matches!(heard, Ok(Ok(()))) && news.borrow_and_update().is_some();
        if !goes_on {
            return false;
        }
        if before.is_none() || before != web.engine.stirs(caller.id) {
            return true;
        }
    }
}

/// Takes what is offered first, if it is still to be had.
fn taken(web: &Web, caller: Caller, key: &Key) -> Result<Option<Work>, Failure> {
    let (engine, principal) = (&web.engine, caller.principal());
    caller.check_still_in(web)?;
    let offers = engine.turns_of(caller.id, &[Turn::Offer], OFFERS_MAX)?;
    // Others went on meanwhile; each is looked at when it comes to be claimed.
    let still = offers.into_iter().filter_map(|id| {
        let offered = engine.shared_state(StreamId::Task(id));
        match offered.map(|it| is_had(caller, it.as_deref())) {
            Ok(true) => Some(Ok(id)),
            Ok(false) => None,
            Err(error) => Some(Err(error.into())),
        }
    });
    let taken = match first_of(engine, principal, key, still)? {
        // Nothing is offered: this key may have taken something before.
        None => claimed(engine, principal, key)?,
        taken => taken,
    };
    match taken {
        Some(id) => in_hand(web, caller, engine.task(id)?).map(Some),
        None => Ok(None),
    }
}

fn is_had(caller: Caller, state: Option<&Row>) -> bool {
    matches!(state, Some(Row::Task(task)) if has(caller, task))
}

/// The task that was claimed under this key before.
fn claimed(engine: &Engine, principal: Principal, key: &Key) -> Result<Option<TaskId>, Failure> {
    let Some(receipt) = key.receipt(engine, principal)? else {
        return Ok(None);
    };
    match receipt.stream {
        StreamId::Task(id) if receipt.digest == digest_of_claim(engine, principal, id)? => {
            Ok(Some(id))
        }
        _ => Err(rejected(Rejection::IdReused)),
    }
}

/// Claims the first of these that can be had.
fn first_of(
    engine: &Engine,
    principal: Principal,
    key: &Key,
    offers: impl Iterator<Item = Result<TaskId, Failure>>,
) -> Result<Option<TaskId>, Failure> {
    for id in offers {
        let id = id?;
        let body = Body::Task(id, TaskCommand::Claim);
        let Err(error) = engine.send(key.command(engine, principal, body)?) else {
            return Ok(Some(id));
        };
        match error.rejection() {
            // It went to somebody else, or its time was over: the next one, then.
            Some(rejection) if is_gone(rejection) => {}
            // The same claim, sent to another server at the same time, took another one.
            Some(Rejection::IdReused) => return claimed(engine, principal, key),
            _ => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Whether a refusal says that somebody else was quicker, or that the offer is over.
const fn is_gone(rejection: &Rejection) -> bool {
    matches!(
        rejection,
        Rejection::AlreadyClaimed { .. }
            | Rejection::WrongPhase { .. }
            | Rejection::NotEligible {
                why: Exclusion::Offered | Exclusion::OwnWork,
                ..
            }
    )
}

/// The digest of what a claim of a task asks.
fn digest_of_claim(engine: &Engine, principal: Principal, id: TaskId) -> Result<Digest, Failure> {
    let claim = engine.command(principal, Body::Task(id, TaskCommand::Claim))?;
    Ok(claim.digest())
}

/// A task in the caller's hands, with its material.
fn in_hand(web: &Web, caller: Caller, task: Option<Task>) -> Result<Work, Failure> {
    let task = task.ok_or(Failure::NotHere)?;
    let holds = matches!(&task.phase, Phase::Leased(lease) if lease.holder.id == caller.id);
    if !holds {
        return Err(Failure::Misused(
            "what was claimed under this key is held no more: claim under a new one".to_owned(),
        ));
    }
    Ok(Work::of(&consort_engine::runner::commission(
        &web.engine,
        task,
    )?))
}

/// Takes a task that is offered to the caller.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/claim", operation_id = "claim", tag = "work",
    params(("id" = String, Path, description = "The task."), Once, Unchanged),
    responses((status = 200, body = Work), Told))]
pub(super) async fn claim(
    State(web): State<Arc<Web>>,
    caller: Caller,
    key: Key,
    At(id): At<TaskId>,
) -> Result<Json<Work>, Problem> {
    let claimed = carry_out(Arc::clone(&web), caller, key, (id, Act::Work), |_| {
        Ok(TaskCommand::Claim)
    })
    .await?;
    let work = web
        .blocking(move |web| in_hand(web, caller, claimed.map(|(task, _)| task)))
        .await?;
    Ok(Json(work))
}

#[cfg(test)]
mod tests {
    use consort_engine::artefact::Artefacts;
    use consort_engine::clock::SystemClock;
    use consort_engine::network::{self, Newcomer};
    use consort_kernel::contributor::{Nature, Profile};
    use consort_kernel::id::{ContributorId, OutcomeId};
    use consort_kernel::network::Policy;
    use consort_kernel::outcome::OutcomeCommand;
    use consort_testkit::fixture;

    use super::*;
    use crate::key::Seen;

    const ADA: ContributorId = ContributorId::from_bits(1);
    const OUTCOME: OutcomeId = OutcomeId::from_bits(2);

    /// Ada's outcome, which runs, with two tasks that she can do.
    fn engine(folder: &std::path::Path) -> Arc<Engine> {
        let artefacts = Artefacts::open(folder).unwrap();
        let store = consort_testkit::memory_store();
        let engine = Engine::start(store, artefacts, Arc::new(SystemClock), true).unwrap();
        network::found(&engine, Policy::default(), ADA).unwrap();
        let ada = Newcomer {
            name: "Ada".to_owned(),
            nature: Nature::Person,
            capabilities: fixture::able(5),
            profile: Profile {
                concurrency: 2,
                ..Profile::default()
            },
        };
        network::add(&engine, ADA, &ada).unwrap();
        let desk = network::organisation(&engine, ADA, "Ada's desk").unwrap();
        for asked in [
            fixture::deposit(desk, 2_000),
            fixture::create_outcome(OUTCOME, fixture::charter(desk, ADA)),
            fixture::fund(desk, OUTCOME, 2_000),
            fixture::add_tasks(OUTCOME, vec![fixture::spec("one"), fixture::spec("other")]),
            Body::Outcome(OUTCOME, OutcomeCommand::Start).into(),
        ] {
            let ada = Principal::Contributor(ADA);
            engine.execute(ada, asked.body).unwrap();
        }
        engine
    }

    #[test]
    fn a_claim_that_took_a_task_at_another_server_meanwhile_gives_that_one() {
        let folder = tempfile::tempdir().unwrap();
        let engine = engine(folder.path());
        let key = Key::new(Some("a claim".to_owned()), Seen::Whatever);
        let [one, other] = ["one", "other"].map(|it| TaskId::in_outcome(OUTCOME, it));
        let offered = |id| std::iter::once(Ok(id));
        let ada = Principal::Contributor(ADA);
        assert_eq!(
            first_of(&engine, ada, &key, offered(one)).unwrap(),
            Some(one)
        );
        // Here nobody has heard of that yet, and another task is offered first.
        assert_eq!(
            first_of(&engine, ada, &key, offered(other)).unwrap(),
            Some(one)
        );
        assert_eq!(engine.task(other).unwrap().unwrap().lease_number, 0);
    }
}
