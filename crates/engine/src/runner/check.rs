//! Checking what was handed in: every criterion that software alone can judge.
//!
//! The results are recorded in one command; what was found, with its passages, is kept as an
//! artefact. A check that cannot be made is no result: the task waits and somebody is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use consort_documents::Document;
use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use consort_kernel::task::{Check, ContextSource, Handed, Method, Task, TaskCommand};
use serde_json::Value;

use super::commission::sources;
use crate::check::{CheckResult, NoPrograms, Programs, Sources, check as check_criterion};
use crate::{Engine, EngineError};

/// How many outcomes' documents are kept in memory.
const LIBRARIES_MAX: usize = 4;

/// The documents of the outcomes that are at work.
#[derive(Default)]
pub(super) struct Libraries {
    by_outcome: Mutex<BTreeMap<OutcomeId, Arc<Library>>>,
}

/// The documents that the tasks of one outcome were given, by digest and name.
#[derive(Default)]
struct Library {
    documents: BTreeMap<(Digest, String), Arc<Document>>,
}

/// Where the checks of one submission find what it refers to.
struct Shelf<'a> {
    engine: &'a Engine,
    library: &'a Library,
    task: &'a Task,
}

impl Sources for Shelf<'_> {
    fn document(&self, sha256: Digest, name: &str) -> Option<Arc<Document>> {
        self.library
            .documents
            .get(&(sha256, name.to_owned()))
            .cloned()
    }

    fn artefact(&self, digest: Digest) -> Option<Vec<u8>> {
        self.engine.artefacts().get(digest).ok()
    }

    fn material(&self, name: &str) -> Vec<Digest> {
        let context = self.task.spec.instructions.context.iter();
        let named = context.filter(|item| item.name == name);
        let stored = named.flat_map(|item| {
            // What cannot be read now is not there.
            sources(self.engine.artefacts(), &item.source).unwrap_or_default()
        });
        stored
            .filter_map(|source| match source {
                ContextSource::Artefact(digest) => Some(digest),
                ContextSource::Group(_) | ContextSource::Output(_) => None,
            })
            .collect()
    }
}

/// Makes the checks that are due and records what they found.
pub(super) fn check(
    engine: &Engine,
    libraries: &Libraries,
    programs: &dyn Programs,
    task: &Task,
    handed: &Handed,
) -> Result<(), EngineError> {
    let bytes = engine.artefacts().get(handed.submission.content)?;
    let library = libraries.of(engine, task.outcome)?;
    let shelf = Shelf {
        engine,
        library: &library,
        task,
    };
    let mut checks = Vec::new();
    for criterion in task.automatic_criteria() {
        let key = criterion.key.clone();
        let Ok(submission) = serde_json::from_slice(&bytes) else {
            let summary = "what was handed in is not JSON".to_owned();
            checks.push(Check {
                criterion: key,
                evidence: None,
                passed: false,
                summary,
            });
            continue;
        };
        let result = check_criterion(criterion, &submission, &shelf, programs)?;
        let evidence = serde_json::to_vec(&result).expect("results have string keys");
        checks.push(Check {
            criterion: key,
            evidence: Some(engine.artefacts().put(&evidence)?),
            passed: result.passed,
            summary: result.told(),
        });
    }
    let record = TaskCommand::RecordChecks {
        checks,
        lease: handed.lease.number,
    };
    engine
        .execute(Principal::Engine, Body::Task(task.id, record))
        .map(|_| ())
}

/// What is wrong with a draft, as its checks would say it: those of its form, and whether what it cites stands
/// there. Nothing is recorded, and programs and known answers are left to the checks.
pub fn faults_of_draft(
    engine: &Engine,
    task: &Task,
    draft: &Value,
) -> Result<Vec<CheckResult>, EngineError> {
    let is_told = |method: &Method| {
        matches!(
            method,
            Method::Schema(_) | Method::Bounds(_) | Method::Expression(_) | Method::MustCite
        )
    };
    let criteria = task.automatic_criteria().filter(|it| is_told(&it.method));
    let criteria: Vec<_> = criteria.collect();
    let library = if criteria.iter().any(|it| it.method == Method::MustCite) {
        Libraries::default().of(engine, task.outcome)?
    } else {
        Arc::default()
    };
    let shelf = Shelf {
        engine,
        library: &library,
        task,
    };
    let mut faults = Vec::new();
    for criterion in criteria {
        let result = check_criterion(criterion, draft, &shelf, &NoPrograms)?;
        if !result.passed {
            faults.push(result);
        }
    }
    Ok(faults)
}

impl Libraries {
    fn of(&self, engine: &Engine, outcome: OutcomeId) -> Result<Arc<Library>, EngineError> {
        let known = |libraries: &Mutex<BTreeMap<OutcomeId, Arc<Library>>>| {
            libraries
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&outcome)
                .cloned()
        };
        if let Some(library) = known(&self.by_outcome) {
            return Ok(library);
        }
        let library = Arc::new(Library::read(engine, outcome)?);
        let mut libraries = self
            .by_outcome
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if libraries.len() >= LIBRARIES_MAX {
            libraries.clear();
        }
        libraries.insert(outcome, Arc::clone(&library));
        Ok(library)
    }
}

impl Library {
    /// Reads every document that some task of the outcome was given.
    fn read(engine: &Engine, outcome: OutcomeId) -> Result<Self, EngineError> {
        let mut seen = std::collections::BTreeSet::new();
        let mut library = Self::default();
        for task in engine.tasks_of(outcome)? {
            for item in &task.spec.instructions.context {
                let list = match &item.source {
                    ContextSource::Output(_) => continue,
                    ContextSource::Artefact(digest) | ContextSource::Group(digest) => *digest,
                };
                if !seen.insert(list) {
                    continue;
                }
                for source in sources(engine.artefacts(), &item.source)? {
                    if let ContextSource::Artefact(digest) = source
                        && (digest == list || seen.insert(digest))
                    {
                        library.take_in(&engine.artefacts().get(digest)?);
                    }
                }
            }
        }
        Ok(library)
    }

    /// Keeps a document. What is none, as the question, is not quoted from.
    fn take_in(&mut self, bytes: &[u8]) {
        if let Ok(document) = serde_json::from_slice::<Document>(bytes) {
            let key = (document.sha256, document.name.clone());
            self.documents.insert(key, Arc::new(document));
        }
    }
}
