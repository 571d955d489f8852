//! What was handed in, for people: names and values, lists and tables, however it is nested; and the data
//! itself behind it.

use std::collections::BTreeSet;

use maud::{Markup, html as markup};
use serde_json::{Map, Value};

use crate::part::{Icon, name_of};

/// How many entries of one list, or fields of one thing, are shown.
const ENTRIES_MAX: usize = 200;
/// How many columns a table has at the most.
const COLUMNS_MAX: usize = 6;
/// How deep what is nested is shown by its parts; what is deeper stands as data.
const DEPTH_MAX: usize = 6;
/// How much of the data itself is shown, in letters.
const LETTERS_MAX: usize = 20_000;

/// Content as somebody reads it.
pub(super) fn show(content: &Value) -> Markup {
    // One text alone needs no name.
    let text = match content {
        Value::Object(fields) if fields.len() == 1 => fields.values().next(),
        text => Some(text),
    };
    match text {
        Some(Value::String(text)) => {
            markup! { div.prose { @for one in text.split("\n\n") { p { (one) } } } }
        }
        _ => part(content, DEPTH_MAX),
    }
}

/// The data itself, behind a line that opens it.
pub(super) fn data(content: &Value) -> Markup {
    let whole = serde_json::to_string_pretty(content).unwrap_or_default();
    let shown: String = whole.chars().take(LETTERS_MAX).collect();
    let is_cut = shown.len() < whole.len();
    markup! {
        details.disclosure {
            summary { (Icon::File.show()) "As data" span.muted { "JSON, as it is kept" } }
            pre.scroll tabindex="0" { (shown) @if is_cut { "\n…" } }
        }
    }
}

fn part(value: &Value, depth: usize) -> Markup {
    match value {
        Value::Null => markup! { span.muted { "nothing" } },
        Value::Bool(true) => markup! { "yes" },
        Value::Bool(false) => markup! { "no" },
        Value::Number(number) => markup! { span.num { (number) } },
        Value::String(text) if text.trim().is_empty() => markup! { span.muted { "nothing" } },
        Value::String(text) => markup! { (text) },
        Value::Array(items) if items.is_empty() => markup! { span.muted { "none" } },
        Value::Object(fields) if fields.is_empty() => markup! { span.muted { "nothing" } },
        Value::Array(_) | Value::Object(_) if depth == 0 => markup! { code { (value) } },
        Value::Array(items) => list(items, depth - 1),
        Value::Object(fields) => markup! {
            dl.facts { @for (key, value) in fields.iter().take(ENTRIES_MAX) { dt { (name_of(key)) } dd { (part(value, depth - 1)) } } }
            @if fields.len() > ENTRIES_MAX { p.small.muted { "and " (fields.len() - ENTRIES_MAX) " more" } }
        },
    }
}

fn list(items: &[Value], depth: usize) -> Markup {
    let left = items.len().saturating_sub(ENTRIES_MAX);
    let items = &items[..items.len() - left];
    markup! {
        @if let Some(Table { columns, rows }) = table(items) {
            div.scroll tabindex="0" role="region" aria-label="A list, as a table" {
                table.stacked {
                    thead { tr { @for column in &columns { th scope="col" { (name_of(column)) } } } }
                    tbody {
                        @for row in rows {
                            tr { @for column in &columns { td data-label=(name_of(column)) { @if let Some(value) = row.get(*column) { (part(value, depth)) } } } }
                        }
                    }
                }
            }
        } @else {
            ul { @for item in items { li { (part(item, depth)) } } }
        }
        @if left > 0 { p.small.muted { "and " (left) " more" } }
    }
}

/// A list whose entries have the same few fields, none of them nested.
struct Table<'a> {
    columns: BTreeSet<&'a str>,
    rows: Vec<&'a Map<String, Value>>,
}

/// The list as a table, where it is one.
fn table(items: &[Value]) -> Option<Table<'_>> {
    let rows: Vec<&Map<String, Value>> = items
        .iter()
        .map(Value::as_object)
        .collect::<Option<Vec<_>>>()?;
    let flat = rows
        .iter()
        .all(|row| row.values().all(|it| !(it.is_array() || it.is_object())));
    let columns: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.keys().map(String::as_str))
        .collect();
    let is_one = rows.len() > 1 && flat && (1..=COLUMNS_MAX).contains(&columns.len());
    is_one.then_some(Table { columns, rows })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_text_is_read_as_prose() {
        let shown = show(&json!({"text": "One.\n\nTwo <b>."})).0;
        assert_eq!(
            shown,
            "<div class=\"prose\"><p>One.</p><p>Two &lt;b&gt;.</p></div>"
        );
    }

    #[test]
    fn fields_have_names_and_lists_of_one_kind_are_tables() {
        let shown = show(&json!({
            "fee_per_year": 900,
            "is_final": true,
            "labels": [{"id": "m-1", "label": "praise"}, {"id": "m-2", "label": "fault"}],
            "missed": [],
            "reasons": ["it is dated", null],
        }))
        .0;
        for words in [
            "<dt>Fee per year</dt><dd><span class=\"num\">900</span></dd>",
            "<dd>yes</dd>",
            "<th scope=\"col\">Label</th>",
            "<td data-label=\"Label\">fault</td>",
            "<span class=\"muted\">none</span>",
            "<li>it is dated</li>",
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    }

    #[test]
    fn what_is_deep_or_long_or_uneven_is_shown_all_the_same() {
        let mut deep = json!("bottom");
        for _ in 0..200 {
            deep = json!({"in": [deep]});
        }
        let shown = show(&deep).0;
        assert!(
            shown.contains("<code>") && shown.contains("bottom"),
            "{shown}"
        );
        let long: Vec<Value> = (0..500).map(|number| json!({"n": number})).collect();
        let shown = show(&json!({"all": long})).0;
        assert!(shown.contains("and 300 more"), "{shown}");
        let uneven = show(&json!([{"a": 1}, {"b": {"c": 2}}])).0;
        assert!(uneven.contains("<ul>"), "{uneven}");
    }

    #[test]
    fn the_data_is_there_and_cut_where_it_is_long() {
        assert!(data(&json!({"a": 1})).0.contains("&quot;a&quot;: 1"));
        assert!(data(&json!("x".repeat(LETTERS_MAX))).0.contains('…'));
    }
}
