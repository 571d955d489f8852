//! An organisation: who does what for it, and what it has set aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{Redirect, Response};
use consort_engine::Engine;
use consort_kernel::command::Body;
use consort_kernel::id::{ContributorId, OrganisationId, TaskId};
use consort_kernel::money::Asset;
use consort_kernel::organisation::{Organisation, OrganisationCommand, Role};
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::form;
use super::super::shell::{self, Head, Place};
use super::{about_role, person};
use crate::part::{Known, People, amount};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// How many members, and how many guests, stand on the organisation's page, those who came last.
const SHOWN_MAX: usize = 50;

/// What an organisation is called; its identifier once its name was erased.
pub(super) fn name(engine: &Engine, organisation: &Organisation) -> Result<String, Failure> {
    let found = engine.name(StreamId::Organisation(organisation.id))?;
    Ok(found.unwrap_or_else(|| organisation.id.to_string()))
}

/// The organisation, if the visitor is in it or may see its books.
pub(super) fn see(
    web: &Web,
    visitor: &Visitor,
    id: OrganisationId,
) -> Result<Organisation, Failure> {
    let engine = &web.engine;
    let organisation = engine.organisation(id)?.ok_or(Failure::NotHere)?;
    let sees_books = right::may(
        engine,
        visitor.asking(),
        Act::SeeBooks,
        About::Organisation(id),
    )?;
    if sees_books || !organisation.roles_of(visitor.id).is_empty() {
        return Ok(organisation);
    }
    Err(Failure::NotHere)
}

