//! From a playbook and what it was given to tasks.
//!
//! The same playbook, inputs and known outputs always give the same tasks with the same keys.
//! Nothing is read, stored or asked here: what has to be stored is part of the answer.

mod compare;
mod group;
mod instructions;
mod item;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::digest::Digest;
use consort_kernel::money::Amount;
use consort_kernel::task::{Criterion, Mode, Risk, TaskSpec};
use serde_json::Value;

use crate::inputs::{self, Inputs};
use crate::playbook::Playbook;
use crate::problem::{Problem, in_order};

/// What is known when a plan is made or grows.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What accepted tasks handed in, by their keys.
    pub outputs: BTreeMap<String, Value>,
    /// The keys of the tasks that are in the plan already; they are not given again.
    pub planned: BTreeSet<String>,
}

/// The plan as far as it can be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The outcome's parts.
    pub outcome: OutcomeParts,
    /// The tasks that are not planned yet, each after all that it needs.
    pub tasks: Vec<TaskSpec>,
    /// The templates that wait for what earlier tasks hand in.
    pub later: Vec<Later>,
    /// What has to be stored before these tasks are planned, by digest.
    pub artefacts: BTreeMap<Digest, Artefact>,
}

/// An outcome as its playbook describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeParts {
    /// What people call it.
    pub title: String,
    /// What is wanted.
    pub objective: String,
    /// Why it matters.
    pub narrative: String,
    /// When it is met.
    pub criteria: Vec<Criterion>,
    /// How much harm a wrong result can do.
    pub risk: Risk,
    /// How long after its start it is due, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// What the network takes for running it, in minor units.
    pub fee: Amount,
}

/// A template that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Later {
    /// Its key.
    pub template: String,
    /// The keys of the templates whose outputs it waits for.
    pub waits_for: Vec<String>,
    /// Whether it will be one task for each item of a list, or a single one at the most.
    pub for_each: bool,
    /// What an item of its list pays, or the single task, in minor units: as often as it is done.
    pub price: Amount,
    /// Who may do it.
    pub mode: Mode,
    /// Whether it is a gate.
    pub gate: bool,
}

/// Something that has to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// What it is, for people.
    pub name: String,
    /// Its bytes: JSON in canonical form.
    pub bytes: Vec<u8>,
}

/// Makes the plan as far as the inputs and the known outputs allow.
///
/// Call it again when more outputs are known: what could be planned before has the same keys, and
/// what is in `known.planned` is left out.
pub fn expand(
    playbook: &Playbook,
    inputs: &Inputs,
    known: &Known,
) -> Result<Expansion, Vec<Problem>> {
    let problems = inputs::problems(playbook, inputs);
    if !problems.is_empty() {
        return Err(in_order(problems));
    }
    let mut plan = plan::Plan::new(playbook, inputs, known);
    let order = crate::check::order(playbook).map_err(|problem| vec![problem])?;
    for index in order {
        plan.place(&playbook.tasks[index]);
    }
    plan.finish()
}
