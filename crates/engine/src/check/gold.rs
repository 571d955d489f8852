//! By a known answer: whether the submission equals it as JSON, however either was written.
//!
//! The result never says what the answer is or where the submission differs: the same known answer
//! is asked of many.

use serde_json::{Number, Value};

use super::CheckResult;

pub(super) fn check(answer: &Value, submission: &Value) -> CheckResult {
    if is_same(answer, submission) {
        CheckResult::passed("It is the known answer.")
    } else {
        CheckResult::failed("It is not the known answer.")
    }
}

/// Equality of RFC 8785: the order of members does not count, and a number is its value.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => is_same_number(left, right),
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| is_same(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, l)| right.get(name).is_some_and(|r| is_same(l, r)))
        }
        (
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_),
            _,
        ) => false,
    }
}

/// 1 and 1.0 are one number in JSON, and no two others may count as the same.
fn is_same_number(left: &Number, right: &Number) -> bool {
    if left.is_f64() || right.is_f64() {
        return left.as_f64() == right.as_f64();
    }
    // Two whole numbers are compared as such: doubles would lose units above 2^53.
    left == right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_the_known_one_by_its_value_and_not_by_its_writing() {
        for (answer, submission, passed) in [
            (
                "{\"a\":1,\"b\":[true,null]}",
                "{ \"b\": [true, null], \"a\": 1.0 }",
                true,
            ),
            ("1e2", "100", true),
            ("\"\\u00e9\"", "\"é\"", true),
            ("\"é\"", "\"e\u{301}\"", false),
            ("[1,2]", "[2,1]", false),
            ("{\"a\":1}", "{\"a\":1,\"b\":null}", false),
            ("{\"a\":null}", "{\"b\":null}", false),
            ("9007199254740993", "9007199254740992", false),
            ("0", "false", false),
            ("\"1\"", "1", false),
            ("0.1", "0.10000000000000002", false),
        ] {
            let answer: Value = serde_json::from_str(answer).unwrap();
            let submission: Value = serde_json::from_str(submission).unwrap();
            assert_eq!(
                check(&answer, &submission).passed,
                passed,
                "{answer} {submission}"
            );
        }
    }

    #[test]
    fn a_wrong_answer_does_not_reveal_the_right_one() {
        let result = check(&Value::from("secret"), &Value::from("guess"));
        let written = serde_json::to_string(&result).unwrap();
        assert!(!written.contains("secret"));
    }
}
