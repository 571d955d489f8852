//! Reads one file, whatever it is, into a document or a reason.

use std::sync::Arc;

use consort_kernel::digest::Digest;

use crate::document::{Document, Format};
use crate::format::{self, Reading};
use crate::guard;
use crate::language::language_of;
use crate::sniff::format_of;
use crate::unreadable::Unreadable;

/// The biggest file that is read: a book of scanned pages has more, but no text to read.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The most text that a document may have: some ten thousand pages.
const TEXT_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// Reads a file, trusting its bytes over its name.
///
/// ```
/// use consort_documents::{Format, read_file};
///
/// let document = read_file("note.md", b"# Notice\n\nIt is 30 days.").expect("it is Markdown");
/// assert_eq!(document.format, Format::Markdown);
/// assert_eq!(document.title.as_deref(), Some("Notice"));
/// assert_eq!(document.blocks[1].place.to_string(), "line 3");
/// assert!(read_file("empty.txt", b"").is_err());
/// ```
pub fn read_file(name: &str, bytes: &[u8]) -> Result<Document, Unreadable> {
    guard::run(|| read(name, bytes))
}

/// Reads a file as [`read_file`] does, but answers after `milliseconds` at the latest.
///
/// A file that takes longer is unreadable; what still works on it ends by its own limits.
pub fn read_file_within(
    name: &str,
    bytes: Arc<[u8]>,
    milliseconds: u64,
) -> Result<Document, Unreadable> {
    let name = name.to_owned();
    guard::run_within(milliseconds, move || read(&name, &bytes))
}

fn read(name: &str, bytes: &[u8]) -> Result<Document, Unreadable> {
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Unreadable::TooLarge {
            bytes: bytes.len() as u64,
            limit: FILE_BYTES_MAX,
        });
    }
    let format = format_of(name, bytes)?;
    let Reading { blocks, title } = match format {
        Format::Text => format::text::read(bytes)?,
        Format::Markdown => format::markdown::read(bytes)?,
        Format::Html => format::html::read(bytes)?,
        Format::Csv => format::csv::read(bytes)?,
        Format::Docx => format::docx::read(bytes)?,
        Format::Xlsx => format::xlsx::read(bytes)?,
        Format::Pdf => format::pdf::read(bytes)?,
    };
    if blocks.is_empty() {
        return Err(Unreadable::Empty);
    }
    let text_bytes = blocks
        .iter()
        .map(|block| block.text.len() as u64)
        .sum::<u64>();
    if text_bytes > TEXT_BYTES_MAX {
        return Err(Unreadable::TooLarge {
            bytes: text_bytes,
            limit: TEXT_BYTES_MAX,
        });
    }
    Ok(Document {
        language: language_of(&blocks),
        blocks,
        format,
        name: name.to_owned(),
        sha256: Digest::of(bytes),
        title: title.filter(|title| !title.is_empty()),
    })
}
