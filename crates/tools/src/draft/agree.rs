//! What the sources agree on: the same value of the same subject and attribute in two documents.
//!
//! Two copies of one file are one source. Where other documents give another value, nothing is
//! agreed.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{Citation, Document, Statement};
use consort_kernel::digest::Digest;

use crate::conflict::Topic;
use crate::conflict::alias::Aliases;
use crate::conflict::measure::{bound, comparable, is_open};
use crate::research::quantity::{decimal_mark, quantities};
use crate::research::{shown, titled_subject, vocabulary};
use crate::second_review::figures;
use crate::shape::{Bound, Confidence, Conflict, Fact, Research, Value};
use crate::text::{Language, is_plain};

/// Most passages of one statement: one a document, and no more than fit a line.
const CITATIONS_MAX: usize = 6;

/// The titles of the documents that are about no party with a name, by the documents' names.
pub(super) type Titles<'a> = BTreeMap<&'a str, String>;

/// The titles of these documents.
pub(super) fn titles(documents: &[Document]) -> Titles<'_> {
    let titled = documents.iter().filter_map(|document| {
        let title = titled_subject(document)?;
        Some((document.name.as_str(), title))
    });
    titled.collect()
}

/// The statements, known attributes and the most widely stated first.
pub(super) fn agree(
    documents: &[Document],
    research: &[Research],
    disagree: &[Conflict],
    related: &[Conflict],
    titles: &Titles<'_>,
) -> Vec<Statement> {
    let aliases = Aliases::of(research);
    let disputed = disputed(disagree, related, &aliases);
    let digests: BTreeMap<&str, Digest> = documents
        .iter()
        .map(|document| (document.name.as_str(), document.sha256))
        .collect();
    let languages: BTreeMap<&str, Language> = documents
        .iter()
        .map(|document| (document.name.as_str(), Language::of(document)))
        .collect();
    let mut groups: BTreeMap<Key, Vec<&Fact>> = BTreeMap::new();
    for fact in research
        .iter()
        .flat_map(|one| &one.facts)
        .filter(|fact| counts(fact) && is_plainly_stated(fact, &languages))
    {
        let topic = Topic::of(fact, &aliases);
        if !disputed.contains(&topic) {
            let key = Key::of(topic, fact, titles);
            groups.entry(key).or_default().push(fact);
        }
    }
    // What different documents give different values for is not one thing under many titles: these
    // are records of many things, and two of them that are alike agree on nothing.
    let mut values: BTreeMap<&Topic, BTreeSet<&str>> = BTreeMap::new();
    for key in groups.keys().filter(|key| key.topic.subject.is_empty()) {
        values.entry(&key.topic).or_default().insert(&key.value);
    }
    let mut ranked: Vec<(bool, usize, Statement)> = Vec::new();
    for (key, facts) in &groups {
        if values
            .get(&key.topic)
            .is_some_and(|values| values.len() > 1)
        {
            continue;
        }
        let sources: BTreeSet<Digest> = facts
            .iter()
            .filter_map(|fact| {
                digests
                    .get(fact.citations.first()?.document.as_str())
                    .copied()
            })
            .collect();
        if sources.len() > 1 {
            let known = vocabulary::is_known(&facts[0].attribute);
            let statement = statement(facts, &digests, titles, &aliases);
            ranked.push((known, sources.len(), statement));
        }
    }
    // The sort is stable, so equals stay in the order of their subjects and attributes.
    ranked.sort_by_key(|(known, sources, _)| (!known, std::cmp::Reverse(*sources)));
    ranked
        .into_iter()
        .map(|(_, _, statement)| statement)
        .collect()
}

/// What is disputed: all that differs for certain, and of what is possibly related the subjects that
/// have several values themselves. That another subject has another value disputes nothing.
fn disputed(disagree: &[Conflict], related: &[Conflict], aliases: &Aliases) -> BTreeSet<Topic> {
    let topics = |conflict: &Conflict| -> Vec<Topic> {
        let sides = conflict.sides.iter();
        sides.map(|side| Topic::of(side, aliases)).collect()
    };
    let mut disputed: BTreeSet<Topic> = disagree.iter().flat_map(topics).collect();
    for topics in related.iter().map(topics) {
        let again = topics
            .iter()
            .enumerate()
            .filter(|(at, topic)| topics[..*at].contains(topic));
        disputed.extend(again.map(|(_, topic)| topic.clone()));
    }
    disputed
}

/// What facts must share to say the same.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    topic: Topic,
    value: String,
    bound: Option<Bound>,
    date: Option<String>,
}

