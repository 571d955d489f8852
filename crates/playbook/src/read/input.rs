//! Reads what a playbook asks for.

use consort_kernel::task::DataClass;

use super::fields::{Fields, Reader};
use crate::inputs::InputValue;
use crate::limits::{INPUT_LIST_MAX, TITLE_BYTES_MAX};
use crate::playbook::{Input, InputKind, Unreadable};
use crate::problem::At;
use crate::yaml::Node;

const FIELDS: [&str; 9] = [
    "name",
    "type",
    "required",
    "prompt",
    "description",
    "default",
    "choices",
    "class",
    "unreadable",
];
const KINDS: [(&str, &str); 7] = [
    ("folder", "folder"),
    ("repository", "repository"),
    ("file", "file"),
    ("text", "text"),
    ("list", "list"),
    ("choice", "choice"),
    ("number", "number"),
];

const CLASSES: [(&str, DataClass); 4] = [
    ("public", DataClass::Public),
    ("internal", DataClass::Internal),
    ("confidential", DataClass::Confidential),
    ("restricted", DataClass::Restricted),
];

const UNREADABLE: [(&str, Unreadable); 2] =
    [("skip", Unreadable::Skip), ("keep", Unreadable::Keep)];

pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Input> {
    let fields = reader.fields(node, "an input", &FIELDS)?;
    let name = reader.required(&fields, "name", Reader::name);
    let word = reader.required(&fields, "type", |reader, node, what| {
        reader.choice(node, what, &KINDS)
    });
    let choices = match fields.get("choices") {
        None => None,
        Some(node) => texts(reader, node, "'choices' of an input"),
    };
    let required = reader.optional(&fields, "required", false, |reader, node, what| {
        reader.flag(node, what).map(|flag| flag.value)
    });
    let prompt = reader.required(&fields, "prompt", |reader, node, what| {
        reader.line(node, what, TITLE_BYTES_MAX)
    });
    let description = reader.optional(
        &fields,
        "description",
        String::new(),
        |reader, node, what| reader.text(node, what).map(|text| text.value),
    );
    let (class, unreadable) = handling(reader, &fields);
    let word = word?;
    let kind = kind(reader, &fields, &word, choices)?;
    let default = match fields.get("default") {
        None => None,
        Some(node) => Some(default(reader, node, &kind)?),
    };
    let input = Input {
        name: name?,
        kind,
        required: required?,
        prompt: prompt?.value,
        description: description?,
        default: default.as_ref().map(|default| default.value.clone()),
        class: class?,
        unreadable: unreadable?,
    };
    if let Some(default) = default
        && let Some(text) = crate::inputs::misfit(&input, &default.value)
    {
        reader.problem(default.mark, text);
    }
    Some(input)
}

/// What may be given, with the choices where there are some.
fn kind(
    reader: &mut Reader,
    fields: &Fields<'_>,
    word: &At<&str>,
    choices: Option<Vec<String>>,
) -> Option<InputKind> {
    let kind = match word.value {
        "folder" => InputKind::Folder,
        "repository" => InputKind::Repository,
        "file" => InputKind::File,
        "list" => InputKind::List,
        "number" => InputKind::Number,
        "choice" => {
            let Some(choices) = choices.filter(|choices| !choices.is_empty()) else {
                reader.problem(word.mark, "a choice has 'choices'; list what may be chosen");
                return None;
            };
            return Some(InputKind::Choice(choices));
        }
        _ => InputKind::Text,
    };
    if let (Some(_), Some(node)) = (choices, fields.get("choices")) {
        reader.problem(
            node.mark,
            "only an input of type 'choice' has 'choices'; take them away",
        );
    }
    Some(kind)
}

/// How closely held it is, and what becomes of files that cannot be read.
fn handling(reader: &mut Reader, fields: &Fields<'_>) -> (Option<DataClass>, Option<Unreadable>) {
    let class = DataClass::default();
    let class = reader.optional(fields, "class", class, |reader, node, what| {
        let chosen = reader.choice(node, what, &CLASSES);
        chosen.map(|chosen| chosen.value)
    });
    let skip = Unreadable::Skip;
    let unreadable = reader.optional(fields, "unreadable", skip, |reader, node, what| {
        let chosen = reader.choice(node, what, &UNREADABLE);
        chosen.map(|chosen| chosen.value)
    });
    (class, unreadable)
}

fn texts(reader: &mut Reader, node: &Node, what: &str) -> Option<Vec<String>> {
    let entries = reader.list(node, what, INPUT_LIST_MAX)?;
    entries
        .iter()
        .map(|entry| {
            reader
                .text(entry, &format!("an entry of {what}"))
                .map(|text| text.value)
        })
        .collect()
}

fn default(reader: &mut Reader, node: &Node, kind: &InputKind) -> Option<At<InputValue>> {
    let what = "'default' of an input";
    let value = match kind {
        InputKind::Folder | InputKind::Repository | InputKind::File => {
            reader.problem(
                node.mark,
                format!(
                    "a {} has no default, because a playbook knows no paths; take it away",
                    kind.word()
                ),
            );
            return None;
        }
        InputKind::Text | InputKind::Choice(_) => InputValue::Text(reader.text(node, what)?.value),
        InputKind::List => InputValue::List(texts(reader, node, what)?),
        InputKind::Number => {
            InputValue::Number(reader.whole(node, what, i64::MIN, i64::MAX)?.value)
        }
    };
    Some(At::new(node.mark, value))
}
