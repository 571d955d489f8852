//! Small documents for the tests.

use consort_documents::{Block, BlockKind, Document, Format, Place};
use consort_kernel::digest::Digest;

/// A text document with one block for each line; `# ` makes a heading, `- ` an item.
pub(crate) fn document(name: &str, language: Option<&str>, text: &str) -> Document {
    let lines = text
        .lines()
        .zip(1_u32..)
        .filter(|(line, _)| !line.trim().is_empty());
    let blocks = lines.map(|(line, number)| {
        let line = line.trim();
        let (kind, text) = match (line.strip_prefix("# "), line.strip_prefix("- ")) {
            (Some(heading), _) => (BlockKind::Heading(1), heading),
            (None, Some(item)) => (BlockKind::ListItem, item),
            (None, None) => (BlockKind::Paragraph, line),
        };
        Block::new(kind, Place::Line(number), text)
    });
    Document {
        blocks: blocks.collect(),
        format: Format::Text,
        language: language.map(str::to_owned),
        name: name.to_owned(),
        sha256: Digest::of(format!("{name}\n{text}").as_bytes()),
        title: None,
    }
}

/// A table: the first line has the columns, cells are divided by `;`.
pub(crate) fn table(name: &str, text: &str) -> Document {
    let cells = |line: &str| -> Vec<String> {
        line.split(';').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut lines = text.lines().zip(1_u32..);
    let columns = lines
        .next()
        .map(|(line, _)| cells(line))
        .unwrap_or_default();
    let blocks = lines.map(|(line, row)| {
        let kind = BlockKind::Row {
            cells: cells(line),
            columns: columns.clone(),
        };
        let place = Place::Row { row, sheet: None };
        Block::new(kind, place, cells(line).join(" | "))
    });
    Document {
        blocks: blocks.collect(),
        format: Format::Csv,
        language: None,
        name: name.to_owned(),
        sha256: Digest::of(format!("{name}\n{text}").as_bytes()),
        title: None,
    }
}
