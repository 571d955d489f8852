//! Automatic checks: whether a submission meets a criterion that software alone can tell.
//!
//! A check is a pure function of the criterion, the submission and the stored sources, and says
//! what it found with the passages it rests on. It never judges: rubrics and a person's judgment
//! are not for it. A submission is data here, whatever its words say.

mod bounds;
mod citation;
mod expression;
mod figure;
mod gold;
mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use consort_documents::{Citation, Document};
use consort_kernel::digest::Digest;
use consort_kernel::task::{Criterion, Method};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many pieces of evidence a result lists: a person reads them. All are counted.
pub const EVIDENCE_MAX: usize = 50;
/// How deeply a submission may nest; the shapes that are handed in stay far below, and every walk
/// over a value that is no deeper stays within its stack.
pub const DEPTH_MAX: usize = 64;
/// How many values a submission may have: a brief of a thousand documents has a tenth of it.
pub const VALUES_MAX: usize = 1_000_000;

/// Where checks find what submissions refer to.
pub trait Sources {
    /// The document with this digest and this name; a file may lie in a folder under two names.
    fn document(&self, sha256: Digest, name: &str) -> Option<Arc<Document>>;

    /// The bytes of a stored artefact.
    fn artefact(&self, digest: Digest) -> Option<Vec<u8>>;

    /// The stored material that the task gave under this name.
    fn material(&self, _name: &str) -> Vec<Digest> {
        Vec::new()
    }
}

/// Runs the programs that the operator of this network allows as checks.
pub trait Programs {
    /// What the program with this name says about a submission; an error when it said nothing.
    fn run(
        &self,
        name: &str,
        submission: &Value,
        sources: &dyn Sources,
    ) -> Result<ProgramAnswer, String>;
}

/// No programs: for networks whose operator allows none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoPrograms;

/// How many findings are told with a summary, and how many letters of each; all of them are in the
/// evidence.
const TOLD_MAX: usize = 6;
const TOLD_LETTERS_MAX: usize = 300;

/// What a program says about a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramAnswer {
    /// Whether the criterion is met.
    pub passed: bool,
    /// What it found, one sentence each.
    pub findings: Vec<String>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// What it rests on; what speaks against comes first, and at most [`EVIDENCE_MAX`] are listed.
    pub evidence: Vec<Evidence>,
    /// Whether the criterion is met.
    pub passed: bool,
    /// What was found, in a sentence.
    pub summary: String,
}

/// Something that a check rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The passage, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<Citation>,
    /// What it says.
    pub text: String,
}

/// Why there is no result. Nothing of this is held against the contributor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotCheck {
    /// Only somebody can tell.
    #[error("'{0}' is judged by a reviewer or a person, not by a check")]
    NotAutomatic(String),
    /// What the criterion refers to is not stored.
    #[error("artefact {0}, which the criterion refers to, is not stored; restore it")]
    Missing(Digest),
    /// What the criterion refers to cannot be used.
    #[error("the criterion '{key}' cannot be used: {reason}")]
    Unusable {
        /// The criterion.
        key: String,
        /// Why.
        reason: String,
    },
    /// The program gave no answer.
    #[error("the program '{name}' gave no answer: {reason}; try it again")]
    Program {
        /// The program.
        name: String,
        /// Why.
        reason: String,
    },
}

/// Checks whether a submission meets a criterion.
pub fn check(
    criterion: &Criterion,
    submission: &Value,
    sources: &dyn Sources,
    programs: &dyn Programs,
) -> Result<CheckResult, CannotCheck> {
    if !criterion.method.is_automatic() {
        return Err(CannotCheck::NotAutomatic(criterion.key.clone()));
    }
    if let Some(reason) = beyond_limits(submission) {
        return Ok(CheckResult::failed(reason));
    }
    match &criterion.method {
        Method::Schema(digest) => {
            let schema = stored(criterion, *digest, sources)?;
            schema::check(criterion, &schema, submission)
        }
        Method::Expression(source) => expression::check(criterion, source, submission),
        Method::Bounds(bounds) => Ok(bounds::check(bounds, submission)),
        Method::MustCite => Ok(citation::check(submission, sources)),
        Method::Program(name) => program(name, submission, sources, programs),
        Method::KnownAnswer(digest) => {
            let answer = stored(criterion, *digest, sources)?;
            Ok(gold::check(&answer, submission))
        }
        Method::Rubric(_) | Method::Judgment => {
            Err(CannotCheck::NotAutomatic(criterion.key.clone()))
        }
    }
}

