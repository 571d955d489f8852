//! What a program is given: the task, its instructions and its material, as one JSON object.

use consort_engine::runner::{Commission, Material};
use consort_kernel::task::{Criterion, Method};
use serde_json::{Map, Value, json};

/// The version of this shape; a program may refuse another one.
const VERSION: u32 = 1;
/// The folder of material that is no text.
pub(super) const FOLDER: &str = "material";

/// A task as a program gets it.
pub(super) fn given(commission: &Commission) -> Value {
    let task = &commission.task;
    let instructions = &task.spec.instructions;
    let mut given = json!({
        "consort": VERSION,
        "task": {
            "id": task.id,
            "key": task.spec.key,
            "kind": task.spec.kind,
            "title": task.spec.title,
            "capability": task.spec.capability,
            "lease": task.lease_number,
        },
        "instructions": {
            "goal": instructions.goal,
            "constraints": instructions.constraints,
            "criteria": instructions.criteria.iter().map(criterion).collect::<Vec<_>>(),
        },
        "material": commission.materials.iter().enumerate().map(material).collect::<Vec<_>>(),
        "schemas": commission.schemas.iter().map(schema).collect::<Map<_, _>>(),
        "questions": task.questions.iter().map(|question| json!({
            "question": question.text,
            "answer": question.answer.as_ref().map(|(_, answer)| answer),
        })).collect::<Vec<_>>(),
    });
    let parts = given.as_object_mut().expect("it is an object");
    if let Some(returned) = &task.returned {
        let reasons = returned
            .reasons
            .iter()
            .map(|reason| json!({"criterion": reason.criterion, "text": reason.text}));
        parts.insert("sent_back".to_owned(), reasons.collect());
    }
    if let Some(earlier) = &commission.earlier {
        parts.insert("earlier".to_owned(), value(earlier));
    }
    given
}

fn schema((criterion, schema): (&String, &Vec<u8>)) -> (String, Value) {
    (criterion.clone(), value(schema))
}

/// What stored bytes hold; they were written as JSON.
fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or(Value::Null)
}

fn criterion(criterion: &Criterion) -> Value {
    let mut shown = Map::from_iter([
        ("key".to_owned(), json!(criterion.key)),
        ("text".to_owned(), json!(criterion.text)),
        ("weight".to_owned(), json!(criterion.weight)),
        ("method".to_owned(), json!(method(&criterion.method))),
    ]);
    // What software checks by is told; a known answer is not.
    match &criterion.method {
        Method::Expression(expression) => {
            shown.insert("expression".to_owned(), json!(expression));
        }
        Method::Bounds(bounds) => {
            shown.insert("bounds".to_owned(), json!(bounds));
        }
        Method::Rubric(rubric) => {
            shown.insert("rubric".to_owned(), json!(rubric));
        }
        Method::Schema(_)
        | Method::MustCite
        | Method::Program(_)
        | Method::KnownAnswer(_)
        | Method::Judgment => {}
    }
    Value::Object(shown)
}

const fn method(method: &Method) -> &'static str {
    match method {
        Method::Schema(_) => "schema",
        Method::Expression(_) => "expression",
        Method::Bounds(_) => "bounds",
        Method::MustCite => "must-cite",
        Method::Program(_) => "program",
        // Whoever is measured by a known answer is not told so.
        Method::KnownAnswer(_) | Method::Judgment => "judgment",
        Method::Rubric(_) => "rubric",
    }
}

/// Where a piece of material lies that is no text, within the working directory of the program.
pub(super) fn file_name(number: usize, material: &Material) -> Option<String> {
    let is_text = std::str::from_utf8(&material.bytes).is_ok();
    (!is_text).then(|| format!("{FOLDER}/{number}"))
}

fn material((number, material): (usize, &Material)) -> Value {
    let mut shown = json!({
        "name": material.name,
        "class": material.class,
        "sha256": material.digest,
    });
    let parts = shown.as_object_mut().expect("it is an object");
    if let Some(key) = &material.from_task {
        parts.insert("from_task".to_owned(), json!(key));
    }
    let (name, value) = match (
        serde_json::from_slice(&material.bytes),
        file_name(number, material),
    ) {
        (_, Some(file)) => ("file", json!(file)),
        (Ok(value), None) => ("json", value),
        (Err(_), None) => ("text", json!(String::from_utf8_lossy(&material.bytes))),
    };
    parts.insert(name.to_owned(), value);
    shown
}
