//! Citations: exactly where a passage stands, and the check that it stands there.

use consort_kernel::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::document::{Document, Place};

/// A passage of a document, word for word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    /// The block's index in the document, from 0.
    pub block: u32,
    /// The document's name.
    pub document: String,
    /// Where a reader finds it.
    pub place: Place,
    /// The passage.
    pub quote: String,
    /// The digest of the file.
    pub sha256: Digest,
    /// Where the passage begins in the block's text, in bytes.
    pub start: u32,
}

/// Why a citation does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CitationFault {
    /// It cites another document.
    #[error("the citation names {cited}, not {document}")]
    OtherDocument {
        /// The document that was looked at.
        document: String,
        /// The document that is cited.
        cited: String,
    },
    /// Nothing is quoted.
    #[error("nothing is quoted from {0}")]
    Empty(String),
    /// The words do not stand there.
    #[error("{document}, {place}: the quoted words do not stand there")]
    NotThere {
        /// The document.
        document: String,
        /// The place.
        place: Place,
    },
}

impl Citation {
    /// Cites `quote`, which begins at byte `start` of the block with this index.
    ///
    /// Returns nothing when the words do not stand there.
    pub fn of(document: &Document, block: usize, start: usize, quote: &str) -> Option<Self> {
        let source = document.blocks.get(block)?;
        let citation = Self {
            block: u32::try_from(block).ok()?,
            document: document.name.clone(),
            place: source.place_of(start),
            quote: quote.to_owned(),
            sha256: document.sha256,
            start: u32::try_from(start).ok()?,
        };
        citation.verify(document).is_ok().then_some(citation)
    }

    /// Checks that the passage stands in the document, word for word, at its place: the line that
    /// it begins in, or where its block begins.
    pub fn verify(&self, document: &Document) -> Result<(), CitationFault> {
        if self.sha256 != document.sha256 || self.document != document.name {
            return Err(CitationFault::OtherDocument {
                document: document.name.clone(),
                cited: self.document.clone(),
            });
        }
        if self.quote.trim().is_empty() {
            return Err(CitationFault::Empty(self.document.clone()));
        }
        let stands_there = document
            .blocks
            .get(self.block as usize)
            .filter(|block| {
                block.place == self.place || block.place_of(self.start as usize) == self.place
            })
            .and_then(|block| block.text.get(self.start as usize..))
            .is_some_and(|text| text.starts_with(&self.quote));
        if stands_there {
            Ok(())
        } else {
            Err(CitationFault::NotThere {
                document: self.document.clone(),
                place: self.place.clone(),
            })
        }
    }
}

/// Something stated, with the passages that it rests on.
///
/// A built-in tool's statement is a passage, or names what its passages have in common; it never
/// says what they do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The passages.
    pub citations: Vec<Citation>,
    /// What is stated.
    pub text: String,
}
