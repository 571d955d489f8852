//! Redaction: what shows who somebody is, masked before anybody screens.
//!
//! Each masked letter becomes `_`, byte for byte, so that every other passage still stands where the
//! original has it. What a pattern cannot see stays; [`LIMITS`] says so wherever it matters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use consort_documents::{BlockKind, Document};
use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::shape::{Question, Summary};
use crate::summarise::summarise;
use crate::text::{Repeats, quick};

/// What redaction can and cannot do.
pub const LIMITS: &str = "Masked by pattern: names that stand at the head, after a label or under a \
greeting; e-mail and web addresses, telephone numbers, street addresses and postcodes; lines such as \
date of birth, age, nationality or marital status; titles, pronouns and family words. Not seen: other \
names, what schools, clubs, places, dates and languages tell, handwriting and pictures (pictures are \
not read at all), and the name of the file. A word at the head that only looks like a name is masked \
too. It lowers what shows; it makes nobody anonymous.";

/// How many sentences a profile has: a person reads one for each applicant.
const PROFILE_SENTENCES: usize = 5;
/// A block with a label that is longer than this is running text, masked to the end of its sentence.
const LABELLED_BYTES_MAX: usize = 140;
/// How many blocks at the head of a document may begin with its writer's name.
const HEAD_BLOCKS: usize = 2;
/// How many words a name has at most.
const NAME_WORDS_MAX: usize = 4;
/// The shortest part of a name that is looked for elsewhere: shorter ones are words.
const NAME_PART_CHARS_MIN: usize = 3;

static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let patterns = [
        ("e-mail address", r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
        (
            "web address",
            r"(?i)\b(?:https?://|www\.)\S+|\b(?:linkedin|github|facebook|instagram|xing)\.com/\S+",
        ),
        ("telephone number", r"(?:\+|\b0|\(0)[\d\s()./-]{7,}\d"),
        (
            "address",
            r"\b\d{1,4}[a-z]?,? (?:[A-Z][\w'’]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Way|Court|Terrace|Gardens|Place|Row|Crescent)\b(?:, [A-Z]\w+)*|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b",
        ),
        (
            "age",
            r"(?i)\b(?:i am|i’m|i'm|aged?) \d\d\b(?: years old)?|\b\d\d[- ]years?[- ]old\b|\bborn (?:in|on) [\w ]*\d{4}",
        ),
        (
            "title, pronoun or family word",
            r"(?i)\b(?:mr|mrs|ms|miss|he|she|him|his|her|hers|himself|herself|husband|wife|mother|mum|father|dad|sons?|daughters?|m[ae]n|wom[ae]n|male|female|married|maternity|paternity)\b",
        ),
    ];
    let made = patterns.map(|(what, pattern)| {
        let regex = Regex::new(&quick(pattern)).expect("the pattern is well formed");
        (what, regex)
    });
    made.into()
});
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)^\W*(?:full name|name|address|date of birth|born|d\.?o\.?b\.?|age|nationality|citizenship|marital status|gender|sex|pronouns|religion|e-?mail|phone|telephone|tel|mobile|photo(?:graph)?|contact)\s*[:|]\s*";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});
static NAME_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)(?:^\W*(?:(?:full )?name|from|applicant)\s*[:|]\s*|\bmy name is |\bapplication (?:of|by|from) )";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});
static GREETING: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)\b(?:(?:kind|best|warm) (?:regards|wishes)|(?:yours )?(?:sincerely|faithfully)|yours truly|regards|many thanks|thank you)\W*";
    Regex::new(&quick(pattern)).expect("the pattern is well formed")
});

/// Words that begin a heading of an application and are no name.
const NO_NAMES: [&str; 34] = [
    "application",
    "applicant",
    "curriculum",
    "vitae",
    "cv",
    "resume",
    "résumé",
    "cover",
    "covering",
    "letter",
    "profile",
    "summary",
    "experience",
    "work",
    "education",
    "skills",
    "about",
    "personal",
    "statement",
    "dear",
    "hiring",
    "team",
    "to",
    "for",
    "the",
    "my",
    "lead",
    "manager",
    "history",
    "employment",
    "training",
    "references",
    "qualifications",
    "interests",
];

/// A document with what shows who somebody is masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// The document, as long as it was.
    #[serde(flatten)]
    pub document: Document,
    /// What redaction can and cannot do.
    pub limits: String,
    /// How often what was masked.
    pub masked: BTreeMap<String, u32>,
}

/// Masks a document.
pub fn redact(document: &Document) -> Redacted {
    let names = names(document);
    let mut masked: BTreeMap<String, u32> = BTreeMap::new();
    let mut redacted = document.clone();
    for block in &mut redacted.blocks {
        let mut text = block.text.clone();
        labelled(&mut text, &mut masked);
        for (what, pattern) in PATTERNS.iter() {
            mask_all(&mut text, pattern, what, &mut masked);
        }
        if let Some(pattern) = &names {
            mask_all(&mut text, pattern, "name", &mut masked);
        }
        block.text = text;
        // Cells would tell what the text does not.
        if let BlockKind::Row { cells, columns } = &mut block.kind {
            let width = cells.len();
            let mut parts = block.text.split(" | ").map(str::to_owned);
            *cells = (0..width)
                .map(|_| parts.next().unwrap_or_default())
                .collect();
            columns.truncate(width);
        }
    }
    redacted.title = document
        .blocks
        .is_empty()
        .then(|| document.title.clone())
        .flatten();
    Redacted {
        document: redacted,
        limits: LIMITS.to_owned(),
        masked,
    }
}

