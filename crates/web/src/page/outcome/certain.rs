//! What is certain about an outcome: who answers for it, when it is likely done, which checks stand between a
//! result and its payment, and what is at risk.

use consort_kernel::outcome::Phase;
use consort_kernel::task::{Method, Task};
use maud::{Markup, html as markup};

use super::forecast::{self, Forecast};
use super::{Seen, cancel, change, table};
use crate::part::{Icon, counted, day, when};
use crate::server::Failure;

/// Whether a criterion is of a kind.
type IsOf = fn(&Method) -> bool;

/// The kinds of checks, each with what it finds out.
const CHECKS: [(&str, IsOf); 7] = [
    ("The quoted words stand in their sources:", |it| {
        matches!(it, Method::MustCite)
    }),
    ("It has the parts that were asked for:", |it| {
        matches!(it, Method::Schema(_))
    }),
    ("It is as long as it should be:", |it| {
        matches!(it, Method::Bounds(_))
    }),
    ("What can be calculated comes out right:", |it| {
        matches!(it, Method::Expression(_))
    }),
    ("A program that the operator keeps finds it right:", |it| {
        matches!(it, Method::Program(_))
    }),
    ("It agrees with answers that are known:", |it| {
        matches!(it, Method::KnownAnswer(_))
    }),
    ("A person judges:", |it| {
        matches!(it, Method::Judgment | Method::Rubric(_))
    }),
];

/// The panel.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let outcome = &seen.outcome;
    let charter = &outcome.charter;
    let accountable = seen.people.name(charter.accountable)?;
    let waiting = waiting(seen);
    let is_over = matches!(outcome.phase, Phase::Delivered | Phase::Cancelled);
    let likely = forecast::forecast(seen.web, outcome.id, &seen.tasks)?;
    let risks = risks(seen, &likely);
    Ok(markup! {
        section.section aria-labelledby="certain" {
            div.section-head { h2 #certain { "What is certain" } }
            ul.certainty {
                li { (Icon::Person.show()) b { (accountable) " answers for it" } span.muted { "and signs the result" } }
                li {
                    (Icon::Calendar.show())
                    b { @match charter.deadline { Some(at) => { "Wanted by " (day(at)) }, None => "No day is set" } }
                    span.muted { @if outcome.overdue { "that day has passed" } @else { "a deadline that passes asks somebody, and never approves" } }
                }
                (when_likely(&likely))
                (checked(seen))
                @if !is_over { li {
                    @if seen.is_mine() && seen.is_to_sign() { (Icon::Sign.toned("is-mine")) b { "It waits for your signature" } span.muted { "every task is done; it closes the outcome" } }
                    @else if let Some(first) = waiting.first() { (Icon::Risk.toned("is-wait")) b { a href={ "/tasks/" (first.id) } { (waiting.len()) @if waiting.len() == 1 { " task waits for you" } @else { " tasks wait for you" } } } span.muted { "what follows stands still" } }
                    @else { (Icon::Done.toned("is-done")) b { "Nothing here waits for you" } }
                } }
                @for (what, why) in &risks { li { (Icon::Risk.toned("is-wait")) b { (what) } span.muted { (why) } } }
                @if risks.is_empty() && !is_over { li { (Icon::Done.toned("is-done")) b { "Nothing is known to be at risk" } span.muted { "no step is stuck, sent back or given up" } } }
                li { (Icon::Lock.show()) b { "Nothing is paid without a name" } span.muted { (charter.asset.show(outcome.purse.held)) " is reserved, " (charter.asset.show(outcome.purse.paid)) " is paid" } }
            }
            @if seen.is_mine() { (change::pause_button(seen)) (cancel::button(seen)) }
        }
    })
}

/// The tasks that wait for the visitor.
pub(super) fn waiting<'a>(seen: &'a Seen<'_>) -> Vec<&'a Task> {
    let all = seen.tasks.iter();
    all.filter(|task| table::waits_for(task, seen.visitor.id))
        .collect()
}

/// Which checks there are, and of how many tasks.
fn checked(seen: &Seen<'_>) -> Markup {
    let with = |is: &dyn Fn(&Method) -> bool| {
        let criteria = |task: &&Task| {
            task.spec
                .instructions
                .criteria
                .iter()
                .any(|it| is(&it.method))
        };
        seen.tasks.iter().filter(criteria).count()
    };
    let all = seen.tasks.len();
    let software = with(&Method::is_automatic);
    let checks = CHECKS.map(|(words, is)| (words, with(&is)));
    markup! {
        li {
            (Icon::Check.show())
            @if software > 0 {
                b { (software) " of " (counted(all, "task")) @if software == 1 { " is" } @else { " are" } " checked by software" }
                span.muted { "against what was asked, before anybody reads them" }
            } @else {
                b { "People judge the work" }
                span.muted { "nothing of it is asked to be checked by software" }
            }
            ul.small.muted { @for (words, count) in checks.iter().filter(|it| it.1 > 0) {
                li { (words) span { " " (counted(*count, "task")) } }
            } }
        }
    }
}

/// When it is likely done, with an interval.
fn when_likely(likely: &Forecast) -> Markup {
    let steps = markup! { (likely.steps) @if likely.steps == 1 { " step is" } @else { " steps that follow on each other are" } " left" };
    markup! {
        @if likely.steps > 0 { li {
            (Icon::Wait.show())
            @match likely.between {
                Some((early, late)) if early == late => {
                    b { "Likely done by " (when(late)) }
                    span.muted { (steps) "; this is if they take as long as those before" }
                },
                Some((early, late)) => {
                    b { "Likely done between " (when(early)) " and " (when(late)) }
                    span.muted { (steps) "; this is if they take as long as those before, half of the time and nine times of ten" }
                },
                None if likely.waits => {
                    b { (steps) }
                    span.muted { "somebody has to judge what was handed in; nobody can tell when they will" }
                },
                None => {
                    b { (steps) }
                    span.muted { "nobody has done such a step here yet, so no date can be told" }
                },
            }
        } }
    }
}

/// What is known to be at risk, each with why.
fn risks(seen: &Seen<'_>, likely: &Forecast) -> Vec<(String, &'static str)> {
    let count = |is: fn(&Task) -> bool| seen.tasks.iter().filter(|task| is(task)).count();
    let mut risks = Vec::new();
    let mut add = |count: usize, words: &str, why| {
        if count > 0 {
            let tasks = if count == 1 { "task" } else { "tasks" };
            risks.push((format!("{count} {tasks} {words}"), why));
        }
    };
    add(
        count(|it| !it.is_settled() && it.escalated.is_some()),
        "went up to somebody",
        "they wait for a decision",
    );
    add(
        count(|it| it.nobody_found && !it.is_settled()),
        "found nobody",
        "nobody who is free can do it now",
    );
    add(
        count(|it| it.returned.is_some() && it.handed().is_none() && !it.is_settled()),
        "sent back",
        "the work is done again",
    );
    add(
        count(|it| matches!(it.phase, consort_kernel::task::Phase::Failed { .. })),
        "given up",
        "what needs it is given up too",
    );
    let late = likely.between.zip(seen.outcome.charter.deadline);
    if late.is_some_and(|((_, late), deadline)| late > deadline) {
        risks.push((
            "The day may not be met".to_owned(),
            "the later end of the forecast lies after it",
        ));
    }
    risks
}
