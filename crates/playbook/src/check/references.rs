//! Whether everything that a playbook names is there: tasks, inputs, items and criteria.

use std::collections::BTreeSet;

use super::apart;
use crate::expression::{Expression, Path};
use crate::names::in_expressions;
use crate::playbook::{Context, From, InputKind, Instances, Playbook, Task};
use crate::problem::{At, Mark, Problem, suggestion};

/// The keys of the templates that this one comes after.
pub(super) fn dependencies(playbook: &Playbook, task: &Task) -> BTreeSet<String> {
    let needs = task.needs.iter().map(|need| need.value.task.clone());
    let outputs = task
        .instructions
        .context
        .iter()
        .filter_map(|context| match &context.from.value {
            From::Output(instances) => task_of_expression(playbook, &instances.task),
            From::Input(_) | From::Item(_) | From::Artefact(_) | From::Object(_) => None,
        })
        .map(|task| task.key.value.clone());
    needs
        .chain(outputs)
        .chain(expressions(task).flat_map(|(at, _)| tasks_in(playbook, at.value)))
        .collect()
}

/// The keys of the templates whose outputs an expression looks at.
pub(crate) fn tasks_in(playbook: &Playbook, expression: &Expression) -> Vec<String> {
    expression
        .paths()
        .iter()
        .filter(|path| path.segments[0] == "tasks")
        .filter_map(|path| path.segments.get(1))
        .filter_map(|name| task_of_expression(playbook, name))
        .map(|task| task.key.value.clone())
        .collect()
}

/// The template that an expression writes like this.
pub(crate) fn task_of_expression<'p>(playbook: &'p Playbook, name: &str) -> Option<&'p Task> {
    playbook
        .tasks
        .iter()
        .find(|task| task.key.value == name || in_expressions(&task.key.value) == name)
}

/// The expressions of a template, and whether each sees the item.
fn expressions(task: &Task) -> impl Iterator<Item = (At<&Expression>, bool)> {
    let at = |expression: &'_ At<Expression>| expression.mark;
    let for_each = task
        .for_each
        .iter()
        .map(move |found| (At::new(at(found), &found.value), false));
    let when = task
        .when
        .iter()
        .map(move |found| (At::new(at(found), &found.value), true));
    let context = task.instructions.context.iter().flat_map(|context| {
        let found: Vec<(At<&Expression>, bool)> = match &context.from.value {
            From::Item(expression) => vec![(At::new(context.from.mark, expression), true)],
            From::Object(parts) => parts
                .values()
                .map(|part| (At::new(part.mark, &part.value), true))
                .collect(),
            From::Input(_) | From::Output(_) | From::Artefact(_) => Vec::new(),
        };
        found
    });
    let compare = task
        .compare
        .iter()
        .map(move |found| (At::new(at(found), &found.value), false));
    for_each.chain(when).chain(compare).chain(context)
}

pub(super) fn check(playbook: &Playbook, problems: &mut Vec<Problem>) {
    for task in &playbook.tasks {
        check_item(task, problems);
        for need in &task.needs {
            check_instances(playbook, task, need.mark, &need.value, problems);
        }
        apart::check(playbook, task, problems);
        for criterion in &task.serves {
            let criteria = playbook.outcome.criteria.iter();
            let known: Vec<&str> = criteria.map(|known| known.key.value.as_str()).collect();
            if !known.contains(&criterion.value.as_str()) {
                problems.push(Problem::new(
                    criterion.mark,
                    format!(
                        "'{}' is no criterion of the outcome{}",
                        criterion.value,
                        suggestion(&criterion.value, known)
                    ),
                ));
            }
        }
        for (expression, sees_item) in expressions(task) {
            for path in expression.value.paths() {
                if let Some(text) = path_problem(playbook, task, &path, sees_item) {
                    problems.push(Problem::new(expression.mark, text));
                }
            }
        }
        for context in &task.instructions.context {
            check_context(playbook, task, context, problems);
        }
    }
}

fn check_item(task: &Task, problems: &mut Vec<Problem>) {
    let item = &task.item;
    if task.for_each.is_none() && item.value != "item" {
        problems.push(Problem::new(
            item.mark,
            format!(
                "task '{}' names an item and has no 'for_each'; add it, or take 'as' away",
                task.key.value
            ),
        ));
    }
    if ["inputs", "tasks", "submission"].contains(&item.value.as_str()) {
        problems.push(Problem::new(
            item.mark,
            format!(
                "an item cannot be called '{}'; choose another word",
                item.value
            ),
        ));
    }
}

pub(super) fn no_task(playbook: &Playbook, name: &str) -> String {
    let tasks: Vec<&str> = playbook
        .tasks
        .iter()
        .map(|task| task.key.value.as_str())
        .collect();
    format!(
        "'{name}' is not a task of this playbook{}",
        suggestion(name, tasks)
    )
}

