//! Why this contributor: the ranking as it was recorded, made again from the record where that is asked for.

use consort_engine::EngineError;
use consort_engine::routing::{Place, latest, why};
use consort_kernel::routing::Scored;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::Risk;
use maud::{Markup, html as markup};

use super::super::people::in_a_line;
use super::Seen;
use crate::part::{Icon, Known, when};
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
    let (mut told, mut rows) = (Vec::new(), Vec::new());
    for (place, scored) in recorded.leading.iter().enumerate() {
        if !oversees && scored.contributor != seen.visitor.id {
            continue;
        }
        told.push(in_words(seen, place, scored)?);
        rows.push(in_numbers(
            &seen.people.find(scored.contributor)?,
            scored,
            place == 0,
        ));
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
            @if recorded.leading.is_empty() { p { "Nobody was found who can do it." } } @else if !told.is_empty() {
                ul.list { @for one in told { (one) } }
                (table(&rows))
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

/// Why somebody stands where they stand in the ranking: a sentence for each of the reasons.
fn in_words(seen: &Seen<'_>, place: usize, scored: &Scored) -> Result<Markup, Failure> {
    let who = seen.people.find(scored.contributor)?;
    let spec = &seen.task.spec;
    let found = seen
        .web
        .engine
        .state(StreamId::Contributor(scored.contributor))?;
    let skill = match &found {
        Some(Row::Contributor(it)) => it.skills.get(&spec.capability),
        _ => None,
    };
    let mut reasons = vec![able(scored.capability)];
    reasons.push(format!(
        "Has a record that counted as {} of 100; {}.",
        percent(scored.standing),
        match spec.risk {
            Risk::Low => "a draw adds to it, so that newcomers are tried on safe work",
            Risk::Medium | Risk::High | Risk::Critical =>
                "what is not known of it counts against them, as something is at risk",
        }
    ));
    if spec.price.is_positive() {
        reasons.push(priced(scored.price));
    }
    reasons.push(free(scored.load));
    let awake = if scored.overlap > 0 {
        "Works at this hour."
    } else {
        "Does not work at this hour."
    };
    reasons.push(awake.to_owned());
    Ok(markup! {
        li.row {
            p.row-title { (place + 1) ". " (who.show()) @if scored.again { " " span.muted { "it came back to them" } } }
            p.row-why { (reasons.join(" ")) }
            @if let Some(skill) = skill { p.row-why { "For " b { (spec.capability) } ": " (in_a_line(skill)) } }
        }
    })
}

/// How far somebody's capability reaches: three levels above count as much as more.
fn able(capability: u32) -> String {
    match capability.saturating_sub(700_000) / 100_000 {
        0 => "Can do just what is asked.".to_owned(),
        1 => "Can do one level more than is asked.".to_owned(),
        2 => "Can do two levels more than is asked.".to_owned(),
        _ => "Can do three levels more than is asked, or still more.".to_owned(),
    }
}

/// What somebody asks, of what the task pays.
fn priced(price: u32) -> String {
    match 100 - percent(price) {
        100 => "Asks for all that the task pays, so the price is at its limit.".to_owned(),
        share => format!("Asks for {share} % of what the task pays."),
    }
}

/// How much more somebody could take.
fn free(load: u32) -> String {
    match percent(load) {
        100 => "Had nothing else to do.".to_owned(),
        0 => "Had as much to do as they take at a time.".to_owned(),
        share => format!("Had {share} % of their room for tasks left."),
    }
}

/// A share of a hundred, cut as the numbers are.
const fn percent(ppm: u32) -> u32 {
    ppm / 10_000
}

fn in_numbers(who: &Known, scored: &Scored, is_first: bool) -> Markup {
    markup! {
        tr.is-mine[is_first] {
            th scope="row" { (who.show()) }
            td.num data-label="Score" { (share(scored.score)) }
            td.num data-label="Capability" { (share(scored.capability)) }
            td.num data-label="Standing" { (share(scored.standing)) }
            td.num data-label="Price" { (share(scored.price)) }
            td.num data-label="Free" { (share(scored.load)) }
            td.num data-label="Hours" { (share(scored.overlap)) }
        }
    }
}

/// The numbers that the sentences come from, and the score that they add up to.
fn table(rows: &[Markup]) -> Markup {
    markup! {
        details.disclosure {
            summary { "In numbers" span.muted { "each from 0 to 1, weighed by the rules" } }
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
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_a_ranking_has_its_sentence() {
        for (told, words) in [
            (able(700_000), "just what is asked"),
            (able(800_000), "one level"),
            (able(900_000), "two levels"),
            (able(1_000_000), "three levels"),
            (priced(0), "all that the task pays"),
            (priced(200_000), "80 %"),
            (free(1_000_000), "nothing else"),
            (free(500_000), "50 %"),
            (free(0), "as much to do as they take"),
        ] {
            assert!(told.contains(words), "{told}");
        }
    }
}
