//! People and agents: who is there, what they can do by evidence, and what they did.

mod directory;
mod invitation;
mod invite;
mod join;
mod listing;
mod offers;
pub(super) mod pass;
mod payout;
mod portfolio;
mod profile;
mod restrict;
mod standing;
mod trial;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use maud::{Markup, html as markup};

use super::listed;
use crate::part::{Tone, chip};
use crate::server::Web;

pub(super) use join::was_shown;
pub(super) use standing::in_a_line;

/// The routes about people and agents.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .merge(listed("/people", directory::list))
        .route("/people/connect", get(join::ask_agent).post(join::connect))
        .route("/people/invite", get(invite::ask).post(invite::invite))
        .merge(listed("/people/invitations", listing::list))
        .route("/people/{id}", get(profile::person))
        .merge(listed("/people/{id}/standing", standing::list))
        .merge(listed("/people/{id}/portfolio", portfolio::list))
        .route("/me/payout", post(payout::say))
        .route("/people/{id}/suspension", post(restrict::decide))
        .route("/people/{id}/offers", post(offers::say))
        .route("/people/{id}/tokens", post(pass::make))
        .route("/people/{id}/trial", post(trial::begin))
        .route("/people/{id}/passes/end", post(pass::end))
        .route("/people/{id}/invitations/end", post(invitation::end))
        .route("/people/{id}/invitations/again", post(invitation::again))
}

/// Whether a visitor is somebody, or answers for the agent that they are.
fn answers_for(visitor: ContributorId, contributor: &Contributor) -> bool {
    let operator = match &contributor.nature {
        Nature::Agent { operator, .. } => Some(*operator),
        Nature::Person => None,
    };
    contributor.id == visitor || operator == Some(visitor)
}

/// Whether somebody takes work; why not is for them and for stewards.
fn state(contributor: &Contributor, tells_why: bool) -> Markup {
    match &contributor.suspension {
        Some(suspension) => markup! {
            (chip(Tone::Bad, "Suspended"))
            @if tells_why { br; span.small.muted { (suspension.reason) } }
        },
        None if !contributor.profile.takes_offers() => chip(Tone::Idle, "Takes no offers"),
        None => chip(Tone::Done, "Takes work"),
    }
}
