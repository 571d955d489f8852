//! The members of an organisation as a list, with whoever does something for one of its tasks alone. It
//! names nobody: that is done on the organisation's page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use consort_kernel::id::ContributorId;
use consort_kernel::organisation::{Organisation, Role};
use maud::html as markup;

use super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather, reads,
};
use super::super::outcomes::has_words;
use super::super::shell::{Head, Place};
use super::member;
use crate::part::People;
use crate::server::{Failure, Visitor, Web};

const COLUMNS: &[Column] = &[
    Column::text("name", "Who"),
    Column::text("roles", "Roles"),
    Column::text("part", "Part"),
    Column::text("task", "For one task alone"),
    Column::hidden("id"),
    Column::hidden("task_id"),
];

/// The list, for whoever sees the organisation.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let id = id.parse().map_err(|_| Failure::NotHere)?;
        let organisation = member::see(web, &visitor, id)?;
        let name = member::name(&web.engine, &organisation)?;
        let found = found(web, &organisation, &asked)?;
        let own = format!("/organisations/{id}");
        let head = Head {
            title: "Members",
            place: Place::Settings,
            above: &[("Who may do what", "/access"), (&name, &own)],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                header.page-head { div {
                    h1 { "Members of " (name) }
                    p.muted { "Who does what for it, and whoever does something for one of its tasks alone." }
                } }
                (filters().show(&asked))
                (list::show(&asked, "Members", &found, &Empty {
                    title: "Nobody is in it.",
                    why: "Whoever founds an organisation owns it; others come in by being given a role.",
                    next: markup! { a.button href=(own) { "See the organisation" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("names"),
        first: Some(Choice::of(
            "part",
            "Part",
            [("member", "Members"), ("guest", "For one task alone")],
        )),
        others: vec![Choice::of(
            "role",
            "Role",
            Role::ALL.iter().map(|role| (role.name(), role.name())),
        )],
    }
}

fn found(web: &Web, organisation: &Organisation, asked: &Asked) -> Result<Found, Failure> {
    let people = People::of(&web.engine);
    let (part, role, words) = (asked.get("part"), asked.get("role"), asked.words());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        reads(member::everybody(organisation), |it| *it),
        |who| *who,
        |who| {
            let (is_member, roles) = roles(organisation, who);
            let own = if is_member { "member" } else { "guest" };
            let fits = part.is_none_or(|it| it == own) && role.is_none_or(|it| roles.contains(&it));
            if !fits {
                return Ok(None);
            }
            let known = people.find(who)?;
            if !has_words(&known.name, &words) {
                return Ok(None);
            }
            let task = organisation.guests.get(&who).map(|guest| guest.task);
            let title = task.map(|id| member::title(&web.engine, id)).transpose()?;
            Ok(Some(Line::of(vec![
                Cell::of(known.show(), known.name.as_str()),
                Cell::text(roles.join(", ")),
                Cell::text(own),
                Cell::of(
                    markup! {
                        @if let (Some(id), Some(title)) = (task, &title) { a href={ "/tasks/" (id) } { (title) } }
                    },
                    title.as_deref(),
                ),
                Cell::text(who.to_string()),
                Cell::of(markup! {}, task.map(|id| id.to_string())),
            ])))
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

/// Whether somebody is a member, and what their roles are called. An owner may be asked to do something for
/// one task too.
fn roles(organisation: &Organisation, who: ContributorId) -> (bool, Vec<&'static str>) {
    let mut roles = organisation.roles_of(who);
    let is_member = !roles.is_empty();
    if let Some(guest) = organisation.guests.get(&who) {
        roles.extend(guest.roles.iter().copied());
    }
    (is_member, roles.into_iter().map(Role::name).collect())
}
