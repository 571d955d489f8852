//! Reads criteria: `method: must-cite`, or a method with what it takes, as in
//! `method: {expression: "size(submission.facts) > 0"}`.

use consort_kernel::task::Bounds;

use super::fields::Reader;
use crate::json_schema::JsonSchema;
use crate::limits::WEIGHT_MAX;
use crate::playbook::{Criterion, Method};
use crate::problem::{At, suggestion};
use crate::yaml::{Data, Node};

const FIELDS: [&str; 4] = ["key", "text", "weight", "method"];
const PLAIN: [&str; 2] = ["must-cite", "judgment"];
const METHODS: [&str; 8] = [
    "schema",
    "expression",
    "bounds",
    "must-cite",
    "program",
    "rubric",
    "known-answer",
    "judgment",
];

/// `owner` is whose criterion it is, for the sentences.
pub(super) fn read(reader: &mut Reader, node: &Node, owner: &str) -> Option<Criterion> {
    let fields = reader.fields(node, &format!("a criterion of {owner}"), &FIELDS)?;
    let key = reader.required(&fields, "key", Reader::name);
    let text = reader.required(&fields, "text", Reader::template);
    let weight = reader.optional(&fields, "weight", 1, |reader, node, what| {
        reader
            .whole(node, what, 0, WEIGHT_MAX)
            .map(|weight| weight.value)
    });
    if let (Some(0), Some(node)) = (weight, fields.get("weight")) {
        reader.problem(
            node.mark,
            "a criterion with the weight 0 counts for nothing; give it a weight or take it away",
        );
    }
    let method = reader.required(&fields, "method", |reader, node, _| method(reader, node));
    Some(Criterion {
        key: key?,
        text: text?,
        weight: u32::try_from(weight?).ok()?,
        method: method?,
    })
}

fn method(reader: &mut Reader, node: &Node) -> Option<At<Method>> {
    let (word, detail) = match &node.data {
        Data::Scalar { text, .. } => (text.as_str(), None),
        Data::Map(entries) if entries.len() == 1 => {
            (entries[0].0.value.as_str(), Some(&entries[0].1))
        }
        Data::Map(_) | Data::List(_) => {
            reader.problem(
                node.mark,
                "a method is one word, or one word with what it takes, as in \
                 'method: {expression: \"size(submission.facts) > 0\"}'",
            );
            return None;
        }
    };
    if !METHODS.contains(&word) {
        reader.problem(
            node.mark,
            format!("there is no method '{word}'{}", suggestion(word, METHODS)),
        );
        return None;
    }
    let method = match (detail, PLAIN.contains(&word)) {
        (None, true) if word == "must-cite" => Method::MustCite,
        (None, true) => Method::Judgment,
        (Some(detail), true) => {
            reader.problem(
                detail.mark,
                format!("'{word}' takes nothing; write 'method: {word}'"),
            );
            return None;
        }
        (None, false) => {
            reader.problem(
                node.mark,
                format!("'{word}' takes something; write 'method: {{{word}: …}}'"),
            );
            return None;
        }
        (Some(detail), false) => detailed(reader, word, detail)?,
    };
    Some(At::new(node.mark, method))
}

fn detailed(reader: &mut Reader, word: &str, detail: &Node) -> Option<Method> {
    match word {
        "schema" => schema(reader, detail),
        "expression" => {
            let expression = reader.expression(detail, "the expression of a criterion")?;
            let names = expression.value.paths();
            if let Some(path) = names.iter().find(|path| path.segments[0] != "submission") {
                reader.problem(
                    detail.mark,
                    format!(
                        "'{}' is unknown here; the expression of a criterion sees 'submission' \
                         alone, which is what was handed in",
                        path.segments[0]
                    ),
                );
                return None;
            }
            Some(Method::Expression(expression.value))
        }
        "bounds" => bounds(reader, detail),
        "program" => reader
            .name(detail, "the program of a criterion")
            .map(|name| Method::Program(name.value)),
        "rubric" => reader
            .text(detail, "the rubric of a criterion")
            .map(|text| Method::Rubric(text.value)),
        _ => Some(Method::KnownAnswer(detail.to_json())),
    }
}

fn schema(reader: &mut Reader, detail: &Node) -> Option<Method> {
    if !matches!(detail.data, Data::Map(_)) {
        reader.problem(
            detail.mark,
            "the schema of a criterion is a JSON Schema; write its fields, as in 'type: object'",
        );
        return None;
    }
    let schema = detail.to_json();
    match JsonSchema::read(&schema) {
        Ok(_) => Some(Method::Schema(schema)),
        Err(error) => {
            reader.problem(
                detail.mark,
                format!("this is not a JSON Schema (2020-12) that can be used: {error}"),
            );
            None
        }
    }
}

fn bounds(reader: &mut Reader, detail: &Node) -> Option<Method> {
    let fields = reader.fields(detail, "bounds", &["at", "min", "max"])?;
    let at = reader.required(&fields, "at", Reader::text);
    let most = i64::from(u32::MAX);
    let min = reader.optional(&fields, "min", 0, |reader, node, what| {
        reader.whole(node, what, 0, most).map(|number| number.value)
    });
    let max = reader.required(&fields, "max", |reader, node, what| {
        reader.whole(node, what, 0, most).map(|number| number.value)
    });
    let (at, min, max) = (at?, min?, max?);
    if !at.value.starts_with('/') {
        reader.problem(
            at.mark,
            "'at' is a JSON pointer and begins with '/', as in '/statements'",
        );
        return None;
    }
    if min > max {
        reader.problem(
            detail.mark,
            format!("no length is from {min} to {max}; swap them"),
        );
        return None;
    }
    Some(Method::Bounds(Bounds {
        at: at.value,
        max: u32::try_from(max).ok()?,
        min: u32::try_from(min).ok()?,
    }))
}
