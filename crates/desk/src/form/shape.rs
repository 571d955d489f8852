//! What a schema asks for, as fields that people can fill in.

use serde_json::{Map, Value, json};

use super::Given;

/// Objects within objects beyond this are written as JSON.
const DEPTH_MAX: usize = 4;
/// The name of what a statement rests on, in every result.
pub(super) const CITATIONS: &str = "citations";
/// The name of what is stated, in every result.
pub(super) const TEXT: &str = "text";
/// The name of the document that something is about, in every result.
const DOCUMENT: &str = "document";
/// The name of the item that a row is about, where items are given.
const ID: &str = "id";

/// One thing to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the result.
    pub name: String,
    /// What stands beside it.
    pub label: String,
    /// What the schema says of it.
    pub hint: Option<String>,
    /// Whether it may not be left empty.
    pub is_needed: bool,
    /// What it takes.
    pub shape: Shape,
}

impl Field {
    /// Its place: a JSON pointer (RFC 6901), below the place of what it is in.
    pub fn place(&self, at: &str) -> String {
        let name = self.name.replace('~', "~0").replace('/', "~1");
        format!("{at}/{name}")
    }
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Words; short where they have to be.
    Words {
        /// The most letters.
        most: Option<u64>,
    },
    /// One of these.
    OneOf(Vec<String>),
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// Texts, one on each line.
    Lines,
    /// Passages of documents, word for word.
    Passages,
    /// Which of the items that are given a row is about.
    Item,
    /// Any number of the same.
    Rows(Vec<Field>),
    /// Several things that belong together.
    Parts(Vec<Field>),
    /// What no field here can take: JSON, or words.
    Anything,
}

/// What is asked for where everything has to be cited and nothing else is said.
pub(super) fn cited() -> Value {
    json!({
        "type": "object",
        "required": ["statements"],
        "properties": {"statements": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "required": [TEXT, CITATIONS]},
        }},
    })
}

/// The fields of an object; nothing where it is none, or none is named.
pub(super) fn fields(schema: &Value, given: &Given) -> Option<Vec<Field>> {
    below(schema, given, DEPTH_MAX)
}

/// What has to be there comes first, in the order in which that is said.
fn below(schema: &Value, given: &Given, depth: usize) -> Option<Vec<Field>> {
    let depth = depth.checked_sub(1)?;
    let nothing = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.unwrap_or(&nothing);
    let required = schema.get("required").and_then(Value::as_array);
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<&str> = required.collect();
    let needed = names.len();
    let others = properties.keys().map(String::as_str);
    let others: Vec<&str> = others.filter(|name| !names.contains(name)).collect();
    names.extend(others);
    let field = |(at, name): (usize, &&str)| {
        let schema = properties.get(*name).unwrap_or(&Value::Null);
        field(name, schema, at < needed, (given, depth))
    };
    let fields: Vec<Field> = names.iter().enumerate().map(field).collect();
    (!fields.is_empty()).then_some(fields)
}

fn field(name: &str, schema: &Value, is_required: bool, (given, depth): (&Given, usize)) -> Field {
    let said = |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_owned);
    let least = |key: &str| schema.get(key).and_then(Value::as_u64).unwrap_or(0);
    let shape = shape(name, schema, (given, depth));
    let is_needed = is_required
        && match &shape {
            Shape::Words { .. } => name == TEXT || least("minLength") > 0,
            Shape::Lines | Shape::Rows(_) => least("minItems") > 0,
            Shape::Parts(_) => false,
            Shape::Passages
            | Shape::OneOf(_)
            | Shape::Number
            | Shape::YesNo
            | Shape::Item
            | Shape::Anything => true,
        };
    Field {
        name: name.to_owned(),
        label: said("title").unwrap_or_else(|| label(name)),
        hint: said("description"),
        is_needed,
        shape,
    }
}

