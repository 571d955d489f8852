//! Passwords, where the operator wants them: kept by Argon2id in builds with the feature `passwords`;
//! elsewhere there are none.

#[cfg(feature = "passwords")]
mod hash;
#[cfg(not(feature = "passwords"))]
mod none;
#[cfg(feature = "passwords")]
mod wait;

#[cfg(feature = "passwords")]
pub use hash::Passwords;
#[cfg(feature = "passwords")]
pub(crate) use hash::{LETTERS_MAX, LETTERS_MIN, Turn};
#[cfg(not(feature = "passwords"))]
pub use none::Passwords;
