//! Majority: the label that most gave. Each answer weighs the same.

use super::{Answers, Posterior};

/// What each label of each item has of its answers. A known answer has the whole, whatever was
/// answered.
pub fn majority(answers: &Answers) -> Vec<Posterior> {
    let counts = answers.counts();
    (0_u32..)
        .zip(&counts)
        .map(|(item, counts)| {
            let weights: Vec<f64> = match answers.known(item) {
                Some(known) => (0_u32..)
                    .zip(counts)
                    .map(|(label, _)| f64::from(u8::from(label == known)))
                    .collect(),
                None => counts.iter().copied().map(f64::from).collect(),
            };
            Posterior::of(&weights)
        })
        .collect()
}
