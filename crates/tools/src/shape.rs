//! The shapes that the tools hand in: one for each kind of task, stable as JSON.
//!
//! Wherever an object has `citations`, it is a statement, and the must-cite check holds it to its
//! sources.

use consort_documents::{Citation, Statement};
use serde::{Deserialize, Serialize};

/// What is asked: the inputs of a brief that people give.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Question {
    /// What has to be known anyhow.
    #[serde(default)]
    pub must_know: Vec<String>,
    /// The choices, where there are some.
    #[serde(default)]
    pub options: Vec<String>,
    /// The question; without one, a brief of the documents is made and no decision was asked.
    #[serde(default)]
    pub question: Option<String>,
}

/// What a model says without a source. It is no statement: it has no `text`, and people are shown
/// whose opinion it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Whose it is.
    pub by: String,
    /// What it says.
    pub opinion: String,
}

/// `summarise`: the sentences of one document that matter most, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The document's name.
    pub document: String,
    /// Said when there is nothing to quote, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
    /// What a model added and no passage says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<Opinion>,
    /// Verbatim sentences, in source order.
    pub statements: Vec<Statement>,
}

/// `research`: the typed facts of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Research {
    /// The document's name.
    pub document: String,
    /// What was found, in source order.
    pub facts: Vec<Fact>,
    /// How many more there are, where a limit left them out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
    /// Said when there is nothing to report, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
}

/// How sure a fact is, by the rule stated in the documentation of `research`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// It may be one.
    Low,
    /// It reads like one.
    Medium,
    /// It is stated outright: `Label: value`, a cell of a table, `the X is Y`.
    High,
}

/// A value, normalised so that two ways of writing it compare equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "is", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// A number: decimal digits without grouping, and its unit where there is one.
    Number(String),
    /// Money: decimal digits; the unit is the ISO 4217 code and what it is per, as in `EUR per
    /// month`.
    Money(String),
    /// A share in percent.
    Percent(String),
    /// A length of time; the unit is one of day, working day, week, month, year, hour, minute.
    Duration(String),
    /// A date as YYYY-MM-DD.
    Date(String),
    /// A date that can be read in more than one way; each way as YYYY-MM-DD.
    AmbiguousDate(Vec<String>),
    /// Words.
    Text(String),
    /// Yes or no.
    Truth(bool),
}

/// Which way a value may still differ: `at least 30 days`, `up to EUR 500`, `about 8 %`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The value is near.
    About,
    /// The value is the smallest.
    AtLeast,
    /// The value is the largest.
    AtMost,
}

/// A typed fact with its passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What about the subject, normalised, as in `notice period`.
    pub attribute: String,
    /// Said where the source gives a bound and not the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// The passage; one, in a list so that every statement has the same form.
    pub citations: Vec<Citation>,
    /// How sure it is.
    pub confidence: Confidence,
    /// The date or the period that the passage gives for it: `2026-04-03`, `2026-04`, `2026-Q2`,
    /// `2026`, or of what is over `until 2026` or `earlier`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What it is about: the document's own subject (a supplier, a product) or the row's.
    pub subject: String,
    /// The value and the attribute as the source writes them.
    pub text: String,
    /// The unit, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The value.
    pub value: Value,
}

/// `organise`: documents by attributes that two or more of them state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The attributes, the most widely stated first.
    pub attributes: Vec<String>,
    /// Said when no attribute is stated by two documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
    /// One row a document.
    pub rows: Vec<TableRow>,
}

/// A document's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// One cell an attribute; with no facts, the cell reads "not stated".
    pub cells: Vec<Vec<Fact>>,
    /// The document's name.
    pub document: String,
}

/// `counter-argue`: passages that argue against, and outlying figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterArguments {
    /// Said when none were found: that is weak evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
    /// The passages.
    pub passages: Vec<CounterPassage>,
}

/// One passage that argues against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterPassage {
    /// The passage, and for an outlier the figures that it differs from.
    pub citations: Vec<Citation>,
    /// The options that it concerns, where it names any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// What shows it.
    pub sign: CounterSign,
    /// The passage's words, or what is compared.
    pub text: String,
}

/// What shows that a passage argues against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CounterSign {
    /// But, however, although …
    Adversative,
    /// Not, never, fails to …
    Negated,
    /// May, might, it is unclear …
    Hedged,
    /// A figure far from the others of its kind.
    Outlier,
}

