//! Dawid-Skene: weighs each answer by what its contributor tends to mistake for what.
//!
//! A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM
//! Algorithm", Applied Statistics 28 (1979). Each contributor has a table that says how often they
//! give which label to which; it is estimated together with the labels, by turns. Beyond the paper:
//!
//! - Each table is pulled towards what all contributors do together, by the weight of a few answers,
//!   so that somebody with three answers is not taken for an oracle or a saboteur.
//! - Items whose answer is known have it, whatever was answered.
//!
//! It looks for a local optimum from the majority's view. Where most are wrong together, or where
//! contributors copy from each other, it is confidently wrong; known answers are what helps.

use super::{Answers, Posterior, millionths};

/// How often the two steps are taken at the most. Where it has not come to rest by then, labels do
/// not change any more in practice.
const ROUNDS_MAX: usize = 100;
/// It has come to rest when no probability moves by more than this.
const REST: f64 = 1e-7;
/// How many answers the common table weighs in each row of a contributor's own.
const COMMON_WEIGHT: f64 = 2.0;
/// How many answers each label has in each row of the common table before anybody answered, so that
/// nothing is impossible because it was not seen yet.
const UNSEEN_WEIGHT: f64 = 0.1;

/// What the answers come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// How likely each label of each item is.
    pub items: Vec<Posterior>,
    /// How often each contributor is right, in millionths, over the labels as frequent as they are.
    /// Nothing for who gave no answer.
    pub accuracy_ppm: Vec<Option<u32>>,
    /// How often the two steps were taken.
    pub rounds: u32,
}

/// What is likely, item by item, and how reliable contributors are.
///
/// ```
/// use consort_kernel::consensus::{Answer, Answers, Size, dawid_skene};
///
/// let size = Size { contributors: 3, items: 2, labels: 2 };
/// let given = [(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 1), (1, 1, 1), (1, 2, 0)];
/// let given = given.map(|(item, contributor, label)| Answer { item, contributor, label });
/// let estimate = dawid_skene(&Answers::new(size, given.to_vec(), [].into())?);
/// assert_eq!(estimate.items[0].leading().map(|(label, _)| label), Some(0));
/// assert!(estimate.accuracy_ppm[2] < estimate.accuracy_ppm[0]);
/// # Ok::<(), consort_kernel::consensus::OutOfRange>(())
/// ```
pub fn dawid_skene(answers: &Answers) -> Estimate {
    estimate(answers, ROUNDS_MAX)
}

fn estimate(answers: &Answers, rounds_max: usize) -> Estimate {
    let mut beliefs = from_counts(answers);
    let mut tables = Tables::of(answers, &beliefs);
    let mut rounds = 0;
    for _ in 0..rounds_max {
        rounds += 1;
        let next = tables.beliefs(answers, &beliefs);
        let moved = furthest(&beliefs, &next);
        beliefs = next;
        tables = Tables::of(answers, &beliefs);
        if moved <= REST {
            break;
        }
    }
    Estimate {
        items: beliefs.iter().map(|belief| Posterior::of(belief)).collect(),
        accuracy_ppm: tables.accuracies(answers),
        rounds,
    }
}

/// What the answers of each item say by themselves; nothing where there are none.
fn from_counts(answers: &Answers) -> Vec<Vec<f64>> {
    (0_u32..)
        .zip(answers.counts())
        .map(|(item, counts)| match answers.known(item) {
            Some(known) => certain(known, counts.len()),
            None => normalised(counts.into_iter().map(f64::from).collect()),
        })
        .collect()
}

fn certain(known: u32, labels: usize) -> Vec<f64> {
    let mut belief = vec![0.0; labels];
    belief[known as usize] = 1.0;
    belief
}

/// Weights that add up to one, if there are any.
fn normalised(mut weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    if total > 0.0 {
        for weight in &mut weights {
            *weight /= total;
        }
    }
    weights
}

fn furthest(before: &[Vec<f64>], after: &[Vec<f64>]) -> f64 {
    let both = before.iter().flatten().zip(after.iter().flatten());
    both.map(|(one, other)| (one - other).abs())
        .fold(0.0, f64::max)
}

/// How frequent labels are, and what each contributor gives to which.
struct Tables {
    labels: usize,
    frequency: Vec<f64>,
    /// By contributor, true label and given label.
    gives: Vec<f64>,
}

