//! Identifiers: one newtype per kind of thing, written as a `TypeID`.
//!
//! A [TypeID](https://github.com/jetify-com/typeid) is a prefix and a `UUIDv7` in Crockford's
//! base 32, as in `tsk_01h455vb4pex5vsknk084sn02q`: lower case, sortable by time, and it says what
//! it names. Identifiers are made from a time and random bits that come from outside; this module
//! draws nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::stream::StreamId;
use crate::time::Timestamp;

/// Crockford's base 32 in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 128 bits are 26 digits of 5 bits; the first digit holds only three of them.
const ENCODED_LENGTH: usize = 26;

/// A text that is not the identifier it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not an identifier of the form {prefix}_… (26 letters and digits)")]
pub struct InvalidId {
    text: String,
    prefix: &'static str,
}

/// Builds the 128 bits of a `UUIDv7` from milliseconds since 1970 and 74 random bits.
fn uuid_v7(at: Timestamp, random: u128) -> u128 {
    let millis = u128::from(at.as_millis().max(0).unsigned_abs()) & 0xffff_ffff_ffff;
    let rand_a = (random >> 62) & 0xfff;
    let rand_b = random & 0x3fff_ffff_ffff_ffff;
    (millis << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b
}

fn encode(prefix: &str, bits: u128, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut digits = [0_u8; ENCODED_LENGTH];
    let mut rest = bits;
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    let text = std::str::from_utf8(&digits).expect("the alphabet is ASCII");
    out.write_str(prefix)?;
    out.write_str("_")?;
    out.write_str(text)
}

fn decode(prefix: &'static str, text: &str) -> Result<u128, InvalidId> {
    let invalid = || InvalidId {
        text: text.chars().take(64).collect(),
        prefix,
    };
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or_else(invalid)?
        .as_bytes();
    if digits.len() != ENCODED_LENGTH || digits[0] > b'7' {
        return Err(invalid());
    }
    let mut bits = 0_u128;
    for digit in digits {
        let value = ALPHABET
            .iter()
            .position(|letter| letter == digit)
            .ok_or_else(invalid)?;
        bits = (bits << 5) | value as u128;
    }
    Ok(bits)
}

macro_rules! identifier {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What the written identifier begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an identifier from a moment and 74 random bits (the lower ones are used).
            pub fn new(at: Timestamp, random: u128) -> Self {
                Self(uuid_v7(at, random))
            }

            /// The moment that the identifier carries.
            pub fn time(self) -> Timestamp {
                Timestamp::from_millis(i64::try_from(self.0 >> 80).expect("48 bits fit"))
            }

            /// The 128 bits of the `UUIDv7`.
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// The identifier with these 128 bits.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                encode($prefix, self.0, out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                encode($prefix, self.0, out)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                decode($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

identifier!(
    /// A command: the same one sent twice has one effect.
    CommandId, "cmd"
);
identifier!(
    /// A person or an agent.
    ContributorId, "ctr"
);
identifier!(
    /// A party that owns outcomes or supplies capacity.
    OrganisationId, "org"
);
identifier!(
    /// A result that somebody wants.
    OutcomeId, "out"
);
identifier!(
    /// One atom of work.
    TaskId, "tsk"
);
identifier!(
    /// One deployment, with its policies.
    NetworkId, "net"
);
identifier!(
    /// An address of somebody's program that is told what happens.
    WebhookId, "whk"
);

impl TaskId {
    /// The task with this key in an outcome: the same key is always the same task.
    ///
    /// The identifier carries the outcome's moment; its other bits are those of a digest.
    pub fn in_outcome(outcome: OutcomeId, key: &str) -> Self {
        let scope = outcome.bits().to_be_bytes();
        let parts = [scope.as_slice(), key.as_bytes()];
        Self::new(outcome.time(), Digest::of_parts(&parts).leading_bits())
    }
}

impl CommandId {
    /// The command that follows from the event at this place; the same place always gives the
    /// same command.
    pub fn following(at: Timestamp, stream: StreamId, version: u64, index: usize) -> Self {
        let place = format!("{stream}/{version}/{index}");
        Self::new(at, Digest::of(place.as_bytes()).leading_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

    #[test]
    fn the_published_example_of_a_type_id_is_read_and_written() {
        // The pair is given in the TypeID specification, version 0.3.0.
        let bits = 0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881;
        let id = TaskId::from_bits(bits);
        assert_eq!(id.to_string(), "tsk_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!("tsk_01h2xcejqtf2nbrexx3vqjhp41".parse(), Ok(id));
    }

    #[test]
    fn what_is_not_an_identifier_is_refused() {
        for text in [
            "",
            "tsk_",
            "tsk_01h2xcejqtf2nbrexx3vqjhp4",
            "tsk_01h2xcejqtf2nbrexx3vqjhp411",
            "tsk_81h2xcejqtf2nbrexx3vqjhp41",
            "tsk_01H2XCEJQTF2NBREXX3VQJHP41",
            "tsk_01h2xcejqtf2nbrexx3vqjhpu1",
            "out_01h2xcejqtf2nbrexx3vqjhp41",
            "tsk_01h2xcejqtf2nbrexx3vqjhpé",
        ] {
            assert!(text.parse::<TaskId>().is_err(), "{text} was read");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_identifier_survives_writing_and_reading(bits in any::<u128>()) {
            let id = OutcomeId::from_bits(bits);
            prop_assert_eq!(id.to_string().parse::<OutcomeId>(), Ok(id));
        }

        #[test]
        fn an_identifier_carries_its_moment(millis in 0..(1_i64 << 47), random in any::<u128>()) {
            let at = Timestamp::from_millis(millis);
            prop_assert_eq!(CommandId::new(at, random).time(), at);
        }
    }
}
