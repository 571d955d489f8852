//! Passages: the pieces of a document that can be quoted by themselves.

use consort_documents::{BlockKind, Citation, Document, Statement};

use super::language::Language;
use super::sentences::sentences;

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

impl Passage<'_> {
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
    let language = Language::of(document);
    document
        .blocks
        .iter()
        .enumerate()
        .flat_map(move |(block, source)| {
            let kind = match source.kind {
                BlockKind::Heading(_) => PassageKind::Heading,
                BlockKind::Paragraph => PassageKind::Sentence,
                BlockKind::ListItem => PassageKind::Item,
                BlockKind::Row { .. } => PassageKind::Row,
            };
            let pieces = match kind {
                PassageKind::Heading | PassageKind::Row => whole(&source.text),
                PassageKind::Item | PassageKind::Sentence => sentences(&source.text, language),
            };
            pieces.into_iter().map(move |piece| Passage {
                block,
                document: index,
                kind,
                start: piece.start,
                text: &source.text[piece],
            })
        })
}

fn whole(text: &str) -> Vec<std::ops::Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    if start < end {
        std::iter::once(start..end).collect()
    } else {
        Vec::new()
    }
}