impl CheckResult {
    fn passed(summary: impl Into<String>) -> Self {
        Self {
            evidence: Vec::new(),
            passed: true,
            summary: summary.into(),
        }
    }

    fn failed(summary: impl Into<String>) -> Self {
        Self {
            evidence: Vec::new(),
            passed: false,
            summary: summary.into(),
        }
    }

    /// What is told to whoever handed it in: the summary and, of what failed, what was found first, so
    /// that it can be done better.
    pub fn told(&self) -> String {
        if self.passed || self.evidence.is_empty() {
            return self.summary.clone();
        }
        let found = self.evidence.iter().take(TOLD_MAX).map(|evidence| {
            let text = evidence.text.trim();
            match text.char_indices().nth(TOLD_LETTERS_MAX) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text.to_owned(),
            }
        });
        let found: Vec<String> = found.collect();
        format!("{} Found: {}", self.summary, found.join("; "))
    }

    /// Lists findings up to the limit; the summary has to say how many there were.
    fn with(mut self, findings: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence
            .extend(findings.into_iter().take(EVIDENCE_MAX));
        self
    }
}

impl Evidence {
    fn text(text: impl Into<String>) -> Self {
        Self {
            citation: None,
            text: text.into(),
        }
    }
}

impl Programs for NoPrograms {
    fn run(&self, _: &str, _: &Value, _: &dyn Sources) -> Result<ProgramAnswer, String> {
        Err("this network allows no programs as checks".to_owned())
    }
}

fn program(
    name: &str,
    submission: &Value,
    sources: &dyn Sources,
    programs: &dyn Programs,
) -> Result<CheckResult, CannotCheck> {
    let answer =
        programs
            .run(name, submission, sources)
            .map_err(|reason| CannotCheck::Program {
                name: name.to_owned(),
                reason,
            })?;
    let count = answer.findings.len();
    let result = if answer.passed {
        CheckResult::passed(format!("The program '{name}' passes it."))
    } else {
        CheckResult::failed(format!(
            "The program '{name}' does not pass it; it reports {count} finding(s)."
        ))
    };
    Ok(result.with(answer.findings.into_iter().map(Evidence::text)))
}

/// The stored JSON that a criterion refers to.
fn stored(
    criterion: &Criterion,
    digest: Digest,
    sources: &dyn Sources,
) -> Result<Value, CannotCheck> {
    let bytes = sources
        .artefact(digest)
        .ok_or(CannotCheck::Missing(digest))?;
    serde_json::from_slice(&bytes).map_err(|error| CannotCheck::Unusable {
        key: criterion.key.clone(),
        reason: format!("artefact {digest} is not JSON: {error}"),
    })
}

