//! The criteria of a task, each with how it is judged and what came of it: what a check found, and what those
//! said who looked.

use consort_kernel::task::{Check, Criterion, Handed, Method, Task, Verdict};
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::{Tone, chip, in_words};
use crate::server::Failure;

/// The page's part, with what those found who looked already.
pub(super) fn checks(seen: &Seen<'_>) -> Result<Markup, Failure> {
    table(seen, true)
}

/// The same for whoever is about to judge, whom nobody else's judgment is to lead.
pub(super) fn checks_alone(seen: &Seen<'_>) -> Result<Markup, Failure> {
    table(seen, false)
}

fn table(seen: &Seen<'_>, with_people: bool) -> Result<Markup, Failure> {
    let criteria = &seen.task.spec.instructions.criteria;
    Ok(markup! {
        section.section aria-labelledby="checks" {
            div.section-head { h2 #checks { "Criteria" } p { "An automatic check is not a review." } }
            div.scroll tabindex="0" role="region" aria-label="Criteria, as a table" {
                table.stacked {
                    caption.sr { "Criteria of this task" }
                    thead { tr { th scope="col" { "Criterion" } th.num scope="col" { "Weight" } th scope="col" { "Judged by" } th scope="col" { "Result" } } }
                    tbody {
                        @for criterion in criteria {
                            tr {
                                th scope="row" { (criterion.text) }
                                td.num data-label="Weight" { (criterion.weight) }
                                td data-label="Judged by" { (method(&criterion.method)) }
                                td data-label="Result" { (result(seen, criterion, with_people)?) }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// By whom or what a criterion is judged, in a few words.
const fn method(method: &Method) -> &'static str {
    match method {
        Method::Schema(_) => "Software: are all parts there?",
        Method::Expression(_) => "Software: does it come out right?",
        Method::Bounds(_) => "Software: its length",
        Method::MustCite => "Software: are the quotes in their sources?",
        Method::Program(_) => "A program that the operator keeps",
        Method::Rubric(_) => "A reviewer",
        Method::KnownAnswer(_) => "Software: answers that are known",
        Method::Judgment => "A person",
    }
}

/// What a criterion asks for, by its key.
pub(super) fn asked<'a>(task: &'a Task, key: &'a str) -> &'a str {
    let mut criteria = task.spec.instructions.criteria.iter();
    criteria.find(|it| it.key == key).map_or(key, |it| &it.text)
}

/// What came of a criterion.
fn result(seen: &Seen<'_>, criterion: &Criterion, with_people: bool) -> Result<Markup, Failure> {
    let Some(handed) = seen.task.handed() else {
        return Ok(chip(Tone::Idle, "Not yet"));
    };
    let mut checks = handed.checks.iter();
    let check = checks.find(|check| check.criterion == criterion.key);
    let people = if with_people {
        judgments(seen, handed, criterion)?
    } else {
        Vec::new()
    };
    Ok(markup! {
        @if check.is_none() && people.is_empty() { (chip(Tone::Idle, "Not yet")) }
        @if let Some(check) = check { (of_check(criterion, check)) }
        @for (number, one) in people.iter().enumerate() { @if number > 0 || check.is_some() { br; } (one) }
    })
}

/// What a check found. What it calculated with is for programs: people have the criterion in words beside it.
fn of_check(criterion: &Criterion, check: &Check) -> Markup {
    let (tone, word) = if check.passed {
        (Tone::Done, "Holds")
    } else {
        (Tone::Bad, "Failed")
    };
    let found = in_words(&check.summary);
    markup! {
        (chip(tone, word))
        @if matches!(criterion.method, Method::Expression(_)) {
            details { summary.small { "How it was calculated" } p.small.muted { code { (found) } } }
        } @else {
            br; span.small.muted[check.passed] { (found) }
        }
    }
}

/// What each person who judged says of a criterion that no check decides alone.
fn judgments(
    seen: &Seen<'_>,
    handed: &Handed,
    criterion: &Criterion,
) -> Result<Vec<Markup>, Failure> {
    let mut told = Vec::new();
    for review in &handed.reviews {
        let is_unmet = review.unmet.contains(&criterion.key);
        let is_theirs = matches!(criterion.method, Method::Judgment | Method::Rubric(_));
        let (tone, words) = match review.verdict {
            _ if is_unmet => (Tone::Bad, "Not met"),
            Verdict::Accept if is_theirs => (Tone::Done, "Met"),
            Verdict::Accept | Verdict::RequestChanges | Verdict::Reject | Verdict::Escalate => {
                continue;
            }
        };
        let who = seen.people.name(review.by.id)?;
        told.push(markup! { (chip(tone, words)) " " span.small.muted { "says " (who) } });
    }
    Ok(told)
}
