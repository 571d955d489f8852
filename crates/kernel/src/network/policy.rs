//! The rules that a network works by: versioned, open to see, and named by every event.

use serde::{Deserialize, Serialize};

use crate::money::Fraction;
use crate::rejection::Rejection;
use crate::task::Risk;

const MINUTE_MS: u32 = 60_000;
const HOUR_MS: u32 = 60 * MINUTE_MS;
const DAY_MS: u32 = 24 * HOUR_MS;

/// How work of one risk is reviewed and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRule {
    /// Whether a sign-off may have been given in advance.
    pub in_advance: bool,
    /// How many reviews are needed.
    pub reviews: u8,
    /// Whether the signer has to be somebody else than the reviewers.
    pub separate_signer: bool,
}

/// How much each quality counts when contributors are ranked, in thousandths; they add up to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingWeights {
    /// How far the capability reaches what is needed.
    pub capability: u16,
    /// How free the contributor is.
    pub load: u16,
    /// How much of the day they work when the work is due.
    pub overlap: u16,
    /// How far they stay below the price.
    pub price: u16,
    /// How well they have done.
    pub standing: u16,
}

/// The rules of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How often a task is tried before a person has to look at it.
    pub attempts_max: u8,
    /// The network's share of what is paid.
    pub fee: Fraction,
    /// In how many milliseconds evidence halves in weight.
    pub half_life_ms: String,
    /// How long an offer stands.
    pub offer_ms: u32,
    /// How long a review, or a decision, may take before it is escalated.
    pub review_ms: u32,
    /// The rule for each risk: low, medium, high, critical.
    pub reviews: [ReviewRule; 4],
    /// How contributors are ranked.
    pub routing: RoutingWeights,
    /// The tax on what is paid.
    pub tax: Fraction,
    /// Counts up with every change.
    pub version: u32,
}

impl Default for Policy {
    fn default() -> Self {
        let rule = |reviews, in_advance, separate_signer| ReviewRule {
            in_advance,
            reviews,
            separate_signer,
        };
        Self {
            attempts_max: 3,
            fee: Fraction::ZERO,
            // Ninety days, as Colony's reputation decays.
            half_life_ms: (u64::from(DAY_MS) * 90).to_string(),
            offer_ms: 15 * MINUTE_MS,
            review_ms: 5 * DAY_MS,
            reviews: [
                rule(0, true, false),
                rule(1, true, false),
                rule(1, false, false),
                rule(2, false, true),
            ],
            routing: RoutingWeights {
                capability: 250,
                load: 100,
                overlap: 50,
                price: 200,
                standing: 400,
            },
            tax: Fraction::ZERO,
            version: 1,
        }
    }
}

impl Policy {
    /// The rule for work of this risk.
    pub const fn review_rule(&self, risk: Risk) -> ReviewRule {
        match risk {
            Risk::Low => self.reviews[0],
            Risk::Medium => self.reviews[1],
            Risk::High => self.reviews[2],
            Risk::Critical => self.reviews[3],
        }
    }

    /// The half-life of evidence, in milliseconds.
    pub fn half_life(&self) -> u64 {
        self.half_life_ms.parse().unwrap_or(u64::MAX)
    }

    /// Whether the rules can be put in force.
    pub fn check(&self) -> Result<(), Rejection> {
        let weights = &self.routing;
        let total: u32 = [
            weights.capability,
            weights.load,
            weights.overlap,
            weights.price,
            weights.standing,
        ]
        .map(u32::from)
        .iter()
        .sum();
        if total != 1000 {
            return Err(Rejection::invalid(
                "routing",
                "the weights must add up to 1000",
            ));
        }
        if self
            .half_life_ms
            .parse::<u64>()
            .map_or(true, |half_life| half_life == 0)
        {
            return Err(Rejection::invalid(
                "half_life_ms",
                "a number above zero is expected",
            ));
        }
        for (name, fraction) in [("fee", self.fee), ("tax", self.tax)] {
            if fraction.denominator == 0 || fraction.numerator > fraction.denominator {
                return Err(Rejection::invalid(
                    name,
                    "a fraction from 0 to 1 is expected",
                ));
            }
        }
        let together = u64::from(self.fee.numerator) * u64::from(self.tax.denominator)
            + u64::from(self.tax.numerator) * u64::from(self.fee.denominator);
        if together > u64::from(self.fee.denominator) * u64::from(self.tax.denominator) {
            return Err(Rejection::invalid(
                "fee",
                "fee and tax together are more than the whole",
            ));
        }
        if self.attempts_max == 0 || self.offer_ms == 0 || self.review_ms == 0 {
            return Err(Rejection::invalid(
                "policy",
                "attempts and times must be above zero",
            ));
        }
        let [_, _, high, critical] = &self.reviews;
        if high.in_advance || critical.in_advance {
            return Err(Rejection::invalid(
                "reviews",
                "work of high or critical risk cannot be signed in advance",
            ));
        }
        Ok(())
    }
}
