//! Passages: the pieces of a document that can be quoted by themselves.

use consort_documents::{Citation, Document, Statement};

use super::analysed::{Piece, analysed};

/// What a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PassageKind {
    /// A heading: it says where one is, and is not quoted by itself.
    Heading,
    /// A sentence of a list item.
    Item,
    /// A row of a table, whole.
    Row,
    /// A sentence of running text.
    Sentence,
}

/// A piece of a document that can be quoted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage<'text> {
    /// The index of the block that it stands in.
    pub block: usize,
    /// The index of its document among those that are read.
    pub document: usize,
    /// What it is.
    pub kind: PassageKind,
    /// Where it begins in the block's text, in bytes.
    pub start: usize,
    /// The passage.
    pub text: &'text str,
}

impl<'text> Passage<'text> {
    /// A piece of this document as a passage.
    pub(super) fn of(index: usize, document: &'text Document, piece: &Piece) -> Self {
        Self {
            block: piece.block,
            document: index,
            kind: piece.kind,
            start: piece.range.start,
            text: &document.blocks[piece.block].text[piece.range.clone()],
        }
    }

    /// Where it ends in the block's text, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The citation of this passage, which must be one of this document.
    pub fn cite(&self, document: &Document) -> Citation {
        Citation::of(document, self.block, self.start, self.text)
            .expect("a passage was cut from this document and is not blank")
    }

    /// The passage as a statement that says what it says.
    pub fn state(&self, document: &Document) -> Statement {
        Statement {
            citations: vec![self.cite(document)],
            text: self.text.to_owned(),
        }
    }
}

/// The passages of a document, in its order; `index` is its place among those that are read.
pub fn passages(index: usize, document: &Document) -> impl Iterator<Item = Passage<'_>> {
    let analysed = analysed(document);
    (0..analysed.pieces.len()).map(move |at| Passage::of(index, document, &analysed.pieces[at]))
}
