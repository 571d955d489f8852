//! Credentials, by kind and name.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use super::MemoryStore;
use crate::rules::refused;
use crate::{Credential, CredentialKind, Credentials, StoreError};

impl Credentials for MemoryStore {
    fn put_credential(&self, credential: &Credential) -> Result<(), StoreError> {
        let mut content = self.content();
        let key = (credential.kind, credential.name.clone());
        if content.credentials.contains_key(&key) {
            return Err(refused("this credential is there already".to_owned()));
        }
        content.credentials.insert(key, credential.clone());
        Ok(())
    }

    fn credential(
        &self,
        kind: CredentialKind,
        name: &str,
    ) -> Result<Option<Credential>, StoreError> {
        let key = (kind, name.to_owned());
        Ok(self.content().credentials.get(&key).cloned())
    }

    fn use_credential(
        &self,
        kind: CredentialKind,
        name: &str,
        data: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut content = self.content();
        let Some(credential) = content.credentials.get_mut(&(kind, name.to_owned())) else {
            return Ok(false);
        };
        credential.used = credential.used.max(at);
        data.clone_into(&mut credential.data);
        Ok(true)
    }

    fn end_credential(&self, kind: CredentialKind, name: &str) -> Result<bool, StoreError> {
        let key = (kind, name.to_owned());
        Ok(self.content().credentials.remove(&key).is_some())
    }

    fn credentials_of(&self, contributor: ContributorId) -> Result<Vec<Credential>, StoreError> {
        let content = self.content();
        let theirs = content.credentials.values();
        let mut found: Vec<Credential> = theirs
            .filter(|credential| credential.contributor == contributor)
            .cloned()
            .collect();
        found.sort_by(|one, other| {
            let key = |it: &Credential| (it.created, it.kind, it.name.clone());
            key(one).cmp(&key(other))
        });
        Ok(found)
    }
}