fn shape(name: &str, schema: &Value, (given, depth): (&Given, usize)) -> Shape {
    if name == CITATIONS {
        return Shape::Passages;
    }
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        let options: Option<Vec<String>> = options
            .iter()
            .map(|it| it.as_str().map(str::to_owned))
            .collect();
        return options.map_or(Shape::Anything, Shape::OneOf);
    }
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        None if name == TEXT || name == DOCUMENT => "string",
        _ => "",
    };
    match kind {
        "string" if name == ID && !given.items.is_empty() => Shape::Item,
        "string" => match options(name, given) {
            Some(options) => Shape::OneOf(options),
            None => Shape::Words {
                most: schema.get("maxLength").and_then(Value::as_u64),
            },
        },
        "integer" | "number" => Shape::Number,
        "boolean" => Shape::YesNo,
        "array" => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            match items.get("type").and_then(Value::as_str) {
                Some("string") if items.get("enum").is_none() => Shape::Lines,
                Some("object") => below(items, given, depth).map_or(Shape::Anything, Shape::Rows),
                _ => Shape::Anything,
            }
        }
        "object" => below(schema, given, depth).map_or(Shape::Anything, Shape::Parts),
        _ => Shape::Anything,
    }
}

/// What is given for a text of this name: the documents, or a list that is called by its plural.
fn options(name: &str, given: &Given) -> Option<Vec<String>> {
    if name == DOCUMENT && !given.documents.is_empty() {
        let names = given.documents.iter().map(|it| it.name.clone());
        return Some(names.collect());
    }
    given.lists.get(&format!("{name}s")).cloned()
}

/// A name of a program's as people read it.
fn label(name: &str) -> String {
    if name == TEXT {
        return "What is stated".to_owned();
    }
    let words = name.replace(['_', '-'], " ");
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_becomes_fields_in_the_order_in_which_they_are_needed() {
        let schema = json!({
            "type": "object",
            "required": ["missed", "how_sure"],
            "properties": {
                "also": {"type": "object", "properties": {"on": {"type": "boolean"}}},
                "faults": {"type": "array", "items": {"type": "string"}},
                "how_sure": {"enum": ["low", "high"], "description": "By the rule."},
                "missed": {"type": "array", "items": {"type": "object", "required": ["text", "citations"]}},
                "note": {"type": "string", "title": "A note", "maxLength": 80},
                "odd": {"enum": [1, "a"]},
                "table": {"type": "array", "items": {"type": "array"}},
            },
        });
        let fields = fields(&schema, &Given::default()).unwrap();
        let told: Vec<(&str, bool, &Shape)> = fields
            .iter()
            .map(|it| (it.label.as_str(), it.is_needed, &it.shape))
            .collect();
        let field = |name: &str, shape| field_of(name, shape);
        assert_eq!(
            told,
            [
                (
                    "Missed",
                    false,
                    &Shape::Rows(vec![
                        field("text", Shape::Words { most: None }),
                        field("citations", Shape::Passages),
                    ])
                ),
                (
                    "How sure",
                    true,
                    &Shape::OneOf(vec!["low".to_owned(), "high".to_owned()])
                ),
                (
                    "Also",
                    false,
                    &Shape::Parts(vec![Field {
                        is_needed: false,
                        ..field("on", Shape::YesNo)
                    }])
                ),
                ("Faults", false, &Shape::Lines),
                ("A note", false, &Shape::Words { most: Some(80) }),
                ("Odd", false, &Shape::Anything),
                ("Table", false, &Shape::Anything),
            ]
        );
        assert_eq!(fields[1].hint.as_deref(), Some("By the rule."));
    }

    fn field_of(name: &str, shape: Shape) -> Field {
        Field {
            hint: None,
            is_needed: true,
            label: label(name),
            name: name.to_owned(),
            shape,
        }
    }

    #[test]
    fn what_is_no_object_or_goes_too_deep_is_no_form() {
        for schema in [json!({"type": "array"}), json!({}), json!(true)] {
            assert_eq!(fields(&schema, &Given::default()), None, "{schema}");
        }
        let mut deep = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        for _ in 0..DEPTH_MAX {
            deep = json!({"type": "object", "properties": {"a": deep}});
        }
        let mut fields = fields(&deep, &Given::default()).unwrap();
        for _ in 1..DEPTH_MAX {
            let Shape::Parts(inner) = fields.remove(0).shape else {
                panic!("parts within parts");
            };
            fields = inner;
        }
        assert_eq!(fields[0].shape, Shape::Anything);
    }
}
