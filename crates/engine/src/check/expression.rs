//! By a CEL expression over `submission`, within an allowance of steps.

use std::collections::BTreeMap;

use consort_kernel::task::Criterion;
use consort_playbook::expression::{Expression, Fault, Scope};
use serde_json::Value;

use super::{CannotCheck, CheckResult};

pub(super) fn check(
    criterion: &Criterion,
    source: &str,
    submission: &Value,
) -> Result<CheckResult, CannotCheck> {
    let unusable = |reason: String| CannotCheck::Unusable {
        key: criterion.key.clone(),
        reason,
    };
    let expression = Expression::read(source).map_err(|error| unusable(error.to_string()))?;
    let values = BTreeMap::from([("submission".to_owned(), submission.clone())]);
    let answer = Scope::new(&values).and_then(|scope| expression.evaluate(&scope, None));
    match answer {
        Ok(Value::Bool(true)) => Ok(CheckResult::passed(format!("'{source}' holds."))),
        Ok(Value::Bool(false)) => Ok(CheckResult::failed(format!("'{source}' does not hold."))),
        Ok(_) => Err(unusable(format!(
            "'{source}' gives neither true nor false; make it a condition"
        ))),
        // What the expression asks for may just not have been handed in.
        Err(fault @ (Fault::Failed(_) | Fault::TooMuch | Fault::TooDeep | Fault::NotData(_))) => {
            Ok(CheckResult::failed(format!(
                "'{source}' gives no answer for it: {fault}."
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use consort_kernel::task::Method;
    use serde_json::json;

    use super::*;

    fn check_that(source: &str, submission: &Value) -> Result<CheckResult, CannotCheck> {
        let criterion = Criterion {
            key: "holds".to_owned(),
            method: Method::Expression(source.to_owned()),
            text: "It holds.".to_owned(),
            weight: 1,
        };
        check(&criterion, source, submission)
    }

    #[test]
    fn a_condition_holds_or_does_not_or_finds_nothing_to_look_at() {
        let submission = json!({"facts": [{"n": 1}, {"n": 2}], "text": "añb"});
        for (source, passed) in [
            ("size(submission.facts) == 2", true),
            ("submission.facts.all(f, f.n > 0)", true),
            ("submission.facts.all(f, f.n > 1)", false),
            ("size(submission.text) == 3", true),
            ("submission.missing == 1", false),
            ("submission.facts[7].n == 1", false),
            ("submission.text > 1", false),
        ] {
            let result = check_that(source, &submission).unwrap();
            assert_eq!(result.passed, passed, "{source}: {}", result.summary);
        }
    }

    #[test]
    fn what_is_no_condition_is_the_authors_fault_and_not_the_contributors() {
        for source in ["size(submission)", "1 +", "nonsense(submission)", ""] {
            let answer = check_that(source, &json!({}));
            assert!(
                matches!(answer, Err(CannotCheck::Unusable { .. })),
                "{source}"
            );
        }
    }

    #[test]
    fn a_submission_made_to_run_an_expression_on_and_on_fails() {
        let submission = json!({"a": vec![1; 20_000]});
        let source = "submission.a.all(x, submission.a.all(y, x == y))";
        let result = check_that(source, &submission).unwrap();
        assert!(!result.passed);
        assert!(result.summary.contains("steps"), "{}", result.summary);
    }

    #[test]
    fn words_in_a_submission_are_never_run() {
        let submission = json!({"a": "true || submission.b", "true": true});
        assert!(
            !check_that("submission.a == 'true'", &submission)
                .unwrap()
                .passed
        );
    }
}
