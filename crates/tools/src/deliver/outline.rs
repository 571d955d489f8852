//! The parts of a delivered brief, before they become HTML or DOCX: both say the same.
//!
//! Which parts there are is decided by `page_one` and `annex`; how they look, by the renderers.

use std::collections::BTreeMap;

use consort_documents::{Citation, Statement};

use crate::shape::Severity;

/// One part of the brief.
#[derive(Debug)]
pub(super) enum Part {
    /// A section begins.
    Heading(String),
    /// A smaller heading.
    Subheading(String),
    /// The question, large.
    Question(String),
    /// Running text of our own.
    Text(String),
    /// A remark in small type.
    Note(String),
    /// A few numbers, each with what it counts.
    Figures(Vec<(usize, String)>),
    /// Statements with their passages.
    Entries(Vec<Entry>),
    /// Values that differ, and what the person chose.
    Dispute(Dispute),
    /// An option with passages on both sides.
    Option(OptionPart),
    /// Somebody's own sentence.
    Credited { sentence: String, person: String },
    /// Lines to fill in by hand.
    Blank(String),
    /// A table.
    Grid {
        head: Vec<String>,
        rows: Vec<Vec<Cell>>,
    },
    /// A new page in print.
    NewPage,
    /// The passages, by their numbers.
    Sources(Vec<Source>),
}

/// A statement and the numbers of its passages.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub(super) lead: Option<String>,
    pub(super) text: String,
    pub(super) sources: Vec<usize>,
    /// Whether the text is a passage, word for word.
    pub(super) quoted: bool,
    /// What follows in the same line.
    pub(super) also: Vec<Entry>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) lines: Vec<Entry>,
    /// Whether it says that there is nothing.
    pub(super) empty: bool,
    /// How serious what it says is, where that shows.
    pub(super) severity: Option<Severity>,
}

impl Cell {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            lines: vec![Entry {
                text: text.into(),
                ..Entry::default()
            }],
            ..Self::default()
        }
    }
}

/// Values that differ.
#[derive(Debug)]
pub(super) struct Dispute {
    pub(super) title: String,
    pub(super) sides: Vec<Side>,
    /// What the person decided, or that nothing was decided.
    pub(super) verdict: Option<String>,
    /// Whether something was decided.
    pub(super) decided: bool,
}

/// One of the values.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) documents: String,
    pub(super) sources: Vec<usize>,
    pub(super) chosen: bool,
}

/// An option with its passages.
#[derive(Debug)]
pub(super) struct OptionPart {
    pub(super) name: String,
    pub(super) about: Vec<Entry>,
    pub(super) against: Vec<Entry>,
}

/// A passage with its number.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) number: usize,
    pub(super) document: String,
    pub(super) place: String,
    pub(super) quote: String,
}

/// The passages that are cited, numbered in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct Sources {
    numbers: BTreeMap<(String, u32, u32, String), usize>,
    list: Vec<Source>,
}

impl Sources {
    /// The numbers of these passages.
    pub(super) fn numbers(&mut self, citations: &[Citation]) -> Vec<usize> {
        let mut numbers: Vec<usize> = citations.iter().map(|one| self.number(one)).collect();
        numbers.dedup();
        numbers
    }

    fn number(&mut self, citation: &Citation) -> usize {
        let key = (
            citation.document.clone(),
            citation.block,
            citation.start,
            citation.quote.clone(),
        );
        let next = self.list.len() + 1;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.list.push(Source {
                number,
                document: citation.document.clone(),
                place: citation.place.to_string(),
                quote: citation.quote.clone(),
            });
        }
        number
    }

    /// A statement as an entry; whether it is quoted shows in its passages.
    pub(super) fn entry(&mut self, statement: &Statement) -> Entry {
        let quoted = statement
            .citations
            .iter()
            .any(|citation| citation.quote == statement.text);
        Entry {
            lead: None,
            text: statement.text.clone(),
            sources: self.numbers(&statement.citations),
            quoted,
            also: Vec::new(),
        }
    }

    pub(super) fn into_list(self) -> Vec<Source> {
        self.list
    }
}

/// Splits a list after its first entries, for a page that has room for those.
pub(super) fn first<T>(list: &[T], most: usize) -> (&[T], &[T]) {
    list.split_at(list.len().min(most))
}

/// `1 document`, `2 documents`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
