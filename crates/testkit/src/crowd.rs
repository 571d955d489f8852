//! Answers that a crowd really gave, to be replayed: who labelled what as what, and what was right.
//!
//! The sets lie beside the repository and are no part of it, so that whoever has none of them goes
//! without. They name items and workers by numbers of their own; nobody is known by them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use consort_kernel::consensus::{Answer, Answers, Posterior, Size};

/// Where the sets may lie, from the root of the repository: beside it, or beside a folder of
/// several working copies.
const PLACES: [&str; 2] = ["../shared/data/consensus", "../../shared/data/consensus"];

/// The answers of a crowd.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// The items, in the order in which they were first answered.
    pub items: Vec<String>,
    /// The labels, sorted.
    pub labels: Vec<String>,
    /// Who answered, in the order of their first answer.
    pub workers: Vec<String>,
    /// The answers, in the order in which they were given.
    pub given: Vec<Answer>,
    /// What was right, by item; not every item has it.
    pub gold: BTreeMap<u32, u32>,
}

impl Crowd {
    /// Reads a set, as in `MS`; nothing where it is not there.
    pub fn load(name: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder: PathBuf = PLACES
            .iter()
            .map(|place| root.join(place))
            .find(|folder| folder.is_dir())?;
        let labels = fs::read_to_string(folder.join(format!("{name}.labels.csv"))).ok()?;
        let gold = fs::read_to_string(folder.join(format!("{name}.gold.csv"))).ok()?;
        Some(Self::read(&labels, &gold))
    }

    /// Reads `task,worker,label` and `task,label`. The sets quote nothing.
    fn read(answers: &str, gold: &str) -> Self {
        let rows = |text: &'_ str| -> Vec<Vec<String>> {
            let lines = text.lines().skip(1);
            lines
                .map(|line| line.split(',').map(str::to_owned).collect())
                .collect()
        };
        let (answers, gold) = (rows(answers), rows(gold));
        let mut labels: Vec<String> = answers.iter().map(|row| row[2].clone()).collect();
        labels.extend(gold.iter().map(|row| row[1].clone()));
        labels.sort();
        labels.dedup();
        let label_of = |text: &String| place(labels.binary_search(text).expect("all are listed"));
        let (mut items, mut workers) = (Listed::default(), Listed::default());
        let given = answers
            .iter()
            .map(|row| Answer {
                item: items.place(&row[0]),
                contributor: workers.place(&row[1]),
                label: label_of(&row[2]),
            })
            .collect();
        let gold = gold
            .iter()
            .filter_map(|row| Some((*items.places.get(&row[0])?, label_of(&row[1]))))
            .collect();
        Self {
            items: items.names,
            labels,
            workers: workers.names,
            given,
            gold,
        }
    }

    /// The first answers of the set, with the items and workers that they name.
    #[must_use]
    pub fn first_items(&self, count: usize) -> Self {
        let mut part = self.clone();
        part.items.truncate(count);
        let kept = place(part.items.len());
        part.given.retain(|answer| answer.item < kept);
        part.gold.retain(|item, _| *item < kept);
        part
    }

    /// How many there are of each.
    pub fn size(&self) -> Size {
        Size {
            contributors: place(self.workers.len()),
            items: place(self.items.len()),
            labels: place(self.labels.len()),
        }
    }

    /// These answers of the crowd, with nothing known.
    pub fn answers(&self, given: &[Answer]) -> Answers {
        Answers::new(self.size(), given.to_vec(), BTreeMap::new())
            .expect("the answers name what is listed")
    }

    /// How many of the items whose label is known have it as their likeliest, in ten-thousandths.
    pub fn accuracy(&self, items: &[Posterior]) -> usize {
        let right = self.gold.iter().filter(|(item, label)| {
            let leading = items[**item as usize].leading();
            leading.is_some_and(|(leading, _)| leading == **label)
        });
        right.count() * 10_000 / self.gold.len().max(1)
    }
}

/// Names in the order in which they came first.
#[derive(Default)]
struct Listed {
    names: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl Listed {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = place(self.names.len());
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).expect("the sets are small")
}
