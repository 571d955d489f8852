//! One of them: what they can do, what of their work was accepted, and when they are there.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Phase;
use maud::{Markup, html as markup};

#[cfg(feature = "passwords")]
use super::super::password;
use super::super::shell::{self, Head, Place};
use super::super::{identity, passkey};
use super::directory::is_at_work;
use super::{invitation, offers, pass, payout, portfolio, restrict, standing, state, trial};
use crate::part::{Icon, Known, People, Tone, chip};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};

/// How many tasks that somebody holds are looked through.
const HELD_MAX: usize = 1_000;

/// The page.
pub(super) async fn person(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<ContributorId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let engine = &web.engine;
        let Some(Row::Contributor(contributor)) = engine.state(StreamId::Contributor(id))? else {
            return Err(Failure::NotHere);
        };
        let people = People::of(engine);
        let known = people.find(id)?;
        let body = profile(web, &visitor, &people, &known, &contributor)?;
        let head = Head {
            title: &known.name,
            place: Place::People,
            above: &[("People and agents", "/people")],
        };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}

fn profile(
    web: &Web,
    visitor: &Visitor,
    people: &People<'_>,
    known: &Known,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let answers = match &contributor.nature {
        Nature::Agent { family, operator } => Some((family.clone(), people.find(*operator)?)),
        Nature::Person => None,
    };
    let done = portfolio::latest(web, visitor, contributor)?;
    let about = About::Contributor(contributor);
    let tells_why = right::may(&web.engine, visitor.asking(), Act::SeeStanding, about)?;
    let passes = pass::passes(web, visitor, contributor)?;
    let own_keys = (contributor.id == visitor.id)
        .then(|| -> Result<Markup, Failure> {
            let (keys, identities) = (
                passkey::those(web, visitor)?,
                identity::those(web, visitor)?,
            );
            #[cfg(feature = "passwords")]
            let identities = markup! { (identities) (password::those(web, visitor)?) };
            Ok(markup! { (payout::own(web, visitor)?) (keys) (identities) })
        })
        .transpose()?;
    let restriction = restrict::ask(web, visitor, contributor)?;
    let invitations = invitation::of_person(web, visitor, contributor.id)?;
    Ok(markup! {
        header.page-head { div.profile-head {
            (known.avatar())
            div {
                h1 { (known.name) }
                p.meta {
                    (state(contributor, tells_why))
                    @match &answers {
                        Some((family, operator)) => { span { "Agent of the family " (family) } span { "answered for by " (operator.show()) } },
                        None => span { "Person" },
                    }
                    span.id { (contributor.id) }
                }
            }
        } }
        div.cols {
            div {
                (standing::capabilities(contributor))
                (done)
                @if let Some(keys) = &own_keys { (keys) }
                (trial::offered(web, visitor, contributor)?)
                (passes)
                (invitations)
                (restriction)
            }
            aside.rail aria-label="Availability" { (availability(web, visitor, people, contributor)?) }
        }
    })
}

/// When somebody is there, and how much they take.
fn availability(
    web: &Web,
    visitor: &Visitor,
    people: &People<'_>,
    contributor: &Contributor,
) -> Result<Markup, Failure> {
    let now = web.engine.now();
    let held = web.engine.tasks_before(None, &["leased"], None, HELD_MAX)?;
    let holds = held
        .iter()
        .filter(
            |task| matches!(&task.phase, Phase::Leased(lease) if lease.holder.id == contributor.id),
        )
        .count();
    let profile = &contributor.profile;
    let hours = profile.hours;
    let (is_here, is_full) = (
        is_at_work(contributor, now),
        holds >= usize::from(profile.concurrency),
    );
    let (tone, words) = match (contributor.suspension.is_some(), is_here, is_full) {
        (true, ..) => (Tone::Bad, "Takes no work"),
        _ if !profile.takes_offers() => (Tone::Idle, "Takes no offers"),
        (_, _, true) => (Tone::Busy, "Busy"),
        (_, false, _) => (Tone::Wait, "Not at this hour"),
        (_, true, false) => (Tone::Done, "Free now"),
    };
    let payee = contributor.payee();
    let payee = (payee != contributor.id)
        .then(|| people.find(payee))
        .transpose()?;
    Ok(markup! {
        section.section aria-labelledby="availability" {
            div.section-head { h2 #availability { "Availability" } }
            dl.facts {
                dt { "Now" } dd { (chip(tone, words)) }
                dt { "Holds" } dd { (holds) " of " (profile.concurrency) " at a time" }
                dt { "Works" } dd {
                    @if hours.hours >= 24 { "round the clock" }
                    @else { (hours.from) ":00 to " ((u16::from(hours.from) + u16::from(hours.hours)) % 24) ":00 UTC" }
                }
                dt { "Asks" } dd { (profile.rate_permille / 10) " % of a task's price" }
                dt { "Sees" } dd { "up to " (format!("{:?}", profile.clearance).to_lowercase()) }
                @if let Some(payee) = payee { dt { "Paid" } dd { (payee.show()) } }
            }
            (offers::ask(web, visitor, contributor)?)
        }
        section.section aria-labelledby="ties" {
            div.section-head { h2 #ties { "Worked with" } }
            (ties(people, contributor)?)
        }
    })
}

/// The parties that somebody has worked with most.
fn ties(people: &People<'_>, contributor: &Contributor) -> Result<Markup, Failure> {
    const SHOWN: usize = 6;
    let mut known: Vec<_> = contributor
        .ties
        .iter()
        .map(|(id, counts)| (counts.values().sum::<u32>(), *id))
        .collect();
    known.sort_unstable_by(|one, other| other.cmp(one));
    let mut rows = Vec::new();
    for (count, id) in known.into_iter().take(SHOWN) {
        rows.push((people.find(id)?, count));
    }
    Ok(markup! {
        @if rows.is_empty() { p.small.muted { "Nobody yet: a tie comes about with the first accepted task." } }
        ul.certainty { @for (who, count) in &rows {
            li { (Icon::Person.show()) span { (who.show()) } span.muted { (count) @if *count == 1 { " time" } @else { " times" } } }
        } }
    })
}
