//! Whether tasks are kept apart from what comes before them, and whether several contributors for
//! the same task are asked for and judged as they may be.

use std::collections::BTreeSet;

use consort_kernel::task::{APART_GROUP_MAX, Mode, Risk};

use super::references::{dependencies, no_task, tasks_in};
use crate::playbook::{From, Playbook, Task};
use crate::problem::Problem;

/// The fewest contributors that can be compared.
pub(crate) const COMPARED_MIN: usize = 2;

pub(super) fn check(playbook: &Playbook, task: &Task, problems: &mut Vec<Problem>) {
    for other in &task.apart_from {
        let key = &other.value.task;
        if *key == task.key.value {
            problems.push(Problem::new(
                other.mark,
                "a task cannot be apart from itself; name another, or have it done by several with \
                 'compare'",
            ));
            continue;
        }
        let Some(earlier) = playbook.task(key) else {
            problems.push(Problem::new(other.mark, no_task(playbook, key)));
            continue;
        };
        if !comes_before(playbook, task, key) {
            problems.push(Problem::new(
                other.mark,
                format!(
                    "'{}' can be apart only from whom it follows; add '{key}' to its 'needs'",
                    task.key.value
                ),
            ));
        }
        let both_have_items = task.for_each.is_some() && earlier.for_each.is_some();
        if other.value.same_item && !both_have_items {
            problems.push(Problem::new(
                other.mark,
                format!(
                    "only one of '{key}' and '{}' is done for each item of a list, so that there \
                     is no same item; write '{key}' alone for all of its tasks",
                    task.key.value
                ),
            ));
        }
    }
    check_compared(task, problems);
    check_judge(playbook, task, problems);
}

/// Whether a task is planned, or can be done, only after another one is accepted.
fn comes_before(playbook: &Playbook, task: &Task, earlier: &str) -> bool {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut waiting: Vec<String> = dependencies(playbook, task).into_iter().collect();
    while let Some(key) = waiting.pop() {
        if key == earlier {
            return true;
        }
        if let Some(before) = playbook.task(&key)
            && seen.insert(key)
        {
            waiting.extend(dependencies(playbook, before));
        }
    }
    false
}

fn check_compared(task: &Task, problems: &mut Vec<Problem>) {
    let Some(compare) = &task.compare else {
        return;
    };
    if let Ok(number) = compare.value.source().parse::<i64>()
        && !usize::try_from(number)
            .is_ok_and(|number| (COMPARED_MIN..=APART_GROUP_MAX).contains(&number))
    {
        problems.push(Problem::new(
            compare.mark,
            format!(
                "'compare' is how many contributors do '{}': {COMPARED_MIN} to {APART_GROUP_MAX}, \
                 or an expression such as inputs.answers",
                task.key.value
            ),
        ));
    }
    if task.gate.value {
        problems.push(Problem::new(
            compare.mark,
            format!(
                "'{}' is a gate, which is one decision; let a task before it be compared",
                task.key.value
            ),
        ));
    }
}

/// That contributors agree is a hint. Above low risk it is not the decision, so software does not
/// judge alone what several of them did.
fn check_judge(playbook: &Playbook, task: &Task, problems: &mut Vec<Problem>) {
    let has_person = match task.mode.value {
        Mode::Person | Mode::Pair => true,
        Mode::Ai | Mode::Either => false,
    };
    let is_low = match task.risk.value {
        Risk::Low => true,
        Risk::Medium | Risk::High | Risk::Critical => false,
    };
    if has_person || is_low {
        return;
    }
    for context in &task.instructions.context {
        let told: Vec<String> = match &context.from.value {
            From::Output(instances) => vec![instances.task.clone()],
            From::Item(expression) => tasks_in(playbook, expression),
            From::Object(parts) => parts
                .values()
                .flat_map(|part| tasks_in(playbook, &part.value))
                .collect(),
            From::Input(_) | From::Artefact(_) => Vec::new(),
        };
        let compared = told.iter().find(|key| {
            let other = super::task_of_expression(playbook, key);
            other.is_some_and(|other| other.compare.is_some())
        });
        if let Some(key) = compared {
            problems.push(Problem::new(
                context.from.mark,
                format!(
                    "'{}' judges what several contributors did for '{key}', and a wrong result \
                     does more than little harm: software is not the only judge of that; write \
                     'mode: person' or 'mode: pair'",
                    task.key.value
                ),
            ));
        }
    }
}
