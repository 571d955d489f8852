//! A change to a repository: the patch, and the page on which it is read.

use consort_agents::repository::Listing;
use consort_engine::Engine;
use consort_kernel::task::{ContextSource, Handed, Task};
use consort_tools::change::{Change, Facts, page};

use crate::{Case, DeskError};

/// The change, if this is one.
pub(super) fn read(content: &[u8]) -> Option<Change> {
    serde_json::from_slice(content).ok()
}

/// The patch and its page.
pub(super) fn files(
    case: &Case<'_>,
    task: &Task,
    handed: &Handed,
    change: &Change,
) -> Result<Vec<(String, Vec<u8>)>, DeskError> {
    let engine = case.engine;
    let holder = handed.lease.holder.id;
    let name = engine
        .name_of(holder)?
        .unwrap_or_else(|| holder.to_string());
    let made_with = handed.submission.provenance.made_with.as_deref();
    let facts = Facts {
        request: case.given.text("request"),
        repository: listing(engine, task).map(|listing| (listing.repository, listing.commit)),
        made_by: match made_with {
            Some(tool) => format!("{name} with {tool}"),
            None => name,
        },
        checks: handed
            .checks
            .iter()
            .map(|check| check.summary.clone())
            .collect(),
    };
    let mut patch = change.patch.clone();
    if !patch.ends_with('\n') {
        patch.push('\n');
    }
    Ok(vec![
        ("change.html".to_owned(), page(change, &facts).into_bytes()),
        ("change.patch".to_owned(), patch.into_bytes()),
    ])
}

/// What the task was given of a repository.
fn listing(engine: &Engine, task: &Task) -> Option<Listing> {
    let artefacts = engine.artefacts();
    let context = task.spec.instructions.context.iter();
    let mut stored = context.filter_map(|item| match item.source {
        ContextSource::Artefact(digest) => Some(digest),
        ContextSource::Group(_) | ContextSource::Output(_) => None,
    });
    stored.find_map(|digest| serde_json::from_slice(&artefacts.get(digest).ok()?).ok())
}
