//! Where in a request the fault lies for which tasks are refused: as a JSON pointer to a place that is there.

use std::collections::BTreeSet;

use consort_engine::Engine;
use consort_kernel::id::TaskId;
use consort_kernel::outcome::Outcome;
use consort_kernel::rejection::Rejection;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{CRITERIA_MAX, Criterion, TEXT_BYTES_MAX, TaskSpec, check_criteria};

use crate::server::Failure;

/// Where in a task that is sent the fault lies that the task has by itself.
pub(super) fn in_task(spec: &TaskSpec, rejection: &Rejection) -> String {
    match rejection {
        Rejection::Invalid { field, .. } => in_field(spec, field),
        Rejection::LimitReached { what, .. } => match *what {
            "pieces of context" => "/instructions/context".to_owned(),
            "criteria" => "/instructions/criteria".to_owned(),
            "needed tasks" => "/needs".to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

fn in_field(spec: &TaskSpec, field: &str) -> String {
    let own = field.strip_prefix(spec.key.as_str());
    let name = own.and_then(|it| it.strip_prefix('.')).unwrap_or(field);
    match name {
        "key" | "title" | "kind" | "capability" | "level" => format!("/{name}"),
        "goal" | "context" => format!("/instructions/{name}"),
        "constraints" => match spec
            .instructions
            .constraints
            .iter()
            .position(|it| is_no_text(it))
        {
            Some(at) => format!("/instructions/constraints/{at}"),
            None => "/instructions/constraints".to_owned(),
        },
        "lease_ms" => "/lease_seconds".to_owned(),
        "price" => "/price_minor".to_owned(),
        _ => in_criteria(&spec.instructions.criteria),
    }
}

fn is_no_text(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.len() > TEXT_BYTES_MAX
}

fn in_criteria(criteria: &[Criterion]) -> String {
    let mut seen = BTreeSet::new();
    for (at, criterion) in criteria.iter().enumerate() {
        // One that is looked at alone has to weigh something, and need not otherwise.
        let alone = Criterion {
            weight: 1,
            ..criterion.clone()
        };
        let part = match check_criteria(&[alone], CRITERIA_MAX) {
            Err(Rejection::Invalid { field, .. }) if field != "criteria" => "text",
            Err(_) => "key",
            Ok(()) if !seen.insert(&criterion.key) => "key",
            Ok(()) => continue,
        };
        return format!("/instructions/criteria/{at}/{part}");
    }
    "/instructions/criteria".to_owned()
}

/// Where in a request the fault lies that tasks have in their plan, where it is at one of them.
pub(super) fn in_plan(
    engine: &Engine,
    outcome: &Outcome,
    specs: &[TaskSpec],
    rejection: &Rejection,
) -> Result<Option<String>, Failure> {
    Ok(match rejection {
        Rejection::Exists(StreamId::Task(task)) => {
            // Where it is not in the plan yet, it is the second of that key that is too many.
            let before = usize::from(engine.task(*task)?.is_none());
            let is_it = |spec: &TaskSpec| TaskId::in_outcome(outcome.id, &spec.key) == *task;
            let mut places = specs.iter().enumerate().filter(|(_, spec)| is_it(spec));
            places.nth(before).map(|(at, _)| format!("/tasks/{at}/key"))
        }
        Rejection::UnknownDependency { task, needs } => {
            let at = specs.iter().position(|spec| spec.key == *task);
            at.map(|at| {
                let need = specs[at].needs.iter().position(|it| it == needs);
                listed(at, "needs", need)
            })
        }
        Rejection::Invalid { field, .. } if field == "reason" => Some("/reason".to_owned()),
        Rejection::Invalid { field, .. } => specs.iter().enumerate().find_map(|(at, spec)| {
            let name = field.strip_prefix(spec.key.as_str())?.strip_prefix('.')?;
            match name {
                "serves" => {
                    let criteria = &outcome.charter.criteria;
                    let is_known = |key: &String| criteria.iter().any(|it| it.key == *key);
                    let unknown = spec.serves.iter().position(|key| !is_known(key));
                    Some(listed(at, "serves", unknown))
                }
                "price" => Some(format!("/tasks/{at}/price_minor")),
                _ => None,
            }
        }),
        _ => None,
    })
}

/// A place in a list of a task, or the list.
fn listed(task: usize, list: &str, place: Option<usize>) -> String {
    match place {
        Some(place) => format!("/tasks/{task}/{list}/{place}"),
        None => format!("/tasks/{task}/{list}"),
    }
}
