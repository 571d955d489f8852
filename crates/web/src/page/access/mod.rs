//! Who may do what: what the visitor is here, who looks after the network, and the policies themselves.

mod duty;
mod list;
pub(in crate::page) mod member;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use consort_engine::Engine;
use consort_kernel::network::{Duty, Network};
use consort_kernel::organisation::{Organisation, Role};
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::list::{Asked, answer};
use super::shell::{Head, Place};
use super::{listed, settings};
use crate::part::{Icon, People};
use crate::right::{self, About, Act, FILES};
use crate::server::{Failure, Visitor, Web};

/// The longest name of a person that is looked up, in letters.
const NAME_MAX: usize = 80;

/// The routes about who may do what.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .merge(listed("/access", show))
        .route("/access/duties", post(duty::set))
        .route("/organisations/{id}", get(member::show))
        .merge(listed("/organisations/{id}/members", list::list))
        .route("/organisations/{id}/members", post(member::set))
        .route("/organisations/{id}/deposits", post(member::deposit))
}

/// What a role lets somebody do, in plain words.
pub(super) const fn about_role(role: Role) -> &'static str {
    match role {
        Role::Owner => "acts for it in everything, and says who is in it",
        Role::Orchestrator => "states outcomes and sees all of them",
        Role::Contributor => "does its tasks",
        Role::Reviewer => "judges what was handed in, as far as they are cleared",
        Role::Finance => "sets money aside, gives it to outcomes, sees the books",
        Role::Auditor => "sees everything and changes nothing",
    }
}

const fn about_duty(duty: Duty) -> &'static str {
    match duty {
        Duty::Steward => "looks after its rules, its people and its health",
        Duty::Operator => "keeps its servers running, and sees how it is",
    }
}

/// The network, as it is kept, with its version.
pub(super) fn network(engine: &Engine) -> Result<(Network, u64), Failure> {
    match engine.versioned(StreamId::Network(engine.network()))? {
        Some((Row::Network(network), version)) => Ok((*network, version)),
        _ => Err(Failure::NotHere),
    }
}

/// The organisations in which somebody has a role, and those that they may see the books of.
pub(super) fn organisations(
    engine: &Engine,
    visitor: &Visitor,
) -> Result<Vec<(Organisation, String)>, Failure> {
    let mut found = Vec::new();
    for state in engine.all("organisation")? {
        let Row::Organisation(organisation) = state else {
            continue;
        };
        let about = About::Organisation(organisation.id);
        let is_in_it = !organisation.roles_of(visitor.id).is_empty();
        if is_in_it || right::may(engine, visitor.asking(), Act::SeeBooks, about)? {
            let name = member::name(engine, &organisation)?;
            found.push((*organisation, name));
        }
    }
    found.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(found)
}

/// The page.
async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        duty::filters().check(&asked, &[])?;
        let engine = &web.engine;
        right::check(engine, visitor.asking(), Act::SeeRules, About::Network)?;
        let (network, version) = network(engine)?;
        let found = duty::found(engine, &network, &asked)?;
        let head = Head { title: "Who may do what", place: Place::Settings, above: &[] };
        answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (settings::top("/access"))
                p.lead { "Rights come from policies in files, and from nothing else. A right is needed, and the rules of the work are asked after that." }
                (own(engine, &visitor, &network)?)
                (duty::section(web, &visitor, (&asked, &found), (&network, version))?)
                (policies())
            })
        })
    })
    .await
}

/// What the visitor is here.
fn own(engine: &Engine, visitor: &Visitor, network: &Network) -> Result<Markup, Failure> {
    let duties = network.duties_of(visitor.id);
    let organisations = organisations(engine, visitor)?;
    Ok(markup! {
        section.section aria-labelledby="own" {
            div.section-head { h2 #own { "What you are here" } }
            dl.facts {
                @for duty in &duties { dt { "The network's " (duty.name()) } dd { (about_duty(*duty)) } }
                @for (organisation, name) in &organisations {
                    dt { a href={ "/organisations/" (organisation.id) } { (name) } }
                    dd { (roles(&organisation.roles_of(visitor.id).into_iter().collect::<Vec<_>>())) }
                }
            }
            @if duties.is_empty() && organisations.is_empty() {
                div.empty { h2 { "You have no role yet" } p { "You see what you are offered, hold or did. An owner of an organisation gives you a role in it; to state an outcome of your own, begin one." } }
            }
        }
    })
}

/// Roles in words.
fn roles(roles: &[Role]) -> String {
    if roles.is_empty() {
        return "you see it as a steward".to_owned();
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    names.join(", ")
}

fn policies() -> Markup {
    markup! {
        section.section aria-labelledby="policies" {
            div.section-head { h2 #policies { "The policies" } p { "In the language Cedar, as they are in force." } }
            @for file in FILES {
                details.disclosure {
                    summary { (Icon::File.show()) (file.name) }
                    pre.scroll tabindex="0" { code { (file.text) } }
                }
            }
        }
    }
}

/// The person of this name.
fn person(
    people: &People<'_>,
    engine: &Engine,
    name: &str,
) -> Result<consort_kernel::id::ContributorId, Failure> {
    let name = name.trim();
    if name.chars().count() > NAME_MAX {
        return Err(Failure::Misused(format!(
            "a name has at most {NAME_MAX} letters"
        )));
    }
    if let Ok(id) = name.parse() {
        people.find(id)?;
        return Ok(id);
    }
    let named = consort_engine::network::contributors(engine)?;
    named.get(name).copied().ok_or_else(|| {
        Failure::Misused(format!("nobody here is called '{name}'; invite them first"))
    })
}
