//! The rules in force.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::money::Fraction;
use consort_kernel::network::Policy;
use consort_kernel::state::State as Kept;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Risk;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::caller::Caller;
use super::problem::{Problem, Told};
use super::tag::{Has, Versioned};
use crate::right::{self, About, Act};
use crate::server::{Failure, Web};

/// The route about the rules.
pub(super) fn routes() -> OpenApiRouter<Arc<Web>> {
    OpenApiRouter::new().routes(routes!(show))
}

/// The rules in force, which every event names by their version.
#[utoipa::path(get, path = "/api/v1/policy", operation_id = "show_policy", tag = "network",
    params(Has),
    responses((status = 200, body = PolicyView, headers(("ETag" = String, description = "The version that is shown."))),
              (status = 304, description = "The reader has it already."), Told))]
async fn show(State(web): State<Arc<Web>>, caller: Caller, has: Has) -> Result<Response, Problem> {
    let found = web
        .blocking(move |web| {
            let engine = &web.engine;
            right::check(engine, caller.asking(), Act::SeeRules, About::Network)?;
            match engine.versioned(StreamId::Network(engine.network()))? {
                Some((Kept::Network(network), version)) => Ok(Versioned {
                    view: PolicyView::of(&network.policy),
                    version,
                }),
                _ => Err(Failure::NotHere),
            }
        })
        .await?;
    found.answer(&has)
}

/// The rules of the network.
#[derive(Debug, Serialize, ToSchema)]
struct PolicyView {
    /// Counts up with every change.
    version: u32,
    /// How often a task is tried before a person has to look at it.
    attempts_max: u8,
    /// How long an offer stands, in milliseconds.
    offer_ms: u32,
    /// How long a review, or a decision, may take before it is escalated, in milliseconds.
    review_ms: u32,
    /// In how many milliseconds evidence halves in weight, as a decimal number.
    half_life_ms: String,
    /// The network's share of what is paid.
    fee: Share,
    /// The tax on what is paid.
    tax: Share,
    /// How work of each risk is reviewed and signed.
    reviews: Vec<ReviewView>,
    /// How much each quality counts when contributors are ranked, in thousandths.
    routing: RoutingView,
}

/// A share: so many parts of so many.
#[derive(Debug, Serialize, ToSchema)]
struct Share {
    /// How many parts.
    numerator: u32,
    /// Of how many.
    denominator: u32,
}

impl Share {
    const fn of(fraction: Fraction) -> Self {
        Self {
            numerator: fraction.numerator,
            denominator: fraction.denominator,
        }
    }
}

/// How work of one risk is reviewed and signed.
#[derive(Debug, Serialize, ToSchema)]
struct ReviewView {
    /// The risk.
    #[schema(example = "medium")]
    risk: &'static str,
    /// How many reviews are needed.
    reviews: u8,
    /// Whether a sign-off may have been given in advance.
    in_advance: bool,
    /// Whether the signer has to be somebody else than the reviewers.
    separate_signer: bool,
}

/// How much each quality counts, in thousandths.
#[derive(Debug, Serialize, ToSchema)]
struct RoutingView {
    /// How far the capability reaches what is needed.
    capability: u16,
    /// How free the contributor is.
    load: u16,
    /// How much of the day they work when the work is due.
    overlap: u16,
    /// How far they stay below the price.
    price: u16,
    /// How well they have done.
    standing: u16,
}

impl PolicyView {
    fn of(policy: &Policy) -> Self {
        let review = |risk: Risk| {
            let rule = policy.review_rule(risk);
            ReviewView {
                risk: risk.as_str(),
                reviews: rule.reviews,
                in_advance: rule.in_advance,
                separate_signer: rule.separate_signer,
            }
        };
        let weights = &policy.routing;
        Self {
            version: policy.version,
            attempts_max: policy.attempts_max,
            offer_ms: policy.offer_ms,
            review_ms: policy.review_ms,
            half_life_ms: policy.half_life_ms.clone(),
            fee: Share::of(policy.fee),
            tax: Share::of(policy.tax),
            reviews: [Risk::Low, Risk::Medium, Risk::High, Risk::Critical]
                .map(review)
                .into(),
            routing: RoutingView {
                capability: weights.capability,
                load: weights.load,
                overlap: weights.overlap,
                price: weights.price,
                standing: weights.standing,
            },
        }
    }
}
