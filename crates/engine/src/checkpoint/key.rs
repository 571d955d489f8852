//! The network's key: Ed25519, in a file that its owner alone can read.
//!
//! Both halves are written as Go's note tools write them, so that those can be used too. The
//! secret half never leaves this module but for its file.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use consort_kernel::digest::Digest;
use consort_kernel::id::NetworkId;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::signers::Signers;

/// The name of the key's file in a data directory.
pub const KEY_FILE: &str = "checkpoint.key";

/// What a written secret key begins with.
const SECRET_PREFIX: &str = "PRIVATE+KEY+";

/// The number of Ed25519 among the kinds of signatures.
const ED25519: u8 = 1;

/// The longest file that is read as a key: one has less than 200 letters.
const FILE_BYTES_MAX: u64 = 1_024;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the key {file} cannot be used: {reason}. Make the folder readable and writable")]
    Disk {
        /// The file.
        file: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{0} holds no key; put back the copy that you keep, or move it away: a new one is then made"
    )]
    Damaged(PathBuf),
    /// It is the key of another network.
    #[error("{file} is the key of {found}, and this network signs as {expected}")]
    OtherNetwork {
        /// The file.
        file: PathBuf,
        /// Whose key it is.
        found: String,
        /// Whose key was looked for.
        expected: String,
    },
    /// The system gave no random bits.
    #[error("the operating system gives no random bits: {0}")]
    NoEntropy(String),
}

/// A text that is not a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key of the form name+0123abcd+AbCd… was expected")]
pub struct InvalidKey;

/// The secret key of a network.
pub struct Key {
    secret: SigningKey,
    public: PublicKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Key({})", self.public)
    }
}

impl Key {
    /// The network's key in the data directory; it is made at the first use. Its public half is noted
    /// among the [`Signers`] first.
    pub fn open(directory: &Path, network: NetworkId) -> Result<Self, KeyError> {
        let found = Self::find(directory, network)?;
        let (key, is_new) = match found {
            Some(key) => (key, false),
            None => (Self::drawn(network)?, true),
        };
        Signers::remember(directory, network, key.public())?;
        if is_new {
            let file = directory.join(KEY_FILE);
            key.write(&file)
                .map_err(|reason| KeyError::Disk { file, reason })?;
        }
        Ok(key)
    }

    /// The network's key in the data directory, if there is one.
    pub fn find(directory: &Path, network: NetworkId) -> Result<Option<Self>, KeyError> {
        let file = directory.join(KEY_FILE);
        let disk = |reason| KeyError::Disk {
            file: file.clone(),
            reason,
        };
        match fs::metadata(&file) {
            Ok(found) if found.len() > FILE_BYTES_MAX => return Err(KeyError::Damaged(file)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk(error)),
        }
        let bytes = fs::read(&file).map_err(disk)?;
        let text = String::from_utf8(bytes).map_err(|_| KeyError::Damaged(file.clone()))?;
        let key = Self::read(text.trim_end()).ok_or_else(|| KeyError::Damaged(file.clone()))?;
        let expected = log_name(network);
        if key.public.name != expected {
            return Err(KeyError::OtherNetwork {
                file,
                found: key.public.name,
                expected,
            });
        }
        Ok(Some(key))
    }

    /// The key with this name and these secret bits.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Self {
        let secret = SigningKey::from_bytes(seed);
        let public = PublicKey {
            name: name.to_owned(),
            key: secret.verifying_key(),
        };
        Self { secret, public }
    }

    /// The half that everybody may know.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn sign(&self, text: &str) -> [u8; 64] {
        self.secret.sign(text.as_bytes()).to_bytes()
    }

    fn drawn(network: NetworkId) -> Result<Self, KeyError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| KeyError::NoEntropy(error.to_string()))?;
        Ok(Self::from_seed(&log_name(network), &seed))
    }

    fn read(text: &str) -> Option<Self> {
        let (name, rest) = text.strip_prefix(SECRET_PREFIX)?.split_once('+')?;
        let (_, bits) = rest.split_once('+')?;
        let bits = STANDARD.decode(bits).ok()?;
        let (kind, seed) = bits.split_first()?;
        let key = Self::from_seed(name, seed.try_into().ok()?);
        (*kind == ED25519 && key.written() == text).then_some(key)
    }

    fn written(&self) -> String {
        let bits = [&[ED25519], self.secret.as_bytes().as_slice()].concat();
        let PublicKey { name, .. } = &self.public;
        let number = self.public.number_text();
        format!("{SECRET_PREFIX}{name}+{number}+{}", STANDARD.encode(bits))
    }

    /// Writes the file under another name first, so that half a key never has the key's name.
    fn write(&self, file: &Path) -> io::Result<()> {
        let draft = file.with_extension("draft");
        match fs::remove_file(&draft) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut out = options.open(&draft)?;
        writeln!(out, "{}", self.written())?;
        out.sync_all()?;
        fs::rename(&draft, file)
    }
}

/// The name under which a network signs.
pub(super) fn log_name(network: NetworkId) -> String {
    format!("consort-{network}")
}

/// The half of a key that everybody may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// Whose key it is, which is also the name of its log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The four bytes by which a signature names its key.
    pub(super) fn number(&self) -> [u8; 4] {
        let parts = [
            self.name.as_bytes(),
            b"\n",
            &[ED25519],
            self.key.as_bytes().as_slice(),
        ];
        let digest = Digest::of_parts(&parts);
        let [a, b, c, d, ..] = *digest.as_bytes();
        [a, b, c, d]
    }

    pub(super) fn verifies(&self, text: &str, signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }

    fn number_text(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.number()))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = [&[ED25519], self.key.as_bytes().as_slice()].concat();
        let number = self.number_text();
        write!(out, "{}+{number}+{}", self.name, STANDARD.encode(bits))
    }
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let mut parts = text.splitn(3, '+');
        let mut part = || parts.next().ok_or(InvalidKey);
        let (name, _, bits) = (part()?, part()?, part()?);
        let bits = STANDARD.decode(bits).map_err(|_| InvalidKey)?;
        let key = match bits.split_first() {
            Some((&ED25519, key)) => key.try_into().map_err(|_| InvalidKey)?,
            Some(_) | None => return Err(InvalidKey),
        };
        let key = Self {
            name: name.to_owned(),
            key: VerifyingKey::from_bytes(key).map_err(|_| InvalidKey)?,
        };
        let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
        // The number follows from the name and the key, so the text is compared as a whole.
        if is_name && key.to_string() == text {
            Ok(key)
        } else {
            Err(InvalidKey)
        }
    }
}
