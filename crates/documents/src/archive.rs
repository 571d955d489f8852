//! Opens the ZIP archives that DOCX and XLSX are, counting what is unpacked, and follows the
//! relations between their parts.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::unreadable::Unreadable;
use crate::xml::{Piece, Pieces, text_of};

/// Parts of an archive: a real document has some hundred (one for each picture and sheet).
const PARTS_MAX: usize = 5_000;

/// What one part may unpack to: the sheet of a million cells has about as much.
const PART_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Above this size, a part may not be packed better than [`PACKED_TIMES_MAX`].
const SMALL_PART_BYTES: u64 = 8 * 1024 * 1024;

/// The XML of a sheet full of the same value packs to a hundredth; only padding packs better.
const PACKED_TIMES_MAX: u64 = 200;

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

    /// The text of a part that may be absent.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Unreadable::Encrypted);
            }
            Err(error) => return Err(Unreadable::damaged(error)),
        };
        let packed = part.compressed_size();
        // The size that the archive states may be a lie, so what is really unpacked is counted.
        let allowed =
            PART_BYTES_MAX.min(SMALL_PART_BYTES.max(packed.saturating_mul(PACKED_TIMES_MAX)));
        let mut bytes = Vec::new();
        part.take(allowed + 1)
            .read_to_end(&mut bytes)
            .map_err(Unreadable::damaged)?;
        if bytes.len() as u64 > PART_BYTES_MAX {
            return Err(Unreadable::Bomb("128 MiB in one part"));
        }
        if bytes.len() as u64 > allowed {
            return Err(Unreadable::Bomb("200 times its packed size"));
        }
        text_of(&bytes).map(Some)
    }

    /// The text of a part without which there is no document.
    pub(crate) fn needed_part(&mut self, name: &str) -> Result<String, Unreadable> {
        self.part(name)?
            .ok_or_else(|| Unreadable::damaged(format!("it has no {name}")))
    }

    /// The name of the part that is the document itself.
    pub(crate) fn main_part(&mut self, usual: &str) -> Result<String, Unreadable> {
        let relations = self.relations_of("")?;
        let main = relations
            .into_iter()
            .find(|relation| relation.kind.ends_with("/officeDocument"));
        Ok(main.map_or_else(|| usual.to_owned(), |relation| relation.part))
    }

    /// What a part is related to; the empty name is the package's own.
    pub(crate) fn relations_of(&mut self, part: &str) -> Result<Vec<Relation>, Unreadable> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let Some(text) = self.part(&format!("{folder}{slash}_rels/{file}.rels"))? else {
            return Ok(Vec::new());
        };
        let mut pieces = Pieces::of(&text);
        let mut relations = Vec::new();
        while let Some(piece) = pieces.next()? {
            if let Piece::Start(element) = piece
                && let (Some(id), Some(kind), Some(target)) = (
                    element.attribute("Id"),
                    element.attribute("Type"),
                    element.attribute("Target"),
                )
            {
                let part = match target.strip_prefix('/') {
                    Some(absolute) => absolute.to_owned(),
                    None => format!("{folder}{slash}{target}"),
                };
                relations.push(Relation { id, kind, part });
            }
        }
        Ok(relations)
    }
}

/// A relation from one part of a package to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    /// The name by which the part refers to it.
    pub(crate) id: String,
    /// What the other is to the one.
    pub(crate) kind: String,
    /// The other part.
    pub(crate) part: String,
}
