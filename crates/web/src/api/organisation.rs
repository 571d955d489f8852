//! Organisations, for those who are in them or may see their money.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::id::OrganisationId;
use consort_kernel::organisation::{Organisation, Role};
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
use super::view::Money;
use crate::right::{self, About, Act};
use crate::server::{Failure, Web};

/// The route about organisations.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new().routes(routes!(show))
}

/// An organisation, with who is in it.
#[utoipa::path(get, path = "/api/v1/organisations/{id}", operation_id = "show_organisation", tag = "network",
    params(("id" = String, Path, description = "The organisation."), Has),
    responses((status = 200, body = OrganisationView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(
    State(web): State<Arc<Web>>,
    caller: Caller,
    has: Has,
    At(id): At<OrganisationId>,
) -> Result<Response, Problem> {
    let found = web.blocking(move |web| found(web, caller, id));
    found.await?.answer(&has)
}

fn found(
    web: &Web,
    caller: Caller,
    id: OrganisationId,
) -> Result<Versioned<OrganisationView>, Failure> {
    let engine = &web.engine;
    let stream = StreamId::Organisation(id);
    let Some((Kept::Organisation(organisation), version)) = engine.versioned(stream)? else {
        return Err(Failure::NotHere);
    };
    let about = About::Organisation(id);
    let sees_books = right::may(engine, caller.asking(), Act::SeeBooks, about)?;
    if !sees_books && organisation.roles_of(caller.id).is_empty() {
        return Err(Failure::NotHere);
    }
    let view = OrganisationView::of(&organisation, engine.name(stream)?, sees_books);
    Ok(Versioned { view, version })
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
struct OrganisationView {
    /// Its identifier.
    id: String,
    /// Its name; nothing once it was erased.
    name: Option<String>,
    /// Who founded it, and stays an owner.
    owner: String,
    /// What others do for it, by their identifiers.
    members: BTreeMap<String, Vec<&'static str>>,
    /// What it has set aside and not given to an outcome, for whoever may see its books.
    #[serde(skip_serializing_if = "Option::is_none")]
    funds: Option<Vec<Money>>,
}

impl OrganisationView {
    fn of(organisation: &Organisation, name: Option<String>, sees_books: bool) -> Self {
        let members = organisation.members.iter().map(|(who, roles)| {
            let names = roles.iter().copied().map(Role::name).collect();
            (who.to_string(), names)
        });
        let funds = organisation.funds.iter().map(|(asset, amount)| Money {
            amount_minor: amount.minor(),
            asset: asset.code().to_owned(),
        });
        Self {
            id: organisation.id.to_string(),
            name,
            owner: organisation.owner.to_string(),
            members: members.collect(),
            funds: sees_books.then(|| funds.collect()),
        }
    }
}
