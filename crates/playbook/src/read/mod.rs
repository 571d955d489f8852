//! From YAML to a playbook: fields, their types and their spelling.
//!
//! The reader goes on after a problem wherever it can, so that an author sees all of them at once.
//! Whether the parts fit each other is for `check` to say.

mod context;
mod criterion;
mod fields;
mod input;
mod outcome;
mod task;

use consort_kernel::digest::Digest;
use serde_json::Value;

use crate::limits::{INPUTS_MAX, TEMPLATES_MAX, TITLE_BYTES_MAX};
use crate::playbook::Playbook;
use crate::problem::Problem;
use crate::yaml::{self, Node};
use fields::{Fields, Reader};

/// Reads a playbook and checks it; every problem that was found is reported.
pub fn parse(text: &str) -> Result<Playbook, Vec<Problem>> {
    let root = yaml::read(text)?;
    let mut reader = Reader::default();
    let playbook = playbook(&mut reader, &root, Digest::of(text.as_bytes()));
    match playbook {
        Some(playbook) => {
            reader.problems.extend(crate::check::problems(&playbook));
            if reader.problems.is_empty() {
                Ok(playbook)
            } else {
                Err(crate::problem::in_order(reader.problems))
            }
        }
        None => Err(crate::problem::in_order(reader.problems)),
    }
}

/// The YAML of a playbook as JSON, for tools that hold it to the schema. Nothing is checked.
pub fn to_json(text: &str) -> Result<Value, Vec<Problem>> {
    yaml::read(text).map(|root| root.to_json())
}

const FIELDS: [&str; 7] = [
    "name",
    "version",
    "title",
    "description",
    "inputs",
    "outcome",
    "tasks",
];

fn playbook(reader: &mut Reader, root: &Node, digest: Digest) -> Option<Playbook> {
    let fields = reader.fields(root, "the playbook", &FIELDS)?;
    let name = reader.required(&fields, "name", Reader::name);
    let version = reader.required(&fields, "version", |reader, node, what| {
        reader.whole(node, what, 1, i64::from(u32::MAX))
    });
    let title = reader.required(&fields, "title", |reader, node, what| {
        reader.line(node, what, TITLE_BYTES_MAX)
    });
    let description = reader.required(&fields, "description", Reader::text);
    let inputs = list_of(reader, &fields, "inputs", INPUTS_MAX, input::read);
    let outcome = reader.required(&fields, "outcome", |reader, node, _| {
        let title = title.as_ref().map(|title| title.value.as_str());
        outcome::read(reader, node, title)
    });
    let tasks = list_of(reader, &fields, "tasks", TEMPLATES_MAX, task::read);
    if let (Some(tasks), Some(node)) = (&tasks, fields.get("tasks"))
        && tasks.iter().all(Option::is_none)
        && reader.problems.is_empty()
    {
        reader.problem(node.mark, "there are no tasks; write at least one");
    }
    Some(Playbook {
        digest,
        name: name?.value,
        version: u32::try_from(version?.value).ok()?,
        title: title?.value,
        description: description?.value,
        // An entry that could not be read would make everything that names it look wrong.
        inputs: inputs
            .unwrap_or_default()
            .into_iter()
            .collect::<Option<_>>()?,
        outcome: outcome?,
        tasks: tasks?.into_iter().collect::<Option<_>>()?,
    })
}

/// The entries of a list field; nothing when there is no list.
fn list_of<T>(
    reader: &mut Reader,
    fields: &Fields<'_>,
    name: &str,
    entries_max: usize,
    read: impl Fn(&mut Reader, &Node) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let required = name == "tasks" || name == "criteria";
    let node = match fields.get(name) {
        Some(node) => node,
        None if required => {
            reader.missing(fields, name);
            return None;
        }
        None => return None,
    };
    let what = format!("'{name}' of {}", fields.what);
    let entries = reader.list(node, &what, entries_max)?;
    Some(entries.iter().map(|entry| read(reader, entry)).collect())
}
