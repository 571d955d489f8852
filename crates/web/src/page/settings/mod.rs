//! Settings: the rules and their versions, the switches, who is here, and what was decided.

mod agent;
mod audit;
mod member;
mod notification;
mod rule;
mod token;
mod version;
mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, State};
use axum::response::{Redirect, Response};
use axum::routing::post;
use consort_kernel::command::Body;
use consort_kernel::network::{Network, NetworkCommand, Policy, Switch};
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::access::network;
use super::list::{self, Asked};
use super::shell::{self, Head, Place};
use super::{form, listed};
use crate::part::{Tone, chip};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

const TABS: [(&str, &str); 8] = [
    ("/settings", "Rules"),
    ("/settings/members", "Members"),
    ("/access", "Who may do what"),
    ("/settings/agents", "Agents and models"),
    ("/settings/tokens", "Tokens"),
    ("/settings/notifications", "Notifications"),
    ("/settings/webhooks", "Webhooks"),
    ("/settings/audit", "Audit log"),
];

/// The routes of the settings.
pub(super) fn routes() -> Router<Arc<Web>> {
    Router::new()
        .merge(listed("/settings", show))
        .route("/settings/rules", post(change))
        .route("/settings/rules/again", post(again))
        .route("/settings/switch", post(switch))
        .merge(listed("/settings/members", member::list))
        .merge(listed("/settings/agents", agent::list))
        .merge(listed("/settings/tokens", token::list))
        .merge(listed("/settings/audit", audit::list))
        .merge(notification::routes())
        .merge(webhook::routes())
}

/// A page of a part.
fn page(web: &Web, visitor: &Visitor, title: &str, body: &Markup) -> Result<Response, Failure> {
    let head = Head {
        title,
        place: Place::Settings,
        above: &[("Settings", "/settings")],
    };
    shell::page(web, visitor, &head, body)
}

/// The head of all parts.
pub(super) fn top(here: &str) -> Markup {
    markup! {
        header.page-head { div {
            h1 { "Settings" }
            p.muted { "The rules that everybody here works by are open to everybody; those who look after the network change them." }
        } }
        nav.tabs aria-label="Parts of the settings" { ul {
            @for (address, words) in TABS {
                li { a href=(address) aria-current=[(address == here).then_some("page")] { (words) } }
            }
        } }
    }
}

/// The rules, and what was changed in the network.
async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        version::filters().check(&asked, &[])?;
        let stream = StreamId::Network(web.engine.network());
        let (network, version) = network(&web.engine)?;
        let carried = form::carried(&visitor, stream, version);
        let keyed = form::keyed(&visitor, stream, version);
        let both = (&keyed, &carried);
        let asking = visitor.asking();
        let is_steward = right::may(&web.engine, asking, Act::TendNetwork, About::Network)?;
        let found = version::found(web, &network, &asked, is_steward.then_some(&carried))?;
        let head = Head {
            title: "Settings",
            place: Place::Settings,
            above: &[],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top("/settings"))
                (rules(&network.policy))
                @if is_steward { (change_form(&network.policy, &carried)) }
                (switches(&network, is_steward.then_some(both)))
                (version::section(web, &visitor, (&asked, &found))?)
            })
        })
    })
    .await
}

