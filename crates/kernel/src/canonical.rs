//! Canonical JSON: the one way in which a durable value is written, so that its hash never changes.
//!
//! The form is that of RFC 8785: sorted keys, no white space, no numbers that a double cannot hold
//! (64-bit integers are strings). Durable types declare their fields in sorted order and keep
//! variants of enums as single keys, so that plain serialisation is already canonical; the golden
//! tests and `is_canonical` hold them to it.

use serde::Serialize;

/// Writes a durable value.
pub fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("durable types have string keys and cannot fail")
}

/// Writes a value that came from elsewhere with its keys in order, so that two ways of laying it out
/// read the same.
pub fn write_sorted(value: &serde_json::Value) -> String {
    write(&Sorted(value))
}

/// Whether a text is JSON in canonical form.
///
/// ```
/// use consort_kernel::canonical::is_canonical;
/// assert!(is_canonical(r#"{"a":1,"b":"2"}"#));
/// assert!(!is_canonical(r#"{"b":"2","a":1}"#));
/// assert!(!is_canonical(r#"{"a": 1}"#));
/// ```
pub fn is_canonical(text: &str) -> bool {
    // Writing it again with sorted keys shows any difference.
    serde_json::from_str::<serde_json::Value>(text)
        .is_ok_and(|value| has_no_float(&value) && write(&Sorted(&value)) == text)
}

/// A value that is written with sorted keys, whichever order the map keeps them in: another part of
/// a build may switch that to the order of insertion.
struct Sorted<'a>(&'a serde_json::Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            serde_json::Value::Array(items) => serializer.collect_seq(items.iter().map(Sorted)),
            serde_json::Value::Object(fields) => {
                let fields: std::collections::BTreeMap<&String, Sorted<'_>> = fields
                    .iter()
                    .map(|(name, value)| (name, Sorted(value)))
                    .collect();
                serializer.collect_map(fields)
            }
            plain @ (serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_)) => plain.serialize(serializer),
        }
    }
}

fn has_no_float(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Number(number) => number
            .as_i64()
            .is_some_and(|whole| whole.unsigned_abs() < (1 << 53)),
        serde_json::Value::Array(items) => items.iter().all(has_no_float),
        serde_json::Value::Object(fields) => fields.values().all(has_no_float),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::String(_) => true,
    }
}
