//! People and agents around the accountable person: people on the inner ring, agents on the outer.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use consort_kernel::id::ContributorId;
use maud::{Markup, html as markup};

use super::{Seen, table};
use crate::part::{Known, Tone, of_task};
use crate::server::Failure;

/// The middle of the picture, and its two rings.
const MIDDLE: (f64, f64) = (176.0, 156.0);
const INNER: f64 = 74.0;
const OUTER: f64 = 128.0;
/// More than these on a ring could not be told apart; the list below has them all.
const ON_RING_MAX: usize = 10;

/// Somebody who takes part.
struct Party {
    who: Known,
    is_busy: bool,
    tasks: usize,
}

/// The picture, and the same as a list.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let accountable = seen.people.find(seen.outcome.charter.accountable)?;
    let parties = parties(seen)?;
    let ring = |agents: bool| -> Vec<&Party> {
        let on_it = parties
            .iter()
            .filter(|it| it.who.is_agent == agents && it.who.id != accountable.id);
        on_it.take(ON_RING_MAX).collect()
    };
    let label = format!(
        "{} at the centre, with the {} who take part around them",
        accountable.name,
        parties.len()
    );
    Ok(markup! {
        div.halves {
            svg.orbit viewBox="0 0 352 320" role="group" aria-label=(label) {
                circle.ring cx="176" cy="156" r="74" {} circle.ring cx="176" cy="156" r="128" {}
                (around(&ring(false), INNER, 0.1)) (around(&ring(true), OUTER, 0.25))
                a.centre href={ "/people/" (accountable.id) } {
                    circle cx="176" cy="156" r="24" {}
                    text.initials aria-hidden="true" x="176" y="161" { (accountable.initials()) }
                    text x="176" y="196" { (accountable.name) }
                }
            }
            ul.list {
                @for party in &parties {
                    li.row {
                        (party.who.avatar())
                        p.row-title { a href={ "/people/" (party.who.id) } { (party.who.name) } }
                        p.row-why {
                            @if party.who.is_agent { "Agent" } @else { "Person" } ". "
                            @if party.is_busy { "At work" } @else { "Free" }
                        }
                        p.row-end { span.num { (party.tasks) @if party.tasks == 1 { " task" } @else { " tasks" } } }
                    }
                }
            }
        }
    })
}

fn parties(seen: &Seen<'_>) -> Result<Vec<Party>, Failure> {
    let mut found: BTreeMap<ContributorId, Party> = BTreeMap::new();
    for task in &seen.tasks {
        let Some(who) = table::performer(seen, task)? else {
            continue;
        };
        let is_busy = of_task(task).0 == Tone::Busy;
        let party = found.entry(who.id).or_insert(Party {
            who,
            is_busy: false,
            tasks: 0,
        });
        party.is_busy |= is_busy;
        party.tasks += 1;
    }
    let mut parties: Vec<Party> = found.into_values().collect();
    parties.sort_by(|one, other| {
        (one.who.is_agent, &one.who.name).cmp(&(other.who.is_agent, &other.who.name))
    });
    Ok(parties)
}

/// Everybody on a ring, at equal distances from a turn on.
fn around(parties: &[&Party], radius: f64, turn: f64) -> Markup {
    markup! {
        @for (place, party) in parties.iter().enumerate() {
            @let (x, y) = at(place, parties.len(), radius, turn);
            path class=(if party.is_busy { "tie is-busy" } else { "tie" }) d={ "M176 156 " (x) " " (y) } {}
        }
        @for (place, party) in parties.iter().enumerate() {
            @let (x, y) = at(place, parties.len(), radius, turn);
            a class=(class(party)) href={ "/people/" (party.who.id) } {
                @if party.who.is_agent { rect x=(x - 15) y=(y - 15) width="30" height="30" rx="7" {} }
                @else { circle cx=(x) cy=(y) r="16" {} }
                text.initials aria-hidden="true" x=(x) y=(y + 4) { (party.who.initials()) }
                text.sub x=(x) y=(y + 30) { (party.who.name) }
            }
        }
    }
}

const fn class(party: &Party) -> &'static str {
    match (party.who.is_agent, party.is_busy) {
        (true, true) => "agent is-busy",
        (true, false) => "agent",
        (false, true) => "is-busy",
        (false, false) => "",
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "at most ten on a ring of some hundred pixels"
)]
fn at(place: usize, of: usize, radius: f64, turn: f64) -> (i32, i32) {
    let angle = TAU * (place as f64 / of.max(1) as f64 + turn - 0.25);
    let x = MIDDLE.0 + radius * angle.cos();
    let y = MIDDLE.1 + radius * angle.sin();
    (x.round() as i32, y.round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_stands_on_the_ring_and_nobody_on_another() {
        let places: Vec<_> = (0..10).map(|place| at(place, 10, OUTER, 0.25)).collect();
        for (index, (x, y)) in places.iter().enumerate() {
            let (dx, dy) = (f64::from(*x) - MIDDLE.0, f64::from(*y) - MIDDLE.1);
            assert!((dx.hypot(dy) - OUTER).abs() < 1.0);
            for (other_x, other_y) in &places[..index] {
                assert!((x - other_x).abs() + (y - other_y).abs() > 40);
            }
        }
    }
}
