//! Files that were sent for a task, before what they belong to is handed in.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use consort_engine::artefact::ArtefactError;
use consort_kernel::digest::Digest;
use consort_kernel::id::{ContributorId, TaskId};

use crate::server::Web;

/// How many sendings are remembered; the oldest are forgotten, and have to be sent again.
const SENT_MAX: usize = 20_000;

/// A file that somebody sent for a task.
type Sending = (TaskId, ContributorId, Digest);

/// The files that were sent, the latest last: a submission names these and no others, so that nobody hands in,
/// and reads that way, what only somebody else has.
#[derive(Default)]
pub(crate) struct SentFiles(Mutex<VecDeque<Sending>>);

impl SentFiles {
    fn note(&self, sending: Sending) {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() == SENT_MAX {
            sent.pop_front();
        }
        sent.push_back(sending);
    }

    /// Whether somebody sent a file for a task.
    pub(crate) fn has(&self, sending: &Sending) -> bool {
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.contains(sending)
    }
}

/// Keeps a file that somebody sends for a task, and tells its digest.
pub(crate) fn keep(
    web: &Web,
    (task, who): (TaskId, ContributorId),
    bytes: &[u8],
) -> Result<Digest, ArtefactError> {
    let digest = web.engine.artefacts().put(bytes)?;
    web.sent.note((task, who, digest));
    Ok(digest)
}
