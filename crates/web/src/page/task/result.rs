//! What was handed in: statements beside the passages that they rest on, and the files.

use consort_desk::question::{Decided, Questions};
use consort_documents::Statement;
use consort_kernel::task::AiUse;
use maud::{Markup, html as markup};
use serde_json::Value;

use super::source::documents;
use super::{Seen, content};
use crate::part::{Documents, Icon, counted, in_order_of_doubt, statement, statements};
use crate::server::Failure;

/// How many statements are shown at once, and how many where somebody wants all of them.
const STATEMENTS_SHOWN: usize = 8;
const STATEMENTS_MAX: usize = 1_000;
/// How much is taken from a result, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// The page's part.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let task = &seen.task;
    let (submission, words) = match (task.handed(), &task.returned) {
        (Some(handed), _) => (&handed.submission, "Handed in"),
        (None, Some(returned)) => (&returned.submission, "What went back"),
        (None, None) => return Ok(markup! {}),
    };
    let bytes = seen.web.engine.artefacts().get(submission.content)?;
    let is_short = bytes.len() <= BYTES_MAX;
    let content: Option<Value> = is_short
        .then(|| serde_json::from_slice(&bytes).ok())
        .flatten();
    let mut statements = content.as_ref().map(statements).unwrap_or_default();
    // Where the questions cannot be read any more, the answers are shown as they are.
    let questions = Questions::of(&seen.web.engine, task).ok().flatten();
    let decided = questions
        .filter(|_| is_short)
        .and_then(|it| it.decided(&bytes));
    let documents = documents(seen)?;
    in_order_of_doubt(&mut statements, &documents);
    let made_with = submission.provenance.made_with.as_deref();
    Ok(markup! {
        section.section aria-labelledby="handed-in" {
            div.section-head {
                h2 #handed-in { (words) }
                p { @if !statements.is_empty() { "Each statement stands beside the words it rests on. Those words stand in their sources; whether they bear out what somebody says in their own is for people to judge." } }
            }
            @match &content {
                Some(_) if decided.is_some() => { div.stack { @for one in decided.iter().flatten() { (decision(one)) } } },
                Some(content) if statements.is_empty() => (content::show(content)),
                Some(_) => {},
                None => { p { "It is too large to be shown here, or no JSON." } },
            }
            (stated(&statements, &documents))
            @if !submission.files.is_empty() {
                ul.list {
                    @for name in submission.files.keys() {
                        li.row { (Icon::File.show()) p.row-title { a href={ (seen.address()) "/files/" (name) } { (name) } } p.row-why { "Handed in with it" } p.row-end {} }
                    }
                }
            }
            @if let Some(content) = &content { (content::data(content)) }
            p.small.muted {
                (made(submission.provenance.ai, made_with)) " "
                span.id { (submission.content) }
            }
        }
    })
}

/// The statements: those that are read first, and the others folded away.
fn stated(statements: &[Statement], documents: &Documents<'_>) -> Markup {
    // To fold a few away would only be in the way.
    let shown = if statements.len() <= 2 * STATEMENTS_SHOWN {
        statements.len()
    } else {
        STATEMENTS_SHOWN
    };
    let (first, others) = statements.split_at(shown);
    let left = others.len().saturating_sub(STATEMENTS_MAX);
    markup! {
        @for one in first { (statement(one, documents)) }
        @if !others.is_empty() {
            details.disclosure {
                summary { (counted(others.len(), "more statement")) span.muted { " those that its sources do not say, and those in somebody's own words, come first" } }
                @for one in others.iter().take(STATEMENTS_MAX) { (statement(one, documents)) }
                @if left > 0 { p.small.muted { "and " (left) " more, in the files of the result" } }
            }
        }
    }
}

/// What was decided about one question.
fn decision(decided: &Decided) -> Markup {
    markup! {
        div.card {
            p.muted { (decided.ask) }
            p { b { (decided.chosen.as_deref().unwrap_or("Left open")) } }
            @if !decided.reason.is_empty() { p { (decided.reason) } }
            @if !decided.is_opened { p.small.muted { "Whoever decided it did not read all of the passages." } }
        }
    }
}

/// How a result came about, as whoever handed it in says.
fn made(ai: AiUse, with: Option<&str>) -> String {
    let how = match ai {
        AiUse::None => "Made without an AI, as whoever handed it in says",
        AiUse::Tool => "Made by software that quotes and compares",
        AiUse::Assisted => "Made by a person with the help of an AI",
        AiUse::Generated => "Made by an AI",
    };
    match with {
        Some(with) => format!("{how}: {with}."),
        None => format!("{how}."),
    }
}
