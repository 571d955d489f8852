//! Whether the plan can reach its outcome: every criterion is served, and persons decide where
//! they must.

use std::collections::BTreeSet;

use consort_kernel::task::{Mode, Risk};

use super::references::dependencies;
use crate::playbook::{Playbook, Task};
use crate::problem::Problem;

pub(super) fn check(playbook: &Playbook, problems: &mut Vec<Problem>) {
    let outcome = &playbook.outcome;
    if outcome.criteria.is_empty() {
        problems.push(Problem::new(
            outcome.mark,
            "the outcome has no criteria, so that nobody could say whether it was reached; add one",
        ));
    }
    for criterion in &outcome.criteria {
        let key = &criterion.key.value;
        let is_served = playbook
            .tasks
            .iter()
            .any(|task| task.serves.iter().any(|served| served.value == *key));
        if !is_served {
            problems.push(Problem::new(
                criterion.key.mark,
                format!("no task serves '{key}'; name it in the 'serves' of a task"),
            ));
        }
    }
    gates(playbook, problems);
}

fn gates(playbook: &Playbook, problems: &mut Vec<Problem>) {
    if !playbook.tasks.is_empty() && !playbook.tasks.iter().any(|task| task.gate.value) {
        problems.push(Problem::new(
            playbook.outcome.mark,
            "no task is a gate, so that nobody would sign; give the task whose result counts \
             'gate: true'",
        ));
    }
    let before_gates = before_gates(playbook);
    for task in &playbook.tasks {
        let key = &task.key.value;
        if task.gate.value && (task.when.is_some() || task.for_each.is_some()) {
            problems.push(Problem::new(
                task.gate.mark,
                format!(
                    "'{key}' is a gate and may not hang on 'when' or 'for_each': a gate is one \
                     decision of a person and goes only with a recorded reason"
                ),
            ));
        }
        let is_harmful = match task.risk.value {
            Risk::Low | Risk::Medium => false,
            Risk::High | Risk::Critical => true,
        };
        if is_harmful && !before_gates.contains(key.as_str()) {
            problems.push(Problem::new(
                task.risk.mark,
                format!(
                    "a wrong result of '{key}' does much harm and no gate comes after it; give it \
                     'gate: true', or let a gate need it"
                ),
            ));
        }
        check_decision(task, problems);
    }
}

fn check_decision(task: &Task, problems: &mut Vec<Problem>) {
    let is_person = match task.mode.value {
        Mode::Person => true,
        Mode::Ai | Mode::Either | Mode::Pair => false,
    };
    if task.kind == "decide" && !is_person {
        problems.push(Problem::new(
            task.mode.mark,
            format!(
                "'{}' decides, and deciding is for people; write 'mode: person'",
                task.key.value
            ),
        ));
    }
}

/// The keys of the gates and of everything that comes before one.
fn before_gates(playbook: &Playbook) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> = playbook
        .tasks
        .iter()
        .filter(|task| task.gate.value)
        .map(|task| task.key.value.clone())
        .collect();
    while let Some(key) = waiting.pop() {
        if reached.insert(key.clone())
            && let Some(task) = playbook.task(&key)
        {
            waiting.extend(dependencies(playbook, task));
        }
    }
    reached
}
