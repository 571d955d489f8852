//! Signers: the public halves of all keys that a network ever signed with.
//!
//! They stand in a file beside the key. A backup holds this file and never the key, so a restored
//! network makes a key of its own and still knows whose the earlier checkpoints are. Whoever can
//! write to the file can add a key: compare with one that you know from elsewhere.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use consort_kernel::id::NetworkId;
use consort_kernel::log::Checkpoint;

use super::key::{Key, KeyError, PublicKey, log_name};
use super::note::NoteError;
use super::verify;

/// The name of the signers' file in a data directory and in a backup.
pub const SIGNERS_FILE: &str = "checkpoint.signers";

/// Whose signatures are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signers {
    keys: Vec<PublicKey>,
    faults: Vec<(PathBuf, String)>,
}

impl From<PublicKey> for Signers {
    fn from(key: PublicKey) -> Self {
        Self {
            keys: vec![key],
            faults: Vec::new(),
        }
    }
}

impl Signers {
    /// The signers of a network that a directory knows: those in its file, and its own key. What
    /// cannot be read is left out and told of as a fault.
    pub fn of(directory: &Path, network: NetworkId) -> Self {
        let mut signers = Self::default();
        let file = directory.join(SIGNERS_FILE);
        match fs::read_to_string(&file) {
            Ok(text) => signers.read(&text, &file, network),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => signers.faults.push((file, error.to_string())),
        }
        match Key::find(directory, network) {
            Ok(key) => signers.keys.extend(key.map(|key| key.public().clone())),
            Err(error) => {
                let file = directory.join(super::KEY_FILE);
                signers.faults.push((file, error.to_string()));
            }
        }
        signers.without_doubles()
    }

    /// These signers and others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.keys.extend(others.keys);
        self.faults.extend(others.faults);
        self.without_doubles()
    }

    /// The checkpoint in a note, if one of them signed it.
    pub fn verify(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let mut answer = Err(NoteError::Malformed);
        for key in &self.keys {
            answer = verify(note, key);
            if !matches!(answer, Err(NoteError::OtherKey(_))) {
                return answer;
            }
        }
        match answer {
            Err(NoteError::Malformed) if self.keys.is_empty() => {
                Err(NoteError::OtherKey("this network".to_owned()))
            }
            answer => answer,
        }
    }

    /// Files that could not be read, and why.
    pub fn faults(&self) -> &[(PathBuf, String)] {
        &self.faults
    }

    /// Writes them into a directory, in the place of those that are there.
    pub fn write(&self, directory: &Path) -> Result<(), KeyError> {
        let file = directory.join(SIGNERS_FILE);
        let draft = directory.join(format!("{SIGNERS_FILE}.draft"));
        fs::File::create(&draft)
            .and_then(|mut out| {
                for key in &self.keys {
                    writeln!(out, "{key}")?;
                }
                out.sync_all()
            })
            .and_then(|()| fs::rename(&draft, &file))
            .map_err(|reason| KeyError::Disk { file, reason })
    }

    /// Notes a key as one of the network's, before anything is signed with it.
    pub(super) fn remember(
        directory: &Path,
        network: NetworkId,
        key: &PublicKey,
    ) -> Result<(), KeyError> {
        let file = directory.join(SIGNERS_FILE);
        let mut known = Self::default();
        match fs::read_to_string(&file) {
            Ok(text) => known.read(&text, &file, network),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(reason) => return Err(KeyError::Disk { file, reason }),
        }
        if known.keys.contains(key) {
            return Ok(());
        }
        known.keys.push(key.clone());
        known.write(directory)
    }

    fn read(&mut self, text: &str, file: &Path, network: NetworkId) {
        for line in text.lines() {
            match line.parse::<PublicKey>() {
                // One of another network says nothing here.
                Ok(key) if key.name() != log_name(network) => {}
                Ok(key) => self.keys.push(key),
                Err(error) => self.faults.push((file.to_owned(), error.to_string())),
            }
        }
    }

    fn without_doubles(mut self) -> Self {
        let mut seen: Vec<PublicKey> = Vec::new();
        for key in self.keys {
            if !seen.contains(&key) {
                seen.push(key);
            }
        }
        self.keys = seen;
        self
    }
}
