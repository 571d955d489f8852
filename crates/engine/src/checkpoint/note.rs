//! Signed notes: a text, an empty line, and lines with signatures (C2SP signed-note).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::{Key, PublicKey};

/// How many signatures a note may have: enough for a network and its witnesses.
pub const SIGNATURES_MAX: usize = 16;

/// What a line with a signature begins with: a dash and a space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a note says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not a signed note, or not one about a log.
    #[error("it is not a signed checkpoint")]
    Malformed,
    /// It has no signature by this key.
    #[error("it is not signed with the key of {0}")]
    OtherKey(String),
    /// Its signature does not fit its text.
    #[error("its signature does not fit: the text or the signature was changed")]
    Forged,
    /// It is about another log.
    #[error("it is about another log, {0}")]
    OtherLog(String),
}

/// The text, which ends with a line break, as a signed note.
pub(super) fn sign(text: &str, key: &Key) -> String {
    debug_assert!(text.ends_with('\n'), "the text of a note ends with a line");
    let signature = [key.public().number().as_slice(), &key.sign(text)].concat();
    let name = key.public().name();
    format!(
        "{text}\n{SIGNATURE_PREFIX}{name} {}\n",
        STANDARD.encode(signature)
    )
}

/// The text of a note, if the key signed it. Signatures of others are passed over, as witnesses
/// may have added theirs.
pub(super) fn verify<'a>(note: &'a str, key: &PublicKey) -> Result<&'a str, NoteError> {
    let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
    let (text, signatures) = (&note[..=end], &note[end + 2..]);
    let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    let lines: Vec<&str> = signatures.split('\n').collect();
    if lines.len() > SIGNATURES_MAX {
        return Err(NoteError::Malformed);
    }
    let mut ours = None;
    for line in lines {
        let (name, number, signature) = read(line).ok_or(NoteError::Malformed)?;
        if name == key.name() && number == key.number() {
            ours = Some(signature);
        }
    }
    let signature = ours.ok_or_else(|| NoteError::OtherKey(key.name().to_owned()))?;
    let signature: [u8; 64] = signature.try_into().map_err(|_| NoteError::Malformed)?;
    if key.verifies(text, &signature) {
        Ok(text)
    } else {
        Err(NoteError::Forged)
    }
}

/// The name, the number of the key and the signature of a line.
fn read(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, bits) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    let mut bits = STANDARD.decode(bits).ok()?;
    let signature = bits.split_off(4.min(bits.len()));
    let number = bits.try_into().ok()?;
    Some((name, number, signature))
}
