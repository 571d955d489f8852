//! JSON in one form only, so that equal values have equal digests: RFC 8785, without floats.
//!
//! Members are sorted here and not by the map that holds them, since another part of a build may
//! switch that map to the order of insertion.

use serde_json::Value;

/// The bytes of this value: members sorted by their UTF-16 code units, no white space.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write(value, &mut out);
    out.into_bytes()
}

fn write(value: &Value, out: &mut String) {
    match value {
        // These are written in one way already.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
            entries.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            out.push('{');
            for (index, (name, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(&Value::from(name.as_str()), out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_bytes() {
        let value = serde_json::json!({"b": [1, {"z": null, "a": "ü\n"}], "a": true});
        let text = String::from_utf8(bytes(&value)).unwrap();
        assert_eq!(text, "{\"a\":true,\"b\":[1,{\"a\":\"ü\\n\",\"z\":null}]}");
    }
}
