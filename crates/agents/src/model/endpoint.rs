//! What a model's endpoint is asked and what comes back, whoever carries it.
//!
//! The driver knows nothing else about endpoints; tests put one of their own in its place.

use std::time::Duration;

use consort_kernel::time::Timestamp;

use super::settings::Usage;

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the model is told to do.
    pub instructions: String,
    /// What was said so far, the last of it by us.
    pub turns: Vec<Turn>,
    /// Whether the answer is to be one JSON object, where the endpoint can be told so.
    pub object: bool,
}

/// One side's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Ours.
    Ours(String),
    /// The model's.
    Models(String),
}

/// What one call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest answer, in tokens.
    pub answer_tokens_max: u32,
    /// How long to wait for it.
    pub timeout: Duration,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The model's words.
    pub text: String,
    /// What the endpoint says that it took; nothing if it does not say.
    pub usage: Option<Usage>,
    /// Whether the words end because there was no room for more.
    pub cut_short: bool,
}

/// Why nothing came back. The texts are ours: an endpoint's own words may be anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The endpoint was never reached, so that nothing was used.
    #[error("{0}")]
    Unsent(String),
    /// The endpoint asks to wait; nothing was used.
    #[error("the endpoint asks to wait (status {status})")]
    Wait {
        /// The status.
        status: u16,
        /// For how long, where it says so.
        retry: Option<RetryAfter>,
    },
    /// The endpoint will not do it; nothing was used, and asking again is no use.
    #[error(
        "the endpoint refuses (status {0}); see its model, key and address in the configuration"
    )]
    Refused(u16),
    /// Nobody knows whether the endpoint did it.
    #[error("{0}")]
    Unknown(String),
}

/// When an endpoint wants to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many milliseconds.
    Millis(u64),
    /// At a moment.
    At(Timestamp),
}

impl RetryAfter {
    /// How long that is from now, in milliseconds.
    pub fn wait_ms(self, now: Timestamp) -> u64 {
        match self {
            Self::Millis(millis) => millis,
            Self::At(moment) => u64::try_from(moment.millis_since(now)).unwrap_or(0),
        }
    }
}

/// A model that can be asked.
pub trait Endpoint: Send + Sync {
    /// Asks once, and waits for the answer.
    fn answer(&self, prompt: &Prompt, limits: Limits) -> Result<Answer, Trouble>;
}

impl Prompt {
    /// How much is sent, in bytes.
    pub fn bytes(&self) -> usize {
        let turns = self.turns.iter().map(|turn| match turn {
            Turn::Ours(text) | Turn::Models(text) => text.len(),
        });
        self.instructions.len() + turns.sum::<usize>()
    }

    /// A bound on the tokens that it comes to: no tokeniser in use makes more than one token of a
    /// byte, and what endpoints add around a turn stays within the allowance.
    pub fn tokens_bound(&self) -> u64 {
        let around = TOKENS_AROUND * (self.turns.len() as u64 + 1);
        self.bytes() as u64 + around
    }
}

/// What an endpoint may add to the instructions and to each turn: marks of roles and the form that
/// is asked for, in tokens.
const TOKENS_AROUND: u64 = 256;
