//! The items of a list that tasks are made for: their names, the same each time.

use std::collections::BTreeSet;

use consort_kernel::digest::Digest;
use serde_json::Value;

use crate::limits::ITEM_NAME_BYTES_MAX;

/// An item, and what tasks call it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Stands in the brackets of a task's key; different for each item of a list.
    pub(super) name: String,
    pub(super) value: Value,
}

/// The items with their names: the name or key of an object, a text or number itself, else the
/// position from 1.
pub(super) fn items(values: Vec<Value>) -> Vec<Item> {
    let mut taken = BTreeSet::new();
    values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let plain = name_of(&value).unwrap_or_else(|| (index + 1).to_string());
            let mut name = plain.clone();
            let mut count = 1;
            while !taken.insert(name.clone()) {
                count += 1;
                name = format!("{plain}#{count}");
            }
            Item { name, value }
        })
        .collect()
}

fn name_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Object(fields) => ["name", "key"]
            .into_iter()
            .find_map(|field| fields.get(field).and_then(Value::as_str))?
            .to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) => return None,
    };
    let line: Vec<&str> = text
        .split(|letter: char| letter.is_whitespace() || is_unseen(letter))
        .filter(|word| !word.is_empty())
        .collect();
    let line = line.join(" ");
    if line.is_empty() {
        return None;
    }
    if line.len() <= ITEM_NAME_BYTES_MAX {
        return Some(line);
    }
    // A part of the digest keeps long names apart that begin alike.
    let digest = Digest::of(text.as_bytes()).to_string();
    let mut end = ITEM_NAME_BYTES_MAX - 9;
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    Some(format!("{}~{}", &line[..end], &digest[..8]))
}

/// Characters that cannot be seen, or that turn the direction of what follows: in a key they
/// would let two names look alike.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_named_after_what_they_are_and_never_alike() {
        let values = vec![
            json!({"name": "offer-a.pdf", "digest": "00"}),
            json!({"key": "price"}),
            json!("some  text\nof two lines"),
            json!(7),
            json!({"other": 1}),
            json!("7"),
            json!("offer-a.pdf"),
            json!("offer-a.pdf#2"),
            json!("offer\u{200b}-a.pdf"),
            json!(""),
        ];
        let names: Vec<String> = items(values).into_iter().map(|item| item.name).collect();
        assert_eq!(
            names,
            [
                "offer-a.pdf",
                "price",
                "some text of two lines",
                "7",
                "5",
                "7#2",
                "offer-a.pdf#2",
                "offer-a.pdf#2#2",
                "offer -a.pdf",
                "10"
            ]
        );
    }

    #[test]
    fn long_names_are_cut_between_letters_and_stay_apart() {
        let long = "ä".repeat(200);
        let named = items(vec![json!(format!("{long}1")), json!(format!("{long}2"))]);
        assert!(
            named
                .iter()
                .all(|item| item.name.len() <= ITEM_NAME_BYTES_MAX)
        );
        assert_ne!(named[0].name, named[1].name);
    }
}
