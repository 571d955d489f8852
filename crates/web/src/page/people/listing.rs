//! Invitations as a list: those into the organisations that the visitor may invite into, and what else they
//! made. Making, renewing and ending them is done elsewhere.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_kernel::id::OrganisationId;
use maud::html as markup;

use super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, Mark, gather, reads,
};
use super::super::outcomes::has_words;
use super::super::shell::{Head, Place};
use super::invitation::{LIST, Shown, actions, all};
use super::invite::{HERE, is_tending, places};
use crate::part::{People, when};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

const COLUMNS: &[Column] = &[
    Column::text("name", "Who"),
    Column::text("state", "State"),
    Column::text("organisation", "Into"),
    Column::text("roles", "Roles"),
    Column::text("task", "For one task alone"),
    Column::text("by", "Invited by"),
    Column::text("made", "Made"),
    Column::text("until", "Until"),
    Column::text("used", "Used"),
    Column::shown("What can be done"),
    Column::hidden("id"),
    Column::hidden("task_id"),
];

/// The list, for whoever may invite.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let places = places(web, &visitor)?;
        if places.is_empty() && !is_tending(web, &visitor)? {
            return Err(Failure::NoRight(Act::Invite));
        }
        let filters = filters(&places);
        filters.check(&asked, &[])?;
        let found = found(web, &visitor, &places, &asked)?;
        let head = Head {
            title: "Invitations",
            place: Place::People,
            above: &[("People and agents", "/people")],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head {
                    div {
                        h1 { "Invitations" }
                        p.muted { "Of the last weeks. Ending one lets nobody in by it; the roles stay until somebody takes them away." }
                    }
                    a.button href=(HERE) { "Invite somebody" }
                }
                (list::chips(web, &visitor, &asked)?)
                (filters.show(&asked))
                (list::show(&asked, "Invitations", &found, &Empty {
                    title: "Nobody was invited lately.",
                    why: "An invitation is a link that lets one person in, once.",
                    next: markup! { a.button.primary href=(HERE) { "Invite somebody" } },
                }))
            })
        })
    })
    .await
}

fn filters(places: &[(OrganisationId, String)]) -> Filters {
    let among = places
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()));
    Filters {
        looks_in: Some("names"),
        first: Some(Choice::of(
            "state",
            "State",
            [
                ("open", "Not used yet"),
                ("used", "Came in"),
                ("over", "Ran out"),
            ],
        )),
        others: vec![Choice {
            key: "organisation",
            words: "Organisation",
            among: among.collect(),
        }],
    }
}

fn found(
    web: &Web,
    visitor: &Visitor,
    places: &[(OrganisationId, String)],
    asked: &Asked,
) -> Result<Found, Failure> {
    let (people, now) = (People::of(&web.engine), web.engine.now());
    let (state, words) = (asked.get("state"), asked.words());
    let place: Option<OrganisationId> = asked.read("organisation")?;
    let mark = |one: &Shown<'_>| Mark::of(one.invitation.made, &one.invitation.secret.to_string());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        reads(all(web, visitor, places)?, mark),
        mark,
        |one| {
            let own = one.state(now);
            let fits = state.is_none_or(|it| it == own.0)
                && place.is_none_or(|it| one.place.is_some_and(|(id, _)| id == it));
            if !fits || !has_words(&people.name(one.invitation.who)?, &words) {
                return Ok(None);
            }
            line((web, visitor), &people, &one).map(Some)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|mark| mark.to_string()),
    })
}

fn line(
    (web, visitor): (&Web, &Visitor),
    people: &People<'_>,
    one: &Shown<'_>,
) -> Result<Line, Failure> {
    let now = web.engine.now();
    let invitation = &one.invitation;
    let (who, by) = (people.find(invitation.who)?, people.find(invitation.by)?);
    let roles: Vec<&str> = one.roles.iter().map(|role| role.name()).collect();
    let (state, shown) = one.state(now);
    let (used, task) = (invitation.used, one.task.as_ref());
    Ok(Line::of(vec![
        Cell::of(who.show(), who.name.as_str()),
        Cell::of(shown, state),
        Cell::of(
            markup! { @if let Some((id, name)) = one.place { a href={ "/organisations/" (id) } { (name) } } },
            one.place.map(|(_, name)| name),
        ),
        Cell::text(roles.join(", ")),
        Cell::of(
            markup! { @if let Some((id, title)) = task { a href={ "/tasks/" (id) } { (title) } } },
            task.map(|(_, title)| title.as_str()),
        ),
        Cell::of(by.show(), by.name.as_str()),
        Cell::of(when(invitation.made), invitation.made.to_string()),
        Cell::of(when(invitation.until), invitation.until.to_string()),
        Cell::of(
            markup! { @if let Some(used) = used { (when(used)) } @else { span.muted { "not yet" } } },
            used.map(|it| it.to_string()),
        ),
        Cell::shown(actions((web, visitor), &who, one, Some(LIST))?),
        Cell::text(who.id.to_string()),
        Cell::of(markup! {}, task.map(|(id, _)| id.as_str())),
    ]))
}
