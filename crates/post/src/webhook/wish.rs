//! Which kinds of events somebody wants to be told.

use crate::PostError;

/// How many kinds are named at the most.
const KINDS_MAX: usize = 50;
/// How long the name of one is at the most, in bytes.
const KIND_BYTES_MAX: usize = 64;
/// What events happen to.
const STREAMS: [&str; 5] = ["contributor", "network", "organisation", "outcome", "task"];
/// What the types of events begin with where they go out.
const PREFIX: &str = "consort.";

/// The kinds, if they are in order: each is one kind, as in `task.accepted`, or all about one sort of
/// thing, as in `outcome.*`. None at all stands for everything.
pub(crate) fn wanted<'a>(
    asked: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<String>, PostError> {
    let mut kinds = Vec::new();
    for text in asked {
        let kind = text.strip_prefix(PREFIX).unwrap_or(text);
        let is_name = |it: &str| {
            !it.is_empty()
                && it
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        let is_one = kind.len() <= KIND_BYTES_MAX
            && kind.split_once('.').is_some_and(|(stream, what)| {
                STREAMS.contains(&stream) && (what == "*" || is_name(what))
            });
        if !is_one {
            let start: String = text.chars().take(KIND_BYTES_MAX).collect();
            return Err(PostError::Misused(format!(
                "'{start}' is no kind of event: one was expected as in task.accepted, or all about \
                 outcomes as in outcome.*; before the point stands one of {}",
                STREAMS.join(", ")
            )));
        }
        kinds.push(kind.to_owned());
    }
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() > KINDS_MAX {
        return Err(PostError::Misused(format!(
            "{KINDS_MAX} kinds of events are the most that one webhook names"
        )));
    }
    Ok(kinds)
}

/// Whether a kind is among those that are wanted.
pub(crate) fn is_wanted(wanted: &[String], kind: &str) -> bool {
    let fits = |wish: &String| match wish.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => wish == kind,
    };
    wanted.is_empty() || wanted.iter().any(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_one_kind_or_all_about_a_sort_of_thing() {
        let asked = ["task.sent_back", "consort.outcome.*", "task.sent_back"];
        let kinds = wanted(asked).unwrap();
        assert_eq!(kinds, ["outcome.*", "task.sent_back"]);
        for (kind, expected) in [
            ("task.sent_back", true),
            ("task.sent", false),
            ("task.sent_back_again", false),
            ("outcome.stated", true),
            ("organisation.founded", false),
        ] {
            assert_eq!(is_wanted(&kinds, kind), expected, "{kind}");
        }
        assert!(is_wanted(&[], "task.accepted"), "no wish is every wish");
    }

    #[test]
    fn what_no_event_is_called_is_refused() {
        let long = format!("task.{}", "a".repeat(KIND_BYTES_MAX));
        for wrong in [
            "", "*", "task", "task.", "job.done", "task.a.b", "task.A", "task.* x", &long,
        ] {
            assert!(wanted([wrong]).is_err(), "{wrong}");
        }
        let many: Vec<String> = (0..=KINDS_MAX)
            .map(|it| format!("task.{}", "a".repeat(it + 1)))
            .collect();
        assert!(wanted(many.iter().map(String::as_str)).is_err());
    }
}
