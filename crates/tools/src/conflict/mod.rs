//! `conflict`: values of the same subject, attribute and unit that differ.
//!
//! A difference is *certain* when the same subject, attribute and measure have different values for
//! the same period, each stated at least with medium confidence, as a value and not as a range, a
//! vague figure or another sort of bound. Inside one document every side has to be stated outright.
//! Words differ for certain only in a known attribute, outright and briefly; how prose is worded is
//! no conflict. Other suppliers' other prices have another subject, other months another period, and
//! a document's own date or author is its own, and more than a handful of values is a list: none of
//! them are conflicts. An amendment that says
//! that it replaces a value is shown with both sides, because only a person can say what holds.
//!
//! What may belong together but is less sure comes as *possibly related*. Nothing is decided here.

pub(crate) mod alias;
mod amended;
pub(crate) mod measure;
mod related;

use std::collections::{BTreeMap, BTreeSet};

use self::alias::Aliases;
use self::measure::{bound, comparable, is_open, measure};
use crate::research::vocabulary;
use crate::shape::{Bound, Confidence, Conflict, Fact, Research, Value};

/// Most citations of one side: more do not make it truer.
pub(crate) const SIDE_CITATIONS_MAX: usize = 12;

/// Most values of a conflict. More are a list or a series whose key was not seen, and nobody could
/// choose between them.
const SIDES_MAX: usize = 8;

/// Longest words that differ for certain, in words.
const WORDS_MAX: usize = 5;

/// What facts must share to be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Topic {
    pub(crate) subject: String,
    pub(crate) attribute: String,
    pub(crate) measure: String,
}

impl Topic {
    pub(crate) fn of(fact: &Fact, aliases: &Aliases) -> Self {
        Self {
            subject: aliases.key(&fact.subject),
            attribute: fact.attribute.to_lowercase(),
            measure: measure(fact),
        }
    }
}

/// The facts of one topic, in the order of the documents.
pub(crate) type Topics<'a> = BTreeMap<Topic, Vec<&'a Fact>>;

/// What is certain, and what is possibly related, in a stable order.
pub fn conflicts(research: &[Research]) -> (Vec<Conflict>, Vec<Conflict>) {
    let aliases = Aliases::of(research);
    let topics = topics(research, &aliases);
    let replaced = amended::amended(research, &topics, &aliases);
    let shown: BTreeSet<&Topic> = replaced.iter().map(|(topic, _)| topic).collect();
    let mut certain: Vec<Conflict> = Vec::new();
    let mut possible = Vec::new();
    for (topic, facts) in &topics {
        // A replaced value is shown once, with its replacement.
        if shown.contains(topic) || amended::is_only_replaced(facts) {
            continue;
        }
        for alike in same_period(facts) {
            let found = same_bound(&alike)
                .iter()
                .find_map(|sure| conflict(topic, sure).filter(is_certain));
            match found {
                Some(found) => certain.push(found),
                None => possible.extend(conflict(topic, &alike).filter(may_differ)),
            }
        }
    }
    let mut others: BTreeMap<Topic, Vec<Fact>> = BTreeMap::new();
    certain.extend(replaced.into_iter().map(|(topic, conflict)| {
        let facts = topics.get(&topic).map_or(&[][..], Vec::as_slice);
        let others = others.entry(topic).or_insert_with(|| sides(facts));
        with_others(others, conflict)
    }));
    possible.extend(related::pairs(&topics));
    // What is a difference for certain is not possibly one as well.
    let shown: BTreeSet<_> = certain
        .iter()
        .flat_map(|one| values(one, &aliases))
        .collect();
    possible.retain(|one| !values(one, &aliases).all(|value| shown.contains(&value)));
    (
        with_keys(certain, ""),
        with_keys(limited(possible), "maybe/"),
    )
}

/// Whose values a conflict has, what they are measured in, and which they are.
fn values(
    conflict: &Conflict,
    aliases: &Aliases,
) -> impl Iterator<Item = (String, String, String)> {
    let sides = conflict.sides.iter();
    sides.map(|side| (aliases.key(&side.subject), measure(side), comparable(side)))
}

/// Adds the further values of the topic to a replaced one, where they are few enough to be its.
fn with_others(others: &[Fact], mut conflict: Conflict) -> Conflict {
    if others.len() > SIDES_MAX {
        return conflict;
    }
    for side in others {
        let shown = conflict
            .sides
            .iter()
            .any(|other| comparable(other) == comparable(side));
        if is_sure(side) && side.date.is_none() && !shown {
            conflict.sides.push(side.clone());
        }
    }
    conflict
}

/// Facts by what they must share; a document's own date or author is left out.
pub(crate) fn topics<'a>(research: &'a [Research], aliases: &Aliases) -> Topics<'a> {
    let mut topics: Topics<'a> = BTreeMap::new();
    for fact in research.iter().flat_map(|one| &one.facts) {
        if !vocabulary::is_of_document(&fact.attribute) {
            topics
                .entry(Topic::of(fact, aliases))
                .or_default()
                .push(fact);
        }
    }
    topics
}

/// Most possibly related differences that are worth a person's time.
const POSSIBLE_MAX: usize = 60;

fn limited(mut possible: Vec<Conflict>) -> Vec<Conflict> {
    possible.truncate(POSSIBLE_MAX);
    possible
}

