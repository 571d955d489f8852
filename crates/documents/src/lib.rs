//! Reads real documents into text with places, and says exactly where a passage stands.
//!
//! A file that cannot be read (scanned, empty, encrypted, damaged, hostile) is reported with its
//! reason; it never brings the reader down. Nothing here judges what a document says.

mod archive;
mod citation;
mod document;
mod encoding;
mod fold;
pub mod folder;
mod format;
mod guard;
mod language;
mod quote;
mod read;
mod sniff;
mod table;
mod unreadable;
mod xml;

pub use citation::{Citation, CitationFault, Statement};
pub use document::{Block, BlockKind, Document, Format, Place};
pub use quote::Quote;
pub use read::{FILE_BYTES_MAX, read_file, read_file_within};
pub use unreadable::Unreadable;
