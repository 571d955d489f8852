//! The instructions of one task: texts with their values, and context by reference.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::task::{
    CONTEXT_MAX, ContextItem, ContextSource, Criterion, DataClass, Instructions, Method,
    TEXT_BYTES_MAX,
};
use serde_json::{Map, Value, json};

use super::group;
use super::item::Item;
use super::plan::{Plan, failed, named};
use crate::expression::Scope;
use crate::inputs::{self, InputValue};
use crate::playbook::{self, Context, From, Task};
use crate::problem::{At, Problem};
use crate::template::{Template, text_value};

/// A task template, with the item that this task is for.
type For<'a> = Option<(&'a Task, Option<&'a Item>)>;

pub(super) fn instructions(
    plan: &mut Plan<'_>,
    task: &Task,
    item: Option<&Item>,
    scope: &Scope,
) -> Instructions {
    let told = &task.instructions;
    let mut context = Vec::new();
    for piece in &told.context {
        context.push(context_items(plan, task, item, scope, piece));
    }
    let context = group::grouped(plan, context);
    let key = &task.key.value;
    if context.is_empty() {
        plan.problems.push(Problem::new(
            told.mark,
            format!("'{key}' has no context left with these inputs; give it some that is there"),
        ));
    }
    if context.len() > CONTEXT_MAX {
        plan.problems.push(Problem::new(
            told.mark,
            format!(
                "'{key}' gets {} pieces of context and may have {CONTEXT_MAX}; give it less to \
                 work on",
                context.len()
            ),
        ));
    }
    Instructions {
        context,
        constraints: told
            .constraints
            .iter()
            .map(|constraint| text(plan, constraint, Some((task, item))))
            .collect(),
        criteria: criteria(
            plan,
            &told.criteria,
            &format!("task '{key}'"),
            Some((task, item)),
        ),
        goal: text(plan, &told.goal, Some((task, item))),
    }
}

/// A text with its values; a fault becomes a problem.
pub(super) fn text(plan: &mut Plan<'_>, template: &At<Template>, of: For<'_>) -> String {
    text_within(plan, template, of, TEXT_BYTES_MAX)
}

pub(super) fn text_within(
    plan: &mut Plan<'_>,
    template: &At<Template>,
    of: For<'_>,
    bytes_max: usize,
) -> String {
    let mut values = BTreeMap::new();
    if template.value.source().contains('{') {
        values.insert("inputs", plan.inputs_text.clone());
        if let Some((task, Some(item))) = of {
            // One field and no more: an item may come from what somebody handed in.
            let named = text_value(&json!({"name": item.name}));
            values.insert(task.item.value.as_str(), named);
        }
    }
    let problem = match template.value.render(&values) {
        Ok(text) if text.len() <= bytes_max => return text,
        Ok(text) => format!(
            "this text grows to {} bytes and may have {bytes_max}; give long material as context",
            text.len()
        ),
        Err(fault) => fault.text,
    };
    plan.problems.push(Problem::new(template.mark, problem));
    String::new()
}

pub(super) fn criteria(
    plan: &mut Plan<'_>,
    criteria: &[playbook::Criterion],
    owner: &str,
    of: For<'_>,
) -> Vec<Criterion> {
    criteria
        .iter()
        .map(|criterion| {
            let key = &criterion.key.value;
            Criterion {
                key: key.clone(),
                method: match &criterion.method.value {
                    playbook::Method::Schema(schema) => {
                        Method::Schema(plan.store(&format!("schema of '{key}' of {owner}"), schema))
                    }
                    playbook::Method::Expression(expression) => {
                        Method::Expression(expression.source().to_owned())
                    }
                    playbook::Method::Bounds(bounds) => Method::Bounds(bounds.clone()),
                    playbook::Method::MustCite => Method::MustCite,
                    playbook::Method::Program(name) => Method::Program(name.clone()),
                    playbook::Method::Rubric(rubric) => Method::Rubric(rubric.clone()),
                    playbook::Method::KnownAnswer(answer) => Method::KnownAnswer(
                        plan.store(&format!("known answer of '{key}' of {owner}"), answer),
                    ),
                    playbook::Method::Judgment => Method::Judgment,
                },
                text: text(plan, &criterion.text, of),
                weight: criterion.weight,
            }
        })
        .collect()
}

fn context_items(
    plan: &mut Plan<'_>,
    task: &Task,
    item: Option<&Item>,
    scope: &Scope,
    piece: &Context,
) -> Vec<ContextItem> {
    let name = &piece.name.value;
    let one = |class: DataClass, source: ContextSource| ContextItem {
        class,
        expires_at: None,
        name: name.clone(),
        source,
    };
    let artefact =
        |(digest, class): (Digest, DataClass)| vec![one(class, ContextSource::Artefact(digest))];
    match &piece.from.value {
        From::Artefact(digest) => artefact((*digest, DataClass::default())),
        From::Output(instances) => {
            let class = plan.class_of_output(&instances.task);
            let keys = plan.keys(instances, item).into_iter();
            keys.map(|key| one(class, ContextSource::Output(key)))
                .collect()
        }
        From::Input(input) => input_items(plan, input)
            .into_iter()
            .flat_map(artefact)
            .collect(),
        From::Item(expression) => match expression.evaluate(scope, named(task, item)) {
            Ok(value) => {
                let class = plan.class_seen(task, expression);
                let (digest, of_file) = plan
                    .file(&value)
                    .unwrap_or_else(|| (plan.store(name, &value), class));
                artefact((digest, class.max(of_file)))
            }
            Err(fault) => {
                let why = fault.to_string();
                plan.problems
                    .push(failed(piece.from.mark, expression, &why));
                Vec::new()
            }
        },
        From::Object(parts) => {
            let mut object = Map::new();
            let mut class = DataClass::default();
            for (field, part) in parts {
                class = class.max(plan.class_seen(task, &part.value));
                match part.value.evaluate(scope, named(task, item)) {
                    Ok(value) => {
                        object.insert(field.clone(), value);
                    }
                    Err(fault) => {
                        let why = fault.to_string();
                        plan.problems.push(failed(part.mark, &part.value, &why));
                    }
                }
            }
            artefact((plan.store(name, &Value::Object(object)), class))
        }
    }
}

/// The artefacts of an input: its files, or its value as JSON. An input that was not given has
/// none.
fn input_items(plan: &mut Plan<'_>, name: &str) -> Vec<(Digest, DataClass)> {
    let given = plan.inputs;
    let Some(input) = plan.playbook.input(name) else {
        return Vec::new();
    };
    match inputs::value(input, given) {
        None => Vec::new(),
        Some(InputValue::Folder(files)) => {
            let files = files.iter();
            files
                .map(|file| (file.digest, file.class.max(input.class)))
                .collect()
        }
        Some(InputValue::File(file)) => vec![(file.digest, file.class.max(input.class))],
        Some(value @ (InputValue::Text(_) | InputValue::List(_) | InputValue::Number(_))) => {
            vec![(
                plan.store(name, &value.to_json()),
                plan.class_of_input(name),
            )]
        }
    }
}
