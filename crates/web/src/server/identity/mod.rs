//! Identity providers (`OpenID` Connect): spoken to in builds with the feature `oidc`; elsewhere there are
//! none.

#[cfg(feature = "oidc")]
mod claims;
#[cfg(feature = "oidc")]
mod line;
#[cfg(not(feature = "oidc"))]
mod none;
#[cfg(feature = "oidc")]
mod provider;
#[cfg(feature = "oidc")]
mod way;

use std::time::Duration;

use consort_engine::access::{Credential, CredentialKind};

#[cfg(feature = "oidc")]
pub(crate) use claims::Identity;
#[cfg(not(feature = "oidc"))]
pub use none::Identities;
#[cfg(feature = "oidc")]
pub use provider::Identities;
#[cfg(feature = "oidc")]
pub(crate) use provider::{Answered, Trouble};
#[cfg(feature = "oidc")]
pub(crate) use way::{Purpose, WAY, no_way};

/// An identity provider, as the operator set it up.
#[derive(Clone)]
pub struct IdentityProvider {
    /// By which addresses of this server name it.
    pub name: String,
    /// What people read on its button.
    pub label: String,
    /// Who it says it is: its address, exactly as it writes it.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// By which this server shows that it is itself, where the provider wants that.
    pub client_secret: Option<String>,
    /// Where there are any, whoever comes in has a confirmed e-mail address in one of these domains.
    pub domains: Vec<String>,
    /// How long one of its answers is waited for.
    pub timeout: Duration,
}

/// Why a way in cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("how people come in cannot be set up: {0}")]
pub struct SetUp(pub(in crate::server) String);

/// Who vouches for an identity that is kept.
fn issuer_of(identity: &Credential) -> Option<&str> {
    if identity.kind != CredentialKind::Identity {
        return None;
    }
    identity.name.split_once(' ').map(|(issuer, _)| issuer)
}
