//! Reads real documents into text with places, and says exactly where a passage stands.
//!
//! A file that cannot be read (scanned, empty, encrypted, damaged, hostile) is reported with its
//! reason; it never brings the reader down. Nothing here judges what a document says.

mod citation;
mod document;

pub use citation::{Citation, CitationFault, Statement};
pub use document::{Block, BlockKind, Document, Format, Place};
