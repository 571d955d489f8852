//! Values that a passage explicitly replaces: both sides are shown, wherever the old one stands.
//!
//! `The sum of £50,000 is replaced by £250,000` names no attribute; the value that it replaces does,
//! in the document where it was first stated. Which side holds is the person's decision.

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
    pairs(research)
        .map(|(old, new)| conflict(old, new, topics, aliases))
        .collect()
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

fn conflict(old: &Fact, new: &Fact, topics: &Topics<'_>, aliases: &Aliases) -> (Topic, Conflict) {
    let subject = aliases.key(&old.subject);
    let stated_before = |fact: &&&Fact| {
        comparable(fact) == comparable(old)
            && currency(fact) == currency(old)
            && fact
                .citations
                .iter()
                .all(|citation| !old.citations.contains(citation))
    };
    // The attribute by its own name first; else any of the subject's with the replaced value.
    let same_subject = || topics.iter().filter(|(topic, _)| topic.subject == subject);
    let origin = same_subject()
        .filter(|(topic, _)| topic.attribute == old.attribute.to_lowercase())
        .chain(same_subject())
        .find(|(_, facts)| facts.iter().any(|fact| stated_before(&fact)));
    let (topic, mut facts) = match origin {
        Some((topic, facts)) => (
            topic.clone(),
            facts.iter().filter(stated_before).copied().collect(),
        ),
        None => (Topic::of(old, aliases), Vec::new()),
    };
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
