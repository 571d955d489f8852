//! Taking a task's material apart: by the names that its instructions give it.

use consort_documents::Document;
use consort_engine::runner::{Commission, Failure, Material};
use consort_tools::shape::Question;
use serde::de::DeserializeOwned;

/// All material of this name, read as one shape.
pub(super) fn all<T: DeserializeOwned>(
    commission: &Commission,
    name: &str,
) -> Result<Vec<T>, Failure> {
    commission.named(name).map(read).collect()
}

/// The one piece of material of this name.
pub(super) fn one<T: DeserializeOwned>(commission: &Commission, name: &str) -> Result<T, Failure> {
    optional(commission, name)?
        .ok_or_else(|| Failure::HandOver(format!("the task gives no material named '{name}'")))
}

/// The one piece of material of this name, if there is one.
pub(super) fn optional<T: DeserializeOwned>(
    commission: &Commission,
    name: &str,
) -> Result<Option<T>, Failure> {
    commission.named(name).next().map(read).transpose()
}

/// The documents.
pub(super) fn documents(commission: &Commission) -> Result<Vec<Document>, Failure> {
    all(commission, "documents")
}

/// What is asked; nothing, where nothing was.
pub(super) fn question(commission: &Commission) -> Result<Question, Failure> {
    let asked: Question = optional(commission, "question")?.unwrap_or_default();
    let question = asked.question.filter(|text| !text.trim().is_empty());
    Ok(Question { question, ..asked })
}

fn read<T: DeserializeOwned>(material: &Material) -> Result<T, Failure> {
    serde_json::from_slice(&material.bytes).map_err(|error| {
        Failure::HandOver(format!(
            "the material '{}' ({}) is not what was expected: {error}",
            material.name, material.digest
        ))
    })
}
