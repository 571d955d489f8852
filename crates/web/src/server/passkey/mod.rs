//! Passkeys: by the devices that keep them, in builds with the feature `passkeys`; elsewhere there are none.

#[cfg(feature = "passkeys")]
mod device;
#[cfg(not(feature = "passkeys"))]
mod none;

#[cfg(feature = "passkeys")]
pub(crate) use device::{Added, Passkeys, Shown};
#[cfg(not(feature = "passkeys"))]
pub(crate) use none::{Added, Passkeys, Shown};

/// Why an address has no passkeys, and what helps.
#[cfg(feature = "passkeys")]
pub(crate) const WHY_NONE: &str = "Browsers keep passkeys over TLS or on this machine alone. Whoever runs this network \
can put a proxy with TLS before it.";
/// Why this build has no passkeys, and what helps.
#[cfg(not(feature = "passkeys"))]
pub(crate) const WHY_NONE: &str = "This build has no passkeys. Whoever runs this network can build it with them: \
cargo build --features full.";
