//! Sessions and tokens: what lets in as the visitor, and the tokens of the agents that they answer for.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_engine::access::{Pass, PassKind};
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use maud::{Markup, html as markup};

use super::super::list::{
    self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, Mark, gather, reads,
};
use super::super::people::pass;
use super::super::shell::{Head, Place};
use super::top;
use crate::part::{Icon, Known, People, chip, when};
use crate::server::{Failure, Visitor, Web};

const HERE: &str = "/settings/tokens";
const COLUMNS: &[Column] = &[
    Column::text("label", "What it is"),
    Column::text("kind", "Kind"),
    Column::text("who", "Lets in as"),
    Column::text("state", "State"),
    Column::text("since", "Since"),
    Column::text("used", "Used"),
    Column::text("until", "Until"),
    Column::shown("End it"),
    Column::hidden("who_id"),
];

/// The list.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let agents = agents_of(web, visitor.id)?;
        let found = found(web, &visitor, &agents, &asked)?;
        let head = Head {
            title: "Tokens",
            place: Place::Settings,
            above: &[("Settings", "/settings")],
        };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top(HERE))
                section.section aria-labelledby="passes" {
                    div.section-head { h2 #passes { "Sessions and tokens" } p { "What lets in as you, and the tokens of agents that you answer for. End what you do not know." } }
                    (list::chips(web, &visitor, &asked)?)
                    (filters().show(&asked))
                    (list::show(&asked, "Open sessions and tokens", &found, &empty()))
                    (pass::make_form(web, &visitor, visitor.id)?)
                }
                (own_agents(agents.len()))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        looks_in: Some("labels"),
        first: Some(Choice::of(
            "kind",
            "Kind",
            [("session", "Sessions"), ("token", "Tokens")],
        )),
        others: vec![Choice::of(
            "whose",
            "Whose",
            [("mine", "mine"), ("agents", "of my agents")],
        )],
    }
}

/// What is said where there is nothing. Whoever looks in a browser has a session, but it may be on another page.
fn empty() -> Empty<'static> {
    Empty {
        title: "No session and no token is open.",
        why: "A session begins as you come in; a token is made for a program, here or on the page of an agent.",
        next: markup! { a.button href="/people/connect" { "Connect an agent" } },
    }
}

/// The agents that somebody answers for.
fn agents_of(web: &Web, who: ContributorId) -> Result<Vec<ContributorId>, Failure> {
    let is_theirs =
        |it: &Contributor| matches!(&it.nature, Nature::Agent { operator, .. } if *operator == who);
    let all = web.engine.all("contributor")?.into_iter();
    let agents = all.filter_map(|state| match state {
        Row::Contributor(it) if is_theirs(&it) => Some(it.id),
        _ => None,
    });
    Ok(agents.collect())
}

fn own_agents(count: usize) -> Markup {
    markup! {
        section.section aria-labelledby="agents" {
            div.section-head {
                h2 #agents { "Your agents" }
                p { "You answer for what they do. None of them ever signs." }
            }
            p {
                @match count {
                    0 => "You answer for none.",
                    1 => a href="/settings/agents?mine=yes" { "You answer for one agent" },
                    more => a href="/settings/agents?mine=yes" { "You answer for " (more) " agents" },
                }
                @match count {
                    0 => {},
                    1 => "; its tokens are made on its page.",
                    _ => "; the tokens of each are made on its page.",
                }
            }
            p { a.button href="/people/connect" { (Icon::Plus.show()) "Connect an agent" } }
        }
    }
}

fn found(
    web: &Web,
    visitor: &Visitor,
    agents: &[ContributorId],
    asked: &Asked,
) -> Result<Found, Failure> {
    let (kind, whose, words) = (asked.get("kind"), asked.get("whose"), asked.words());
    let mut all: Vec<(Known, Pass)> = Vec::new();
    let people = People::of(&web.engine);
    let now = web.engine.now();
    for id in std::iter::once(&visitor.id).chain(agents) {
        let is_mine = *id == visitor.id;
        if whose.is_some_and(|it| (it == "mine") != is_mine) {
            continue;
        }
        let known = people.find(*id)?;
        let mut open = web.access.of(*id)?;
        open.retain(|pass| {
            let is_shown = pass.kind == PassKind::Token || (is_mine && pass.kind != PassKind::Link);
            is_shown && now < pass.expires
        });
        all.extend(open.into_iter().map(|pass| (known.clone(), pass)));
    }
    let mark = |(_, pass): &(Known, Pass)| Mark::of(pass.created, &pass.secret.to_string());
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        reads(all, mark),
        mark,
        |(known, pass)| {
            let fits = kind.is_none_or(|it| it == pass::kind(&pass).to_lowercase())
                && super::super::outcomes::has_words(&pass.label, &words);
            fits.then(|| line(web, visitor, &known, &pass)).transpose()
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|mark| mark.to_string()),
    })
}

fn line(web: &Web, visitor: &Visitor, known: &Known, pass: &Pass) -> Result<Line, Failure> {
    let (tone, word) = pass::state(visitor, pass);
    let at = |it| Cell::of(when(it), it.to_string());
    let used = pass::was_used(pass).then_some(pass.used);
    Ok(Line::of(vec![
        Cell::text(pass.label.as_str()),
        Cell::of(
            markup! { (pass::kind(pass)) },
            pass::kind(pass).to_lowercase(),
        ),
        Cell::of(known.show(), known.name.as_str()),
        Cell::of(chip(tone, word), word.to_lowercase()),
        at(pass.created),
        Cell::of(
            markup! { @if let Some(used) = used { (when(used)) } @else { span.muted { "not yet" } } },
            used.map(|it| it.to_string()),
        ),
        at(pass.expires),
        Cell::shown(pass::end_form(web, visitor, (known.id, pass), Some(HERE))?),
        Cell::text(known.id.to_string()),
    ]))
}
