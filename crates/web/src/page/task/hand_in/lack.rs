//! What still has to be done to a draft, said where it is.

use consort_desk::form::Lack;
use consort_engine::check::CheckResult;
use maud::{Markup, html as markup};

use super::paper::Paper;
use super::{RESULT, field};
use crate::part::{Icon, sentence};

/// The place of what is asked about an AI, which is no part of the result.
pub(super) const AI: &str = "ai";

/// A lack at a place.
pub(super) fn of(at: &str, why: &str) -> Lack {
    let (at, why) = (at.to_owned(), why.to_owned());
    Lack { at, why }
}

/// What a check found, each where it is.
pub(super) fn of_check(result: &CheckResult) -> Vec<Lack> {
    let found = result.evidence.iter().map(|it| it.text.as_str());
    let mut found: Vec<&str> = found.collect();
    if found.is_empty() {
        found.push(&result.summary);
    }
    found.into_iter().map(placed).collect()
}

/// Checks begin with the place, and what is there comes after it.
fn placed(text: &str) -> Lack {
    if let Some((at, why)) = text.split_once(": ").filter(|it| it.0.starts_with('/')) {
        return of(at, why);
    }
    let quoted = text.strip_prefix('\'').and_then(|it| it.split_once("' "));
    match quoted.filter(|it| it.0.starts_with('/')) {
        Some((at, why)) => of(at, &format!("it {why}")),
        None => of("", text.strip_prefix("the whole: ").unwrap_or(text)),
    }
}

/// The identifier of the field at a place.
pub(super) fn id(at: &str) -> String {
    let at: String = at
        .chars()
        .map(|letter| if letter.is_whitespace() { '_' } else { letter })
        .collect();
    format!("{RESULT}{at}")
}

/// The identifier of what is said of the field at a place.
pub(super) fn told(at: &str) -> String {
    format!("{}-error", id(at))
}

/// What is lacking right here.
pub(super) fn at(lacks: &[Lack], place: &str) -> Markup {
    markup! {
        @if let Some(lack) = lacks.iter().find(|it| it.at == place) {
            p.error id=(told(place)) { (Icon::Bad.show()) (sentence(&lack.why)) }
        }
    }
}

/// All of it, each leading to its field.
pub(super) fn list(paper: &Paper, lacks: &[Lack]) -> Markup {
    markup! {
        @for lack in lacks {
            @if lack.at == AI {
                a href={ "#" (AI) } { (sentence(&lack.why)) }
            } @else if let Some(name) = field::name(paper, &lack.at) {
                a href={ "#" (id(&lack.at)) } { (name) ": " (lack.why) }
            } @else {
                p { (sentence(&lack.why)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_checks_say_is_told_where_it_is() {
        for (text, at, why) in [
            (
                "/missed/0: it has no citation",
                "/missed/0",
                "it has no citation",
            ),
            (
                "'/text' has 7 characters; from 10 to 200 are asked for.",
                "/text",
                "it has 7 characters; from 10 to 200 are asked for.",
            ),
            ("the whole: too long", "", "too long"),
            ("size(x) > 0: it is not", "", "size(x) > 0: it is not"),
            ("'a' is odd", "", "'a' is odd"),
        ] {
            assert_eq!(placed(text), of(at, why));
        }
    }
}
