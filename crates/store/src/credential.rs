//! Credentials: by what people show that it is they. None of what is kept is a secret.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CredentialKind {
    /// A public key whose private half a device keeps (`WebAuthn`).
    Passkey,
    /// Who they are to another provider (`OpenID` Connect): issuer and subject.
    Identity,
    /// The hash of a password.
    Password,
}

/// A credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// What it is.
    pub kind: CredentialKind,
    /// What it is found by; no two of a kind have the same.
    pub name: String,
    /// Whose it is.
    pub contributor: ContributorId,
    /// What it is called, for whoever looks through theirs.
    pub label: String,
    /// What it is checked against, in the form of its kind.
    pub data: String,
    /// When it was added.
    pub created: Timestamp,
    /// When it was last used, or added.
    pub used: Timestamp,
}

/// Keeps credentials. They are operational, like passes: no event tells of them.
pub trait Credentials: Send + Sync {
    /// Keeps a new credential; one that is there already is refused.
    fn put_credential(&self, credential: &Credential) -> Result<(), StoreError>;

    /// The credential of a kind with this name.
    fn credential(
        &self,
        kind: CredentialKind,
        name: &str,
    ) -> Result<Option<Credential>, StoreError>;

    /// Notes that a credential was used, and what it is checked against from now on; tells whether it
    /// is there. The moment never goes back.
    fn use_credential(
        &self,
        kind: CredentialKind,
        name: &str,
        data: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Ends a credential; tells whether it was there.
    fn end_credential(&self, kind: CredentialKind, name: &str) -> Result<bool, StoreError>;

    /// All credentials of a contributor, the oldest first.
    fn credentials_of(&self, contributor: ContributorId) -> Result<Vec<Credential>, StoreError>;
}
