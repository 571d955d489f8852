//! What must be known: the passages that speak to each thing, and the things that none speaks to.
//!
//! A passage speaks to a thing when it holds its words, or when it states an attribute that the
//! thing names. That it answers is for the reader to see.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{Document, Statement};

use super::DraftInputs;
use super::agree::{Titles, named};
use crate::conflict::Topic;
use crate::conflict::alias::Aliases;
use crate::conflict::measure::{bound, comparable};
use crate::research::vocabulary;
use crate::shape::{Answered, Confidence, Fact};
use crate::text::{Index, Language, PassageKind, Shingles, content_stems, is_notice, words};

/// Most passages for one thing.
const PASSAGES_MAX: usize = 8;

/// The things with passages, and the things without.
pub(super) fn answers(
    inputs: &DraftInputs<'_>,
    index: &Index<'_>,
    titles: &Titles<'_>,
) -> (Vec<Answered>, Vec<String>) {
    let mut answered = Vec::new();
    let mut unknowns = Vec::new();
    for must_know in &inputs.question.must_know {
        let statements = speaking_to(inputs, index, must_know, titles);
        if statements.is_empty() {
            unknowns.push(must_know.clone());
        } else {
            answered.push(Answered {
                must_know: must_know.clone(),
                statements,
            });
        }
    }
    (answered, unknowns)
}

fn speaking_to(
    inputs: &DraftInputs<'_>,
    index: &Index<'_>,
    must_know: &str,
    titles: &Titles<'_>,
) -> Vec<Statement> {
    let wanted: BTreeSet<String> = content_stems(must_know, Language::English)
        .into_iter()
        .collect();
    let mut found = Found::default();
    let aliases = Aliases::of(inputs.research);
    let mut stating: Vec<&Fact> = Vec::new();
    for research in inputs.research {
        let facts = research.facts.iter().filter(|fact| {
            let named: BTreeSet<String> = content_stems(&fact.attribute, Language::English)
                .into_iter()
                .collect();
            fact.confidence >= Confidence::Medium
                && !named.is_empty()
                && !vocabulary::is_of_document(&fact.attribute)
                && vocabulary::is_known(&fact.attribute)
                && (wanted.is_subset(&named) || named.is_subset(&wanted))
                && says(fact, &wanted, &named)
        });
        stating.extend(facts);
    }
    // First what each subject states, then further values; a value says more than its bound.
    stating.sort_by_key(|fact| (bound(fact).is_some(), std::cmp::Reverse(fact.confidence)));
    let mut seen = BTreeSet::new();
    let (first, further): (Vec<&Fact>, Vec<&Fact>) = stating.into_iter().partition(|fact| {
        // `Alder, Deep clean` is one of Alder's: every party comes before the parts of any.
        let party = fact.subject.split(", ").next().unwrap_or_default();
        seen.insert(aliases.key(party))
    });
    for fact in first.into_iter().chain(further) {
        found.fact(fact, &aliases, titles);
    }
    let query = index.query([must_know]);
    if !query.is_empty() {
        let mut ranked: Vec<_> = index
            .passages
            .iter()
            .enumerate()
            .filter(|(at, indexed)| {
                // Two thirds of the words, and never a single one out of several. Words that no
                // document has count too, or `parking price` would be answered by any price.
                let matches = index.matches(&query, *at);
                indexed.passage.kind != PassageKind::Heading
                    && matches * 3 >= wanted.len() * 2
                    && matches >= wanted.len().min(2)
                    && !is_notice(indexed.passage.text)
            })
            .collect();
        ranked.sort_by_key(|(at, _)| (std::cmp::Reverse(index.score(&query, *at)), *at));
        for (_, indexed) in ranked {
            let document = &inputs.documents[indexed.passage.document];
            let statement = with_speaker(document, indexed.passage.state(document));
            found.passage(&document.name, statement);
        }
    }
    found.statements
}

/// A passage in which somebody speaks of themselves, led by the document in which they do: `we are
/// insured` says nothing where nobody sees who `we` are.
fn with_speaker(document: &Document, mut statement: Statement) -> Statement {
    let speaks = words(&statement.text).any(|word| {
        let small = word.text.to_lowercase();
        matches!(small.as_str(), "we" | "our" | "ours" | "us" | "i" | "my")
    });
    // A name with figures in it would bring figures that are not in the passage.
    if speaks
        && !document
            .name
            .contains(|letter: char| letter.is_ascii_digit())
    {
        statement.text = format!("{}: {}", document.name, statement.text);
    }
    statement
}

/// Whether what the attribute leaves of the thing stands in the passage or names its subject: a price
/// does not answer `parking price`.
fn says(fact: &Fact, wanted: &BTreeSet<String>, named: &BTreeSet<String>) -> bool {
    let quotes = fact
        .citations
        .iter()
        .map(|citation| citation.quote.as_str());
    let around: BTreeSet<String> = quotes
        .chain([fact.subject.as_str()])
        .flat_map(|text| content_stems(text, Language::English))
        .collect();
    wanted
        .iter()
        .all(|stem| named.contains(stem) || around.contains(stem))
}

/// What was found: each value of each subject once, then passages, one a document and none twice.
#[derive(Default)]
struct Found {
    values: BTreeMap<(Topic, String), usize>,
    documents: BTreeSet<String>,
    shingles: Vec<Shingles>,
    statements: Vec<Statement>,
}

impl Found {
    /// A value, or a further passage of one that is there already.
    fn fact(&mut self, fact: &Fact, aliases: &Aliases, titles: &Titles<'_>) {
        let key = (Topic::of(fact, aliases), comparable(fact));
        let citation = &fact.citations[0];
        self.documents.insert(citation.document.clone());
        if let Some(at) = self.values.get(&key) {
            let citations = &mut self.statements[*at].citations;
            if !citations.contains(citation) {
                citations.push(citation.clone());
            }
        } else if self.statements.len() < PASSAGES_MAX {
            self.shingles.push(Shingles::of(&citation.quote));
            self.values.insert(key, self.statements.len());
            self.statements.push(Statement {
                citations: fact.citations.clone(),
                text: named(fact, &fact.citations, titles, aliases),
            });
        }
    }

    fn passage(&mut self, document: &str, statement: Statement) {
        let shingles = Shingles::of(&statement.text);
        let again = self
            .shingles
            .iter()
            .any(|other| other.is_near_duplicate(&shingles));
        if again
            || self.statements.len() >= PASSAGES_MAX
            || !self.documents.insert(document.to_owned())
        {
            return;
        }
        self.shingles.push(shingles);
        self.statements.push(statement);
    }
}
