//! By what people show that it is they: what is kept of it, and no more.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;
use consort_store::{Credential, CredentialKind};

use super::Access;
use crate::EngineError;

impl Access {
    /// Keeps a new credential; one that is there already, whosever it is, is refused.
    pub fn add(&self, credential: &Credential) -> Result<(), EngineError> {
        Ok(self.doors.put_credential(credential)?)
    }

    /// The credential of a kind with this name.
    pub fn credential(
        &self,
        kind: CredentialKind,
        name: &str,
    ) -> Result<Option<Credential>, EngineError> {
        Ok(self.doors.credential(kind, name)?)
    }

    /// Notes that a credential was used, and what it is checked against from now on.
    pub fn note_use(
        &self,
        credential: &Credential,
        data: &str,
        now: Timestamp,
    ) -> Result<bool, EngineError> {
        let (kind, name) = (credential.kind, &credential.name);
        Ok(self.doors.use_credential(kind, name, data, now)?)
    }

    /// Ends a credential; tells whether it was there.
    pub fn end_credential(&self, kind: CredentialKind, name: &str) -> Result<bool, EngineError> {
        Ok(self.doors.end_credential(kind, name)?)
    }

    /// All credentials of somebody, the oldest first.
    pub fn credentials_of(&self, who: ContributorId) -> Result<Vec<Credential>, EngineError> {
        Ok(self.doors.credentials_of(who)?)
    }
}
