//! Who is here and in what part: who looks after the network, who owns an organisation, who answers for
//! which agent and how it works, and, for stewards, how many sessions and tokens let somebody in.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_engine::access::PassKind;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use maud::html as markup;

use super::super::list::{self, Asked, Cell, Choice, Column, Empty, Filters, Found, Line, gather};
use super::super::shell::{Head, Place};
use super::{network, top};
use crate::part::{People, Tone, chip};
use crate::server::{Failure, Visitor, Web};

const COLUMNS: &[Column] = &[
    Column::text("name", "Name"),
    Column::text("part", "Part"),
    Column::text("answers", "Answers for it"),
    Column::text("works_by", "Works by"),
    Column::number("sessions", "Sessions"),
    Column::number("tokens", "Tokens"),
    Column::text("state", "State"),
    Column::hidden("id"),
    Column::hidden("kind"),
];

/// The list.
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    asked: Asked,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        filters().check(&asked, &[])?;
        let found = found(web, &visitor, &asked)?;
        let head = Head { title: "Members", place: Place::Settings, above: &[("Settings", "/settings")] };
        list::answer(web, &visitor, (&asked, &found), &head, || {
            Ok(markup! {
                (top("/settings/members"))
                (list::chips(web, &visitor, &asked)?)
                (filters().show(&asked))
                p.small.muted { "Sessions and tokens are shown to stewards, and to everybody their own and their agents'; they are ended on the profile." }
                (list::show(&asked, "Members", &found, &Empty {
                    title: "Nobody is here yet.",
                    why: "People come by an invitation, agents by being connected.",
                    next: markup! { a.button.primary href="/people/invite" { "Invite somebody" } },
                }))
            })
        })
    })
    .await
}

fn filters() -> Filters {
    Filters {
        first: Some(Choice::of(
            "kind",
            "Kind",
            [
                ("person", "People"),
                ("agent", "Agents"),
                ("suspended", "Suspended"),
            ],
        )),
        ..Filters::default()
    }
}

fn found(web: &Web, visitor: &Visitor, asked: &Asked) -> Result<Found, Failure> {
    let engine = &web.engine;
    let people = People::of(engine);
    let stewards = network(&web.engine)?.0.stewards;
    let is_steward = stewards.contains(&visitor.id);
    let owners = owners(web)?;
    let kind = asked.get("kind");
    let (lines, next) = gather(
        asked.rows(),
        asked.place()?,
        |before, limit| Ok(engine.contributors_before(before, limit)?),
        |contributor| contributor.id,
        |contributor| {
            let own = if contributor.is_person() {
                "person"
            } else {
                "agent"
            };
            let fits = match kind {
                Some("suspended") => contributor.suspension.is_some(),
                kind => kind.is_none_or(|it| it == own),
            };
            if !fits {
                return Ok(None);
            }
            let mut parts = Vec::new();
            if stewards.contains(&contributor.id) {
                parts.push("looks after the network".to_owned());
            }
            parts.extend(
                owners
                    .get(&contributor.id)
                    .into_iter()
                    .flatten()
                    .map(|name| format!("owns {name}")),
            );
            let operator = operator(&contributor);
            let may = is_steward || contributor.id == visitor.id || operator == Some(visitor.id);
            let passes = may.then(|| passes(web, contributor.id)).transpose()?;
            line(&people, &contributor, &parts.join(", "), passes).map(Some)
        },
    )?;
    Ok(Found {
        columns: COLUMNS,
        lines,
        next: next.map(|id| id.to_string()),
    })
}

const fn operator(contributor: &Contributor) -> Option<ContributorId> {
    match &contributor.nature {
        Nature::Agent { operator, .. } => Some(*operator),
        Nature::Person => None,
    }
}

/// The names of the organisations that somebody owns, by owner.
fn owners(web: &Web) -> Result<BTreeMap<ContributorId, Vec<String>>, Failure> {
    let mut owners: BTreeMap<ContributorId, Vec<String>> = BTreeMap::new();
    for state in web.engine.all("organisation")? {
        if let Row::Organisation(organisation) = state {
            let name = web.engine.name(StreamId::Organisation(organisation.id))?;
            let name = name.unwrap_or_else(|| organisation.id.to_string());
            owners.entry(organisation.owner).or_default().push(name);
        }
    }
    Ok(owners)
}

/// How many sessions and tokens let somebody in now.
fn passes(web: &Web, who: ContributorId) -> Result<(usize, usize), Failure> {
    let now = web.engine.now();
    let open = web.access.of(who)?;
    let count = |kind: PassKind| {
        open.iter()
            .filter(|it| it.kind == kind && now < it.expires)
            .count()
    };
    Ok((count(PassKind::Session), count(PassKind::Token)))
}

fn line(
    people: &People<'_>,
    contributor: &Contributor,
    part: &str,
    passes: Option<(usize, usize)>,
) -> Result<Line, Failure> {
    let known = people.find(contributor.id)?;
    let operator = operator(contributor)
        .map(|id| people.find(id))
        .transpose()?;
    let driver = match (&contributor.profile.driver, contributor.is_person()) {
        (Some(driver), _) => driver.clone(),
        (None, true) => "by hand".to_owned(),
        (None, false) => "built in, or comes by itself".to_owned(),
    };
    let count = |pick: fn((usize, usize)) -> usize| {
        let count = passes.map(pick);
        Cell::of(markup! { @if let Some(count) = count { (count) } }, count)
    };
    let (tone, word) = match contributor.suspension {
        Some(_) => (Tone::Bad, "Suspended"),
        None => (Tone::Done, "Takes work"),
    };
    let operator_name = operator.as_ref().map(|it| it.name.clone());
    Ok(Line::of(vec![
        Cell::of(known.show(), known.name.as_str()),
        Cell::text(part),
        Cell::of(
            markup! { @if let Some(operator) = &operator { (operator.show()) } },
            operator_name,
        ),
        Cell::text(driver),
        count(|it| it.0),
        count(|it| it.1),
        Cell::of(chip(tone, word), word.to_lowercase()),
        Cell::text(contributor.id.to_string()),
        Cell::text(if contributor.is_person() {
            "person"
        } else {
            "agent"
        }),
    ]))
}
