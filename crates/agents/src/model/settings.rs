//! How a model is reached, what it may be sent, and what it may cost: plain values.
//!
//! Nothing here reads a file or the environment; whoever starts the process fills it in.

use std::time::Duration;

use consort_kernel::task::DataClass;

use super::Secret;

/// How an endpoint is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chat completions as of `OpenAI`; also vLLM, llama.cpp and most gateways.
    OpenAi,
    /// Responses as of `OpenAI`.
    OpenAiResponses,
    /// Messages as of Anthropic.
    Anthropic,
    /// Gemini's own interface.
    Gemini,
    /// Ollama's own interface.
    Ollama,
}

/// A model at an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What the operator calls it.
    pub name: String,
    /// How it is spoken to.
    pub kind: Kind,
    /// Where it is, as in `https://api.example.org/v1/`.
    pub url: String,
    /// What the endpoint calls it.
    pub model: String,
    /// The key, where it takes one.
    pub key: Option<Secret>,
    /// What the model is built on: two agents of one family never judge each other.
    pub family: String,
    /// The most closely held material that may be sent there.
    pub class_max: DataClass,
    /// The most that one answer may have, in tokens.
    pub answer_tokens_max: u32,
    /// The most that is sent in one call, in bytes: the window of the model.
    pub prompt_bytes_max: usize,
    /// How long one call may take.
    pub timeout: Duration,
    /// How often it is called, and by how many at once.
    pub rates: Rates,
    /// What it costs; nothing for a model that costs nothing.
    pub prices: Prices,
    /// What may be spent.
    pub caps: Caps,
}

/// How often an endpoint is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Calls a minute, by all agents.
    pub per_minute: u32,
    /// Calls a minute by one agent.
    pub per_minute_each: u32,
    /// Calls at the same moment, by all agents.
    pub at_once: u32,
}

/// A versioned table of prices, in millionths of a currency's unit for a million tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    /// Which table it is; it stands on the record with each amount.
    pub version: String,
    /// The currency, as of ISO 4217.
    pub currency: String,
    /// Tokens that are sent.
    pub input_micro: u64,
    /// Tokens that are sent and that the endpoint had kept from an earlier call.
    pub cached_micro: u64,
    /// Tokens that are answered.
    pub output_micro: u64,
}

/// The most that may be spent, in millionths of the currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// For one task.
    pub task_micro: u64,
    /// By one agent.
    pub agent_micro: u64,
    /// For one outcome.
    pub outcome_micro: u64,
}

/// Tokens, as an endpoint reports them or as they are bounded before a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Sent, those that were kept included.
    pub input: u64,
    /// Sent, and kept from an earlier call.
    pub cached: u64,
    /// Answered.
    pub output: u64,
}

/// Prices are for so many tokens.
const TOKENS_PRICED: u128 = 1_000_000;

impl Prices {
    /// What so many tokens cost, rounded up, in millionths of the currency's unit.
    ///
    /// ```
    /// use consort_agents::model::{Prices, Usage};
    ///
    /// let prices = Prices {
    ///     version: "2026-11".to_owned(),
    ///     currency: "EUR".to_owned(),
    ///     input_micro: 3_000_000,
    ///     cached_micro: 300_000,
    ///     output_micro: 15_000_000,
    /// };
    /// let usage = Usage { input: 1_000, cached: 600, output: 100 };
    /// assert_eq!(prices.cost_micro(usage), 1_200 + 180 + 1_500);
    /// ```
    pub fn cost_micro(&self, usage: Usage) -> u64 {
        let cached = usage.cached.min(usage.input);
        let parts = [
            (usage.input - cached, self.input_micro),
            (cached, self.cached_micro),
            (usage.output, self.output_micro),
        ];
        let sum = parts
            .into_iter()
            .map(|(tokens, micro)| u128::from(tokens) * u128::from(micro))
            .fold(0, u128::saturating_add);
        u64::try_from(sum.div_ceil(TOKENS_PRICED)).unwrap_or(u64::MAX)
    }

    /// The most that tokens within these bounds can cost, however many of them were kept.
    pub fn bound_micro(&self, bound: Usage) -> u64 {
        let dearest = self.input_micro.max(self.cached_micro);
        let dearest = Self {
            input_micro: dearest,
            cached_micro: dearest,
            ..self.clone()
        };
        dearest.cost_micro(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(input_micro: u64, cached_micro: u64, output_micro: u64) -> Prices {
        Prices {
            version: "1".to_owned(),
            currency: "EUR".to_owned(),
            input_micro,
            cached_micro,
            output_micro,
        }
    }

    #[test]
    fn what_tokens_cost_is_rounded_up_and_never_overflows() {
        for (price, usage, cost) in [
            ((0, 0, 0), (9, 0, 9), 0),
            ((1, 0, 0), (1, 0, 0), 1),
            ((2_000_000, 1_000_000, 0), (3, 1, 0), 5),
            // More tokens kept than sent cannot be: they count as sent ones.
            ((2_000_000, 1_000_000, 0), (3, 9, 0), 3),
            ((u64::MAX, 0, u64::MAX), (u64::MAX, 0, u64::MAX), u64::MAX),
        ] {
            let (input, cached, output) = usage;
            let usage = Usage {
                input,
                cached,
                output,
            };
            let prices = prices(price.0, price.1, price.2);
            assert_eq!(prices.cost_micro(usage), cost, "{price:?} {usage:?}");
        }
    }

    #[test]
    fn a_bound_holds_however_much_was_kept() {
        // Some endpoints charge more for what they keep.
        let prices = prices(1_000_000, 2_000_000, 0);
        let bound = Usage {
            input: 10,
            cached: 0,
            output: 0,
        };
        assert_eq!(prices.bound_micro(bound), 20);
    }
}
