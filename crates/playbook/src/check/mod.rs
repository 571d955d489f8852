//! Whether the parts of a playbook fit each other: names, order, coverage and gates.
//!
//! All of this is known before anything is given to the playbook, so that an author hears of it
//! before anybody runs it.

mod apart;
mod coverage;
mod order;
mod references;
mod texts;

use std::collections::BTreeMap;

use crate::names::in_expressions;
use crate::playbook::Playbook;
use crate::problem::{At, Problem};

pub(crate) use apart::COMPARED_MIN;
pub(crate) use order::order;
pub(crate) use references::{task_of_expression, tasks_in};

/// Everything that does not fit.
pub(crate) fn problems(playbook: &Playbook) -> Vec<Problem> {
    let mut problems = Vec::new();
    twice(
        &mut problems,
        "an input",
        playbook.inputs.iter().map(|input| &input.name),
    );
    twice(
        &mut problems,
        "a task",
        playbook.tasks.iter().map(|task| &task.key),
    );
    let criteria = playbook.outcome.criteria.iter();
    twice(
        &mut problems,
        "a criterion of the outcome",
        criteria.map(|criterion| &criterion.key),
    );
    for task in &playbook.tasks {
        let criteria = task.instructions.criteria.iter();
        twice(
            &mut problems,
            &format!("a criterion of task '{}'", task.key.value),
            criteria.map(|criterion| &criterion.key),
        );
    }
    references::check(playbook, &mut problems);
    texts::check(playbook, &mut problems);
    coverage::check(playbook, &mut problems);
    if let Err(cycle) = order(playbook) {
        problems.push(cycle);
    }
    problems
}

/// Names that stand twice, also where only `-` and `_` tell them apart: expressions write both
/// the same.
fn twice<'p>(problems: &mut Vec<Problem>, what: &str, names: impl Iterator<Item = &'p At<String>>) {
    let mut seen: BTreeMap<String, &At<String>> = BTreeMap::new();
    for name in names {
        if let Some(first) = seen.get(&in_expressions(&name.value)) {
            problems.push(Problem::new(
                name.mark,
                format!(
                    "'{}' names {what} a second time, after line {}; choose another name",
                    name.value, first.mark.line
                ),
            ));
        } else {
            seen.insert(in_expressions(&name.value), name);
        }
    }
}
