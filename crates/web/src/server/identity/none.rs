//! A build that speaks to no identity provider: none can be set up.

use consort_engine::access::Credential;

use super::{IdentityProvider, SetUp, issuer_of};

/// What is said to whoever configures one.
const LEFT_OUT: &str =
    "this build knows no identity providers; build it with them: cargo build --features full";

/// There are none.
pub enum Identities {}

impl Identities {
    /// None, where none is wanted; otherwise says how to come by them.
    pub fn new(_: &str, providers: Vec<IdentityProvider>) -> Result<Option<Self>, SetUp> {
        match providers.into_iter().next() {
            None => Ok(None),
            Some(first) => Err(SetUp(format!("[{}] {LEFT_OUT}", first.name))),
        }
    }

    /// Each by its name, with what people read on its button.
    pub(crate) const fn all(&self) -> Vec<(&str, &str)> {
        match *self {}
    }

    /// The provider that vouches for an identity.
    pub(crate) fn of(&self, identity: &Credential) -> Option<(&str, &str)> {
        issuer_of(identity)?;
        match *self {}
    }
}
