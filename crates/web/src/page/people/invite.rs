//! Getting a person in, by a link that is used once: into an organisation, with roles, to one task.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::Body;
use consort_kernel::contributor::{Nature, Offers};
use consort_kernel::id::{ContributorId, OrganisationId, TaskId};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::task::{Phase, Task};
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::access::member::{choices, chosen};
use super::super::access::organisations;
use super::super::form::{Once, anew, once};
use super::invitation;
use super::join::{
    HOUR_MS, Joining, able, address, is_here, named, newcomer, own_id, page, shown_once, was_shown,
};
use crate::part::Icon;
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::sight;

/// Where somebody is invited, and where invitations are listed.
pub(super) const HERE: &str = "/people/invite";
/// For how many hours an invitation may be used.
const INVITATION_HOURS: i64 = 72;

/// Where the newcomer is to be.
#[derive(Deserialize)]
pub(super) struct Into {
    organisation: Option<OrganisationId>,
    task: Option<TaskId>,
}

/// Asks who is invited.
pub(super) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Query(into): Query<Into>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let places = places(web, &visitor)?;
        let kept = invitation::those(web, &visitor, &places)?;
        if places.is_empty() && !is_tending(web, &visitor)? {
            return Err(Failure::NoRight(Act::Invite));
        }
        let key = anew(web, &visitor, HERE)?;
        let task = into.task.map(|id| sight::task(&web.engine, visitor.id, id));
        let task = task.transpose()?;
        let organisation = into.organisation.or(task.as_ref().map(|it| it.organisation));
        let able_to = task.as_ref().map_or_else(String::new, takes);
        let roles: &[Role] = if task.is_some() { &[Role::Reviewer] } else { &[] };
        let body = markup! {
            header.page-head { div {
                h1 { "Invite somebody" }
                p.muted { "They come in by a link that is used once. What they see is what they are offered, hold or did, and what their roles let them see." }
            } }
            @if let Some(task) = &task { (unasked(web, task)?) }
            form.form method="post" action=(HERE) {
                (key)
                (named("Their name", "Ben Example"))
                (able("writing 5", false, &able_to))
                (place(&places, organisation))
                (choices(roles))
                div.field {
                    label for="task" { "Which task do they come for?" span.muted { " (may be left empty)" } }
                    input.input #task name="task" value=[into.task] autocomplete="off" aria-describedby="task-hint";
                    p.hint #task-hint { "Its identifier: the link leads there, and the roles hold for it alone. A reviewer judges it, and sees what it rests on and nothing else." }
                }
                div.actions { button.button.primary { "Make the link" } }
            }
            (kept)
        };
        page(web, &visitor, "Invite somebody", &body)
    })
    .await
}

/// What whoever judges a task can do.
fn takes(task: &Task) -> String {
    format!("{} {}", task.spec.capability, task.spec.level)
}

/// What is said where a reviewer of a task would be asked nothing.
fn unasked(web: &Web, task: &Task) -> Result<Markup, Failure> {
    let why = match &task.phase {
        Phase::Reviewing(_) => return Ok(markup! {}),
        Phase::Signing(_)
        | Phase::Accepted(..)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => "It is judged already, or over.",
        _ if web.engine.policy()?.review_rule(task.spec.risk).reviews == 0 => {
            "The rules ask for no review of work with so little risk."
        }
        _ => "It is not handed in yet; then it stands on their list of today.",
    };
    Ok(markup! {
        div.section { div.note {
            (Icon::Review.show())
            p { b { "A reviewer of “" (task.spec.title) "” has nothing to judge now." } " " (why) " They see it, and what it rests on." }
        } }
    })
}

fn place(places: &[(OrganisationId, String)], chosen: Option<OrganisationId>) -> Markup {
    markup! {
        div.field {
            label for="organisation" { "Into which organisation?" }
            select.input #organisation name="organisation" {
                option value="" { "None: they do what they are offered" }
                @for (id, name) in places { option value=(id) selected[chosen == Some(*id)] { (name) } }
            }
        }
    }
}

/// The organisations that the visitor may invite into.
pub(super) fn places(
    web: &Web,
    visitor: &Visitor,
) -> Result<Vec<(OrganisationId, String)>, Failure> {
    let mut places = Vec::new();
    for (organisation, name) in organisations(&web.engine, visitor)? {
        let about = About::Organisation(organisation.id);
        if right::may(&web.engine, visitor.asking(), Act::Invite, about)? {
            places.push((organisation.id, name));
        }
    }
    Ok(places)
}

/// Whether the visitor may invite into any organisation.
pub(super) fn invites(web: &Web, visitor: &Visitor) -> Result<bool, Failure> {
    Ok(!places(web, visitor)?.is_empty())
}

/// Whether the visitor looks after the network, and so invites into none of its organisations too.
pub(super) fn is_tending(web: &Web, visitor: &Visitor) -> Result<bool, Failure> {
    let asking = visitor.asking();
    right::may(&web.engine, asking, Act::TendNetwork, About::Network)
}