fn check_instances(
    playbook: &Playbook,
    task: &Task,
    mark: Mark,
    instances: &Instances,
    problems: &mut Vec<Problem>,
) {
    let Some(other) = playbook.task(&instances.task) else {
        problems.push(Problem::new(mark, no_task(playbook, &instances.task)));
        return;
    };
    if !instances.same_item {
        return;
    }
    let source = |task: &Task| {
        let list = task.for_each.as_ref();
        list.map(|expression| expression.value.source().to_owned())
    };
    if source(task).is_none() || source(task) != source(other) {
        problems.push(Problem::new(
            mark,
            format!(
                "'{0}' and '{1}' are not done for the same list, so that there is no same item; \
                 give both the same 'for_each', or write '{0}' alone for all of its tasks",
                instances.task, task.key.value
            ),
        ));
    }
}

/// What is wrong with a name in an expression of this template.
fn path_problem(playbook: &Playbook, task: &Task, path: &Path, sees_item: bool) -> Option<String> {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["inputs"] => Some("name the input after 'inputs.'".to_owned()),
        ["inputs", name, ..] => unknown_input(playbook, name),
        ["tasks"] | ["tasks", _] => Some(
            "after 'tasks.' comes the task and what of it, as in 'tasks.NAME.output'".to_owned(),
        ),
        ["tasks", name, field, ..] => {
            let Some(other) = task_of_expression(playbook, name) else {
                return Some(format!(
                    "{}; in expressions, write '_' for each '-' of a name",
                    no_task(playbook, name)
                ));
            };
            let is_many = other.for_each.is_some() || other.compare.is_some();
            match (*field, is_many) {
                ("outputs", _) | ("output", false) => None,
                ("output", true) => Some(format!(
                    "'{0}' is done for each item or by several and hands in many; write \
                     tasks.{0}.outputs",
                    in_expressions(&other.key.value)
                )),
                _ => Some(format!(
                    "a task has 'output', what it hands in, and 'outputs', what all of its tasks \
                     hand in; '{field}' is neither"
                )),
            }
        }
        [root, ..] => {
            let item = task.item.value.as_str();
            let has_item = sees_item && task.for_each.is_some();
            if has_item && *root == item {
                return None;
            }
            let mut known = vec!["inputs", "tasks"];
            if has_item {
                known.push(item);
            }
            Some(format!(
                "'{root}' is unknown here{}",
                suggestion(root, known)
            ))
        }
        [] => None,
    }
}

/// What is wrong with `inputs.name`.
pub(super) fn unknown_input(playbook: &Playbook, name: &str) -> Option<String> {
    let names: Vec<String> = playbook
        .inputs
        .iter()
        .map(|input| in_expressions(&input.name.value))
        .collect();
    (!names.iter().any(|known| known == name)).then(|| {
        format!(
            "'{name}' is not an input of this playbook{}",
            suggestion(name, names.iter().map(String::as_str))
        )
    })
}

fn check_context(playbook: &Playbook, task: &Task, context: &Context, problems: &mut Vec<Problem>) {
    let mark = context.from.mark;
    match &context.from.value {
        From::Input(name) => {
            // A file's own fields are for expressions; a context item is the whole input.
            if playbook.input(name).is_none()
                && let Some(text) = unknown_input(playbook, name)
            {
                problems.push(Problem::new(mark, text));
            }
        }
        From::Output(instances) => {
            let Some(other) = task_of_expression(playbook, &instances.task) else {
                problems.push(Problem::new(mark, no_task(playbook, &instances.task)));
                return;
            };
            let key = &other.key.value;
            let instances = Instances {
                task: key.clone(),
                same_item: instances.same_item,
            };
            check_instances(playbook, task, mark, &instances, problems);
            let needed = task.needs.iter().any(|need| {
                let all_or_same = !need.value.same_item || instances.same_item;
                (need.value.task == *key && all_or_same)
                    || always_after(playbook, &need.value.task, key)
            });
            if !needed {
                problems.push(Problem::new(
                    mark,
                    format!(
                        "'{}' is told what '{key}' hands in and does not need it; add '{key}' to \
                         its 'needs'",
                        task.key.value
                    ),
                ));
            }
        }
        From::Item(_) | From::Artefact(_) | From::Object(_) => {}
    }
}

/// Whether the task with this key is always in the plan, and never done before all tasks of
/// `earlier` are. A task that may be left out of the plan holds nothing back.
fn always_after(playbook: &Playbook, key: &str, earlier: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![key];
    while let Some(key) = waiting.pop() {
        let Some(task) = playbook.task(key) else {
            continue;
        };
        let is_always_there = task.when.is_none() && task.for_each.is_none();
        if !is_always_there || !seen.insert(key) {
            continue;
        }
        if task.needs.iter().any(|need| need.value.task == earlier) {
            return true;
        }
        waiting.extend(task.needs.iter().map(|need| need.value.task.as_str()));
    }
    false
}

/// Whether an input holds words that a person wrote freely.
pub(super) fn is_free_text(kind: &InputKind) -> bool {
    match kind {
        InputKind::Text | InputKind::List => true,
        InputKind::Folder
        | InputKind::Repository
        | InputKind::File
        | InputKind::Choice(_)
        | InputKind::Number => false,
    }
}
