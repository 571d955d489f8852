//! `screen`: what an application says about each declared criterion, with the passages.
//!
//! A criterion is `met` where a passage has one of the declared wordings, its words close together,
//! and nothing that takes them back; `partly` where it has a wording that was declared as a hint, or
//! most of a long one, or a whole one with a word such as "not" or "basic" or too few years; else
//! `not stated`, which is never "not met": an application that does not say something is no proof of
//! anything.

use std::sync::LazyLock;

use consort_documents::{Citation, Document, Statement};
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::criterion::{Criterion, years};
use super::redact::unmasked;
use crate::text::{Language, PassageKind, content_stems, passages, quick};

/// Said of a passage that has no whole wording.
const SOME_WORDS: &str = "it speaks of it and does not say it";
/// Said of a passage with a word that may take it back.
const TAKEN_BACK: &str = "it has the word";
/// How many passages are shown for a criterion.
const PASSAGES_MAX: usize = 3;

/// Words that may take back what a passage says.
static TAKES_BACK: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:no|not|never|without|none|nor|cannot|unable|basic|beginner\w*|some|little|limited|learning|now and then|occasional\w*|hope to|hoping to|plan to|planning to|would (?:like|love) to|keen to|willing to|yet to|expired|lapsed|ran out|currently studying|(?:do|does|did|have|has|had|am|is|are|was|were|can|could)n['’]t)\b";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});

/// What looks like taking back and is not.
static FRIENDS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:no problem|no doubt|no matter|not only|not just)\b";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});
/// How many other words may stand between those of a wording.
const BETWEEN_MAX: usize = 2;
/// The fewest words of a wording of which most is enough for a hint.
const LONG_WORDS: usize = 3;

/// What an application says about a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A passage says it.
    Met,
    /// A passage speaks of it; somebody has to read it.
    Partly,
    /// No passage speaks of it.
    NotStated,
}

impl Standing {
    /// The words that are shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Partly => "partly",
            Self::NotStated => "not stated",
        }
    }
}

/// What was found about one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The criterion's key.
    pub criterion: String,
    /// What the application says.
    pub standing: Standing,
    /// The passages.
    pub statements: Vec<Statement>,
    /// By which rule.
    pub why: String,
}

/// An application, screened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    /// The application's name.
    pub application: String,
    /// One for each criterion, in their order.
    pub findings: Vec<Finding>,
    /// Why it could not be read; a person has to open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// A part of a passage that speaks of a criterion.
struct Spoken<'text> {
    block: usize,
    start: usize,
    text: &'text str,
    /// Why it does not settle the criterion; nothing where it does.
    doubt: Option<String>,
}

/// Screens an application, which is best given as `redact` left it.
pub fn screen(application: &Document, criteria: &[Criterion]) -> Screened {
    let unreadable = application.blocks.is_empty().then(|| {
        let reason = application.title.clone();
        reason.unwrap_or_else(|| "it has no text".to_owned())
    });
    Screened {
        application: application.name.clone(),
        findings: criteria.iter().map(|it| find(application, it)).collect(),
        unreadable,
    }
}

fn find(application: &Document, criterion: &Criterion) -> Finding {
    let spoken = spoken(application, criterion);
    let (firm, doubtful): (Vec<&Spoken<'_>>, Vec<&Spoken<'_>>) =
        spoken.iter().partition(|it| it.doubt.is_none());
    let takes_back = doubtful.iter().find(|it| {
        it.doubt
            .as_ref()
            .is_some_and(|why| why.starts_with(TAKEN_BACK))
    });
    let (standing, why, shown) = match (firm.first(), doubtful.first(), takes_back) {
        (None, None, _) => (
            Standing::NotStated,
            "no passage has its words".to_owned(),
            vec![],
        ),
        (Some(_), _, Some(_)) => {
            let both = [&firm[..1], &doubtful[..]].concat();
            (
                Standing::Partly,
                "passages point both ways".to_owned(),
                both,
            )
        }
        (Some(_), _, None) => (Standing::Met, "a passage has its words".to_owned(), firm),
        (None, Some(first), _) => {
            let why = first.doubt.clone().unwrap_or_default();
            (Standing::Partly, why, doubtful)
        }
    };
    Finding {
        criterion: criterion.key.clone(),
        standing,
        statements: shown
            .into_iter()
            .take(PASSAGES_MAX)
            .filter_map(|it| {
                let citation = Citation::of(application, it.block, it.start, it.text)?;
                Some(Statement {
                    citations: vec![citation],
                    text: it.text.to_owned(),
                })
            })
            .collect(),
        why,
    }
}

fn spoken<'text>(application: &'text Document, criterion: &Criterion) -> Vec<Spoken<'text>> {
    let language = Language::of(application);
    let stems = |words: &String| content_stems(words, language);
    let wordings: Vec<Vec<String>> = criterion.looks_for.iter().map(stems).collect();
    let hints: Vec<Vec<String>> = criterion.hints.iter().map(stems).collect();
    let mut found = Vec::new();
    for passage in passages(0, application) {
        if passage.kind == PassageKind::Heading {
            continue;
        }
        for (offset, text) in unmasked(passage.text) {
            let stems = content_stems(text, language);
            let whole = wordings.iter().any(|it| has_all(&stems, it));
            let part = wordings.iter().any(|it| has_most(&stems, it))
                || hints.iter().any(|it| has_all(&stems, it));
            if whole || part {
                found.push(Spoken {
                    block: passage.block,
                    start: passage.start + offset,
                    text,
                    doubt: doubt(passage.text, whole, criterion.years_min),
                });
            }
        }
    }
    // What has all of the words is shown before what has some; else the order is the document's.
    found.sort_by_key(|it| it.doubt.as_deref() == Some(SOME_WORDS));
    found
}

/// Whether a text has all words of a wording, close together and in any order.
pub(super) fn has_all(stems: &[String], wording: &[String]) -> bool {
    let width = (wording.len() + BETWEEN_MAX).min(stems.len()).max(1);
    !wording.is_empty()
        && stems
            .windows(width)
            .any(|near| wording.iter().all(|word| near.contains(word)))
}

/// Whether a text has at least half of a long wording.
fn has_most(stems: &[String], wording: &[String]) -> bool {
    let count = wording.iter().filter(|word| stems.contains(word)).count();
    wording.len() >= LONG_WORDS && count * 2 >= wording.len()
}

/// Why a passage does not settle the criterion, by the whole passage, masked parts and all.
fn doubt(text: &str, whole: bool, years_min: Option<u32>) -> Option<String> {
    let plain = FRIENDS.replace_all(text, " ");
    if let Some(found) = TAKES_BACK.find(&plain) {
        return Some(format!("{TAKEN_BACK} '{}'", found.as_str().to_lowercase()));
    }
    if !whole {
        return Some(SOME_WORDS.to_owned());
    }
    let asked = years_min?;
    match years(text).max() {
        Some(said) if said >= asked => None,
        Some(said) => Some(format!("it says {said} years, and {asked} are asked for")),
        None => Some(format!(
            "it does not say for how many years; {asked} are asked for"
        )),
    }
}
