//! Pairs that may belong together although their subject or attribute is not quite the same.
//!
//! Four rules: a subject whose words are part of the other's (`Alder`, `Alder, Berlin`); an
//! attribute whose words are part of the other's (`notice period`, `minimum notice period`); the
//! same attribute of several words, outside the vocabulary, that two documents of running text give
//! different values; and columns of two tables that share a telling word, as `Turnover after 3 years`
//! and `Change in turnover`, in rows of one name. Only across documents, and only for values that are
//! not words.

use std::collections::{BTreeMap, BTreeSet};

use super::measure::{bound, comparable, is_open};
use super::{Topic, Topics, conflict};
use crate::research::vocabulary;
use crate::shape::{Conflict, Fact, Value};

/// Most topics of one attribute, or of one subject, that are compared pair by pair: a long table has
/// thousands of rows that have nothing to do with each other.
const TOPICS_MAX: usize = 120;

/// All such pairs, in the order of their topics.
pub(super) fn pairs(topics: &Topics<'_>) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for bucket in buckets(topics) {
        for (at, (one, facts)) in bucket.iter().enumerate() {
            for (other, more) in &bucket[at + 1..] {
                if !may_belong(one, other, facts, more) || !seen.insert((*one, *other)) {
                    continue;
                }
                let facts: Vec<&Fact> = plain(facts).chain(plain(more)).collect();
                if let Some(pair) = across(one, &facts) {
                    found.push(pair);
                }
            }
        }
    }
    found.extend(columns(topics));
    found
}

/// Values of one name in tables of different documents, whose columns share a telling word.
fn columns(topics: &Topics<'_>) -> Vec<Conflict> {
    let mut alike: BTreeMap<(&str, &str, &str), Bucket<'_>> = BTreeMap::new();
    for (topic, facts) in topics {
        let is_open =
            !vocabulary::is_known(&topic.attribute) && facts.iter().all(|one| is_row(one));
        // Plain numbers count unlike things in every column.
        if !is_open || topic.measure == "number" {
            continue;
        }
        let words = topic.attribute.split(' ');
        for word in words.filter(|word| word.len() >= LETTERS_MIN && !ANY_COLUMN.contains(word)) {
            alike
                .entry((&topic.subject, &topic.measure, word))
                .or_default()
                .push((topic, facts));
        }
    }
    let mut seen = BTreeSet::new();
    alike
        .into_values()
        .filter(|bucket| (2..=COLUMNS_MAX).contains(&bucket.len()))
        .filter(|bucket| seen.insert(bucket.iter().map(|(topic, _)| *topic).collect::<Vec<_>>()))
        .filter_map(|bucket| {
            let facts: Vec<&Fact> = bucket.iter().flat_map(|(_, facts)| plain(facts)).collect();
            across(bucket[0].0, &facts)
        })
        .collect()
}

/// More columns with one word, as the months of a year, are a series.
const COLUMNS_MAX: usize = 4;

/// A shorter word tells nothing.
const LETTERS_MIN: usize = 5;

/// Words that stand over columns of any sort.
const ANY_COLUMN: [&str; 14] = [
    "after", "amount", "average", "before", "change", "first", "month", "number", "price", "share",
    "total", "value", "years", "yearly",
];

type Bucket<'a> = Vec<(&'a Topic, &'a Vec<&'a Fact>)>;

/// Topics with the same measure that share their attribute or their subject.
fn buckets<'a>(topics: &'a Topics<'a>) -> Vec<Bucket<'a>> {
    let mut by_attribute: BTreeMap<(&str, &str), Bucket<'a>> = BTreeMap::new();
    let mut by_subject: BTreeMap<(&str, &str), Bucket<'a>> = BTreeMap::new();
    for (topic, facts) in topics {
        by_attribute
            .entry((&topic.attribute, &topic.measure))
            .or_default()
            .push((topic, facts));
        by_subject
            .entry((&topic.subject, &topic.measure))
            .or_default()
            .push((topic, facts));
    }
    by_attribute
        .into_values()
        .chain(by_subject.into_values())
        .filter(|bucket| (2..=TOPICS_MAX).contains(&bucket.len()))
        .collect()
}

fn may_belong(one: &Topic, other: &Topic, facts: &[&Fact], more: &[&Fact]) -> bool {
    if one.attribute == other.attribute {
        let running = || facts.iter().chain(more).all(|fact| !is_row(fact));
        let open = !vocabulary::is_known(&one.attribute) && one.attribute.split(' ').count() > 1;
        return is_part(&one.subject, &other.subject) || (open && running());
    }
    // Two attributes of the vocabulary are two things: a payment term is no term.
    let known = vocabulary::is_known(&one.attribute) && vocabulary::is_known(&other.attribute);
    !known && one.subject == other.subject && is_part(&one.attribute, &other.attribute)
}

/// Whether the words of one are some, but not all, of the words of the other.
fn is_part(one: &str, other: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> { text.split(' ').map(str::to_owned).collect() };
    let (one, other) = (words(one), words(other));
    one != other && (one.is_subset(&other) || other.is_subset(&one))
}

fn is_row(fact: &Fact) -> bool {
    fact.citations
        .iter()
        .any(|citation| citation.quote.contains(" | "))
}

/// Facts whose values are measured or said with yes or no.
fn plain<'a>(facts: &'a [&'a Fact]) -> impl Iterator<Item = &'a Fact> {
    facts
        .iter()
        .copied()
        .filter(|fact| !matches!(fact.value, Value::Text(_)) && !is_open(fact))
}

/// The conflict of facts that stand in different documents and speak of one period.
fn across(topic: &Topic, facts: &[&Fact]) -> Option<Conflict> {
    let first = facts.first()?;
    let one_period = facts.iter().all(|fact| fact.date == first.date);
    let one_bound = facts.iter().all(|fact| bound(fact) == bound(first));
    let documents: BTreeSet<&str> = facts
        .iter()
        .filter_map(|fact| Some(fact.citations.first()?.document.as_str()))
        .collect();
    let values: BTreeSet<String> = facts.iter().map(|fact| comparable(fact)).collect();
    // With two documents and two values there is a pair that differs in both.
    let differ = documents.len() > 1 && values.len() > 1;
    (one_period && one_bound && differ)
        .then(|| conflict(topic, facts))
        .flatten()
}
