//! Short names: `Brightway` in one document for `Brightway Cleaning Services Ltd` in another.
//!
//! A subject of one distinctive word, or a few, is taken for a longer one when it is that name's
//! beginning, when exactly one document subject begins with it, and when running text or labels state
//! facts about the longer one. Anything less sure stays apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::research::subject_key;
use crate::shape::Research;

/// Shortest short name, in letters: initials stand for too many.
const LETTERS_MIN: usize = 4;

/// The longer names of short ones, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    longer: BTreeMap<String, String>,
    /// The fullest way of writing each name that has a short one, by its key.
    written: BTreeMap<String, String>,
}

impl Aliases {
    /// The short names that these documents use for each other's subjects.
    pub(crate) fn of(research: &[Research]) -> Self {
        let mut all: BTreeSet<String> = BTreeSet::new();
        let mut parties: BTreeSet<String> = BTreeSet::new();
        for fact in research.iter().flat_map(|one| &one.facts) {
            let key = subject_key(&fact.subject);
            let in_row = fact
                .citations
                .iter()
                .any(|citation| citation.quote.contains(" | "));
            if !in_row && !fact.subject.contains(',') {
                parties.insert(key.clone());
            }
            all.insert(key);
        }
        let mut longer = BTreeMap::new();
        for short in &all {
            let lead = format!("{short} ");
            let mut long = parties
                .range(lead.clone()..)
                .take_while(|party| party.starts_with(&lead));
            if let (Some(only), None) = (long.next(), long.next())
                && short.chars().count() >= LETTERS_MIN
            {
                longer.insert(short.clone(), only.clone());
            }
        }
        let mut written: BTreeMap<String, String> = BTreeMap::new();
        for fact in research.iter().flat_map(|one| &one.facts) {
            let key = subject_key(&fact.subject);
            if longer.values().any(|long| *long == key) {
                let name = written.entry(key).or_default();
                if name.len() < fact.subject.len() {
                    name.clone_from(&fact.subject);
                }
            }
        }
        Self { longer, written }
    }

    /// The name of this subject, written in full where some document does: one party has one name.
    pub(crate) fn name<'a>(&'a self, subject: &'a str) -> &'a str {
        self.written
            .get(&self.key(subject))
            .map_or(subject, String::as_str)
    }

    /// The key under which facts about this subject are compared.
    pub(crate) fn key(&self, subject: &str) -> String {
        let key = subject_key(subject);
        self.longer.get(&key).cloned().unwrap_or(key)
    }
}