/// Why a submission is too deep or too large to be walked. It is looked at without recursion, as
/// nothing is known about its depth yet.
fn beyond_limits(submission: &Value) -> Option<String> {
    let mut waiting = vec![(submission, 0)];
    let mut count = 0;
    while let Some((value, depth)) = waiting.pop() {
        count += 1;
        if depth > DEPTH_MAX {
            return Some(format!(
                "It nests more than {DEPTH_MAX} deep; hand it in flatter."
            ));
        }
        if count + waiting.len() > VALUES_MAX {
            return Some(format!(
                "It has more than {VALUES_MAX} values; hand in less at once."
            ));
        }
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(fields) => {
                waiting.extend(fields.values().map(|field| (field, depth + 1)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    None
}

/// Sources that are held in memory: for trying a playbook out, and for tests.
#[derive(Debug, Clone, Default)]
pub struct MemorySources {
    /// Artefacts by digest.
    pub artefacts: BTreeMap<Digest, Vec<u8>>,
    /// Documents.
    pub documents: Vec<Arc<Document>>,
}

impl Sources for MemorySources {
    fn document(&self, sha256: Digest, name: &str) -> Option<Arc<Document>> {
        self.documents
            .iter()
            .find(|document| document.sha256 == sha256 && document.name == name)
            .cloned()
    }

    fn artefact(&self, digest: Digest) -> Option<Vec<u8>> {
        self.artefacts.get(&digest).cloned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Fixed(Result<ProgramAnswer, String>);

    impl Programs for Fixed {
        fn run(&self, _: &str, _: &Value, _: &dyn Sources) -> Result<ProgramAnswer, String> {
            self.0.clone()
        }
    }

    fn check_by(method: Method, submission: &Value) -> Result<CheckResult, CannotCheck> {
        check_with(method, submission, &NoPrograms)
    }

    fn check_with(
        method: Method,
        submission: &Value,
        programs: &dyn Programs,
    ) -> Result<CheckResult, CannotCheck> {
        let criterion = Criterion {
            key: "it".to_owned(),
            method,
            text: "It is as it should be.".to_owned(),
            weight: 1,
        };
        check(&criterion, submission, &MemorySources::default(), programs)
    }

    #[test]
    fn whoever_does_it_again_is_told_what_was_found() {
        let found = (0..20).map(|number| Evidence::text(format!("{number} {}", "ä".repeat(400))));
        let failed = CheckResult::failed("It fails.").with(found);
        let told = failed.told();
        assert!(told.starts_with("It fails. Found: 0 ä"), "{told}");
        assert!(told.contains("; 5 ä") && !told.contains("; 6 ä"), "{told}");
        assert!(told.chars().count() < 6 * (TOLD_LETTERS_MAX + 10));
        let passed = CheckResult::passed("It holds.").with([Evidence::text("a passage")]);
        assert_eq!(passed.told(), "It holds.");
    }

    #[test]
    fn what_a_person_has_to_judge_is_never_judged_by_a_check() {
        for method in [Method::Judgment, Method::Rubric("well written".to_owned())] {
            let answer = check_by(method, &json!({}));
            assert_eq!(answer, Err(CannotCheck::NotAutomatic("it".to_owned())));
        }
    }

    #[test]
    fn what_is_not_stored_is_nobodys_fault() {
        let digest = Digest::of(b"gone");
        for method in [Method::Schema(digest), Method::KnownAnswer(digest)] {
            assert_eq!(
                check_by(method, &json!({})),
                Err(CannotCheck::Missing(digest))
            );
        }
    }

    #[test]
    fn a_program_says_yes_or_no_or_gives_no_answer() {
        let method = || Method::Program("spelling".to_owned());
        for passed in [true, false] {
            let answer = ProgramAnswer {
                passed,
                findings: vec!["a word is misspelt".to_owned(); 80],
            };
            let result = check_with(method(), &json!({}), &Fixed(Ok(answer))).unwrap();
            assert_eq!(result.passed, passed);
            assert_eq!(result.evidence.len(), EVIDENCE_MAX);
        }
        for programs in [
            &NoPrograms as &dyn Programs,
            &Fixed(Err("it timed out".to_owned())),
        ] {
            let answer = check_with(method(), &json!({}), programs);
            assert!(matches!(answer, Err(CannotCheck::Program { .. })));
        }
    }

    #[test]
    fn deep_and_large_submissions_fail_every_check_and_overflow_none() {
        let mut deep = json!({"citations": []});
        for _ in 0..5_000 {
            deep = Value::Array(vec![deep]);
        }
        let large = Value::from(vec![0; VALUES_MAX + 1]);
        for method in [
            Method::MustCite,
            Method::Expression("true".to_owned()),
            Method::Bounds(consort_kernel::task::Bounds {
                at: "/0".to_owned(),
                max: 9,
                min: 0,
            }),
        ] {
            for submission in [&deep, &large] {
                let result = check_by(method.clone(), submission).unwrap();
                assert!(!result.passed, "{method:?}");
            }
        }
    }
}