/// The page.
pub(super) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OrganisationId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let stream = StreamId::Organisation(id);
        let carried = form::carried(&visitor, stream, form::version(web, stream)?);
        let organisation = see(web, &visitor, id)?;
        let about = About::Organisation(id);
        let asking = visitor.asking();
        let sees_books = right::may(engine, asking, Act::SeeBooks, about)?;
        let names_members = right::may(engine, asking, Act::NameMembers, about)?;
        let title = name(engine, &organisation)?;
        let body = markup! {
            header.page-head { div { h1 { (title) } p.meta { span.id { (id) } } } }
            (members(engine, &organisation)?)
            @if names_members { (ask(&organisation, &carried)) }
            @if sees_books { (funds(&organisation)) }
            @if right::may(engine, asking, Act::MoveMoney, about)? { (set_aside(id, &carried)) }
        };
        let head = Head {
            title: &title,
            place: Place::Settings,
            above: &[("Who may do what", "/access")],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

/// Whoever does something for an organisation, each once.
pub(super) fn everybody(organisation: &Organisation) -> Vec<ContributorId> {
    let all = organisation
        .members
        .keys()
        .chain(organisation.guests.keys());
    let all: BTreeSet<_> = all.chain([&organisation.owner]).copied().collect();
    all.into_iter().collect()
}

/// What a task is called; its identifier where it is gone.
pub(super) fn title(engine: &Engine, id: TaskId) -> Result<String, Failure> {
    let title = engine.task(id)?.map(|it| it.spec.title);
    Ok(title.unwrap_or_else(|| id.to_string()))
}

/// Some of them; the list has all.
fn members(engine: &Engine, organisation: &Organisation) -> Result<Markup, Failure> {
    let people = People::of(engine);
    let all = organisation.members.keys().copied();
    let all: BTreeSet<_> = all.chain([organisation.owner]).collect();
    let mut rows: Vec<(Known, Vec<Role>)> = Vec::new();
    for who in all.into_iter().rev().take(SHOWN_MAX) {
        let roles = organisation.roles_of(who).into_iter().collect();
        rows.push((people.find(who)?, roles));
    }
    rows.sort_by(|one, other| one.0.name.cmp(&other.0.name));
    let guests = guests(engine, &people, organisation)?;
    Ok(markup! {
        section.section aria-labelledby="members" {
            div.section-head { h2 #members { "Members" } p { "Who does what for it." } }
            div.scroll tabindex="0" role="region" aria-label="Members, as a table" {
                table.stacked {
                    caption.sr { "Members" }
                    thead { tr { th scope="col" { "Who" } th scope="col" { "Roles" } } }
                    tbody { @for (known, roles) in &rows {
                        tr {
                            th scope="row" { (known.show()) }
                            td data-label="Roles" { ul.plain { @for role in roles { li { b { (role.name()) } span.muted { ": " (about_role(*role)) } } } } }
                        }
                    } }
                }
            }
            @if !guests.is_empty() {
                p { "For one task alone:" }
                ul.list { @for guest in &guests { (guest) } }
            }
            p {
                a href={ "/organisations/" (organisation.id) "/members" } {
                    @match everybody(organisation).len() {
                        1 => "The list of members",
                        count => { "The list of all " (count) },
                    }
                }
            }
        }
    })
}

/// Whoever does something for one task alone.
fn guests(
    engine: &Engine,
    people: &People<'_>,
    organisation: &Organisation,
) -> Result<Vec<Markup>, Failure> {
    let mut rows = Vec::new();
    for (who, guest) in organisation.guests.iter().rev().take(SHOWN_MAX) {
        let known = people.find(*who)?;
        let roles: Vec<&str> = guest.roles.iter().map(|role| role.name()).collect();
        let title = title(engine, guest.task)?;
        rows.push(markup! {
            li.row {
                p.row-title { (known.show()) }
                p.row-why { (roles.join(", ")) " for " a href={ "/tasks/" (guest.task) } { (title) } }
            }
        });
    }
    Ok(rows)
}

fn ask(organisation: &Organisation, carried: &Markup) -> Markup {
    markup! {
        section.section aria-labelledby="name" {
            div.section-head { h2 #name { "Say what somebody does" } p { a href={ "/people/invite?organisation=" (organisation.id) } { "Invite somebody new" } } }
            form.form method="post" action={ "/organisations/" (organisation.id) "/members" } {
                (carried)
                div.field {
                    label for="who" { "Who?" }
                    input.input #who name="who" required autocomplete="off" aria-describedby="who-hint";
                    p.hint #who-hint { "A name or an identifier. Without a role they are no member and no guest any more." }
                }
                (choices(&[]))
                div.field { label for="reason" { "Why?" } input.input #reason name="reason" required; }
                div.actions { button.button { "Set the roles" } }
            }
        }
    }
}

/// The roles to choose from, and which are chosen already.
pub(in crate::page) fn choices(taken: &[Role]) -> Markup {
    markup! {
        fieldset.field {
            legend { "Roles" }
            @for role in Role::ALL {
                div.choice {
                    input type="checkbox" id={ "role-" (role.name()) } name={ "role-" (role.name()) } value="yes" checked[taken.contains(&role)];
                    label for={ "role-" (role.name()) } { (role.name()) }
                    p.hint { (about_role(role)) }
                }
            }
        }
    }
}

/// The roles that were chosen in a form.
pub(in crate::page) fn chosen(form: &BTreeMap<String, String>) -> BTreeSet<Role> {
    let is_chosen = |role: &Role| form.contains_key(&format!("role-{}", role.name()));
    Role::ALL.into_iter().filter(is_chosen).collect()
}

fn funds(organisation: &Organisation) -> Markup {
    markup! {
        section.section aria-labelledby="funds" {
            div.section-head { h2 #funds { "Set aside, and not given to an outcome" } }
            @if organisation.funds.is_empty() { p.muted { "Nothing." } }
            dl.figures { @for (asset, amount) in &organisation.funds { div { dt { (asset.code()) } dd.num { (asset.show(*amount)) } } } }
        }
    }
}

fn set_aside(id: OrganisationId, carried: &Markup) -> Markup {
    markup! {
        details.disclosure {
            summary { "Record money that was set aside" }
            form.form method="post" action={ "/organisations/" (id) "/deposits" } {
                (carried)
                div.field {
                    label for="units" { "How much, in practice money?" }
                    input.input #units name="units" inputmode="decimal" required;
                }
                div.field {
                    label for="reference" { "What shows it?" }
                    input.input #reference name="reference" required aria-describedby="reference-hint";
                    p.hint #reference-hint { "Such as the reference of a bank transfer. Consort records money; it moves none." }
                }
                div.actions { button.button { "Record it" } }
            }
        }
    }
}

/// What was set aside.
#[derive(Deserialize)]
pub(super) struct Deposit {
    units: String,
    reference: String,
}

/// Records money that was set aside.
pub(super) async fn deposit(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OrganisationId>,
    Form(given): Form<Deposit>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        see(web, &visitor, id)?;
        let about = About::Organisation(id);
        right::check(&web.engine, visitor.asking(), Act::MoveMoney, about)?;
        let command = OrganisationCommand::Deposit {
            amount: amount(Asset::PRACTICE, &given.units)?,
            asset: Asset::PRACTICE,
            reference: given.reference,
        };
        let body = Body::Organisation(id, command);
        visitor.send(web, body)?;
        Ok(Redirect::to(&format!("/organisations/{id}")))
    })
    .await
}

/// Says what somebody does.
pub(super) async fn set(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OrganisationId>,
    Form(given): Form<BTreeMap<String, String>>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        see(web, &visitor, id)?;
        let about = About::Organisation(id);
        right::check(engine, visitor.asking(), Act::NameMembers, about)?;
        let text = |name: &str| given.get(name).map_or("", String::as_str);
        let command = OrganisationCommand::SetRoles {
            reason: text("reason").to_owned(),
            roles: chosen(&given),
            task: None,
            who: person(&People::of(engine), engine, text("who"))?,
        };
        visitor.send(web, Body::Organisation(id, command))?;
        Ok(Redirect::to(&format!("/organisations/{id}")))
    })
    .await
}