/// `screen-risk`: what the declared rules found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// What was found.
    pub findings: Vec<Finding>,
    /// Said when nothing was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
    /// The rule packs that were applied, as `name@version`.
    pub packs: Vec<String>,
}

/// How bad a finding can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Worth asking about.
    Warning,
    /// Settle it before you decide.
    Serious,
}

/// One finding of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The passages; for a rule about something missing, the document's first passage.
    pub citations: Vec<Citation>,
    /// The rule, as `pack/rule`.
    pub rule: String,
    /// How bad it can be.
    pub severity: Severity,
    /// What the rule looks for, in words.
    pub text: String,
}

/// Values of the same subject, attribute and unit that differ, or less surely related ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// What about it.
    pub attribute: String,
    /// A name that stays the same when the same documents are read again.
    pub key: String,
    /// The differing facts.
    pub sides: Vec<Fact>,
    /// What it is about.
    pub subject: String,
}

/// A person's choice between the sides of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The index of the side that holds, from 0; none leaves it open.
    #[serde(default)]
    pub chosen: Option<u32>,
    /// The conflict's key.
    pub conflict: String,
    /// Whether the person opened the passages; in a batch, some are not.
    pub opened: bool,
    /// Why.
    pub reason: String,
}

/// `resolve`: what the person decided about the conflicts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Resolutions {
    /// Who decided.
    pub person: String,
    /// One for each conflict that was decided.
    pub resolutions: Vec<Resolution>,
}

/// `draft`: the page that a person decides on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What the sources agree on: each with a citation from two documents or more.
    pub agree: Vec<Statement>,
    /// Which documents were read, and what was found in each.
    pub coverage: Vec<Coverage>,
    /// Where the sources disagree.
    pub disagree: Vec<Conflict>,
    /// Passages for and against each option.
    pub options: Vec<OptionPassages>,
    /// How much the limits of the page leave out.
    #[serde(default)]
    pub left_out: LeftOut,
    /// What a model added and no passage says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<Opinion>,
    /// Less surely related differences.
    #[serde(default)]
    pub possibly_related: Vec<Conflict>,
    /// What was asked.
    pub question: Question,
    /// What must be known and was not found.
    pub unknowns: Vec<String>,
    /// What must be known and was found.
    #[serde(default)]
    pub answered: Vec<Answered>,
}

/// How many entries the limits of the page leave out of each list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeftOut {
    /// Of what the sources agree on.
    pub agree: u32,
    /// Of where they disagree.
    pub disagree: u32,
    /// Of what is possibly related.
    pub possibly_related: u32,
}

/// A thing that must be known, with passages that speak to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The thing.
    pub must_know: String,
    /// The passages.
    pub statements: Vec<Statement>,
}

/// The passages about one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionPassages {
    /// Passages that speak against it.
    pub against: Vec<Statement>,
    /// Passages that speak for it, or describe it.
    pub about: Vec<Statement>,
    /// The option.
    pub option: String,
}

/// What came of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The document's name.
    pub document: String,
    /// How many facts were found in it.
    #[serde(default)]
    pub facts: u32,
    /// How many of its passages are cited on the page.
    #[serde(default)]
    pub cited: u32,
    /// How many more facts it states, where a limit left them out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub facts_left_out: u32,
    /// Whether only its beginning was read, because it is longer than is ever read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_part: bool,
}

/// `second-review`: what a second reader finds in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondReview {
    /// What was missed: passages that rank high and are not on the page.
    pub missed: Vec<Statement>,
    /// What is wrong: uncited, twice, a figure that is not in its passage.
    pub faults: Vec<String>,
    /// Said when nothing was found, and what was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<String>,
}

/// `integrate`: the decision brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brief {
    /// Passages that argue against.
    pub against: CounterArguments,
    /// The page, with what the second review added.
    pub draft: Draft,
    /// The sentences that matter most, over all documents.
    pub highlights: Vec<Statement>,
    /// What the person decided about the conflicts.
    pub resolutions: Resolutions,
    /// What the rules found.
    pub screening: Screening,
    /// What the second reader found.
    pub second_review: SecondReview,
    /// The documents' own summaries.
    pub summaries: Vec<Summary>,
    /// Documents by attributes.
    pub table: Table,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes fields by reference"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}