impl Key {
    fn of(mut topic: Topic, fact: &Fact, titles: &Titles<'_>) -> Self {
        // An attribute of several words that is no row's and no supplier's, as `average commuting
        // time`, is the same thing whatever the document is called.
        let open = is_titled(fact, titles)
            && !vocabulary::is_known(&fact.attribute)
            && topic.attribute.split(' ').count() > 1
            && fact
                .citations
                .iter()
                .all(|citation| !citation.quote.contains(" | "))
            && !fact
                .citations
                .iter()
                .all(|citation| citation.quote.contains(':'));
        if open {
            topic.subject.clear();
        }
        Self {
            topic,
            value: comparable(fact),
            bound: bound(fact),
            date: fact.date.clone(),
        }
    }
}

/// Whether a fact can be agreed on: surely stated, one value, and not the document's own.
fn counts(fact: &Fact) -> bool {
    let words = matches!(fact.value, Value::Text(_));
    fact.confidence >= Confidence::Medium
        && !is_open(fact)
        && fact.bound != Some(Bound::About)
        && !vocabulary::is_of_document(&fact.attribute)
        && (!words || (fact.confidence == Confidence::High && comparable(fact).len() > 1))
}

/// Whether a fact's passage states it and does not tell of it, or weigh it against another: a row, a
/// label with its value, or a plain sentence with no other figure of the same unit.
fn is_plainly_stated(fact: &Fact, languages: &BTreeMap<&str, Language>) -> bool {
    fact.citations.iter().all(|citation| {
        let quote = citation.quote.as_str();
        let is_label = fact.confidence == Confidence::High && quote.contains(':');
        if quote.contains(" | ") || is_label {
            return true;
        }
        let language = languages.get(citation.document.as_str());
        let found = quantities(quote, decimal_mark(std::iter::once(quote)));
        let own = found.iter().find(|quantity| quantity.value == fact.value);
        let others = found.iter().filter(|quantity| {
            own.is_some_and(|own| own.kind == quantity.kind && own.unit == quantity.unit)
                && quantity.value != fact.value
        });
        language.is_some_and(|language| is_plain(quote, *language)) && others.count() == 0
    })
}

/// The statement in the words of its plainest passage, with one passage a document.
fn statement(
    facts: &[&Fact],
    digests: &BTreeMap<&str, Digest>,
    titles: &Titles<'_>,
    aliases: &Aliases,
) -> Statement {
    let mut ordered = facts.to_vec();
    ordered.sort_by_key(|fact| (std::cmp::Reverse(fact.confidence), fact.text.len()));
    let plainest = ordered[0];
    let mut seen = BTreeSet::new();
    let citations: Vec<Citation> = ordered
        .iter()
        .flat_map(|fact| &fact.citations)
        .filter(|citation| {
            let digest = digests.get(citation.document.as_str());
            digest.is_some_and(|digest| seen.insert(*digest))
        })
        .take(CITATIONS_MAX)
        .cloned()
        .collect();
    Statement {
        text: named(plainest, &citations, titles, aliases),
        citations,
    }
}

/// Names what the passages have in common, or, where that would bring a figure that none of them
/// writes so, says it in the fact's own words.
///
/// A document's title is nobody's name: what such a document says is said in its own words.
pub(super) fn named(
    fact: &Fact,
    citations: &[Citation],
    titles: &Titles<'_>,
    aliases: &Aliases,
) -> String {
    if is_titled(fact, titles) {
        return fact.text.clone();
    }
    let named = format!(
        "{}, {}: {}",
        aliases.name(&fact.subject),
        fact.attribute,
        shown::value(fact)
    );
    let written = |figure: &String| {
        citations
            .iter()
            .any(|citation| figures(&citation.quote).contains(figure))
    };
    if figures(&named).iter().all(written) {
        named
    } else {
        worded(fact)
    }
}

/// Whether a fact is about what its document is called, and about no party.
fn is_titled(fact: &Fact, titles: &Titles<'_>) -> bool {
    let mut citations = fact.citations.iter();
    citations.any(|citation| titles.get(citation.document.as_str()) == Some(&fact.subject))
}

/// The fact's own words, led by its subject where they do not name it.
fn worded(fact: &Fact) -> String {
    let first = fact.subject.split([' ', ',']).next().unwrap_or_default();
    // A title with figures in it would bring figures that are not in the passage.
    let figures = fact
        .subject
        .contains(|letter: char| letter.is_ascii_digit());
    if first.is_empty() || figures || fact.text.contains(first) {
        fact.text.clone()
    } else {
        format!("{}: {}", fact.subject, fact.text)
    }
}
