//! Values that a passage explicitly replaces: both sides are shown, wherever the old one stands.
//!
//! `The sum of £50,000 is replaced by £250,000` names no attribute; the value that it replaces does,
//! in the document where it was first stated. Which side holds is the person's decision.

use std::collections::{BTreeMap, BTreeSet};

use super::alias::Aliases;
use super::measure::{comparable, measure};
use super::{Topic, Topics, key, sides};
use crate::research::replaces;
use crate::shape::{Conflict, Fact, Research};

/// A conflict for each replaced value.
pub(super) fn amended(
    research: &[Research],
    topics: &Topics<'_>,
    aliases: &Aliases,
) -> Vec<(Topic, Conflict)> {
    let stated = stated(topics);
    let mut seen = BTreeSet::new();
    pairs(research)
        // A document that says it again replaces nothing more.
        .filter(|(old, new)| {
            let document = old.citations.first().map(|citation| &citation.document);
            seen.insert((
                document,
                Topic::of(old, aliases),
                comparable(old),
                comparable(new),
            ))
        })
        .map(|(old, new)| conflict(old, new, &stated, aliases))
        .collect()
}

/// The facts of a subject that state one value, with their topics, in the order of the topics.
type Stated<'a> = BTreeMap<(&'a str, String, String), Vec<(&'a Topic, &'a Fact)>>;

fn stated<'a>(topics: &'a Topics<'a>) -> Stated<'a> {
    let mut stated = Stated::new();
    for (topic, facts) in topics {
        for fact in facts {
            stated
                .entry((&topic.subject, currency(fact), comparable(fact)))
                .or_default()
                .push((topic, fact));
        }
    }
    stated
}

/// Whether a topic consists of replaced and replacing values only, which are shown elsewhere.
pub(super) fn is_only_replaced(facts: &[&Fact]) -> bool {
    facts.iter().all(|fact| {
        fact.citations
            .iter()
            .all(|citation| replaces(&citation.quote))
    })
}

/// Old and new: two facts of one attribute, of one passage that replaces a value.
fn pairs(research: &[Research]) -> impl Iterator<Item = (&Fact, &Fact)> {
    research.iter().flat_map(|one| {
        one.facts.windows(2).filter_map(|pair| {
            let (old, new) = (&pair[0], &pair[1]);
            let passage = old.citations.first()?;
            let same = old.citations == new.citations
                && old.attribute == new.attribute
                && currency(old) == currency(new)
                && comparable(old) != comparable(new);
            (same && replaces(&passage.quote)).then_some((old, new))
        })
    })
}

fn conflict(old: &Fact, new: &Fact, stated: &Stated<'_>, aliases: &Aliases) -> (Topic, Conflict) {
    let subject = aliases.key(&old.subject);
    let value = (subject.as_str(), currency(old), comparable(old));
    let elsewhere = |fact: &Fact| {
        let mut citations = fact.citations.iter();
        citations.all(|citation| !old.citations.contains(citation))
    };
    let before: Vec<(&Topic, &Fact)> = stated
        .get(&value)
        .into_iter()
        .flatten()
        .filter(|(_, fact)| elsewhere(fact))
        .copied()
        .collect();
    // The attribute by its own name first; else any of the subject's with the replaced value.
    let named = old.attribute.to_lowercase();
    let origin = before
        .iter()
        .find(|(topic, _)| topic.attribute == named)
        .or(before.first())
        .map(|(topic, _)| *topic);
    let mut facts: Vec<&Fact> = before
        .iter()
        .filter(|(topic, _)| Some(*topic) == origin)
        .map(|(_, fact)| *fact)
        .collect();
    let topic = origin.cloned().unwrap_or_else(|| Topic::of(old, aliases));
    facts.push(old);
    let mut both = sides(&facts);
    // A bound or a rate that only one document writes is still the same replaced value.
    while both.len() > 1 {
        let extra = both.pop().expect("there are two");
        both[0].citations.extend(extra.citations);
    }
    let attribute = both[0].attribute.clone();
    let subject = both[0].subject.clone();
    both.push(new.clone());
    let conflict = Conflict {
        attribute,
        key: key(&topic),
        sides: both,
        subject,
    };
    (topic, conflict)
}

/// The measure without what it is per: `GBP` for `GBP per claim`.
fn currency(fact: &Fact) -> String {
    let measure = measure(fact);
    measure.split(" per ").next().unwrap_or_default().to_owned()
}
