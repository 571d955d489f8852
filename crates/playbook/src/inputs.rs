//! What a playbook is given: the values of its inputs, and whether they fit what it asks for.
//!
//! Folders and files arrive as references with digests; nothing here reads them.

use std::collections::BTreeMap;

use consort_kernel::digest::Digest;
use consort_kernel::task::DataClass;
use serde_json::{Value, json};

use crate::limits::{INPUT_LIST_MAX, INPUT_TEXT_BYTES_MAX};
use crate::playbook::{Input, InputKind, Playbook};
use crate::problem::{Mark, Problem, suggestion};

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// Its path in the folder that it came from, with `/` between the parts.
    pub name: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// How closely held it is.
    pub class: DataClass,
}

/// The value of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputValue {
    /// The files of a folder, in the order in which they are worked through.
    Folder(Vec<File>),
    /// One file.
    File(File),
    /// A text, or the choice that was made.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// A whole number.
    Number(i64),
}

/// The values given, by the names of the inputs.
pub type Inputs = BTreeMap<String, InputValue>;

impl File {
    /// As expressions and templates see it.
    pub(crate) fn to_json(&self) -> Value {
        json!({"name": self.name, "digest": self.digest, "class": self.class})
    }
}

impl InputValue {
    /// As expressions and templates see it.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Folder(files) => files.iter().map(File::to_json).collect(),
            Self::File(file) => file.to_json(),
            Self::Text(text) => Value::from(text.as_str()),
            Self::List(items) => Value::from(items.clone()),
            Self::Number(number) => Value::from(*number),
        }
    }

    /// Reads what a person typed for an input of this kind. The entries of a list stand on lines
    /// of their own or between semicolons. Folders and files cannot be typed: they are stored
    /// first.
    pub fn read(kind: &InputKind, typed: &str) -> Result<Self, String> {
        let text = typed.trim();
        match kind {
            InputKind::Text | InputKind::Choice(_) => Ok(Self::Text(text.to_owned())),
            InputKind::List => Ok(Self::List(
                text.split(['\n', ';'])
                    .map(str::trim)
                    .filter(|entry| !entry.is_empty())
                    .map(str::to_owned)
                    .collect(),
            )),
            InputKind::Number => text
                .parse()
                .map(Self::Number)
                .map_err(|_| format!("'{text}' is not a whole number; write digits alone")),
            InputKind::Folder | InputKind::Repository | InputKind::File => Err(format!(
                "a {} is given by its path; store it first",
                kind.word()
            )),
        }
    }
}

/// What holds when an input is not given and has no default.
fn absent(kind: &InputKind) -> Value {
    match kind {
        InputKind::Folder | InputKind::Repository | InputKind::List => Value::Array(Vec::new()),
        InputKind::File | InputKind::Text | InputKind::Choice(_) | InputKind::Number => Value::Null,
    }
}

/// The value of an input: as given, else its default.
pub(crate) fn value<'a>(input: &'a Input, given: &'a Inputs) -> Option<&'a InputValue> {
    given.get(&input.name.value).or(input.default.as_ref())
}

/// All inputs by name, as expressions and templates see them.
pub(crate) fn to_json(playbook: &Playbook, given: &Inputs) -> Value {
    let entries = playbook.inputs.iter().map(|input| {
        let value = value(input, given).map_or_else(|| absent(&input.kind), InputValue::to_json);
        (crate::names::in_expressions(&input.name.value), value)
    });
    Value::Object(entries.collect())
}

/// What does not fit between the values given and what the playbook asks for.
pub(crate) fn problems(playbook: &Playbook, given: &Inputs) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in given.keys() {
        if playbook.input(name).is_none() {
            let names: Vec<&str> = playbook
                .inputs
                .iter()
                .map(|input| input.name.value.as_str())
                .collect();
            problems.push(Problem::new(
                Mark::START,
                format!(
                    "'{name}' was given and is no input of '{}'{}",
                    playbook.name,
                    suggestion(name, names)
                ),
            ));
        }
    }
    for input in &playbook.inputs {
        let name = &input.name.value;
        let misfit = match value(input, given) {
            None if input.required => Some(format!(
                "'{name}' is needed and was not given; give it with --input {name}=…"
            )),
            None => None,
            Some(value) => misfit(input, value),
        };
        problems.extend(misfit.map(|text| Problem::new(input.name.mark, text)));
    }
    problems
}

/// Why this value does not fit its input.
pub(crate) fn misfit(input: &Input, value: &InputValue) -> Option<String> {
    let name = &input.name.value;
    let too_long = |text: &String| {
        (text.len() > INPUT_TEXT_BYTES_MAX).then(|| {
            format!(
                "'{name}' has a text of {} bytes and may have {INPUT_TEXT_BYTES_MAX}; give longer \
                 material as a file",
                text.len()
            )
        })
    };
    match (&input.kind, value) {
        (InputKind::Folder | InputKind::Repository, InputValue::Folder(files)) => {
            if files.is_empty() && input.required {
                return Some(format!(
                    "the folder given for '{name}' has no file that can be read; give another"
                ));
            }
            let mut names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            names.sort_unstable();
            names
                .windows(2)
                .find(|pair| pair[0] == pair[1])
                .map(|pair| {
                    format!(
                        "the folder given for '{name}' names '{}' twice; each file has one name",
                        pair[0]
                    )
                })
        }
        (InputKind::File, InputValue::File(_)) | (InputKind::Number, InputValue::Number(_)) => None,
        (InputKind::Text, InputValue::Text(text)) => {
            if input.required && text.trim().is_empty() {
                return Some(format!("'{name}' is needed and is empty; write something"));
            }
            too_long(text)
        }
        (InputKind::Choice(choices), InputValue::Text(text)) => {
            (!choices.contains(text)).then(|| {
                format!(
                    "'{text}' is none of the choices for '{name}'{}",
                    suggestion(text, choices.iter().map(String::as_str))
                )
            })
        }
        (InputKind::List, InputValue::List(items)) => {
            if items.len() > INPUT_LIST_MAX {
                return Some(format!(
                    "'{name}' has {} entries and may have {INPUT_LIST_MAX}",
                    items.len()
                ));
            }
            items.iter().find_map(too_long)
        }
        (
            kind @ (InputKind::Folder
            | InputKind::Repository
            | InputKind::File
            | InputKind::Text
            | InputKind::List
            | InputKind::Choice(_)
            | InputKind::Number),
            _,
        ) => Some(format!(
            "'{name}' takes a {}, and something else was given",
            kind.word()
        )),
    }
}
