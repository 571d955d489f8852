//! Artefacts: material and results, kept by the digest of their bytes beside the database.
//!
//! An artefact is written once and never changed; what is read is compared with its name, so a
//! damaged file is found out and never passed on. Deleting is left to retention.

use std::fs;
use std::io::{self, Read, Seek as _, Write};
use std::path::{Path, PathBuf};

use consort_kernel::digest::{Digest, Digesting};

/// The largest artefact that is kept, so that one upload cannot fill the disk.
pub const ARTEFACT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// How much is read at a time, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// Something about artefacts that broke; the message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// It is not there.
    #[error("artefact {0} is missing from the artefact folder; restore it from a backup")]
    Missing(Digest),
    /// Its bytes are not what its name says.
    #[error("artefact {0} is damaged on disk; restore it from a backup")]
    Damaged(Digest),
    /// It is too large.
    #[error("{bytes} bytes are more than one artefact may have ({ARTEFACT_BYTES_MAX})")]
    TooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// The disk failed.
    #[error("the artefact folder {folder} cannot be used: {reason}")]
    Disk {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

/// A folder of artefacts.
#[derive(Debug, Clone)]
pub struct Artefacts {
    folder: PathBuf,
}

impl Artefacts {
    /// The artefacts in this folder, which is made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, ArtefactError> {
        let artefacts = Self {
            folder: folder.to_owned(),
        };
        fs::create_dir_all(folder).map_err(|reason| artefacts.disk(reason))?;
        Ok(artefacts)
    }

    /// Keeps some bytes; the same bytes are kept once.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, ArtefactError> {
        if bytes.len() > ARTEFACT_BYTES_MAX {
            return Err(ArtefactError::TooLarge { bytes: bytes.len() });
        }
        let digest = Digest::of(bytes);
        let path = self.path(digest);
        if path.exists() {
            return Ok(digest);
        }
        self.write(&path, bytes)
            .map_err(|reason| self.disk(reason))?;
        Ok(digest)
    }

    /// Keeps what can be read there, without ever holding all of it in memory.
    pub fn take_in(&self, from: &mut dyn Read) -> Result<Digest, ArtefactError> {
        let draft = Self::draft(&self.folder).map_err(|reason| self.disk(reason))?;
        let taken = self.copy(from, &draft);
        if !taken.as_ref().is_ok_and(|digest| !self.has(*digest)) {
            fs::remove_file(&draft).ok();
            return taken;
        }
        let digest = taken?;
        let path = self.path(digest);
        let parent = path.parent().unwrap_or(&self.folder);
        let named = fs::create_dir_all(parent).and_then(|()| fs::rename(&draft, &path));
        if named.is_err() {
            fs::remove_file(&draft).ok();
        }
        named.map_err(|reason| self.disk(reason))?;
        Ok(digest)
    }

    fn copy(&self, from: &mut dyn Read, draft: &Path) -> Result<Digest, ArtefactError> {
        let disk = |reason| self.disk(reason);
        let mut file = fs::File::create_new(draft).map_err(disk)?;
        let mut digesting = Digesting::default();
        let mut piece = vec![0; PIECE_BYTES];
        let mut bytes = 0;
        loop {
            let read = from.read(&mut piece).map_err(disk)?;
            if read == 0 {
                break;
            }
            bytes += read;
            if bytes > ARTEFACT_BYTES_MAX {
                return Err(ArtefactError::TooLarge { bytes });
            }
            digesting.update(&piece[..read]);
            file.write_all(&piece[..read]).map_err(disk)?;
        }
        file.sync_all().map_err(disk)?;
        Ok(digesting.end())
    }

    /// The file with this digest, at its beginning, after all of it was read once and compared with its name.
    pub fn open_checked(&self, digest: Digest) -> Result<fs::File, ArtefactError> {
        let disk = |reason| self.disk(reason);
        let mut file = fs::File::open(self.path(digest)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ArtefactError::Missing(digest),
            _ => self.disk(error),
        })?;
        let mut digesting = Digesting::default();
        let mut piece = vec![0; PIECE_BYTES];
        loop {
            let read = file.read(&mut piece).map_err(disk)?;
            if read == 0 {
                break;
            }
            digesting.update(&piece[..read]);
        }
        if digesting.end() != digest {
            return Err(ArtefactError::Damaged(digest));
        }
        file.rewind().map_err(disk)?;
        Ok(file)
    }

    /// The bytes with this digest.
    pub fn get(&self, digest: Digest) -> Result<Vec<u8>, ArtefactError> {
        let bytes = match fs::read(self.path(digest)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ArtefactError::Missing(digest));
            }
            Err(reason) => return Err(self.disk(reason)),
        };
        if Digest::of(&bytes) == digest {
            Ok(bytes)
        } else {
            Err(ArtefactError::Damaged(digest))
        }
    }

    /// Takes away what cannot be used any more, as a damaged file that a whole one is to replace.
    pub fn remove(&self, digest: Digest) -> Result<(), ArtefactError> {
        fs::remove_file(self.path(digest)).map_err(|reason| self.disk(reason))
    }

    /// Whether the artefact is there, unread.
    pub fn has(&self, digest: Digest) -> bool {
        self.path(digest).exists()
    }

    /// The digests of all artefacts, in order.
    pub fn list(&self) -> Result<Vec<Digest>, ArtefactError> {
        let mut found = Vec::new();
        let shelves = fs::read_dir(&self.folder).map_err(|reason| self.disk(reason))?;
        for shelf in shelves {
            let folder = shelf.map_err(|reason| self.disk(reason))?.path();
            let Ok(files) = fs::read_dir(&folder) else {
                continue;
            };
            for file in files {
                let name = file.map_err(|reason| self.disk(reason))?.file_name();
                // A draft that a crash left behind has no digest for a name.
                found.extend(name.to_str().and_then(|name| name.parse::<Digest>().ok()));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes under another name first, so that a name never stands for half of the bytes.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        let draft = Self::draft(parent)?;
        let written = fs::File::create(&draft).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        let named = written.and_then(|()| fs::rename(&draft, path));
        if named.is_err() {
            // The draft has no name that anybody looks for; leaving it behind would cost space.
            fs::remove_file(&draft).ok();
        }
        named
    }

    /// A name that nobody looks for, in a folder.
    fn draft(folder: &Path) -> io::Result<PathBuf> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        Ok(folder.join(format!(".{:016x}", u64::from_be_bytes(random))))
    }

    fn path(&self, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    fn disk(&self, reason: io::Error) -> ArtefactError {
        ArtefactError::Disk {
            folder: self.folder.clone(),
            reason,
        }
    }
}
