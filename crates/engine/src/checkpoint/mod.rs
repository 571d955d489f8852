//! Signed checkpoints: the network says what its log was, under its key.
//!
//! A checkpoint is three lines of text (C2SP tlog-checkpoint) in a signed note (C2SP signed-note),
//! so that other programs can check it. A signature shows that whoever holds the key said it; it
//! does not show that nobody was told something else. For that, checkpoints have to be kept
//! elsewhere and compared.

mod key;
mod note;
mod signers;

pub use key::{InvalidKey, KEY_FILE, Key, KeyError, PublicKey};
pub use note::{NoteError, SIGNATURES_MAX};
pub use signers::{SIGNERS_FILE, Signers};

use consort_kernel::log::Checkpoint;
use consort_store::{Store, StoreError};

/// The checkpoint as a note that is signed with the key.
pub fn sign(checkpoint: &Checkpoint, key: &Key) -> String {
    note::sign(&checkpoint.to_string(), key)
}

/// The checkpoint in a note, if the key signed it and it is about the key's own log.
pub fn verify(note: &str, key: &PublicKey) -> Result<Checkpoint, NoteError> {
    let text = note::verify(note, key)?;
    let checkpoint: Checkpoint = text.parse().map_err(|_| NoteError::Malformed)?;
    if checkpoint.origin == key.name() {
        Ok(checkpoint)
    } else {
        Err(NoteError::OtherLog(checkpoint.origin))
    }
}

/// The text of a note, if the key signed it.
pub(crate) fn signed_text<'a>(note: &'a str, key: &PublicKey) -> Result<&'a str, NoteError> {
    note::verify(note, key)
}

/// A text as a note that is signed with the key.
pub(crate) fn signed(text: &str, key: &Key) -> String {
    note::sign(text, key)
}

/// Keeps a signed checkpoint of the log as it is, if it has grown since the last one.
pub fn keep(store: &dyn Store, key: &Key) -> Result<Option<Checkpoint>, StoreError> {
    let log = store.log()?;
    let last = store.checkpoints()?.last().map_or(0, |(size, ..)| *size);
    if log.size() <= last {
        return Ok(None);
    }
    let checkpoint = Checkpoint {
        origin: key.public().name().to_owned(),
        size: log.size(),
        root: log.root(),
    };
    store.put_checkpoint(checkpoint.size, checkpoint.root, &sign(&checkpoint, key))?;
    Ok(Some(checkpoint))
}
