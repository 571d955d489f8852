//! Personal values: names and other words about people, kept apart from events so that they can
//! be erased.
//!
//! An event holds a commitment: the digest of a random salt and the value. With the value and salt
//! gone, the commitment says nothing.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The longest personal value, in bytes.
pub const VALUE_BYTES_MAX: usize = 1_024;

/// The digest of a salt and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(Digest);

/// A personal value on its way to the row where it can be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalValue {
    /// What it is, as in `name`.
    pub field: String,
    /// Random bits that keep the value from being guessed from its commitment.
    pub salt: Digest,
    /// The value.
    pub value: String,
}

impl PersonalValue {
    /// The commitment that stands for it in events.
    pub fn commitment(&self) -> Commitment {
        let length = (self.field.len() as u64).to_be_bytes();
        let parts = [
            self.salt.as_bytes().as_slice(),
            &length,
            self.field.as_bytes(),
        ];
        Commitment(Digest::of_parts(&[
            parts[0],
            parts[1],
            parts[2],
            self.value.as_bytes(),
        ]))
    }
}
