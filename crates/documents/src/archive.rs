//! Opens the ZIP archives that DOCX and XLSX are, counting what is unpacked.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::unreadable::Unreadable;

/// Parts of an archive: a real document has some hundred (one for each picture and sheet).
const PARTS_MAX: usize = 5_000;

/// What one part may unpack to: the sheet of a million cells has about as much.
const PART_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// An Office Open XML package.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    /// Opens it, without unpacking anything.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
        if zip.len() > PARTS_MAX {
            return Err(Unreadable::Bomb("5,000 parts"));
        }
        Ok(Self { zip })
    }

    /// The names of its parts, except those that are no text.
    pub(crate) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.zip.file_names().flatten()
    }

    /// A part that may be absent.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Unreadable::Encrypted);
            }
            Err(error) => return Err(Unreadable::damaged(error)),
        };
        // The size that the archive states may be a lie, so what is really unpacked is counted.
        let mut bytes = Vec::new();
        part.take(PART_BYTES_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(Unreadable::damaged)?;
        if bytes.len() as u64 > PART_BYTES_MAX {
            return Err(Unreadable::Bomb("128 MiB in one part"));
        }
        Ok(Some(bytes))
    }

    /// A part without which there is no document.
    pub(crate) fn needed_part(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        self.part(name)?
            .ok_or_else(|| Unreadable::damaged(format!("it has no {name}")))
    }
}
