//! From what was handed in to answers that can be counted.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::consensus::{Answer, Answers, Size};
use serde::Deserialize;

use super::{Answered, Prepared};

/// Who answered what, by identifiers.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// The label of each item, by contributor and item.
    pub(super) given: BTreeMap<(String, String), String>,
    /// What each contributor handed in that is no label of an item.
    pub(super) unusable: BTreeMap<String, u32>,
}

/// What a contributor hands in.
#[derive(Debug, Deserialize)]
struct HandedIn {
    labels: Vec<serde_json::Value>,
}

/// One label of it.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    label: String,
}

impl Book {
    /// How many contributors labelled the batch that an item is in, by item. Those with a known answer
    /// are in no batch of their own.
    pub(super) fn labellers<'p>(&self, prepared: &'p Prepared) -> BTreeMap<&'p str, u32> {
        let mut batch_of: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, batch) in prepared.batches.iter().enumerate() {
            let own = batch.items.iter().map(|item| item.id.as_str());
            let own = own.filter(|id| !prepared.known.contains_key(*id));
            batch_of.extend(own.map(|id| (id, number)));
        }
        let mut labellers: BTreeMap<usize, BTreeSet<&String>> = BTreeMap::new();
        for (by, item) in self.given.keys() {
            if let Some(number) = batch_of.get(item.as_str()) {
                labellers.entry(*number).or_default().insert(by);
            }
        }
        let count = |number| labellers.get(&number).map_or(0, BTreeSet::len);
        let counted = batch_of.into_iter();
        counted
            .map(|(item, number)| (item, u32::try_from(count(number)).unwrap_or(u32::MAX)))
            .collect()
    }

    /// Takes in everything that was handed in. Of two answers of one contributor to one item the
    /// first counts.
    pub(super) fn of(prepared: &Prepared, answered: &[Answered]) -> Self {
        let known: BTreeSet<&str> = prepared.items.iter().map(|item| item.id.as_str()).collect();
        let mut book = Self::default();
        for one in answered {
            let unusable = book.unusable.entry(one.by.clone()).or_default();
            let Ok(handed_in) = serde_json::from_value::<HandedIn>(one.content.clone()) else {
                *unusable += 1;
                continue;
            };
            for line in handed_in.labels {
                match serde_json::from_value::<Line>(line) {
                    Ok(line)
                        if known.contains(line.id.as_str())
                            && prepared.settings.labels.contains(&line.label) =>
                    {
                        let place = (one.by.clone(), line.id);
                        book.given.entry(place).or_insert(line.label);
                    }
                    Ok(_) | Err(_) => *unusable += 1,
                }
            }
        }
        book
    }

    /// The contributors, sorted.
    pub(super) fn contributors(&self) -> Vec<String> {
        self.unusable.keys().cloned().collect()
    }

    /// The answers by places in the lists of items, labels and contributors.
    pub(super) fn answers(&self, prepared: &Prepared) -> Answers {
        let contributors = self.contributors();
        let contributor_of = places(contributors.iter());
        let item_of = places(prepared.items.iter().map(|item| &item.id));
        let label_of = places(prepared.settings.labels.iter());
        let given = self.given.iter().map(|((by, item), label)| Answer {
            item: item_of[item],
            contributor: contributor_of[by],
            label: label_of[label],
        });
        let known = prepared.known.iter();
        let known = known.map(|(item, label)| (item_of[item], label_of[label]));
        let size = Size {
            contributors: length(contributors.len()),
            items: length(prepared.items.len()),
            labels: length(prepared.settings.labels.len()),
        };
        Answers::new(size, given.collect(), known.collect())
            .expect("everything that is counted is listed")
    }
}

fn places<'a>(names: impl Iterator<Item = &'a String>) -> BTreeMap<&'a String, u32> {
    names.zip(0_u32..).collect()
}

fn length(count: usize) -> u32 {
    u32::try_from(count).expect("a table is small")
}