/// Adds the person, and shows the link.
pub(super) async fn invite(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let text = |name: &str| form.get(name).map_or("", |it| it.trim());
        let organisation = wanted::<OrganisationId>(text("organisation"), "an organisation")?;
        let task = wanted::<TaskId>(text("task"), "a task")?;
        let roles = chosen(&form);
        let is_to_judge = roles.contains(&Role::Reviewer);
        check(web, &visitor, organisation, (task, &roles))?;
        let here_for = task.map(|id| sight::task(&web.engine, visitor.id, id));
        let here_for = here_for.transpose()?;
        let joining = Joining {
            name: text("name").to_owned(),
            capabilities: text("capabilities").to_owned(),
            family: String::new(),
        };
        let made = once(web, &visitor, HERE, || {
            let id = own_id(web, &visitor)?;
            let mut newcomer = newcomer(web, id, &joining, Nature::Person)?;
            if task.is_some() && !roles.contains(&Role::Contributor) {
                newcomer.profile.offers = Offers::Guest;
            }
            // The link is there first: nobody is here without one, and while they are not here it lets nobody in.
            let leads_to = task.map(|task| format!("/tasks/{task}"));
            let leads_to = leads_to.as_deref();
            let link = web.access.invite(id, visitor.id, open_for(web), leads_to)?;
            let place = organisation.filter(|_| !roles.is_empty());
            let place = place.map(|organisation| (organisation, task, roles));
            if let Err(failure) = taken_in(web, &visitor, (id, &newcomer), place) {
                if !is_here(web, id)? {
                    web.access.end_link(&link)?;
                }
                return Err(failure);
            }
            web.access.end_others(id, &link)?;
            Ok(((id, link), format!("/people/{id}")))
        })?;
        let judged = here_for.filter(|_| is_to_judge);
        let said = judged.map(|task| unasked(web, &task)).transpose()?;
        let said = said.unwrap_or_default();
        shown(web, &visitor, &headers, (&joining.name, made), &said)
    })
    .await
}

/// Adds somebody, and gives them their roles; what of it was done by an attempt before is not done again.
fn taken_in(
    web: &Web,
    visitor: &Visitor,
    (id, newcomer): (ContributorId, &Newcomer),
    place: Option<(OrganisationId, Option<TaskId>, BTreeSet<Role>)>,
) -> Result<(), Failure> {
    let engine = &web.engine;
    if !is_here(web, id)? {
        network::add(engine, id, newcomer)?;
    }
    let Some((organisation, task, roles)) = place else {
        return Ok(());
    };
    let command = OrganisationCommand::SetRoles {
        reason: format!("invited by {}", visitor.name),
        roles,
        task,
        who: id,
    };
    let body = Body::Organisation(organisation, command);
    let roles = visitor.key.part(0).further();
    engine.send(roles.command(engine, visitor.principal(), body)?)?;
    Ok(())
}

/// From when until when an invitation that is made now may be used.
pub(super) fn open_for(web: &Web) -> (Timestamp, Timestamp) {
    let now = web.engine.now();
    (now, now.plus_millis(INVITATION_HOURS * HOUR_MS))
}

/// The link, this once; or that it was shown.
pub(super) fn shown(
    web: &Web,
    visitor: &Visitor,
    headers: &HeaderMap,
    (name, made): (&str, Once<(ContributorId, String)>),
    said: &Markup,
) -> Result<Response, Failure> {
    let body = match made {
        Once::Now((id, link)) => markup! {
            header.page-head { div {
                h1 { (name) " is invited" }
                p.muted { "The link lets one person in, once, within " (INVITATION_HOURS) " hours. Give it to nobody else." }
            } }
            (said)
            (shown_once("the link", &format!("{}/enter/{link}", address(web, headers))))
            p { a.button href={ "/people/" (id) } { "See their page" } }
        },
        Once::Before(led) => markup! {
            header.page-head { div { h1 { (name) " is invited already" } } }
            (was_shown("Where the link was lost, make a new one where your invitations are listed: the one before lets nobody in any more."))
            p { a.button href=(HERE) { "See your invitations" } " " a.button href=(led) { "See their page" } }
        },
    };
    page(web, visitor, "Invite somebody", &body)
}

/// An identifier, where one was given.
fn wanted<T: std::str::FromStr>(text: &str, what: &str) -> Result<Option<T>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    // Whoever copied the address of its page means what that is about.
    let id = text.split(['/', '?', '#']).find(|part| part.contains('_'));
    let read = id.unwrap_or(text).parse().map(Some);
    read.map_err(|_| Failure::Misused(format!("'{text}' is not the identifier of {what}")))
}

/// Whether the visitor may invite there, and sees what they invite to.
fn check(
    web: &Web,
    visitor: &Visitor,
    organisation: Option<OrganisationId>,
    (task, roles): (Option<TaskId>, &BTreeSet<Role>),
) -> Result<(), Failure> {
    match organisation {
        Some(id) => right::check(
            &web.engine,
            visitor.asking(),
            Act::Invite,
            About::Organisation(id),
        )?,
        None if is_tending(web, visitor)? => {}
        None => return Err(Failure::NoRight(Act::Invite)),
    }
    let why = match (organisation, roles.is_empty()) {
        (None, false) => Some("a role is one in an organisation: choose into which, or no role"),
        (None, true) | (Some(_), _) => None,
    };
    let why = match task {
        None => why,
        Some(task) => why.or(unfit(
            &sight::task(&web.engine, visitor.id, task)?,
            organisation,
            roles,
        )),
    };
    why.map_or(Ok(()), |why| Err(Failure::Misused(why.to_owned())))
}

/// Why somebody cannot have these roles for a task alone. The kernel says so too, but then they are added
/// already.
fn unfit(
    task: &Task,
    organisation: Option<OrganisationId>,
    roles: &BTreeSet<Role>,
) -> Option<&'static str> {
    if organisation.is_some_and(|it| it != task.organisation) {
        return Some("the task belongs to another organisation");
    }
    let is_whole = roles.iter().any(|role| !role.is_for_one_task());
    is_whole.then_some(
        "for one task alone somebody is a contributor, a reviewer or an auditor; leave the task out, or \
         the other roles",
    )
}
