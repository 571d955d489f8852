//! Artefacts: what events refer to has to be there and whole; what nobody refers to is counted.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::digest::Digest;
use consort_kernel::event::{Envelope, Event};
use consort_kernel::stream::StreamId;
use consort_kernel::task::{ContextSource, Method, Opening, Submission, TaskEvent};
use serde::Deserialize;
use serde_json::Value;

use super::Code;
use super::report::Findings;
use crate::artefact::{ArtefactError, Artefacts};
use crate::runner::sources;

/// What somebody refers to.
struct Reference {
    by: StreamId,
    /// Whether it may be gone, because it was to be read until some moment only.
    expires: bool,
}

/// What the events refer to.
pub(super) struct References<'a> {
    artefacts: &'a Artefacts,
    needed: BTreeMap<Digest, Reference>,
    /// Whatever looks like a digest anywhere in an event.
    mentioned: BTreeSet<Digest>,
    /// The lists of context that were read, and whether what they name was to be read for a time.
    lists: BTreeSet<(Digest, bool)>,
}

impl<'a> References<'a> {
    pub(super) const fn new(artefacts: &'a Artefacts) -> Self {
        Self {
            artefacts,
            needed: BTreeMap::new(),
            mentioned: BTreeSet::new(),
            lists: BTreeSet::new(),
        }
    }

    pub(super) fn take_in(&mut self, envelope: &Envelope, body: &str) {
        if let Ok(value) = serde_json::from_str(body) {
            self.mention(&value);
        }
        let Event::Task(event) = &envelope.event else {
            return;
        };
        let mut referred = referred(event);
        if let TaskEvent::Opened(opening) = event {
            referred.extend(self.listed(opening));
        }
        for (digest, expires) in referred {
            self.mentioned.insert(digest);
            let by = envelope.stream;
            let reference = self.needed.entry(digest);
            // Whoever needs it for good decides.
            let reference = reference.or_insert(Reference { by, expires });
            reference.expires &= expires;
        }
    }

    /// What the lists among a task's context name. Each list is read once; one that cannot be read is
    /// reported for itself.
    fn listed(&mut self, opening: &Opening) -> Vec<(Digest, bool)> {
        let mut listed = Vec::new();
        for item in &opening.spec.instructions.context {
            let ContextSource::Group(list) = item.source else {
                continue;
            };
            let expires = item.expires_at.is_some();
            if !self.lists.insert((list, expires)) {
                continue;
            }
            let named = sources(self.artefacts, &item.source).unwrap_or_default();
            listed.extend(named.into_iter().filter_map(|source| match source {
                ContextSource::Artefact(digest) => Some((digest, expires)),
                ContextSource::Output(_) | ContextSource::Group(_) => None,
            }));
        }
        listed
    }

    pub(super) fn finish(mut self, findings: &mut Findings) {
        let mut expired = 0_u64;
        for (digest, reference) in std::mem::take(&mut self.needed) {
            let by = reference.by;
            match self.artefacts.get(digest) {
                Ok(bytes) => self.mention_origin(&bytes),
                Err(ArtefactError::Missing(_)) if reference.expires => expired += 1,
                Err(ArtefactError::Missing(_)) => {
                    let text = format!("{by} refers to it, and it is missing");
                    findings.problem(Code::ArtefactMissing, digest, text);
                }
                Err(
                    error @ (ArtefactError::Damaged(_)
                    | ArtefactError::TooLarge { .. }
                    | ArtefactError::Disk { .. }),
                ) => {
                    let text = format!("{by} refers to it: {error}");
                    findings.problem(Code::ArtefactDamaged, digest, text);
                }
            }
        }
        if expired > 0 {
            findings.note(format!(
                "{expired} pieces of context have expired and are gone."
            ));
        }
        match self.unmentioned() {
            Ok(0) => {}
            Ok(count) => findings.note(format!("{count} artefacts are referred to by nothing.")),
            Err(error) => findings.problem(
                Code::Unreadable,
                self.artefacts.folder().display(),
                error.to_string(),
            ),
        }
    }

    /// A text that was read from a file names that file, which is kept as it was.
    fn mention_origin(&mut self, bytes: &[u8]) {
        #[derive(Deserialize)]
        struct Text {
            sha256: Digest,
        }
        if let Ok(text) = serde_json::from_slice::<Text>(bytes) {
            self.mentioned.insert(text.sha256);
        }
    }

    /// How many artefacts are kept that no event mentions.
    fn unmentioned(&self) -> Result<usize, ArtefactError> {
        let kept = self.artefacts.list()?;
        let unmentioned = kept
            .iter()
            .filter(|digest| !self.mentioned.contains(digest));
        Ok(unmentioned.count())
    }

    fn mention(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.mentioned.extend(text.parse::<Digest>()),
            Value::Array(items) => items.iter().for_each(|item| self.mention(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.mention(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The artefacts that a task's event refers to, and whether each was to be read for a time only.
fn referred(event: &TaskEvent) -> Vec<(Digest, bool)> {
    match event {
        TaskEvent::Opened(opening) => material(opening),
        TaskEvent::Drafted { submission, .. } | TaskEvent::Submitted { submission, .. } => {
            let digests = handed_in(submission);
            digests.map(|digest| (digest, false)).collect()
        }
        TaskEvent::Noted { note, .. } => vec![(*note, false)],
        TaskEvent::Checked { checks, .. } => {
            let evidence = checks.iter().filter_map(|check| check.evidence);
            evidence.map(|digest| (digest, false)).collect()
        }
        TaskEvent::DependentLinked { .. }
        | TaskEvent::DependencyMet { .. }
        | TaskEvent::Offered { .. }
        | TaskEvent::NobodyFound { .. }
        | TaskEvent::Extended { .. }
        | TaskEvent::Reassigned { .. }
        | TaskEvent::Declined { .. }
        | TaskEvent::OfferLapsed { .. }
        | TaskEvent::KeptApart { .. }
        | TaskEvent::Claimed { .. }
        | TaskEvent::LeaseExpired { .. }
        | TaskEvent::Released { .. }
        | TaskEvent::Asked { .. }
        | TaskEvent::Answered { .. }
        | TaskEvent::Reviewed { .. }
        | TaskEvent::ChangesRequested { .. }
        | TaskEvent::ChangesAdded { .. }
        | TaskEvent::Escalated { .. }
        | TaskEvent::Accepted { .. }
        | TaskEvent::Failed { .. }
        | TaskEvent::Cancelled { .. } => Vec::new(),
    }
}

fn handed_in(submission: &Submission) -> impl Iterator<Item = Digest> {
    std::iter::once(submission.content).chain(submission.files.values().copied())
}

/// What a task is given to work with, and what it is judged by.
fn material(opening: &Opening) -> Vec<(Digest, bool)> {
    let instructions = &opening.spec.instructions;
    let context = instructions
        .context
        .iter()
        .filter_map(|item| match &item.source {
            ContextSource::Artefact(digest) | ContextSource::Group(digest) => {
                Some((*digest, item.expires_at.is_some()))
            }
            ContextSource::Output(_) => None,
        });
    let judged_by = instructions
        .criteria
        .iter()
        .filter_map(|criterion| match &criterion.method {
            Method::Schema(digest) | Method::KnownAnswer(digest) => Some((*digest, false)),
            Method::Expression(_)
            | Method::Bounds(_)
            | Method::MustCite
            | Method::Program(_)
            | Method::Rubric(_)
            | Method::Judgment => None,
        });
    context.chain(judged_by).collect()
}
