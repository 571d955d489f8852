//! By a JSON Schema (2020-12): whether the submission has the form that was asked for.

use consort_kernel::task::Criterion;
use consort_playbook::json_schema::JsonSchema;
use serde_json::Value;

use super::{CannotCheck, CheckResult, Evidence};

pub(super) fn check(
    criterion: &Criterion,
    schema: &Value,
    submission: &Value,
) -> Result<CheckResult, CannotCheck> {
    let schema = JsonSchema::read(schema).map_err(|error| CannotCheck::Unusable {
        key: criterion.key.clone(),
        reason: error.to_string(),
    })?;
    let mut count = 0_usize;
    let mut listed = Vec::new();
    for misfit in schema.misfits(submission) {
        count += 1;
        if listed.len() < super::EVIDENCE_MAX {
            let place = if misfit.at.is_empty() {
                "the whole".to_owned()
            } else {
                misfit.at
            };
            listed.push(Evidence::text(format!("{place}: {}", misfit.text)));
        }
    }
    Ok(if count == 0 {
        CheckResult::passed("It has the form that was asked for.")
    } else {
        CheckResult::failed(format!(
            "It does not have the form that was asked for, in {count} place(s)."
        ))
        .with(listed)
    })
}

#[cfg(test)]
mod tests {
    use consort_kernel::digest::Digest;
    use consort_kernel::task::Method;
    use serde_json::json;

    use super::*;

    fn check_form(schema: &Value, submission: &Value) -> Result<CheckResult, CannotCheck> {
        let criterion = Criterion {
            key: "shape".to_owned(),
            method: Method::Schema(Digest::of(b"")),
            text: "It has its form.".to_owned(),
            weight: 1,
        };
        check(&criterion, schema, submission)
    }

    #[test]
    fn a_form_is_met_or_each_misfit_is_named_with_its_place() {
        let schema = json!({
            "type": "object", "required": ["a"],
            "properties": {"a": {"type": "array", "items": {"type": "integer", "minimum": 0}}}
        });
        for (submission, places) in [
            (json!({"a": [1, 2]}), vec![]),
            (json!({}), vec!["the whole"]),
            (json!({"a": "x"}), vec!["/a"]),
            (json!({"a": [1, -1, "x"]}), vec!["/a/1", "/a/2"]),
            (json!(null), vec!["the whole"]),
        ] {
            let result = check_form(&schema, &submission).unwrap();
            assert_eq!(result.passed, places.is_empty(), "{submission}");
            let found: Vec<&str> = result
                .evidence
                .iter()
                .filter_map(|evidence| evidence.text.split(": ").next())
                .collect();
            assert_eq!(found, places, "{submission}");
        }
    }

    #[test]
    fn many_misfits_are_counted_and_some_are_listed() {
        let schema = json!({"type": "array", "items": {"type": "string"}});
        let result = check_form(&schema, &Value::from(vec![0; 500])).unwrap();
        assert_eq!(result.evidence.len(), super::super::EVIDENCE_MAX);
        assert!(result.summary.contains("500"), "{}", result.summary);
    }

    #[test]
    fn a_long_value_does_not_get_into_the_evidence() {
        let long = "x".repeat(100_000);
        let result = check_form(&json!({"type": "integer"}), &json!(long)).unwrap();
        assert!(result.evidence[0].text.len() < 400);
    }

    #[test]
    fn a_schema_that_refers_elsewhere_or_is_none_cannot_be_used() {
        for schema in [
            json!({"$ref": "https://example.org/schema.json"}),
            json!({"$ref": "file:///etc/passwd"}),
            json!({"type": "nonsense"}),
            json!({"pattern": "("}),
        ] {
            let answer = check_form(&schema, &json!({}));
            assert!(
                matches!(answer, Err(CannotCheck::Unusable { .. })),
                "{schema}"
            );
        }
    }

    #[test]
    fn a_pattern_that_would_backtrack_for_ever_answers_at_once() {
        let schema = json!({"type": "string", "pattern": "^(a+)+$"});
        let text = format!("{}!", "a".repeat(50_000));
        assert!(!check_form(&schema, &json!(text)).unwrap().passed);
    }
}
