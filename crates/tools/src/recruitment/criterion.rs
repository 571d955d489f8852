//! Declared criteria: what is looked for, by which words, and what is no criterion at all.

use std::sync::LazyLock;

use consort_documents::Statement;
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::text::quick;

/// What a person is or where they come from, which says nothing about what they can do.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:age|aged|young\w*|older|years old|under \d\d|gender\w*|sex|male|female|m[ae]n|wom[ae]n|marri\w+|marital|famil\w+|child\w*|pregnan\w*|nationalit\w*|native|citizen\w*|religio\w*|faith|church|photo\w*|portrait|appearance|looks|disab\w*|ethnic\w*|race|skin|accent|surname|first name|postcode|neighbourhood)\b";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});
/// A length of experience that is asked for.
static YEARS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:at least |minimum (?:of )?)?(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)(?:\+| or more)? years?(?:'|’)?(?: of)?\b";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});
/// The words for small numbers.
const NUMBERS: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// Whether a criterion has to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The work cannot be done without it.
    Must,
    /// It helps.
    Nice,
}

impl Need {
    /// The word that is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Nice => "nice to have",
        }
    }
}

/// A declared criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Words that show that something is said about it, and not what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Where the role's own text speaks of it.
    pub in_role: Vec<Statement>,
    /// Its name, as in `must-1`.
    pub key: String,
    /// The words that are looked for; any one of them will do.
    pub looks_for: Vec<String>,
    /// Whether it has to be met.
    pub need: Need,
    /// What it says.
    pub wording: String,
    /// How many years it asks for, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years_min: Option<u32>,
}

/// Something that was given as a criterion and is not screened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Why.
    pub why: String,
    /// What it says.
    pub wording: String,
}

/// Reads criteria as people write them: `must: A driving licence = driving licence, category B`.
/// Without `nice:` before it, one has to be met; without words after `=`, its own are looked for. A
/// word with `~` before it is a hint.
pub(super) fn read(lines: &[String]) -> (Vec<Criterion>, Vec<SetAside>) {
    let (mut criteria, mut aside) = (Vec::new(), Vec::new());
    let (mut musts, mut nices) = (0, 0);
    for line in lines.iter().map(|line| line.trim()) {
        let (need, rest) = need_of(line);
        let (wording, words) = rest.split_once('=').unwrap_or((rest, ""));
        let wording = wording.trim();
        if wording.is_empty() {
            continue;
        }
        if let Some(found) = PERSONAL.find(rest) {
            aside.push(SetAside {
                why: format!(
                    "'{}' is about who somebody is and not about what they can do",
                    found.as_str().to_lowercase()
                ),
                wording: wording.to_owned(),
            });
            continue;
        }
        let number = match need {
            Need::Must => &mut musts,
            Need::Nice => &mut nices,
        };
        *number += 1;
        let prefix = if need == Need::Must { "must" } else { "nice" };
        let (looks_for, hints) = looked_for(wording, words);
        criteria.push(Criterion {
            hints,
            in_role: Vec::new(),
            key: format!("{prefix}-{number}"),
            looks_for,
            need,
            wording: wording.to_owned(),
            years_min: years(wording).max(),
        });
    }
    (criteria, aside)
}

/// The numbers of years that a text names.
pub(super) fn years(text: &str) -> impl Iterator<Item = u32> {
    YEARS.captures_iter(text).filter_map(|found| {
        let written = found[1].to_lowercase();
        let named = NUMBERS.iter().position(|name| *name == written);
        let named = named.and_then(|at| u32::try_from(at + 1).ok());
        named.or_else(|| written.parse().ok())
    })
}

fn need_of(line: &str) -> (Need, &str) {
    let prefixed = |prefix: &str| {
        let start = line.get(..prefix.len())?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| &line[prefix.len()..])
    };
    if let Some(rest) = prefixed("nice to have:").or_else(|| prefixed("nice:")) {
        return (Need::Nice, rest);
    }
    (Need::Must, prefixed("must:").unwrap_or(line))
}

/// The declared words and hints; without words, those of the criterion, less the length of time.
fn looked_for(wording: &str, words: &str) -> (Vec<String>, Vec<String>) {
    let declared = words
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let (hints, mut words): (Vec<&str>, Vec<&str>) =
        declared.partition(|word| word.starts_with('~'));
    let own = YEARS.replace_all(wording, " ");
    if words.is_empty() {
        words.push(own.trim());
    }
    let owned = |word: &&str| word.trim_start_matches('~').trim().to_owned();
    (
        words.iter().map(owned).collect(),
        hints.iter().map(owned).collect(),
    )
}
