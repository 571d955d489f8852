//! Evidence: what a change of standing rests on, and how much each kind of it weighs.
//!
//! Acceptance speaks for somebody, by the weight of the criteria that were met. Work that goes back,
//! a lease that runs out and a task that is given up speak against them, but only as far as the
//! cause was theirs. Declining an offer and giving a task back are no evidence of anything.

use serde::{Deserialize, Serialize};

use crate::reputation::{WHOLE, Weight};

/// Work that went back is most often put right under the next lease and then counts as a whole
/// result: half of one says that it took two goes, and still leaves a gain.
const SENT_BACK: u64 = WHOLE / 2;
/// Work that somebody else has to do over came to nothing: as much as an accepted result.
const REJECTED: u64 = WHOLE;
/// Who lets a lease run out has cost time and has handed in nothing wrong.
const LEASE_EXPIRED: u64 = WHOLE / 2;
/// A task that is given up for its performer's reasons is lost: as much as an accepted result.
const FAILED: u64 = WHOLE;
/// Of a misunderstanding, which takes two, a quarter is laid at the performer's door.
const COMMUNICATION_DIVISOR: u64 = 4;

/// How a result came about that was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The capability did not suffice.
    Capability,
    /// What was wanted was not made clear.
    Communication,
    /// What was wanted changed.
    ChangedExpectation,
    /// Something outside of anybody's hands.
    OutsideShock,
}

impl Cause {
    /// What is left of a weight for the one who did the work.
    const fn share_of(self, weight: u64) -> u64 {
        match self {
            Self::Capability => weight,
            Self::Communication => weight / COMMUNICATION_DIVISOR,
            Self::ChangedExpectation | Self::OutsideShock => 0,
        }
    }
}

/// What a change of standing rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// It was accepted, with so many millionths of the criteria met, by weight.
    Accepted(u32),
    /// The task was given up, for this reason of its performer's.
    Failed(Cause),
    /// The lease ran out, for this reason.
    LeaseExpired(Cause),
    /// It was found that somebody else should do it.
    Rejected(Cause),
    /// It went back to be put right.
    SentBack(Cause),
}

impl Evidence {
    /// How much it speaks for and against somebody.
    ///
    /// ```
    /// use consort_kernel::contributor::{Cause, Evidence};
    /// let part = Evidence::Accepted(750_000).weight();
    /// assert_eq!((part.good, part.bad), (750_000, 250_000));
    /// assert!(Evidence::SentBack(Cause::OutsideShock).weight().is_nothing());
    /// ```
    pub fn weight(self) -> Weight {
        let bad = match self {
            Self::Accepted(met_ppm) => {
                let good = u64::from(met_ppm).min(WHOLE);
                return Weight {
                    bad: WHOLE - good,
                    good,
                };
            }
            Self::Failed(cause) => cause.share_of(FAILED),
            Self::LeaseExpired(cause) => cause.share_of(LEASE_EXPIRED),
            Self::Rejected(cause) => cause.share_of(REJECTED),
            Self::SentBack(cause) => cause.share_of(SENT_BACK),
        };
        Weight { bad, good: 0 }
    }

    /// Whether something came of the work: then the two have worked with each other.
    pub const fn is_accepted(self) -> bool {
        match self {
            Self::Accepted(_) => true,
            Self::Failed(_) | Self::LeaseExpired(_) | Self::Rejected(_) | Self::SentBack(_) => {
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_evidence_has_its_weight_by_its_cause() {
        use Cause::{Capability, ChangedExpectation, Communication, OutsideShock};
        for (evidence, good, bad) in [
            (Evidence::Accepted(1_000_000), WHOLE, 0),
            (Evidence::Accepted(2_000_000), WHOLE, 0),
            (Evidence::Accepted(400_000), 400_000, 600_000),
            (Evidence::SentBack(Capability), 0, 500_000),
            (Evidence::SentBack(Communication), 0, 125_000),
            (Evidence::SentBack(ChangedExpectation), 0, 0),
            (Evidence::SentBack(OutsideShock), 0, 0),
            (Evidence::Rejected(Capability), 0, WHOLE),
            (Evidence::Rejected(Communication), 0, 250_000),
            (Evidence::Rejected(ChangedExpectation), 0, 0),
            (Evidence::LeaseExpired(Capability), 0, 500_000),
            (Evidence::LeaseExpired(OutsideShock), 0, 0),
            (Evidence::Failed(Capability), 0, WHOLE),
            (Evidence::Failed(Communication), 0, 250_000),
            (Evidence::Failed(ChangedExpectation), 0, 0),
        ] {
            assert_eq!(evidence.weight(), Weight { bad, good }, "{evidence:?}");
        }
    }
}
