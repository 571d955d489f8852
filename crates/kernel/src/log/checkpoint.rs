//! Checkpoints: what a log says of itself, as text that can be signed (C2SP tlog-checkpoint).
//!
//! Signing and its keys are above this floor; here is only the text that is signed.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::digest::Digest;

/// The size and root of a log, under the name of the log.
///
/// ```
/// use consort_kernel::{digest::Digest, log::Checkpoint};
/// let checkpoint = Checkpoint { origin: "example".to_owned(), size: 0, root: Digest::of(b"") };
/// let text = "example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
/// assert_eq!(checkpoint.to_string(), text);
/// assert_eq!(text.parse(), Ok(checkpoint));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// A text that is not a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a checkpoint has three lines: the log's name, its size and its root in base 64")]
pub struct InvalidCheckpoint;

impl fmt::Display for Checkpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root.as_bytes());
        write!(out, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

impl FromStr for Checkpoint {
    type Err = InvalidCheckpoint;

    fn from_str(text: &str) -> Result<Self, InvalidCheckpoint> {
        let lines: Vec<&str> = text.split('\n').collect();
        let [origin, size, root, ""] = lines.as_slice() else {
            return Err(InvalidCheckpoint);
        };
        let root: [u8; 32] = STANDARD
            .decode(root)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(InvalidCheckpoint)?;
        let checkpoint = Self {
            origin: (*origin).to_owned(),
            size: size.parse().map_err(|_| InvalidCheckpoint)?,
            root: Digest::from_bytes(root),
        };
        // One checkpoint has one text: no leading zeros, no plus sign, no empty name.
        if origin.is_empty() || checkpoint.to_string() != text {
            return Err(InvalidCheckpoint);
        }
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_in_the_one_way_is_refused() {
        let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert!(format!("a\n7\n{root}\n").parse::<Checkpoint>().is_ok());
        for text in [
            String::new(),
            format!("\n7\n{root}\n"),
            format!("a\n07\n{root}\n"),
            format!("a\n+7\n{root}\n"),
            format!("a\n7\n{root}"),
            format!("a\n7\n{root}\nmore\n"),
            "a\n7\n47DE\n".to_owned(),
            format!("a\n7\n{}\n", root.trim_end_matches('=')),
        ] {
            assert_eq!(text.parse::<Checkpoint>(), Err(InvalidCheckpoint), "{text}");
        }
    }
}
