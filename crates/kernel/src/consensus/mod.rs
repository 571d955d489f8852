//! Consensus: what many answers to the same questions come to, and how far it can be relied on.
//!
//! Everything here is computed from numbers alone: items, contributors and labels by their place in
//! lists that the caller keeps. It uses no other operations on floating-point numbers than the basic
//! ones of IEEE 754, in a fixed order, so that it comes out the same on every machine; what it
//! answers is whole millionths. It decides nothing about a contributor.

mod agreement;
mod dawid_skene;
mod majority;
mod stop;

pub use agreement::krippendorff_alpha;
pub use dawid_skene::{Estimate, dawid_skene};
pub use majority::majority;
pub use stop::{Settled, Stop};

use std::collections::BTreeMap;

/// One million: the whole of what is counted in millionths.
pub const WHOLE_PPM: u32 = 1_000_000;
/// The most labels that there may be: what a contributor mistakes for what is a table of this size
/// squared.
pub const LABELS_MAX: u32 = 256;

/// That a contributor gave an item a label, each by its place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    /// The item.
    pub item: u32,
    /// Who answered.
    pub contributor: u32,
    /// The label.
    pub label: u32,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Who answered.
    pub contributors: u32,
    /// What was asked about.
    pub items: u32,
    /// What could be answered.
    pub labels: u32,
}

/// Something that is not in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutOfRange {
    /// An answer.
    #[error("an answer names item {}, contributor {} or label {}, which is not there", .0.item, .0.contributor, .0.label)]
    Answer(Answer),
    /// A known answer, by its item and label.
    #[error("the known answer {1} of item {0} is not there")]
    Known(u32, u32),
    /// The number of labels.
    #[error("there are {0} labels, and 1 to {LABELS_MAX} are expected")]
    Labels(u32),
}

/// All answers to some items, and the answers that were known before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    size: Size,
    /// Sorted, so that nothing depends on who was quicker.
    given: Vec<Answer>,
    known: BTreeMap<u32, u32>,
}

impl Answers {
    /// Takes answers together. `known` has the label of each item whose answer is known.
    ///
    /// ```
    /// use consort_kernel::consensus::{Answer, Answers, Size, majority};
    ///
    /// let size = Size { contributors: 3, items: 1, labels: 2 };
    /// let given = [(0, 1), (1, 1), (2, 0)].map(|(contributor, label)| Answer { item: 0, contributor, label });
    /// let answers = Answers::new(size, given.to_vec(), [].into())?;
    /// assert_eq!(majority(&answers)[0].leading(), Some((1, 666_667)));
    /// # Ok::<(), consort_kernel::consensus::OutOfRange>(())
    /// ```
    pub fn new(
        size: Size,
        mut given: Vec<Answer>,
        known: BTreeMap<u32, u32>,
    ) -> Result<Self, OutOfRange> {
        if !(1..=LABELS_MAX).contains(&size.labels) {
            return Err(OutOfRange::Labels(size.labels));
        }
        let is_there = |answer: &Answer| {
            answer.item < size.items
                && answer.contributor < size.contributors
                && answer.label < size.labels
        };
        if let Some(answer) = given.iter().find(|answer| !is_there(answer)) {
            return Err(OutOfRange::Answer(*answer));
        }
        let mut all_known = known.iter();
        if let Some((item, label)) =
            all_known.find(|(item, label)| **item >= size.items || **label >= size.labels)
        {
            return Err(OutOfRange::Known(*item, *label));
        }
        given.sort_unstable();
        Ok(Self { size, given, known })
    }

    /// How many there are of each.
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The answers, sorted by item, contributor and label.
    pub fn given(&self) -> &[Answer] {
        &self.given
    }

    /// The label of an item, if it is known.
    pub fn known(&self, item: u32) -> Option<u32> {
        self.known.get(&item).copied()
    }

    /// How often each label was given to each item.
    fn counts(&self) -> Vec<Vec<u32>> {
        let labels = self.size.labels as usize;
        let mut counts = vec![vec![0; labels]; self.size.items as usize];
        for answer in &self.given {
            counts[answer.item as usize][answer.label as usize] += 1;
        }
        counts
    }
}

/// How likely each label of an item is, in millionths; nothing where nobody answered and nothing is
/// known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posterior(Vec<u32>);

impl Posterior {
    /// From what each label weighs.
    fn of(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Self(Vec::new());
        }
        Self(
            weights
                .iter()
                .map(|weight| millionths(weight / total))
                .collect(),
        )
    }

    /// How likely each label is, by its place.
    pub fn ppm(&self) -> &[u32] {
        &self.0
    }

    /// The likeliest label and how likely it is; of several the first.
    pub fn leading(&self) -> Option<(u32, u32)> {
        let mut leading: Option<(u32, u32)> = None;
        for (label, ppm) in (0_u32..).zip(self.0.iter().copied()) {
            if leading.is_none_or(|(_, most)| ppm > most) {
                leading = Some((label, ppm));
            }
        }
        leading
    }
}

/// A share as whole millionths, to the nearest one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share is between nothing and the whole"
)]
fn millionths(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * f64::from(WHOLE_PPM) + 0.5) as u32
}
