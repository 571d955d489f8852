//! Why this contributor: the ranking as it was recorded, made again from the record.

use consort_engine::EngineError;
use consort_engine::routing::why;
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::when;
use crate::server::Failure;
use crate::sight;

/// The page's part: the latest decision.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let decisions = why(seen.web.engine.store(), seen.task.id, None).map_err(EngineError::from)?;
    let Some(latest) = decisions.last() else {
        return Ok(markup! {});
    };
    let recorded = &latest.recorded;
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
                p { "Decided " (when(recorded.at)) " by " (recorded.algorithm) " under policy " (recorded.policy) ", read at event " (recorded.position) "." }
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
                @if latest.reproduced { "Made again from the record just now, with the same answer." }
                @else { "Made again from the record just now, it came out differently: run 'consort doctor'." }
            }
        }
    })
}

/// Millionths as a share of one.
fn share(ppm: u32) -> String {
    format!("{}.{:02}", ppm / 1_000_000, ppm % 1_000_000 / 10_000)
}
