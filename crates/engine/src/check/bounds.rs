//! By bounds: how long a list or a text of the submission is.

use consort_kernel::task::Bounds;
use serde_json::Value;

use super::CheckResult;

pub(super) fn check(bounds: &Bounds, submission: &Value) -> CheckResult {
    let Bounds { at, max, min } = bounds;
    // RFC 6901: the empty pointer names the whole.
    let (length, unit) = match submission.pointer(at) {
        Some(Value::Array(items)) => (items.len(), "entries"),
        Some(Value::String(text)) => (text.chars().count(), "characters"),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
            return CheckResult::failed(format!("'{at}' is neither a list nor a text."));
        }
        None => return CheckResult::failed(format!("There is nothing at '{at}'.")),
    };
    let summary = format!("'{at}' has {length} {unit}; from {min} to {max} are asked for.");
    let is_within = usize::try_from(*min).is_ok_and(|min| length >= min)
        && usize::try_from(*max).is_ok_and(|max| length <= max);
    if is_within {
        CheckResult::passed(summary)
    } else {
        CheckResult::failed(summary)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_counted_by_entries_and_texts_by_characters() {
        let submission = json!({
            "list": [1, 2, 3], "text": "añ😀", "a/b": {"~": ["x"]}, "none": null, "n": 3, "": []
        });
        for (at, min, max, passed) in [
            ("/list", 3, 3, true),
            ("/list", 4, 9, false),
            ("/list", 0, 2, false),
            ("/text", 3, 3, true),
            ("/a~1b/~0", 1, 1, true),
            ("/a~1b/~0/0", 1, 1, true),
            ("/list/1", 0, 9, false),
            ("/none", 0, 9, false),
            ("/n", 0, 9, false),
            ("/missing", 0, 9, false),
            ("/list/-", 0, 9, false),
            ("/list/01", 0, 9, false),
            ("/", 0, 0, true),
            ("", 0, 9, false),
            ("list", 0, 9, false),
        ] {
            let bounds = Bounds {
                at: at.to_owned(),
                max,
                min,
            };
            let result = check(&bounds, &submission);
            assert_eq!(result.passed, passed, "{at}: {}", result.summary);
        }
    }

    #[test]
    fn the_whole_submission_may_be_the_list() {
        let bounds = Bounds {
            at: String::new(),
            max: 2,
            min: 1,
        };
        assert!(check(&bounds, &json!([1])).passed);
        assert!(!check(&bounds, &json!([])).passed);
    }
}
