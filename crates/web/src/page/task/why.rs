//! Why this contributor: the ranking as it was recorded, made again from the record where that is asked for.

use consort_engine::EngineError;
use consort_engine::routing::{Place, latest, why};
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::{Icon, when};
use crate::server::Failure;
use crate::sight;

/// What an address has for a decision to be made again: all of the log up to it is read for that.
pub(super) const AGAIN: &str = "again";

/// The page's part: the latest decision.
pub(super) fn show(seen: &Seen<'_>, is_made_again: bool) -> Result<Markup, Failure> {
    let store = seen.web.engine.store();
    let recorded = latest(store, seen.task.id).map_err(EngineError::from)?;
    let Some(recorded) = &recorded else {
        return Ok(markup! {});
    };
    // Everybody is shown their own place, and whoever answers for the outcome all of them.
    let oversees = sight::sees_ranking(&seen.web.engine, seen.visitor.id, &seen.task)?;
    let mut rows = Vec::new();
    for (place, scored) in recorded.leading.iter().enumerate() {
        if !oversees && scored.contributor != seen.visitor.id {
            continue;
        }
        let who = seen.people.find(scored.contributor)?;
        rows.push(markup! {
            tr.is-mine[place == 0] {
                th scope="row" { (who.show()) @if scored.again { " " span.muted { "it came back to them" } } }
                td.num data-label="Score" { (share(scored.score)) }
                td.num data-label="Capability" { (share(scored.capability)) }
                td.num data-label="Standing" { (share(scored.standing)) }
                td.num data-label="Price" { (share(scored.price)) }
                td.num data-label="Free" { (share(scored.load)) }
                td.num data-label="Hours" { (share(scored.overlap)) }
            }
        });
    }
    let left_out: Vec<String> = recorded
        .excluded
        .iter()
        .map(|(why, count)| format!("{count} because {why}"))
        .collect();
    Ok(markup! {
        section.section aria-labelledby="why" {
            div.section-head {
                h2 #why { "Why this contributor" }
                p { "Decided " (when(recorded.at)) "." }
            }
            @if recorded.leading.is_empty() { p { "Nobody was found who can do it." } } @else if !rows.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="Ranking" {
                    table.stacked {
                        caption.sr { "The leading contributors" }
                        thead { tr {
                            th scope="col" { "Contributor" } th.num scope="col" { "Score" } th.num scope="col" { "Capability" }
                            th.num scope="col" { "Standing" } th.num scope="col" { "Price" } th.num scope="col" { "Free" } th.num scope="col" { "Hours" }
                        } }
                        tbody { @for row in rows { (row) } }
                    }
                }
            }
            p.small.muted {
                (recorded.ranked) @if recorded.ranked == 1 { " was ranked. " } @else { " were ranked. " }
                @if !left_out.is_empty() { "Left out: " (left_out.join(", ")) ". " }
                "Decided by " span.id { (recorded.algorithm) } " under version " (recorded.policy) " of the rules, on what was known at event " (recorded.position) ". "
                @if !is_made_again {
                    a href={ (seen.address()) "?why=" (AGAIN) "#why" } { "Make it again from the record" }
                }
            }
            @if is_made_again { (again(seen)?) }
        }
    })
}

/// The same decision once more, from what was on record then; with where the visitor stood in it.
fn again(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let store = seen.web.engine.store();
    let made = why(store, seen.task.id, Some(seen.visitor.id)).map_err(EngineError::from)?;
    let Some(latest) = made.last() else {
        return Ok(markup! {});
    };
    let place = match &latest.place {
        Some(Place::Leading(place, _)) => Some(format!("You were in place {place}.")),
        Some(Place::Behind) => {
            Some("You were ranked, behind those whose places are on record.".to_owned())
        }
        Some(Place::LeftOut(why)) => Some(format!("You were left out: {why}.")),
        Some(Place::Unknown) | None => None,
    };
    Ok(markup! {
        div.note role="status" {
            @if latest.reproduced {
                (Icon::Done.toned("is-done"))
                p { b { "Made again from the record just now, with the same answer." } @if let Some(place) = place { " " (place) } }
            } @else {
                (Icon::Bad.toned("is-bad"))
                p { b { "Made again from the record just now, it came out differently:" } " run 'consort doctor'." }
            }
        }
    })
}

/// Millionths as a share of one.
fn share(ppm: u32) -> String {
    format!("{}.{:02}", ppm / 1_000_000, ppm % 1_000_000 / 10_000)
}
