//! Agreement: how far contributors give the same label, beyond what chance alone would bring.

use super::{Answers, WHOLE_PPM};

/// Krippendorff's alpha for nominal data, in millionths, with any answers missing.
///
/// One is perfect agreement, nothing is what chance would bring, and less is disagreement by rule.
/// Items with fewer than two answers say nothing about agreement and are left out. Nothing is
/// answered where there is no item with two answers, or where all answers are the same label, for
/// then there is nothing to be told apart.
///
/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011.
pub fn krippendorff_alpha(answers: &Answers) -> Option<i32> {
    let labels = answers.size().labels as usize;
    // The diagonal of the table of coincidences, and the sums of its rows.
    let mut same = 0.0;
    let mut of_label = vec![0.0; labels];
    for counts in answers.counts() {
        let given: u32 = counts.iter().sum();
        if given < 2 {
            continue;
        }
        for (sum, count) in of_label.iter_mut().zip(counts) {
            *sum += f64::from(count);
            same += f64::from(count) * (f64::from(count) - 1.0) / f64::from(given - 1);
        }
    }
    let total: f64 = of_label.iter().sum();
    let by_chance: f64 = of_label.iter().map(|sum| sum * (sum - 1.0)).sum();
    let could_differ = total * (total - 1.0) - by_chance;
    if could_differ <= 0.0 {
        return None;
    }
    Some(signed_millionths(
        ((total - 1.0) * same - by_chance) / could_differ,
    ))
}

/// A number from minus one to one as whole millionths, to the nearest one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the number is between minus one and one"
)]
fn signed_millionths(number: f64) -> i32 {
    let scaled = number.clamp(-1.0, 1.0) * f64::from(WHOLE_PPM);
    (scaled + 0.5).floor() as i32
}
