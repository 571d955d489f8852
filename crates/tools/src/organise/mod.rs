//! `organise`: documents by the attributes that two or more of them state.
//!
//! It leaves nothing out of a cell but what the document says twice. A cell
//! without a fact is empty here, and reads "not stated" wherever it is shown: so a minimum term is a
//! term, and a sum that replaces a liability cap is one.

use std::collections::{BTreeMap, BTreeSet};

use crate::conflict::conflicts;
use crate::conflict::measure::{bound, comparable, measure};
use crate::research::vocabulary;
use crate::shape::{Bound, Fact, Research, Table, TableRow};

/// What an empty cell reads.
pub const NOT_STATED: &str = "not stated";

/// The table of these documents, the most widely stated attributes first.
pub fn organise(research: &[Research]) -> Table {
    let documents = named(research);
    let attributes = shared_attributes(&documents);
    let rows = research
        .iter()
        .zip(&documents)
        .map(|(one, facts)| TableRow {
            cells: attributes
                .iter()
                .map(|attribute| cell(facts, attribute))
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

/// The facts of each document under the attribute in whose row they belong.
fn named(research: &[Research]) -> Vec<Vec<Fact>> {
    let (certain, _) = conflicts(research);
    let mut disputed: BTreeMap<_, &str> = BTreeMap::new();
    for conflict in &certain {
        for side in &conflict.sides {
            for citation in &side.citations {
                disputed.insert((citation, comparable(side)), &conflict.attribute);
            }
        }
    }
    let all = || research.iter().flat_map(|one| &one.facts);
    let stated: BTreeSet<&str> = all().map(|fact| fact.attribute.as_str()).collect();
    let named = |fact: &Fact| {
        let mut fact = fact.clone();
        let place = (&fact.citations[0], comparable(&fact));
        if let Some(attribute) = disputed.get(&place)
            && !vocabulary::is_known(&fact.attribute)
        {
            (*attribute).clone_into(&mut fact.attribute);
        }
        for (lead, limit) in [("minimum ", Bound::AtLeast), ("maximum ", Bound::AtMost)] {
            if let Some(whole) = fact.attribute.strip_prefix(lead)
                && stated.contains(whole)
            {
                fact.attribute = whole.into();
                fact.bound = Some(limit);
            }
        }
        fact
    };
    research
        .iter()
        .map(|one| one.facts.iter().map(named).collect())
        .collect()
}

fn shared_attributes(documents: &[Vec<Fact>]) -> Vec<String> {
    let mut stated: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (document, facts) in documents.iter().enumerate() {
        for fact in facts {
            // Who wrote a document and how it is filed is not compared; when it was written is.
            if vocabulary::is_of_document(&fact.attribute) && fact.attribute != "document date" {
                continue;
            }
            stated.entry(&fact.attribute).or_default().insert(document);
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
fn cell(facts: &[Fact], attribute: &str) -> Vec<Fact> {
    let mut seen = BTreeSet::new();
    facts
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
