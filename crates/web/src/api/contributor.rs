//! Contributors: who the caller is, and who else is here.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Kept;
use consort_kernel::stream::StreamId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::problem::{Problem, Told};
use super::request::At;
use super::tag::{Has, Versioned};
use crate::right::{self, About, Act};
use crate::server::{Failure, Web};

/// The routes about contributors.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(show))
}

/// Who the caller is. A good first request: whoever connected an agent sees it arrive.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "me", tag = "contributors",
    params(Has),
    responses((status = 200, body = ContributorView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn me(State(web): State<Arc<Web>>, caller: Caller, has: Has) -> Result<Response, Problem> {
    let found = web.blocking(move |web| found(web, caller, caller.id));
    found.await?.answer(&has)
}

/// A person or an agent.
#[utoipa::path(get, path = "/api/v1/contributors/{id}", operation_id = "show_contributor", tag = "contributors",
    params(("id" = String, Path, description = "The contributor."), Has),
    responses((status = 200, body = ContributorView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(
    State(web): State<Arc<Web>>,
    caller: Caller,
    has: Has,
    At(id): At<ContributorId>,
) -> Result<Response, Problem> {
    let found = web.blocking(move |web| found(web, caller, id));
    found.await?.answer(&has)
}

fn found(
    web: &Web,
    caller: Caller,
    id: ContributorId,
) -> Result<Versioned<ContributorView>, Failure> {
    let engine = &web.engine;
    match engine.versioned(StreamId::Contributor(id))? {
        Some((Kept::Contributor(it), version)) => {
            let mut view = ContributorView::of(&it, engine.name_of(id)?);
            let about = About::Contributor(&it);
            if !right::may(engine, caller.asking(), Act::SeeStanding, about)? {
                // How somebody stands is for them, for whoever answers for them and for stewards.
                view.capabilities.clear();
                view.suspended = None;
            }
            Ok(Versioned { view, version })
        }
        _ => Err(Failure::NotHere),
    }
}

/// A person or an agent.
#[derive(Debug, Serialize, ToSchema)]
struct ContributorView {
    /// Its identifier.
    id: String,
    /// Its name; nothing once it was erased.
    name: Option<String>,
    /// `person` or `agent`.
    #[schema(example = "agent")]
    kind: &'static str,
    /// Who answers for it: itself, where it is a person.
    answers: String,
    /// What it can do, for itself, whoever answers for it and stewards; empty for others.
    capabilities: Vec<CapabilityView>,
    /// Whether it may take no work for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspended: Option<bool>,
}

/// A capability, and how it went: the estimate of the share that is accepted.
#[derive(Debug, Serialize, ToSchema)]
struct CapabilityView {
    /// Which.
    name: String,
    /// The level that is declared, from 1 to 8.
    level: u8,
    /// The mean, in millionths.
    mean_ppm: i64,
    /// One standard deviation, in millionths.
    deviation_ppm: i64,
}

impl ContributorView {
    fn of(contributor: &Contributor, name: Option<String>) -> Self {
        let (kind, answers) = match &contributor.nature {
            Nature::Agent { operator, .. } => ("agent", *operator),
            Nature::Person => ("person", contributor.id),
        };
        let capabilities = contributor.skills.iter().map(|(name, skill)| {
            let estimate = skill.track.estimate();
            CapabilityView {
                name: name.clone(),
                level: skill.level,
                mean_ppm: estimate.mean_ppm,
                deviation_ppm: estimate.deviation_ppm,
            }
        });
        Self {
            id: contributor.id.to_string(),
            name,
            kind,
            answers: answers.to_string(),
            capabilities: capabilities.collect(),
            suspended: Some(contributor.suspension.is_some()),
        }
    }
}
