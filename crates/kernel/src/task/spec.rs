//! What a task asks for: its instructions, its criteria and the terms on which it is done.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::money::Amount;
use crate::time::Timestamp;

/// How many criteria a task may have: a person has to read them all.
pub const CRITERIA_MAX: usize = 32;
/// How many pieces of context a task may have; more of them are given as a group.
pub const CONTEXT_MAX: usize = 4_096;
/// How many needed tasks stand in a plan by their own keys. Where there are more, those of one
/// template stand there as one, so that a task of a folder of any size fits into one event.
pub const NEEDS_NAMED_MAX: usize = 64;
/// The most that a task's own part of its event takes, in bytes: what is around it has to fit into
/// 64 KiB too.
pub const SPEC_BYTES_MAX: usize = 60_000;
/// The longest text of instructions, in bytes; longer material is context, by reference.
pub const TEXT_BYTES_MAX: usize = 8_192;

/// Who may do a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A person only.
    Person,
    /// An agent only.
    Ai,
    /// Whoever is best suited.
    Either,
    /// An agent drafts and a person finishes; both are credited.
    Pair,
}

impl Mode {
    /// The word that is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Ai => "ai",
            Self::Either => "either",
            Self::Pair => "pair",
        }
    }
}

/// How much harm a wrong result can do. It sets the reviews that are needed and who may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Easily seen and undone.
    Low,
    /// Costs time or money to put right.
    Medium,
    /// Hurts somebody, or much money.
    High,
    /// Cannot be put right.
    Critical,
}

impl Risk {
    /// The word that is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How closely held some material is; a contributor sees only classes that they are cleared for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum DataClass {
    /// Anybody may read it.
    Public,
    /// Everybody in the network may read it.
    #[default]
    Internal,
    /// Only who works on the outcome may read it.
    Confidential,
    /// Only who is named may read it, and no agent that sends it elsewhere.
    Restricted,
}

/// How one criterion is judged.
///
/// Adjacent tags in this spelling keep the stored JSON in the sorted order of RFC 8785.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "with", rename_all = "snake_case")]
pub enum Method {
    /// The submission is valid under the JSON Schema (2020-12) in this artefact.
    Schema(Digest),
    /// This CEL expression is true; `submission` names the submitted JSON.
    Expression(String),
    /// Every list named by the JSON pointer has a length, every text a number of characters,
    /// within these bounds.
    Bounds(Bounds),
    /// Every statement quotes its sources word for word, and every figure in it is in a quotation.
    MustCite,
    /// A program of the operator's says so.
    Program(String),
    /// A reviewer judges by this rubric.
    Rubric(String),
    /// The submission equals the known answer in this artefact (gold).
    KnownAnswer(Digest),
    /// A person judges.
    Judgment,
}

impl Method {
    /// Whether software alone can tell.
    pub const fn is_automatic(&self) -> bool {
        match self {
            Self::Schema(_)
            | Self::Expression(_)
            | Self::Bounds(_)
            | Self::MustCite
            | Self::Program(_)
            | Self::KnownAnswer(_) => true,
            Self::Rubric(_) | Self::Judgment => false,
        }
    }
}

/// Bounds of a length, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// RFC 6901 pointer to a list or a text in the submission.
    pub at: String,
    /// The largest length.
    pub max: u32,
    /// The smallest length.
    pub min: u32,
}

/// One checkable condition of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// Its name within the task or outcome.
    pub key: String,
    /// How it is judged.
    pub method: Method,
    /// What must hold, in words.
    pub text: String,
    /// Its share of the whole when a result is accepted in part.
    pub weight: u32,
}

/// One piece of context, by reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextItem {
    /// How closely held it is.
    pub class: DataClass,
    /// After this moment it may not be read any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What the instructions call it; several items may share a name and then are a list.
    pub name: String,
    /// Where it is.
    pub source: ContextSource,
}

/// Where a piece of context is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", content = "is", rename_all = "snake_case")]
pub enum ContextSource {
    /// A stored artefact.
    Artefact(Digest),
    /// Many sources: the artefact is the list of them, in order, and none of them is a list.
    Group(Digest),
    /// What the task with this key handed in, once accepted.
    Output(String),
}

/// What a contributor is told. With one of the four empty, a task cannot be dispatched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructions {
    /// What must be kept to.
    pub constraints: Vec<String>,
    /// Material, by reference.
    pub context: Vec<ContextItem>,
    /// How the result is judged.
    pub criteria: Vec<Criterion>,
    /// What is wanted, and what for.
    pub goal: String,
}

/// A task as a plan describes it, before anybody does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskSpec {
    /// The keys of tasks whose contributors may not do this one. Each is needed, or accepted
    /// already, for this one looks at their work again or is compared with it; or it comes in the
    /// same change of the plan and names this one back, and then nobody does two of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart_from: Vec<String>,
    /// The capability that it takes, by its key in the network's vocabulary.
    pub capability: String,
    /// A point of the plan where a person decides; it goes only with a recorded reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gate: bool,
    /// What a contributor is told.
    pub instructions: Instructions,
    /// Its name in the plan, as in `summarise[offer-a.pdf]`; unique in the outcome.
    pub key: String,
    /// What kind of work it is, as in `summarise`; the list is open.
    pub kind: String,
    /// How long a lease lasts, in milliseconds.
    pub lease_ms: u32,
    /// The level of the capability that it takes, from 1 to 8.
    pub level: u8,
    /// Who may do it.
    pub mode: Mode,
    /// The keys of the tasks whose results it needs. In a plan, `research[*]` stands for the needed
    /// tasks of a template where they are many; each of those names this one as its dependent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// What is paid when it is accepted whole, in minor units of the outcome's asset.
    pub price: Amount,
    /// How much harm a wrong result can do.
    pub risk: Risk,
    /// The criteria of the outcome that it serves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serves: Vec<String>,
    /// What people see.
    pub title: String,
    /// Its share of the outcome.
    pub weight: u32,
}

impl TaskSpec {
    /// The task as it stands in its plan: many needed tasks of one template stand there as one.
    #[must_use]
    pub fn folded(&self) -> Self {
        let mut folded = self.clone();
        if self.needs.len() <= NEEDS_NAMED_MAX {
            return folded;
        }
        let mut needs: Vec<String> = Vec::new();
        let mut templates = std::collections::BTreeSet::new();
        for key in &self.needs {
            match key.split_once('[') {
                Some((template, _)) => {
                    if templates.insert(template) {
                        needs.push(format!("{template}[*]"));
                    }
                }
                None => needs.push(key.clone()),
            }
        }
        folded.needs = needs;
        folded
    }
}
