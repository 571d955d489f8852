//! Outcomes: what the caller takes part in or answers for.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use axum::response::Response;
use consort_desk::Case;
use consort_desk::record::record;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{Outcome, Phase};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::list::{Limit, page};
use super::problem::{Problem, Told};
use super::request::{Asked, At};
use super::tag::{Has, Versioned};
use super::view::{OutcomeView, Page};
use crate::server::{Failure, Web};
use crate::sight::{self, Sight};

/// How many outcomes are looked at for one page; the cursor goes on from there.
const LOOKED_AT_MAX: usize = 500;

/// The routes about outcomes.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(whole))
}

/// How far an outcome is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OutcomeState)]
enum State {
    /// It was stated, and has not begun.
    Planned,
    /// It is worked on.
    Running,
    /// It rests until somebody lets it go on.
    Paused,
    /// It is being ended before its time.
    Cancelling,
    /// It was signed.
    Delivered,
    /// It was ended before its time.
    Cancelled,
}

impl State {
    /// The word that it is listed by.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => Phase::Planned,
            Self::Running => Phase::Running,
            Self::Paused => Phase::Paused,
            Self::Cancelling => Phase::Cancelling,
            Self::Delivered => Phase::Delivered,
            Self::Cancelled => Phase::Cancelled,
        }
        .as_str()
    }
}

/// Which outcomes are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Only those that are so far.
    state: Option<State>,
    /// How many at the most, up to 200.
    #[serde(default)]
    #[param(value_type = usize, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, pattern = "^out_[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    cursor: Option<OutcomeId>,
}

/// Lists the outcomes that the caller may see, in the order of their identifiers.
#[utoipa::path(get, path = "/api/v1/outcomes", operation_id = "list_outcomes", tag = "outcomes", params(Which),
    responses((status = 200, body = Page<OutcomeView>), Told))]
async fn list(
    extract::State(web): extract::State<Arc<Web>>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Page<OutcomeView>>, Problem> {
    let found = web.blocking(move |web| found(web, caller, &which));
    Ok(Json(found.await?))
}

fn found(web: &Web, caller: Caller, which: &Which) -> Result<Page<OutcomeView>, Failure> {
    let statuses: Vec<&str> = which.state.map(State::as_str).into_iter().collect();
    let read = |last: Option<&Outcome>, count: usize| {
        let after = last.map(|it| it.id).or(which.cursor);
        Ok(web.engine.outcomes_after(&statuses, after, count)?)
    };
    let id = |outcome: &Outcome| outcome.id.to_string();
    page(which.limit, LOOKED_AT_MAX, read, id, |outcome| {
        let sight = sight::of_outcome(&web.engine, caller.id, outcome)?;
        let is_seen = sight > Sight::None;
        Ok(is_seen.then(|| OutcomeView::of(outcome, sight == Sight::All)))
    })
}

/// An outcome.
#[utoipa::path(get, path = "/api/v1/outcomes/{id}", operation_id = "show_outcome", tag = "outcomes",
    params(("id" = String, Path, description = "The outcome."), Has),
    responses((status = 200, body = OutcomeView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(
    extract::State(web): extract::State<Arc<Web>>,
    caller: Caller,
    has: Has,
    At(id): At<OutcomeId>,
) -> Result<Response, Problem> {
    let (outcome, sight, version) = web
        .blocking(move |web| sight::outcome_at(&web.engine, caller.id, id))
        .await?;
    let view = OutcomeView::of(&outcome, sight == Sight::All);
    Versioned { view, version }.answer(&has)
}

/// The record of an outcome, as it is delivered: tasks, contributors, ledger, root of the log. For
/// whoever sees all of it.
#[utoipa::path(get, path = "/api/v1/outcomes/{id}/record", operation_id = "record_of_outcome", tag = "outcomes",
    params(("id" = String, Path, description = "The outcome.")),
    responses((status = 200, body = Object), Told))]
async fn whole(
    extract::State(web): extract::State<Arc<Web>>,
    caller: Caller,
    At(id): At<OutcomeId>,
) -> Result<Json<Value>, Problem> {
    let written = web
        .blocking(move |web| {
            let (_, sight) = sight::outcome(&web.engine, caller.id, id)?;
            if sight < Sight::All {
                return Err(Failure::NotHere);
            }
            let case = Case::open(&web.engine, id)?;
            serde_json::to_value(record(&case, Vec::new())?).map_err(|_| Failure::Broken)
        })
        .await?;
    Ok(Json(written))
}
