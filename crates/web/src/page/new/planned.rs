//! Plans that were shown and not begun yet: each belongs to the session that it was shown in.

use consort_engine::EngineError;
use consort_engine::access::Kept;
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;

use crate::server::{Visitor, Web};

/// How long a plan may be begun after it was shown; then the documents have to be given again.
const PLANNED_MS: i64 = 24 * 3_600_000;

/// A plan that is shown to somebody.
#[derive(Clone, Copy)]
pub(super) struct Planned<'a> {
    pub(super) web: &'a Web,
    pub(super) visitor: &'a Visitor,
    pub(super) playbook: &'a str,
    pub(super) id: OutcomeId,
}

impl Planned<'_> {
    fn name(self) -> Kept {
        let (session, id) = (self.visitor.entered.secret.to_string(), self.id.to_string());
        Kept::of("planned", &[&session, self.playbook, &id])
    }

    /// Notes what the outcome is given.
    pub(super) fn note(self, given: Digest) -> Result<(), EngineError> {
        let until = self.web.engine.now().plus_millis(PLANNED_MS);
        let access = &self.web.access;
        access.keep(self.name(), given.to_string().as_bytes(), until)
    }

    /// What it is given, for whoever was shown it; begun or not, so that it can be sent twice.
    pub(super) fn find(self) -> Result<Option<Digest>, EngineError> {
        let found = self.web.access.kept(self.name(), self.web.engine.now())?;
        let text = found.and_then(|it| String::from_utf8(it).ok());
        Ok(text.and_then(|it| it.parse().ok()))
    }
}