fn rules(policy: &Policy) -> Markup {
    markup! {
        section.section aria-labelledby="rules" {
            div.section-head { h2 #rules { "Rules in force" } p { "Version " (policy.version) ". Every event names the version that it was decided under." } }
            div.scroll tabindex="0" role="region" aria-label="Rules in force, as a table" {
                table.stacked {
                    caption.sr { "Rules in force" }
                    thead { tr { th scope="col" { "Rule" } th scope="col" { "Says" } } }
                    tbody { @for (words, says) in rule::told(policy) {
                        tr { th scope="row" { (words) } td data-label="Says" { (says) } }
                    } }
                }
            }
        }
    }
}

fn change_form(policy: &Policy, carried: &Markup) -> Markup {
    markup! {
        details.disclosure {
            summary { "Change the rules" }
            form.form method="post" action="/settings/rules" {
                (carried)
                p.small { "The new version holds for what comes after; what was decided stays as it was. You can put an earlier version in force again." }
                input type="hidden" name="version" value=(policy.version);
                (rule::fields(policy))
                (reason("change-why"))
                div.actions { button.button.primary { "Put in force" } }
            }
        }
    }
}

fn reason(id: &str) -> Markup {
    markup! {
        div.field {
            label for=(id) { "Why?" }
            input.input id=(id) name="reason" required maxlength="500" aria-describedby={ (id) "-hint" };
            p.hint id={ (id) "-hint" } { "It stands in the record beside your name." }
        }
    }
}

fn switches(network: &Network, carried: Option<(&Markup, &Markup)>) -> Markup {
    let both = [
        (
            Switch::Payouts,
            "payouts",
            "Payouts",
            "While they are stopped, nothing is accepted in advance and nothing is paid.",
        ),
        (
            Switch::Agents,
            "agents",
            "Agents",
            "While they are stopped, no agent takes work; people go on.",
        ),
    ];
    markup! {
        section.section aria-labelledby="switches" {
            div.section-head { h2 #switches { "Stop switches" } p { "They hold at once, for everybody." } }
            @for (switch, key, words, means) in both {
                @let is_stopped = network.stopped.contains(&switch);
                div.decide {
                    p { b { (words) } " " (chip(if is_stopped { Tone::Bad } else { Tone::Done }, if is_stopped { "Stopped" } else { "Going on" })) br; span.small.muted { (means) } }
                    @if let Some((keyed, seen)) = carried {
                        form.inline method="post" action="/settings/switch" {
                            // To stop holds whatever happened since; to let go on rests on what was seen.
                            @if is_stopped { (seen) } @else { (keyed) }
                            input type="hidden" name="switch" value=(key);
                            input type="hidden" name="stop" value=(if is_stopped { "no" } else { "yes" });
                            label.sr for={ "why-" (key) } { "Why?" }
                            input.input id={ "why-" (key) } name="reason" required maxlength="500" placeholder="Why?";
                            button.button.danger[!is_stopped] { @if is_stopped { "Let " (words.to_lowercase()) " go on" } @else { "Stop " (words.to_lowercase()) } }
                        }
                    }
                }
            }
        }
    }
}

/// Fails where the visitor may not change the network.
fn tends(web: &Web, visitor: &Visitor) -> Result<(), Failure> {
    let asking = visitor.asking();
    right::check(&web.engine, asking, Act::TendNetwork, About::Network)
}

/// Puts other rules in force.
async fn change(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        tends(web, &visitor)?;
        let present = web.engine.policy()?;
        // A form that rests on a version is compared with it where the change is decided.
        let is_named = visitor.key.is_unconditional();
        if is_named
            && form.get("version").map(String::as_str) != Some(present.version.to_string().as_str())
        {
            let late = "somebody changed the rules meanwhile; look at them again";
            return Err(Failure::Misused(late.to_owned()));
        }
        let policy = rule::asked(&present, &form)?;
        let reason = form.get("reason").cloned().unwrap_or_default();
        put_in_force(web, &visitor, policy, reason)
    })
    .await
}

/// Which version is wanted again, and why.
#[derive(Deserialize)]
struct Again {
    version: u32,
    /// The version of the network at which they were put in force.
    at: u64,
    reason: String,
}

/// Puts the rules of an earlier version in force again, as a new one.
async fn again(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(again): Form<Again>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        tends(web, &visitor)?;
        let (network, _) = network(&web.engine)?;
        let mut policy = version::policy(web, again.at, again.version)?.ok_or(Failure::NotHere)?;
        policy.version = network.policy.version + 1;
        put_in_force(web, &visitor, policy, again.reason)
    })
    .await
}

fn put_in_force(
    web: &Web,
    visitor: &Visitor,
    policy: Policy,
    reason: String,
) -> Result<Redirect, Failure> {
    let policy = Box::new(policy);
    command(
        web,
        visitor,
        NetworkCommand::ChangePolicy { policy, reason },
    )
}

/// What is switched, which way, and why.
#[derive(Deserialize)]
struct Switched {
    switch: Switch,
    stop: String,
    reason: String,
}

/// Stops everything of a kind, or lets it go on.
async fn switch(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(switched): Form<Switched>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        tends(web, &visitor)?;
        let Switched {
            switch,
            stop,
            reason,
        } = switched;
        let body = if stop == "yes" {
            NetworkCommand::Stop { reason, switch }
        } else {
            NetworkCommand::Release { reason, switch }
        };
        command(web, &visitor, body)
    })
    .await
}

fn command(web: &Web, visitor: &Visitor, command: NetworkCommand) -> Result<Redirect, Failure> {
    let body = Body::Network(web.engine.network(), command);
    visitor.send(web, body)?;
    Ok(Redirect::to("/settings"))
}
