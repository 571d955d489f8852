//! `organise`: documents by the attributes that two or more of them state.
//!
//! It compares nothing and leaves nothing out of a cell but what the document says twice. A cell
//! without a fact is empty here, and reads "not stated" wherever it is shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::conflict::measure::{bound, comparable, measure};
use crate::research::vocabulary;
use crate::shape::{Fact, Research, Table, TableRow};

/// What an empty cell reads.
pub const NOT_STATED: &str = "not stated";

/// The table of these documents, the most widely stated attributes first.
pub fn organise(research: &[Research]) -> Table {
    let attributes = shared_attributes(research);
    let rows = research
        .iter()
        .map(|one| TableRow {
            cells: attributes
                .iter()
                .map(|attribute| cell(one, attribute))
                .collect(),
            document: one.document.clone(),
        })
        .collect();
    let nothing = attributes
        .is_empty()
        .then(|| "No attribute is stated by two documents or more.".to_owned());
    Table {
        attributes,
        nothing,
        rows,
    }
}

fn shared_attributes(research: &[Research]) -> Vec<String> {
    let mut stated: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in research {
        for fact in &one.facts {
            // Who wrote a document and how it is filed is not compared; when it was written is.
            if vocabulary::is_of_document(&fact.attribute) && fact.attribute != "document date" {
                continue;
            }
            stated
                .entry(&fact.attribute)
                .or_default()
                .insert(&one.document);
        }
    }
    let mut shared: Vec<(&str, usize)> = stated
        .into_iter()
        .map(|(attribute, documents)| (attribute, documents.len()))
        .filter(|(_, documents)| *documents > 1)
        .collect();
    // What a document says of itself comes last: it is rarely what is compared.
    shared.sort_by_key(|(attribute, documents)| {
        (
            vocabulary::is_of_document(attribute),
            std::cmp::Reverse(*documents),
            !vocabulary::is_known(attribute),
            *attribute,
        )
    });
    shared
        .into_iter()
        .map(|(attribute, _)| attribute.to_owned())
        .collect()
}

/// The facts of one document about one attribute, each value once.
fn cell(research: &Research, attribute: &str) -> Vec<Fact> {
    let mut seen = BTreeSet::new();
    research
        .facts
        .iter()
        .filter(|fact| fact.attribute == attribute)
        .filter(|fact| {
            seen.insert((
                fact.subject.clone(),
                measure(fact),
                comparable(fact),
                bound(fact),
                fact.date.clone(),
            ))
        })
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests;