/// The facts that speak of the same period.
fn same_period<'a>(facts: &[&'a Fact]) -> Vec<Vec<&'a Fact>> {
    let mut periods: BTreeMap<Option<&str>, Vec<&'a Fact>> = BTreeMap::new();
    for fact in facts {
        periods.entry(fact.date.as_deref()).or_default().push(fact);
    }
    periods.into_values().collect()
}

/// The facts that state one value surely, by the bound that they give: `at least 30 days` does not
/// contradict `40 days`.
fn same_bound<'a>(facts: &[&'a Fact]) -> Vec<Vec<&'a Fact>> {
    let mut bounds: BTreeMap<Option<Bound>, Vec<&'a Fact>> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| is_sure(fact)) {
        bounds.entry(bound(fact)).or_default().push(fact);
    }
    bounds.into_values().collect()
}

/// Whether a fact states one value, surely enough to stand against another.
fn is_sure(fact: &Fact) -> bool {
    let states_a_value = match bound(fact) {
        Some(Bound::About) => false,
        Some(Bound::AtLeast | Bound::AtMost) | None => true,
    };
    fact.confidence >= Confidence::Medium && states_a_value && !is_open(fact)
}

/// A conflict of these facts, where they have different values.
fn conflict(topic: &Topic, facts: &[&Fact]) -> Option<Conflict> {
    let sides = sides(facts);
    let first = sides.first()?;
    (2..=SIDES_MAX).contains(&sides.len()).then(|| Conflict {
        attribute: first.attribute.clone(),
        key: key(topic),
        subject: first.subject.clone(),
        sides: sides.clone(),
    })
}

/// One side a value, with the passages of all facts that have it.
pub(crate) fn sides(facts: &[&Fact]) -> Vec<Fact> {
    let mut sides: Vec<Fact> = Vec::new();
    let mut places: BTreeMap<(String, Option<Bound>), usize> = BTreeMap::new();
    for fact in facts {
        let place = places
            .entry((comparable(fact), bound(fact)))
            .or_insert(sides.len());
        match sides.get_mut(*place) {
            None => sides.push((*fact).clone()),
            Some(side) => {
                side.confidence = side.confidence.max(fact.confidence);
                for citation in &fact.citations {
                    let room = side.citations.len() < SIDE_CITATIONS_MAX;
                    if room && !side.citations.contains(citation) {
                        side.citations.push(citation.clone());
                    }
                }
            }
        }
    }
    sides
}

fn is_certain(conflict: &Conflict) -> bool {
    let sides = &conflict.sides;
    let documents: BTreeSet<&str> = sides
        .iter()
        .flat_map(|side| &side.citations)
        .map(|citation| citation.document.as_str())
        .collect();
    let outright = sides.iter().all(|side| side.confidence == Confidence::High);
    let one_bound = sides
        .windows(2)
        .all(|pair| bound(&pair[0]) == bound(&pair[1]));
    let within_one = outright && !is_one_passage(sides);
    one_bound && (documents.len() > 1 || within_one) && words_differ_for_certain(conflict, outright)
}

/// Whether all sides stand in one passage: a sentence does not contradict itself, it compares.
fn is_one_passage(sides: &[Fact]) -> bool {
    let places: BTreeSet<_> = sides
        .iter()
        .flat_map(|side| &side.citations)
        .map(|citation| (&citation.document, citation.block, citation.start))
        .collect();
    places.len() == 1
}

fn words_differ_for_certain(conflict: &Conflict, outright: bool) -> bool {
    let texts: Vec<String> = conflict
        .sides
        .iter()
        .filter(|side| matches!(side.value, Value::Text(_)))
        .map(comparable)
        .collect();
    texts.is_empty()
        || (outright
            && vocabulary::is_known(&conflict.attribute)
            && apart(&texts)
            && texts
                .iter()
                .all(|text| text.split(' ').count() <= WORDS_MAX))
}

/// Whether no text holds another.
fn apart(texts: &[String]) -> bool {
    texts.iter().enumerate().all(|(at, one)| {
        texts
            .iter()
            .enumerate()
            .all(|(other, text)| at == other || !text.contains(one.as_str()))
    })
}

/// Whether sides of which some are unsure are worth showing: not words, and not one value that is
/// only bounded in another way.
fn may_differ(conflict: &Conflict) -> bool {
    let values: BTreeSet<String> = conflict.sides.iter().map(comparable).collect();
    if values.len() < 2 {
        return false;
    }
    let words = conflict
        .sides
        .iter()
        .any(|side| matches!(side.value, Value::Text(_)) && side.unit.is_none());
    !words
}

fn key(topic: &Topic) -> String {
    format!(
        "{}/{}/{}",
        slug(&topic.subject),
        slug(&topic.attribute),
        slug(&topic.measure)
    )
}

/// Keys are unique: what comes again gets a number.
fn with_keys(mut conflicts: Vec<Conflict>, lead: &str) -> Vec<Conflict> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for conflict in &mut conflicts {
        let key = format!("{lead}{}", conflict.key);
        let count = seen.entry(key.clone()).or_insert(0);
        *count += 1;
        conflict.key = if *count == 1 {
            key
        } else {
            format!("{key}-{count}")
        };
    }
    conflicts
}

fn slug(text: &str) -> String {
    measure::folded(text).replace(' ', "-")
}

#[cfg(test)]
mod tests;
