//! Sentences that deny a value or only imagine it, and sentences about another time.
//!
//! `The notice period is not 30 days` states no notice period; `not less than 30 days` does. What
//! `was £500 until 2020` is a fact of that time. Only English is known; in other languages a denied
//! value is mostly in no form that is read as a fact.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::quick;

/// Denials that bound a value and do not deny it, or number something.
const BOUNDING: &str = r"\b(?:not|no|never) (?:be )?(?:less|more|later|earlier|fewer|longer|sooner|greater|higher|lower|only|just)\b(?: than\b)?|\b(?:may|shall|must|will|does|do|can|to) ?not (?:be )?exceed\w*|\bnot (?:to )?exceed\w*|\bno\. ?\d";

/// What stands before a value that is denied or only imagined.
const UNTRUE: &str = r"\b(?:not|no|never|nor|neither|without|cannot|would|rather than|other than|were to|suppos(?:e|ing)|imagine|hypothetically)\b|n['’]t\b";

/// What stands after a value that is denied.
const DENIED_AFTER: &str = r"^[^,;:.]*\b(?:do|does|did|is|are|was|were|shall|will|has|have)(?: not| no longer| never|n['’]t)\b[^,;:.]*\b(?:appl\w+|hold|holds|stand|valid|in force|true|correct|right|agreed|the [a-z]+)\b";

/// Where a clause begins that is free of a denial before it.
const STARTS: [&str; 4] = [";", ", and ", ", but ", " but "];

/// What puts a value into an earlier time without a year.
const EARLIER: &str = r"\b(?:until|till|formerly|previously|originally|used to|at first|in the past|at that time|in those days|last year)\b";

/// Verbs of an earlier time.
const PAST: &str = r"\b(?:was|were|amounted|stood|totalled|averaged|reached|cost|paid|had)\b";

/// A year, and whether it is an end.
const YEAR: &str = r"(\b(?:until|till|before|up to)(?: the end of)? )?\b((?:19|20)[0-9]{2})\b";

static PATTERNS: LazyLock<[Regex; 6]> = LazyLock::new(|| {
    [BOUNDING, UNTRUE, DENIED_AFTER, EARLIER, PAST, YEAR].map(|one| {
        Regex::new(&quick(one)).expect("the patterns are fixed and a test compiles them")
    })
});

/// Whether a value between these two parts of its sentence is stated, and not denied or imagined.
pub(super) fn is_stated(before: &str, after: &str) -> bool {
    let [bounding, untrue, denied_after, ..] = &*PATTERNS;
    let start = STARTS
        .iter()
        .filter_map(|start| before.rfind(start).map(|at| at + start.len()))
        .max()
        .unwrap_or(0);
    let bare = bounding.replace_all(&before[start..], "…");
    !untrue.is_match(&bare) && !denied_after.is_match(after)
}

/// The earlier time to which a sentence ties a value: a year, `until` a year, or `earlier`.
pub(super) fn earlier_time(before: &str, after: &str) -> Option<String> {
    let [_, _, _, earlier, past, year] = &*PATTERNS;
    let is_past = past.is_match(before);
    let dated = [after, before]
        .iter()
        .find_map(|part| year.captures(part))
        .filter(|_| is_past)
        .map(|found| match found.get(1) {
            Some(_) => format!("until {}", &found[2]),
            None => found[2].to_owned(),
        });
    let is_earlier = earlier.is_match(before) || (is_past && earlier.is_match(after));
    dated.or_else(|| is_earlier.then(|| "earlier".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_and_imagined_values_are_told_from_bounds() {
        for (before, after, stated) in [
            ("The notice period is ", ".", true),
            ("The notice period is *not* ", ".", false),
            ("The notice period isn’t ", ".", false),
            ("The notice period is not less than ", ".", true),
            ("The price shall not exceed ", ".", true),
            (
                "If the customer were public, the notice period would be ",
                ".",
                false,
            ),
            ("We do not subcontract, and the price is ", ".", true),
            ("The notice period of ", " does not apply.", false),
            ("A deposit of ", " is not refundable.", true),
            ("", " is not the notice period.", false),
            ("You may leave without ", " of notice.", false),
        ] {
            assert_eq!(is_stated(before, after), stated, "{before}…{after}");
        }
    }

    #[test]
    fn values_of_an_earlier_time_carry_it() {
        for (before, after, expected) in [
            ("The price was ", " until 2020.", Some("until 2020")),
            ("In 2019 the price was ", ".", Some("2019")),
            ("The price was previously ", ".", Some("earlier")),
            ("The price is ", " since 2021.", None),
            ("The price was ", ".", None),
        ] {
            assert_eq!(
                earlier_time(before, after).as_deref(),
                expected,
                "{before}…{after}"
            );
        }
    }
}
