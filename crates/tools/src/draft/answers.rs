//! What must be known: the passages that speak to each thing, and the things that none speaks to.
//!
//! A passage speaks to a thing when it holds its words, or when it states an attribute that the
//! thing names. That it answers is for the reader to see.

use std::collections::BTreeSet;

use consort_documents::Statement;

use super::DraftInputs;
use super::agree::worded;
use crate::research::vocabulary;
use crate::shape::{Answered, Confidence};
use crate::text::{Index, Language, PassageKind, Shingles, content_stems, is_notice};

/// Most passages for one thing.
const PASSAGES_MAX: usize = 4;

/// The things with passages, and the things without.
pub(super) fn answers(inputs: &DraftInputs<'_>, index: &Index<'_>) -> (Vec<Answered>, Vec<String>) {
    let mut answered = Vec::new();
    let mut unknowns = Vec::new();
    for must_know in &inputs.question.must_know {
        let statements = speaking_to(inputs, index, must_know);
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

fn speaking_to(inputs: &DraftInputs<'_>, index: &Index<'_>, must_know: &str) -> Vec<Statement> {
    let wanted: BTreeSet<String> = content_stems(must_know, Language::English)
        .into_iter()
        .collect();
    let mut found = Found::default();
    for research in inputs.research {
        let fact = research.facts.iter().find(|fact| {
            let named: BTreeSet<String> = content_stems(&fact.attribute, Language::English)
                .into_iter()
                .collect();
            fact.confidence >= Confidence::Medium
                && !named.is_empty()
                && named.is_subset(&wanted)
                && (vocabulary::is_known(&fact.attribute) || named.len() == wanted.len())
        });
        if let Some(fact) = fact {
            found.add(
                &research.document,
                Statement {
                    citations: fact.citations.clone(),
                    text: worded(fact),
                },
            );
        }
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
            found.add(&document.name, indexed.passage.state(document));
        }
    }
    found.statements
}

/// Passages that were found, one a document and none twice.
#[derive(Default)]
struct Found {
    documents: BTreeSet<String>,
    shingles: Vec<Shingles>,
    statements: Vec<Statement>,
}

impl Found {
    fn add(&mut self, document: &str, statement: Statement) {
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
