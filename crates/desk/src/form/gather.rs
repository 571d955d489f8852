//! What was filled in, put together.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value, json};

use super::shape::{Field, Shape};

/// Values by the place that they are for.
type Filled<'a> = BTreeMap<&'a str, &'a str>;

/// The object that was filled in.
pub(super) fn draft(fields: &[Field], filled: &[(String, String)]) -> Value {
    let filled: Filled<'_> = filled
        .iter()
        .map(|(place, value)| (place.as_str(), value.trim()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    Value::Object(object(fields, "", &filled))
}

fn object(fields: &[Field], at: &str, filled: &Filled<'_>) -> Map<String, Value> {
    let part = |field: &Field| {
        let at = field.place(at);
        Some((field.name.clone(), value(field, &at, filled)?))
    };
    fields.iter().filter_map(part).collect()
}

fn value(field: &Field, at: &str, filled: &Filled<'_>) -> Option<Value> {
    let said = filled.get(at).copied();
    match &field.shape {
        Shape::Words { .. } => said.map(|words| json!(words.replace("\r\n", "\n"))),
        Shape::OneOf(_) | Shape::Item => said.map(|one| json!(one)),
        // What cannot be read stays as it was typed, so that the check says so and nothing is lost.
        Shape::Number => said.map(|it| {
            it.parse::<Number>()
                .map_or(json!(it), |number| json!(number))
        }),
        Shape::YesNo => said.map(|it| match it {
            "yes" => json!(true),
            "no" => json!(false),
            other => json!(other),
        }),
        Shape::Lines => {
            let lines = said.unwrap_or_default().lines().map(str::trim);
            let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            Some(json!(lines))
        }
        Shape::Anything => said.map(|it| serde_json::from_str(it).unwrap_or_else(|_| json!(it))),
        Shape::Parts(fields) => Some(Value::Object(object(fields, at, filled))),
        Shape::Rows(fields) => {
            let row = |at: String| {
                let prefix = format!("{at}/");
                is_filled(&prefix, filled).then(|| Value::Object(object(fields, &at, filled)))
            };
            Some(rows(at, filled).into_iter().filter_map(row).collect())
        }
        Shape::Passages => {
            let passage = |at: String| {
                let quote = filled.get(format!("{at}/quote").as_str())?;
                let mut passage = json!({"quote": quote.replace("\r\n", "\n")});
                if let Some(document) = filled.get(format!("{at}/document").as_str()) {
                    passage["document"] = json!(document);
                }
                Some(passage)
            };
            Some(rows(at, filled).into_iter().filter_map(passage).collect())
        }
    }
}

fn is_filled(prefix: &str, filled: &Filled<'_>) -> bool {
    let mut from = filled.range(prefix..);
    from.next()
        .is_some_and(|(place, _)| place.starts_with(prefix))
}

/// The places of the rows below a place, in the order of their numbers.
fn rows(at: &str, filled: &Filled<'_>) -> Vec<String> {
    let prefix = format!("{at}/");
    let below = filled.range(prefix.as_str()..);
    let below = below.map_while(|(place, _)| place.strip_prefix(prefix.as_str()));
    let numbers = below.filter_map(|rest| rest.split('/').next()?.parse::<u32>().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    let place = |number| format!("{at}/{number}");
    numbers.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Given, shape};

    #[test]
    fn what_was_filled_in_is_put_together_and_what_was_not_is_left_out() {
        let schema = json!({
            "type": "object",
            "required": ["missed", "faults", "count", "sure", "raw", "extra"],
            "properties": {
                "count": {"type": "integer"},
                "extra": {"type": "object", "properties": {"a/b": {"type": "string"}}},
                "faults": {"type": "array", "items": {"type": "string"}},
                "missed": {"type": "array", "items": {"type": "object", "required": ["text", "citations"]}},
                "nothing": {"type": "string"},
                "raw": {},
                "sure": {"type": "boolean"},
            },
        });
        let fields = shape::fields(&schema, &Given::default()).unwrap();
        let filled = [
            ("/missed/10/text", " The last.\r\nIt is. "),
            ("/missed/2/text", "The first."),
            ("/missed/2/citations/1/quote", "words"),
            ("/missed/2/citations/1/document", "a.txt"),
            ("/missed/2/citations/0/document", "a.txt"),
            ("/missed/3/text", "  "),
            ("/missed/x/text", "no number"),
            ("/faults", "one\r\n\r\n two "),
            ("/count", "3"),
            ("/sure", "no"),
            ("/raw", "[1]"),
            ("/extra/a~1b", "deep"),
            ("/unknown", "x"),
        ];
        let filled = filled.map(|(place, value)| (place.to_owned(), value.to_owned()));
        assert_eq!(
            draft(&fields, &filled),
            json!({
                "count": 3,
                "extra": {"a/b": "deep"},
                "faults": ["one", "two"],
                "missed": [
                    {"citations": [{"document": "a.txt", "quote": "words"}], "text": "The first."},
                    {"citations": [], "text": "The last.\nIt is."},
                ],
                "raw": [1],
                "sure": false,
            })
        );
        let odd = [
            ("/count", "three"),
            ("/sure", "maybe"),
            ("/raw", "plain words"),
        ];
        let odd = odd.map(|(place, value)| (place.to_owned(), value.to_owned()));
        let kept = draft(&fields, &odd);
        for (name, value) in [
            ("count", "three"),
            ("sure", "maybe"),
            ("raw", "plain words"),
        ] {
            assert_eq!(kept[name], value);
        }
    }
}