impl Tables {
    /// The likeliest tables, if this is how likely the labels are.
    fn of(answers: &Answers, beliefs: &[Vec<f64>]) -> Self {
        let labels = answers.size().labels as usize;
        let square = labels * labels;
        let mut frequency = vec![UNSEEN_WEIGHT; labels];
        for belief in beliefs {
            for (sum, share) in frequency.iter_mut().zip(belief) {
                *sum += share;
            }
        }
        let mut common = vec![UNSEEN_WEIGHT; square];
        let mut gives = vec![0.0; square * answers.size().contributors as usize];
        for answer in answers.given() {
            let of_contributor = answer.contributor as usize * square;
            for (truth, share) in beliefs[answer.item as usize].iter().enumerate() {
                let place = truth * labels + answer.label as usize;
                common[place] += share;
                gives[of_contributor + place] += share;
            }
        }
        let common: Vec<f64> = common
            .chunks(labels)
            .flat_map(|row| normalised(row.to_vec()))
            .collect();
        for table in gives.chunks_mut(square) {
            for (own, all) in table.chunks_mut(labels).zip(common.chunks(labels)) {
                for (share, common) in own.iter_mut().zip(all) {
                    *share += COMMON_WEIGHT * common;
                }
                let row = normalised(own.to_vec());
                own.copy_from_slice(&row);
            }
        }
        Self {
            labels,
            frequency: normalised(frequency),
            gives,
        }
    }

    /// How likely the labels are, if these are the tables.
    fn beliefs(&self, answers: &Answers, before: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let square = self.labels * self.labels;
        let mut beliefs: Vec<Vec<f64>> = before
            .iter()
            .map(|belief| {
                // An item that nobody answered stays without a belief.
                let has_answers = belief.iter().sum::<f64>() > 0.0;
                if has_answers {
                    self.frequency.clone()
                } else {
                    belief.clone()
                }
            })
            .collect();
        for answer in answers.given() {
            let belief = &mut beliefs[answer.item as usize];
            let table = &self.gives[answer.contributor as usize * square..][..square];
            let column = table
                .iter()
                .skip(answer.label as usize)
                .step_by(self.labels);
            for (share, gives) in belief.iter_mut().zip(column) {
                *share *= gives;
            }
            // Kept at one in all after each answer, so that many answers do not vanish in zero.
            *belief = normalised(std::mem::take(belief));
        }
        for (item, belief) in (0_u32..).zip(&mut beliefs) {
            if let Some(known) = answers.known(item) {
                *belief = certain(known, self.labels);
            }
        }
        beliefs
    }

    fn accuracies(&self, answers: &Answers) -> Vec<Option<u32>> {
        let square = self.labels * self.labels;
        let mut has_answered = vec![false; answers.size().contributors as usize];
        for answer in answers.given() {
            has_answered[answer.contributor as usize] = true;
        }
        self.gives
            .chunks(square)
            .zip(has_answered)
            .map(|(table, has_answered)| {
                let diagonal = table.iter().step_by(self.labels + 1);
                let right: f64 = diagonal
                    .zip(&self.frequency)
                    .map(|(right, frequency)| right * frequency)
                    .sum();
                has_answered.then(|| millionths(right))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Size};
    use super::*;

    /// One contributor, three items that are known and one that is not.
    fn worked_by_hand() -> Answers {
        let size = Size {
            contributors: 1,
            items: 4,
            labels: 2,
        };
        let given = [(0, 0), (1, 0), (2, 1), (3, 0)].map(|(item, label)| Answer {
            item,
            contributor: 0,
            label,
        });
        Answers::new(size, given.to_vec(), [(0, 0), (1, 0), (2, 1)].into()).unwrap()
    }

    /// With the majority's view of the last item, the labels weigh 3.1 and 1.1, the common rows are
    /// 3.1 to 0.1 and 0.1 to 1.1, and the contributor's own 4.9375 to 0.0625 and 1/6 to 17/6. So the
    /// last item weighs 3.1 * 0.9875 for the first label and 1.1 / 18 for the other one.
    #[test]
    fn one_round_comes_to_what_is_worked_out_by_hand() {
        let once = estimate(&worked_by_hand(), 1);
        assert_eq!(once.items[3].ppm(), [980_428, 19_572]);
        assert_eq!(once.items[2].ppm(), [0, 1_000_000]);
        assert_eq!(once.rounds, 1);
    }

    #[test]
    fn it_comes_to_rest_and_stays_there() {
        let rest = dawid_skene(&worked_by_hand());
        assert!(rest.rounds < 20, "{}", rest.rounds);
        assert_eq!(rest, dawid_skene(&worked_by_hand()));
    }
}
