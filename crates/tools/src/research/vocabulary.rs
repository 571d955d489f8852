//! The vocabulary of attributes: names, the phrases that mean them, and the words that show them.
//!
//! It is read from `attributes.txt` beside this file and stays open: a label that it does not know
//! keeps its own words.

use std::sync::OnceLock;

use super::quantity::Kind;
use crate::text::{Language, stem, words};

/// The kinds of value that an attribute of the vocabulary takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Quantity(Kind),
    Text,
}

/// One attribute.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// Whether it is about the document itself, as its date and its author are.
    pub(crate) of_document: bool,
    takes: Vec<Takes>,
    phrases: Vec<&'static str>,
    stems: Vec<Vec<String>>,
    shown_by: Vec<Vec<&'static str>>,
}

impl Entry {
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        self.takes.contains(&Takes::Quantity(kind))
    }

    fn takes_text(&self) -> bool {
        self.takes.contains(&Takes::Text)
    }
}

/// The entry whose name or phrase this label is, and which takes such a value.
///
/// A value in words keeps a name that is written out or an entry that takes words, so that
/// `Delivery: free of charge` is not read as a delivery time.
pub(crate) fn named(label: &str, kind: Option<Kind>, language: Language) -> Option<&'static Entry> {
    let label_stems = stems(label, language);
    entries().iter().find(|entry| {
        let fits = kind.map_or_else(
            || entry.takes_text() || entry.name == label,
            |kind| entry.takes(kind) || entry.of_document,
        );
        fits && (entry.name == label
            || entry.phrases.contains(&label)
            || (!label_stems.is_empty() && entry.stems.contains(&label_stems)))
    })
}

/// The entry that the words of a clause show, for a value of this kind.
pub(crate) fn shown(clause: &[String], kind: Kind) -> Option<&'static Entry> {
    let stands = |start: &&str| clause.iter().any(|word| word.starts_with(start));
    // The most words decide, so that `liability is limited` is more than `liability`.
    let strength = |entry: &Entry| {
        entry
            .shown_by
            .iter()
            .filter(|all| all.iter().all(stands))
            .map(Vec::len)
            .max()
    };
    let mut best: Option<(usize, &'static Entry)> = None;
    for entry in entries().iter().filter(|entry| entry.takes(kind)) {
        let found = strength(entry).filter(|found| best.is_none_or(|(most, _)| *found > most));
        best = found.map(|found| (found, entry)).or(best);
    }
    best.map(|(_, entry)| entry)
}

/// Whether an attribute is about the document itself.
pub(crate) fn is_of_document(attribute: &str) -> bool {
    entries()
        .iter()
        .any(|entry| entry.of_document && entry.name == attribute)
}

/// Whether an attribute is one of the vocabulary.
pub(crate) fn is_known(attribute: &str) -> bool {
    entries().iter().any(|entry| entry.name == attribute)
}

fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| {
        include_str!("attributes.txt")
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(entry)
            .collect()
    })
}

fn entry(line: &'static str) -> Entry {
    let mut columns = line.split('|').map(str::trim);
    let name = columns.next().unwrap_or_default();
    let takes = columns
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .map(takes)
        .collect();
    let phrases = listed(columns.next().unwrap_or_default());
    let shown_by = listed(columns.next().unwrap_or_default())
        .into_iter()
        .map(|all| all.split_whitespace().collect())
        .collect();
    let bare = name.trim_start_matches('!');
    let stems = std::iter::once(&bare)
        .chain(&phrases)
        .map(|phrase| stems(phrase, Language::English))
        .collect();
    Entry {
        name: bare,
        of_document: name.starts_with('!'),
        takes,
        phrases,
        stems,
        shown_by,
    }
}

fn listed(column: &'static str) -> Vec<&'static str> {
    column
        .split(',')
        .map(str::trim)
        .filter(|phrase| !phrase.is_empty())
        .collect()
}

fn takes(word: &str) -> Takes {
    match word {
        "money" => Takes::Quantity(Kind::Money),
        "percent" => Takes::Quantity(Kind::Percent),
        "duration" => Takes::Quantity(Kind::Duration),
        "date" => Takes::Quantity(Kind::Date),
        "number" => Takes::Quantity(Kind::Number),
        _ => Takes::Text,
    }
}

/// The stems of all words but the small ones that join.
fn stems(phrase: &str, language: Language) -> Vec<String> {
    words(phrase)
        .filter(|word| !matches!(word.text, "of" | "the" | "a" | "an" | "for" | "on"))
        .map(|word| stem(word.text, language))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Language, entries, named, shown};

    #[test]
    fn every_line_of_the_vocabulary_has_a_name_and_takes_something() {
        for entry in entries() {
            assert!(
                !entry.name.is_empty() && !entry.takes.is_empty(),
                "{entry:?}"
            );
        }
    }

    #[test]
    fn no_phrase_means_two_attributes_of_the_same_kind() {
        for (at, one) in entries().iter().enumerate() {
            for other in &entries()[at + 1..] {
                let shared = one
                    .phrases
                    .iter()
                    .find(|phrase| other.phrases.contains(phrase));
                assert_eq!(shared, None, "{} and {}", one.name, other.name);
            }
        }
    }

    #[test]
    fn labels_find_their_attribute() {
        for (label, kind, expected) in [
            ("notice", Some(Kind::Duration), Some("notice period")),
            (
                "notice periods",
                Some(Kind::Duration),
                Some("notice period"),
            ),
            (
                "period of notice",
                Some(Kind::Duration),
                Some("notice period"),
            ),
            ("delivery", Some(Kind::Duration), Some("delivery time")),
            ("delivery", Some(Kind::Money), None),
            ("delivery", None, None),
            ("notice period", None, Some("notice period")),
            ("price of extra storage", Some(Kind::Money), None),
            ("applicable law", None, Some("governing law")),
        ] {
            let found = named(label, kind, Language::English).map(|entry| entry.name);
            assert_eq!(found, expected, "{label}");
        }
    }

    #[test]
    fn words_of_a_clause_show_an_attribute() {
        let clause = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (text, kind, expected) in [
            (
                "terminate this agreement on notice",
                Kind::Duration,
                Some("notice period"),
            ),
            (
                "invoices are payable within",
                Kind::Duration,
                Some("payment term"),
            ),
            ("we met within", Kind::Duration, None),
        ] {
            let found = shown(&clause(text), kind).map(|entry| entry.name);
            assert_eq!(found, expected, "{text}");
        }
    }
}
