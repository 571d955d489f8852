//! One state as it is kept, compared with the fold of its events.

use std::collections::BTreeSet;

use consort_store::StateRow;
use serde_json::Value;

/// Where a row and the fold of its events part.
pub(super) fn difference(row: &StateRow, expected: &StateRow) -> Option<String> {
    let said = |what, kept: &dyn std::fmt::Debug, folded: &dyn std::fmt::Debug| {
        Some(format!(
            "its {what} is kept as {kept:?}, and the events give {folded:?}"
        ))
    };
    if row.fence != expected.fence {
        return said("fence", &row.fence, &expected.fence);
    }
    if row.recorded_at != expected.recorded_at {
        return said("time", &row.recorded_at, &expected.recorded_at);
    }
    if row.status != expected.status {
        return said("status", &row.status, &expected.status);
    }
    if row.parent != expected.parent {
        return said("parent", &row.parent, &expected.parent);
    }
    if row.body == expected.body {
        return None;
    }
    let Ok(kept) = serde_json::from_str::<Value>(&row.body) else {
        return Some("its state is not JSON".to_owned());
    };
    let folded: Value = serde_json::from_str(&expected.body).expect("it was just written");
    first_difference(&kept, &folded, "")
        .map(|path| format!("its state and the fold of its events part at '{path}'"))
}

/// The pointer (RFC 6901) to the first place where two values differ.
fn first_difference(left: &Value, right: &Value, path: &str) -> Option<String> {
    if left == right {
        return None;
    }
    if let (Value::Object(left), Value::Object(right)) = (left, right) {
        let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
        return keys.into_iter().find_map(|key| {
            let path = format!("{path}/{key}");
            match (left.get(key), right.get(key)) {
                (Some(left), Some(right)) => first_difference(left, right, &path),
                (Some(_), None) | (None, Some(_)) => Some(path),
                (None, None) => None,
            }
        });
    }
    Some(path.to_owned())
}
