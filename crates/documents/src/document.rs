//! A document as text with places, whatever format it came in.

use consort_kernel::digest::Digest;
use serde::{Deserialize, Serialize};

/// The format that a document was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// Comma- or otherwise separated values.
    Csv,
    /// Office Open XML text.
    Docx,
    /// Office Open XML workbook.
    Xlsx,
    /// Portable Document Format with a text layer.
    Pdf,
}

/// A document, read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its pieces, in reading order.
    pub blocks: Vec<Block>,
    /// The format that it was read from.
    pub format: Format,
    /// ISO 639-3 code of the language of most of its text, where that is clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Its path in the folder that it came from, with `/` between the parts.
    pub name: String,
    /// The digest of the file as it was.
    pub sha256: Digest,
    /// Its title, where it states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// One piece of a document: a paragraph, a heading, a list item, a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where its second and further lines begin in its text, in bytes, where it has lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u32>,
    /// Where a reader finds it: where it begins.
    pub place: Place,
    /// Its text, with white space folded to single spaces; a row's cells are joined by ` | `.
    pub text: String,
}

impl Block {
    /// A block that is one line, or whose format knows none.
    pub fn new(kind: BlockKind, place: Place, text: impl Into<String>) -> Self {
        Self {
            kind,
            lines: Vec::new(),
            place,
            text: text.into(),
        }
    }

    /// Where a reader finds what begins at this byte of its text: in text with lines, its line.
    pub fn place_of(&self, start: usize) -> Place {
        let further = self.lines.partition_point(|line| *line as usize <= start);
        match &self.place {
            Place::Line(first) => {
                Place::Line(first.saturating_add(u32::try_from(further).unwrap_or(u32::MAX)))
            }
            place => place.clone(),
        }
    }
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading of this level, from 1.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// A row of a table, cell by cell.
    Row {
        /// The cells, in the order of the columns, as the source shows them.
        cells: Vec<String>,
        /// The names of the columns, where the table has a heading row; as many as the cells.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        columns: Vec<String>,
    },
}

/// Where a reader finds a block in the original.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line of a text file, from 1.
    Line(u32),
    /// A page, from 1, and a paragraph on it, from 1.
    Page {
        /// The page.
        page: u32,
        /// The paragraph on the page.
        paragraph: u32,
    },
    /// A paragraph, from 1, of a format without pages.
    Paragraph(u32),
    /// A row, from 1 as the spreadsheet shows it, of a named sheet; a CSV has no sheet.
    Row {
        /// The row.
        row: u32,
        /// The sheet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sheet: Option<String>,
    },
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(out, "line {line}"),
            Self::Page { page, .. } => write!(out, "page {page}"),
            Self::Paragraph(paragraph) => write!(out, "paragraph {paragraph}"),
            Self::Row { row, sheet: None } => write!(out, "row {row}"),
            Self::Row {
                row,
                sheet: Some(sheet),
            } => write!(out, "sheet {sheet}, row {row}"),
        }
    }
}
