//! A playbook, read: what its author wrote, every part with its place in the file.
//!
//! These types say what may be written, not what is sensible; `check` looks at that, and `expand`
//! makes tasks of it.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::money::Amount;
use consort_kernel::task::{Bounds, DataClass, Mode, Risk};
use serde_json::Value;

use crate::expression::Expression;
use crate::inputs::InputValue;
use crate::problem::{At, Mark};
use crate::template::Template;

/// A reusable, versioned plan with inputs.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// The digest of the text that it was read from: a running outcome names it.
    pub digest: Digest,
    /// Its name, as in `brief`.
    pub name: String,
    /// Its version; a changed playbook gets a higher one.
    pub version: u32,
    /// What people see.
    pub title: String,
    /// What it is for, in a few sentences.
    pub description: String,
    /// What it asks for, in the order of asking.
    pub inputs: Vec<Input>,
    /// The result wanted.
    pub outcome: Outcome,
    /// The task templates, in the order of the file.
    pub tasks: Vec<Task>,
}

impl Playbook {
    /// The input with this name.
    pub fn input(&self, name: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.name.value == name)
    }

    /// The task template with this key.
    pub fn task(&self, key: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.key.value == key)
    }
}

/// Something that a playbook asks for.
#[derive(Debug, Clone)]
pub struct Input {
    /// Its name.
    pub name: At<String>,
    /// What may be given.
    pub kind: InputKind,
    /// Whether there is no outcome without it.
    pub required: bool,
    /// What a person is asked.
    pub prompt: String,
    /// What it is good for.
    pub description: String,
    /// What holds when nothing is given.
    pub default: Option<InputValue>,
    /// How closely held it is, and whatever is made of it.
    pub class: DataClass,
    /// What becomes of files of it that cannot be read.
    pub unreadable: Unreadable,
}

/// What becomes of files that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// They are listed and left out.
    Skip,
    /// They are kept as documents without text, titled by the reason, so that nobody is left out
    /// for the form of their file.
    Keep,
}

/// What may be given for an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// A folder of files.
    Folder,
    /// A repository of source text, by its name in the operator's configuration.
    Repository,
    /// One file.
    File,
    /// A text.
    Text,
    /// A list of texts.
    List,
    /// One of these texts.
    Choice(Vec<String>),
    /// A whole number.
    Number,
}

impl InputKind {
    /// The word for it in a playbook.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Repository => "repository",
            Self::File => "file",
            Self::Text => "text",
            Self::List => "list",
            Self::Choice(_) => "choice",
            Self::Number => "number",
        }
    }
}

/// The result wanted.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Where it is written.
    pub mark: Mark,
    /// What people call it; the playbook's title where it has none of its own.
    pub title: At<Template>,
    /// What is wanted.
    pub objective: At<Template>,
    /// Why it matters.
    pub narrative: At<Template>,
    /// When it is met.
    pub criteria: Vec<Criterion>,
    /// How much harm a wrong result can do.
    pub risk: Risk,
    /// How long after its start it is due, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// What the network takes for running it, in minor units.
    pub fee: Amount,
}

/// One checkable condition.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Its name.
    pub key: At<String>,
    /// What must hold, in words.
    pub text: At<Template>,
    /// How it is judged.
    pub method: At<Method>,
    /// Its share.
    pub weight: u32,
}

/// How a criterion is judged. What is kept as an artefact in a task stands here as it is.
#[derive(Debug, Clone)]
pub enum Method {
    /// By this JSON Schema.
    Schema(Value),
    /// By this expression over `submission`.
    Expression(Expression),
    /// By bounds of a length.
    Bounds(Bounds),
    /// By its citations.
    MustCite,
    /// By a program of the operator's.
    Program(String),
    /// By a reviewer with this rubric.
    Rubric(String),
    /// By this known answer.
    KnownAnswer(Value),
    /// By a person.
    Judgment,
}

/// A template of tasks: one task, or one for each item of a list.
#[derive(Debug, Clone)]
pub struct Task {
    /// Its key; a task for an item adds the item's name, as in `summarise[offer-a.pdf]`.
    pub key: At<String>,
    /// What kind of work it is.
    pub kind: String,
    /// What people see.
    pub title: At<Template>,
    /// The capability that it takes.
    pub capability: String,
    /// The level that it takes.
    pub level: u8,
    /// Who may do it.
    pub mode: At<Mode>,
    /// How much harm a wrong result can do.
    pub risk: At<Risk>,
    /// What is paid for each, in minor units.
    pub price: Amount,
    /// Its share of the outcome.
    pub weight: u32,
    /// How long a lease lasts, in milliseconds.
    pub lease_ms: u32,
    /// The list with one task for each of its items.
    pub for_each: Option<At<Expression>>,
    /// By how many contributors each is done, none of whom does two: a number, or an expression
    /// that gives one.
    pub compare: Option<At<Expression>>,
    /// What the expressions and templates call the item.
    pub item: At<String>,
    /// Only where this holds.
    pub when: Option<At<Expression>>,
    /// What must be accepted before.
    pub needs: Vec<At<Instances>>,
    /// Earlier tasks whose contributors may not do this one: somebody else must.
    pub apart_from: Vec<At<Instances>>,
    /// The criteria of the outcome that it serves.
    pub serves: Vec<At<String>>,
    /// Whether it is a point where a person decides.
    pub gate: At<bool>,
    /// What a contributor is told.
    pub instructions: Instructions,
}

/// The tasks of one template: all, or the one for the same item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instances {
    /// The template's key.
    pub task: String,
    /// Only the task for the item that this task is for.
    pub same_item: bool,
}

/// What a contributor is told.
#[derive(Debug, Clone)]
pub struct Instructions {
    /// Where they are written.
    pub mark: Mark,
    /// What is wanted.
    pub goal: At<Template>,
    /// The material.
    pub context: Vec<Context>,
    /// What must be kept to.
    pub constraints: Vec<At<Template>>,
    /// How the result is judged.
    pub criteria: Vec<Criterion>,
}

/// A piece of context.
#[derive(Debug, Clone)]
pub struct Context {
    /// What the instructions call it.
    pub name: At<String>,
    /// Where it comes from.
    pub from: At<From>,
}

/// Where a piece of context comes from.
#[derive(Debug, Clone)]
pub enum From {
    /// An input: files as they are, anything else as JSON.
    Input(String),
    /// The item that the task is for, or a field of it.
    Item(Expression),
    /// What other tasks hand in.
    Output(Instances),
    /// A stored artefact.
    Artefact(Digest),
    /// A JSON object put together by expressions.
    Object(BTreeMap<String, At<Expression>>),
}
