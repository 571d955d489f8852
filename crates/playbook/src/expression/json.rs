//! Between JSON and the values of expressions.
//!
//! Whole numbers become CEL's `int` wherever they fit, so that `n + 1` means what it says; the
//! interpreter's own conversion would make them unsigned.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value as CelValue;
use cel::objects::{Key, Map};
use serde_json::Value;

use super::Fault;

/// How deeply a value may nest; the shapes that tasks hand in stay far below.
pub const JSON_DEPTH_MAX: usize = 64;

pub(super) fn to_cel(value: &Value) -> Result<CelValue, Fault> {
    to_cel_at(value, 0)
}

fn to_cel_at(value: &Value, depth: usize) -> Result<CelValue, Fault> {
    if depth > JSON_DEPTH_MAX {
        return Err(Fault::TooDeep);
    }
    Ok(match value {
        Value::Null => CelValue::Null,
        Value::Bool(truth) => CelValue::Bool(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), _, _) => CelValue::Int(whole),
            (None, Some(large), _) => CelValue::UInt(large),
            (None, None, Some(fraction)) => CelValue::Float(fraction),
            (None, None, None) => return Err(Fault::NotData(number.to_string())),
        },
        Value::String(text) => CelValue::String(Arc::new(text.clone())),
        Value::Array(items) => CelValue::List(Arc::new(
            items
                .iter()
                .map(|item| to_cel_at(item, depth + 1))
                .collect::<Result<_, _>>()?,
        )),
        Value::Object(entries) => {
            let map: HashMap<Key, CelValue> = entries
                .iter()
                .map(|(name, value)| {
                    let key = Key::String(Arc::new(name.clone()));
                    to_cel_at(value, depth + 1).map(|value| (key, value))
                })
                .collect::<Result<_, _>>()?;
            CelValue::Map(Map { map: Arc::new(map) })
        }
    })
}

pub(super) fn from_cel(value: &CelValue, depth: usize) -> Result<Value, Fault> {
    if depth > JSON_DEPTH_MAX {
        return Err(Fault::TooDeep);
    }
    Ok(match value {
        CelValue::Null => Value::Null,
        CelValue::Bool(truth) => Value::Bool(*truth),
        CelValue::Int(whole) => Value::from(*whole),
        CelValue::UInt(whole) => Value::from(*whole),
        CelValue::Float(fraction) => serde_json::Number::from_f64(*fraction)
            .map(Value::Number)
            .ok_or_else(|| Fault::NotData(fraction.to_string()))?,
        CelValue::String(text) => Value::from(text.as_str()),
        CelValue::List(items) => items
            .iter()
            .map(|item| from_cel(item, depth + 1))
            .collect::<Result<_, _>>()?,
        CelValue::Map(map) => {
            let mut entries = serde_json::Map::new();
            for (key, value) in map.map.iter() {
                entries.insert(key.to_string(), from_cel(value, depth + 1)?);
            }
            Value::Object(entries)
        }
        other => return Err(Fault::NotData(other.type_of().to_string())),
    })
}
