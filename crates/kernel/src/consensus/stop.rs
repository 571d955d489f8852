//! When to stop asking: an item that is settled costs nothing more.
//!
//! Stopping on the posterior of what is known so far is what Sheng, Provost and Ipeirotis describe as
//! selective repeated labelling ("Get another label?", KDD 2008). A posterior that is overconfident
//! stops too early; the least number of answers holds against that.

use super::Posterior;

/// A rule for when an item needs no further answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// It is not settled with fewer answers than this, however sure they look.
    pub answers_min: u32,
    /// It is not asked about more often than this, however unsure it stays.
    pub answers_max: u32,
    /// It is settled once its likeliest label is this likely.
    pub confidence_ppm: u32,
}

/// What a rule says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It has a label that can be relied on.
    Yes,
    /// Another answer is worth its price.
    NotYet,
    /// It was asked about as often as may be, and stays open.
    Open,
}

impl Stop {
    /// Whether an item with so many answers needs another one.
    ///
    /// ```
    /// use consort_kernel::consensus::{Answer, Answers, Size, Stop, majority};
    ///
    /// let size = Size { contributors: 2, items: 1, labels: 2 };
    /// let given = [0, 1].map(|contributor| Answer { item: 0, contributor, label: 1 });
    /// let answers = Answers::new(size, given.to_vec(), [].into())?;
    /// let posterior = &majority(&answers)[0];
    /// let stop = Stop { answers_min: 2, answers_max: 5, confidence_ppm: 900_000 };
    /// assert!(!stop.asks_again(posterior, 2));
    /// assert!(stop.asks_again(posterior, 1), "one answer is not enough, however sure it looks");
    /// # Ok::<(), consort_kernel::consensus::OutOfRange>(())
    /// ```
    pub fn asks_again(&self, posterior: &Posterior, answers: u32) -> bool {
        self.settled(posterior, answers) == Settled::NotYet
    }

    /// What the rule says of an item with so many answers.
    pub fn settled(&self, posterior: &Posterior, answers: u32) -> Settled {
        let sure = posterior
            .leading()
            .is_some_and(|(_, ppm)| ppm >= self.confidence_ppm);
        if sure && answers >= self.answers_min {
            Settled::Yes
        } else if answers < self.answers_max {
            Settled::NotYet
        } else {
            Settled::Open
        }
    }
}