/// The parts of a passage that nothing is masked in, with where each begins.
pub(super) fn unmasked(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('_').filter_map(move |part| {
        let start = at;
        at += part.len() + 1;
        let lead = part.len()
            - part
                .trim_start_matches([' ', ',', '.', ';', ':', '|', '-'])
                .len();
        let kept = part[lead..].trim_end();
        (!kept.is_empty()).then_some((start + lead, kept))
    })
}

/// The sentences of an application that matter most and in which nothing is masked.
pub fn profile(application: &Document) -> Summary {
    let repeats = Repeats::of(std::slice::from_ref(application));
    let question = Question::default();
    let mut summary = summarise(application, &repeats, &question, PROFILE_SENTENCES);
    summary.statements.retain(|it| !it.text.contains('_'));
    if summary.statements.is_empty() && summary.nothing.is_none() {
        summary.nothing = Some("something is masked in each sentence that matters".to_owned());
    }
    summary
}

fn labelled(text: &mut String, masked: &mut BTreeMap<String, u32>) {
    let Some(label) = LABELLED.find(text) else {
        return;
    };
    let start = label.end();
    let end = if text.len() <= LABELLED_BYTES_MAX {
        text.len()
    } else {
        text[start..].find(". ").map_or(text.len(), |at| start + at)
    };
    mask(text, start, end);
    *masked.entry("labelled line".to_owned()).or_default() += 1;
}

fn mask_all(text: &mut String, pattern: &Regex, what: &str, masked: &mut BTreeMap<String, u32>) {
    let found: Vec<(usize, usize)> = pattern
        .find_iter(text)
        .map(|found| (found.start(), found.end()))
        .collect();
    for (start, end) in &found {
        mask(text, *start, *end);
    }
    if !found.is_empty() {
        *masked.entry(what.to_owned()).or_default() +=
            u32::try_from(found.len()).unwrap_or(u32::MAX);
    }
}

fn mask(text: &mut String, start: usize, end: usize) {
    text.replace_range(start..end, &"_".repeat(end - start));
}

/// A pattern of the parts of the names that a document gives as its writer's.
fn names(document: &Document) -> Option<Regex> {
    let mut parts: BTreeSet<String> = BTreeSet::new();
    for block in document.blocks.iter().take(HEAD_BLOCKS) {
        parts.extend(leading_name(&block.text, 2));
    }
    let mut after_greeting = false;
    for block in &document.blocks {
        if let Some(label) = NAME_LABEL.find(&block.text) {
            let rest = &block.text[label.end()..];
            let named = rest.split(" and ").next().unwrap_or(rest);
            parts.extend(leading_name(named, 1));
        }
        if after_greeting {
            parts.extend(leading_name(&block.text, 1));
        }
        let greeting = GREETING.find(&block.text);
        after_greeting = greeting.is_some_and(|found| found.end() == block.text.len());
        if let Some(greeting) = greeting {
            parts.extend(leading_name(&block.text[greeting.end()..], 1));
        }
    }
    let parts: Vec<String> = parts.iter().map(|part| regex::escape(part)).collect();
    if parts.is_empty() {
        return None;
    }
    Regex::new(&format!(r"\b(?:{})\b", parts.join("|"))).ok()
}

/// The parts of a name that a text begins with: up to four words with capitals, with no word of
/// running text after them.
fn leading_name(text: &str, least: usize) -> Vec<String> {
    let is_capital = |word: &&str| {
        let begins = word.chars().next().is_some_and(char::is_uppercase);
        begins && !word.chars().any(|c| c.is_ascii_digit())
    };
    let mut words: Vec<&str> = text.split_whitespace().take_while(is_capital).collect();
    if let Some(end) = words
        .iter()
        .position(|word| word.ends_with([',', '.', ';']))
    {
        words.truncate(end + 1);
    }
    let next = text.split_whitespace().nth(words.len());
    let goes_on =
        next.is_some_and(|word| word.starts_with(char::is_lowercase) && !word.contains('@'));
    let stops = words
        .last()
        .is_some_and(|word| word.ends_with([',', '.', ';']));
    let has_no_name = words.iter().any(|word| {
        let word = word.to_lowercase();
        NO_NAMES.contains(&word.trim_end_matches([':', '.', ',']))
    });
    if words.len() < least || words.len() > NAME_WORDS_MAX || has_no_name || (goes_on && !stops) {
        return Vec::new();
    }
    let parts = words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    parts
        .filter(|part| part.chars().count() >= NAME_PART_CHARS_MIN)
        .map(str::to_owned)
        .collect()
}
