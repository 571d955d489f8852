//! Whether the templates of texts name what is there, and only what may stand in a text.
//!
//! What a person wrote and what a task handed in are material. They reach a contributor as
//! context, by reference, and never as words of the instructions.

use super::references::{is_free_text, unknown_input};
use crate::names::in_expressions;
use crate::playbook::{Playbook, Task};
use crate::problem::{At, Mark, Problem, suggestion};
use crate::template::Template;

pub(super) fn check(playbook: &Playbook, problems: &mut Vec<Problem>) {
    let outcome = &playbook.outcome;
    for text in [&outcome.title, &outcome.objective, &outcome.narrative] {
        check_text(playbook, None, text, false, problems);
    }
    for criterion in &outcome.criteria {
        check_text(playbook, None, &criterion.text, false, problems);
    }
    for task in &playbook.tasks {
        check_text(playbook, Some(task), &task.title, false, problems);
        let instructions = &task.instructions;
        let texts = [&instructions.goal]
            .into_iter()
            .chain(&instructions.constraints)
            .chain(
                instructions
                    .criteria
                    .iter()
                    .map(|criterion| &criterion.text),
            );
        for text in texts {
            check_text(playbook, Some(task), text, true, problems);
        }
    }
}

fn check_text(
    playbook: &Playbook,
    task: Option<&Task>,
    text: &At<Template>,
    instructs: bool,
    problems: &mut Vec<Problem>,
) {
    for name in text.value.names() {
        if let Some(problem) = name_problem(playbook, task, &name, instructs) {
            problems.push(Problem::new(mark_of(text, &name), problem));
        }
    }
}

/// What is wrong with a name in a text.
fn name_problem(
    playbook: &Playbook,
    task: Option<&Task>,
    name: &str,
    instructs: bool,
) -> Option<String> {
    let segments: Vec<&str> = name.split('.').collect();
    let item = task
        .filter(|task| task.for_each.is_some())
        .map(|task| task.item.value.as_str());
    match segments.as_slice() {
        ["inputs"] => Some("name the input after 'inputs.'".to_owned()),
        ["inputs", input, ..] => unknown_input(playbook, input).or_else(|| {
            let pasted = instructs
                && playbook.inputs.iter().any(|known| {
                    in_expressions(&known.name.value) == *input && is_free_text(&known.kind)
                });
            pasted.then(|| {
                format!(
                    "'{name}' would paste what a person wrote into instructions; give it as \
                     context, with 'from: inputs.{input}'"
                )
            })
        }),
        ["tasks", ..] => Some(
            "what a task hands in cannot stand in a text; give it as context, with \
             'from: tasks.NAME.output'"
                .to_owned(),
        ),
        [root, rest @ ..] if item == Some(*root) => (rest != ["name"])
            .then(|| format!("in texts, an item has one field; write '{root}.name'")),
        [root, ..] => {
            let known: Vec<&str> = ["inputs"].into_iter().chain(item).collect();
            Some(format!(
                "'{root}' is unknown here{}",
                suggestion(root, known)
            ))
        }
        [] => None,
    }
}

/// The line on which the name stands, where the text has several.
fn mark_of(text: &At<Template>, name: &str) -> Mark {
    let before = text.value.source().split(name).next().unwrap_or("");
    let line = u32::try_from(before.matches('\n').count()).unwrap_or(0);
    if line == 0 {
        return text.mark;
    }
    Mark {
        // Only texts after '|' have several lines, and these begin on the line below the mark.
        line: text.mark.line + line + 1,
        column: 1,
    }
}
