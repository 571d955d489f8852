//! How alike two texts are, word by word, whatever they mean.
//!
//! Resemblance is that of Broder, "On the resemblance and containment of documents" (1997): the
//! share of runs of words that two texts have in common.

use super::words::words;

/// From this resemblance on, two passages say the same in the same words.
///
/// With runs of two words, one changed word in a sentence of twenty leaves a resemblance of 0.9
/// or so; sentences that share no more than a phrase stay far below.
pub const NEAR_DUPLICATE: f64 = 0.7;

/// Words in a run. Two are enough for sentences; three would lose short ones.
const RUN_WORDS: usize = 2;

/// The number of a text that was brought to small letters and single spaces, without punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(u64);

/// The fingerprint of a text: equal for texts that differ only in case, spaces and punctuation.
pub fn fingerprint(text: &str) -> Fingerprint {
    let mut hash = Fnv::new();
    for word in words(text) {
        hash.word(word.text);
    }
    Fingerprint(hash.0)
}

/// The runs of words of a text, as a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shingles {
    figures: Vec<u64>,
    runs: Vec<u64>,
}

impl Shingles {
    /// The runs of this text.
    pub fn of(text: &str) -> Self {
        let hashes: Vec<(bool, u64)> = words(text)
            .map(|word| {
                let mut hash = Fnv::new();
                hash.word(word.text);
                let is_figure = word.text.bytes().any(|byte| byte.is_ascii_digit());
                (is_figure, hash.0)
            })
            .collect();
        let mut runs: Vec<u64> = if hashes.len() < RUN_WORDS {
            hashes.iter().map(|(_, hash)| *hash).collect()
        } else {
            hashes.windows(RUN_WORDS).map(joined).collect()
        };
        runs.sort_unstable();
        runs.dedup();
        let mut figures: Vec<u64> = hashes
            .into_iter()
            .filter_map(|(is_figure, hash)| is_figure.then_some(hash))
            .collect();
        figures.sort_unstable();
        Self { figures, runs }
    }

    /// The share of runs in common, from 0 to 1.
    pub fn resemblance(&self, other: &Self) -> f64 {
        let common = self.common(other);
        ratio(common, self.runs.len() + other.runs.len() - common)
    }

    /// The share of the shorter text's runs that the other one has too, from 0 to 1.
    pub fn containment(&self, other: &Self) -> f64 {
        ratio(self.common(other), self.runs.len().min(other.runs.len()))
    }

    /// Whether the texts say the same in the same words; with other figures they never do.
    pub fn is_near_duplicate(&self, other: &Self) -> bool {
        self.same_figures(other) && self.resemblance(other) >= NEAR_DUPLICATE
    }

    /// Whether the texts have the same figures, in whatever order.
    pub fn same_figures(&self, other: &Self) -> bool {
        self.figures == other.figures
    }

    fn common(&self, other: &Self) -> usize {
        let (mut left, mut right, mut common) = (0, 0, 0);
        while let (Some(one), Some(two)) = (self.runs.get(left), other.runs.get(right)) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => left += 1,
                std::cmp::Ordering::Greater => right += 1,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    left += 1;
                    right += 1;
                }
            }
        }
        common
    }
}

fn joined(run: &[(bool, u64)]) -> u64 {
    let mut hash = Fnv::new();
    for (_, word) in run {
        for byte in word.to_le_bytes() {
            hash.byte(byte);
        }
    }
    hash.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a block of 2^52 words does not fit in memory"
)]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The hash FNV-1a of 64 bits, which is the same in every process and version.
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn word(&mut self, word: &str) {
        for letter in word.chars().flat_map(char::to_lowercase) {
            let mut bytes = [0; 4];
            for byte in letter.encode_utf8(&mut bytes).bytes() {
                self.byte(byte);
            }
        }
        self.byte(b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_spaces_and_punctuation_do_not_change_a_fingerprint() {
        assert_eq!(
            fingerprint("All rights  reserved."),
            fingerprint("ALL RIGHTS RESERVED")
        );
        assert_ne!(fingerprint("all rights"), fingerprint("allrights"));
    }

    #[test]
    fn one_changed_word_leaves_a_near_duplicate_and_a_changed_figure_does_not() {
        let one = "The supplier shall deliver the goods to the port of Rotterdam within the agreed \
                   period after receipt of the order and bears the cost of carriage until then.";
        let two = one.replace("bears", "carries");
        let shingles = Shingles::of(one);
        assert!(shingles.is_near_duplicate(&Shingles::of(&two)));
        let thirty = Shingles::of(&one.replace("agreed", "30 day"));
        let sixty = Shingles::of(&one.replace("agreed", "60 day"));
        assert!(!thirty.is_near_duplicate(&sixty));
    }

    #[test]
    fn a_part_is_contained_in_the_whole() {
        let whole = Shingles::of("one two three four five six");
        let part = Shingles::of("two three four");
        assert!((part.containment(&whole) - 1.0).abs() < 1e-9);
        assert!(part.resemblance(&whole) < 0.5);
        assert!(Shingles::of("").resemblance(&whole) < 0.1);
    }
}
