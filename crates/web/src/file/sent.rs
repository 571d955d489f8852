//! Files that were sent for a task, before what they belong to is handed in: a submission names these and no
//! others, so that nobody hands in, and reads that way, what only somebody else has.

use consort_engine::EngineError;
use consort_engine::access::Kept;
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, TaskId};

use super::Received;
use crate::server::{Failure, Web};

/// How long a file may be handed in after it was sent; then it is sent again.
const SENT_MS: i64 = 7 * 24 * 3_600_000;

/// A file that somebody sent for a task.
fn sending((task, who): (TaskId, ContributorId), file: Digest) -> Kept {
    let parts = [task.to_string(), who.to_string(), file.to_string()];
    Kept::of("sent", &parts.each_ref().map(String::as_str))
}

/// Keeps a file that somebody sends for a task, and tells its digest.
pub(crate) fn keep(
    web: &Web,
    by: (TaskId, ContributorId),
    file: &Received,
) -> Result<Digest, Failure> {
    let digest = web.engine.artefacts().take_in(&mut file.open()?)?;
    let until = web.engine.now().plus_millis(SENT_MS);
    web.access.keep(sending(by, digest), &[], until)?;
    Ok(digest)
}

/// Whether somebody sent a file for a task.
pub(crate) fn has(
    web: &Web,
    by: (TaskId, ContributorId),
    file: Digest,
) -> Result<bool, EngineError> {
    let found = web.access.kept(sending(by, file), web.engine.now())?;
    Ok(found.is_some())
}
