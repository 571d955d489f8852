//! What a delivered brief says beside what was found: whose it is, who made it, what it cost.

/// Said of every brief that the built-in tools made.
pub const NOTHING_INTERPRETED: &str =
    "Extracted and compared by built-in tools; nothing was interpreted.";

/// What is not in the brief itself. All of it is shown as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// The person who answers for the outcome.
    pub accountable: String,
    /// Who did what.
    pub contributors: Vec<Contribution>,
    /// Whether a decision was asked.
    pub decision_asked: bool,
    /// The record's fingerprint, and how it is checked.
    pub fingerprint: String,
    /// The lines of the ledger, as `Paid` and `12.40 EUR`.
    pub ledger: Vec<(String, String)>,
    /// The outcome's identifier.
    pub outcome: String,
    /// The date on which it was prepared, as it is to be shown.
    pub prepared_on: String,
    /// The accountable person's own sentence; without one, a blank is left to fill in by hand.
    pub recommendation: Option<String>,
    /// The accountable person's sign-off, as it is to be shown.
    pub sign_off: Option<String>,
    /// Files that were not read, with the reason.
    pub skipped: Vec<(String, String)>,
    /// How the brief was made, such as [`NOTHING_INTERPRETED`].
    pub statement: String,
    /// The title.
    pub title: String,
}

/// What one contributor did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contribution {
    /// What it cost, as it is to be shown.
    pub cost: String,
    /// A person, or which sort of agent.
    pub kind: String,
    /// What they did.
    pub tasks: String,
    /// Who.
    pub who: String,
}
