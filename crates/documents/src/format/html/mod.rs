//! HTML: what a reader of the page sees, as headings, paragraphs, items of lists and rows.

mod markup;
mod shown;
mod tree;

use encoding_rs::Encoding;

use crate::document::{BlockKind, Place};
use crate::encoding::decode;
use crate::fold::fold;
use crate::format::Reading;
use crate::table::{SourceRow, guessed_rows, named_rows};
use crate::unreadable::Unreadable;
pub(crate) use markup::HiddenMarkup;
use shown::Hidden;
use tree::{Node, ROOT};

/// How far into a page its encoding may be stated.
const ENCODING_STATED_WITHIN: usize = 1024;

/// A cell spans at most this many columns; more would only make empty cells.
const SPAN_MAX: usize = 50;

/// Elements that begin and end a piece of text of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Reads HTML.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let text = match stated_encoding(bytes) {
        Some(encoding) if std::str::from_utf8(bytes).is_err() => {
            encoding.decode_with_bom_removal(bytes).0.into_owned()
        }
        _ => decode(bytes)?,
    };
    let nodes = tree::parse(&text)?;
    let mut reader = HtmlReader::new(&nodes);
    reader.read();
    let mut reading = reader.reading;
    reading.title = stated_title(&nodes).or_else(|| reading.first_heading());
    Ok(reading)
}

/// The encoding that the page states, as in `<meta charset="…">`.
fn stated_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(ENCODING_STATED_WITHIN)]);
    let head = head.to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'']);
    let end = label.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter));
    let label = &label[..end.unwrap_or(label.len())];
    // What states UTF-16 in single bytes is not UTF-16.
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

fn stated_title(nodes: &[Node]) -> Option<String> {
    let title = nodes.iter().find(|node| node.tag() == "title")?;
    let text = title
        .children
        .iter()
        .filter_map(|child| nodes[*child].text.as_deref());
    Some(fold(&text.collect::<String>())).filter(|title| !title.is_empty())
}

struct HtmlReader<'a> {
    nodes: &'a [Node],
    hidden: Hidden,
    reading: Reading,
    open: String,
    kind: BlockKind,
    paragraph: u32,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    header: Option<Vec<String>>,
    rows: Vec<SourceRow>,
    cells: Vec<String>,
    /// Whether all cells of the row so far are headings.
    all_headings: bool,
}

enum Step {
    Enter(usize),
    Leave(usize),
}

impl<'a> HtmlReader<'a> {
    fn new(nodes: &'a [Node]) -> Self {
        Self {
            nodes,
            hidden: Hidden::of(nodes),
            reading: Reading::default(),
            open: String::new(),
            kind: BlockKind::Paragraph,
            paragraph: 0,
            table: None,
        }
    }

    fn read(&mut self) {
        let mut steps = vec![Step::Enter(ROOT)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(index) => self.leave(index),
                Step::Enter(index) => {
                    let node = &self.nodes[index];
                    if let Some(text) = &node.text {
                        self.open.push_str(text);
                    } else if !self.hidden.hides(node) {
                        self.enter(index);
                        steps.push(Step::Leave(index));
                        steps.extend(node.children.iter().rev().map(|child| Step::Enter(*child)));
                    }
                }
            }
        }
        self.flush();
    }

    fn enter(&mut self, index: usize) {
        let tag = self.nodes[index].tag();
        if !BLOCKS.contains(&tag) {
            return;
        }
        if self.table.is_some() {
            self.open.push(' ');
            if tag == "td" || tag == "th" {
                self.open.clear();
            }
            return;
        }
        // A paragraph at the start of an item is the item.
        let starts_item = self.kind == BlockKind::ListItem && fold(&self.open).is_empty();
        self.flush();
        match tag.as_bytes() {
            b"table" if self.is_plain_table(index) => self.table = Some(Table::default()),
            b"li" => self.kind = BlockKind::ListItem,
            [b'h', level @ b'1'..=b'6'] => self.kind = BlockKind::Heading(level - b'0'),
            _ if starts_item => self.kind = BlockKind::ListItem,
            _ => {}
        }
    }

    fn leave(&mut self, index: usize) {
        let node = &self.nodes[index];
        let Some(table) = &mut self.table else {
            if BLOCKS.contains(&node.tag()) {
                self.flush();
            }
            return;
        };
        match node.tag() {
            tag @ ("td" | "th") => {
                table.all_headings = tag == "th" && (table.all_headings || table.cells.is_empty());
                table.cells.push(std::mem::take(&mut self.open));
                let span = node.attribute("colspan").and_then(|span| span.parse().ok());
                let span = span.unwrap_or(1_usize).min(SPAN_MAX);
                table.cells.extend((1..span).map(|_| String::new()));
            }
            "tr" => {
                let cells = std::mem::take(&mut table.cells);
                if table.all_headings && table.header.is_none() && table.rows.is_empty() {
                    table.header = Some(cells);
                } else {
                    self.paragraph = self.paragraph.saturating_add(1);
                    table.rows.push(SourceRow {
                        row: self.paragraph,
                        cells,
                    });
                }
            }
            "table" => self.finish_table(),
            "caption" => {
                let text = std::mem::take(&mut self.open);
                self.push(&BlockKind::Paragraph, &text);
            }
            tag if BLOCKS.contains(&tag) => self.open.push(' '),
            _ => {}
        }
    }

    fn finish_table(&mut self) {
        let Some(table) = self.table.take() else {
            return;
        };
        self.open.clear();
        let blocks = match table.header {
            Some(header) => named_rows(&header, table.rows, Place::Paragraph),
            None => guessed_rows(table.rows, Place::Paragraph),
        };
        self.reading.blocks.extend(blocks);
    }

    /// A table with a table inside only lays out the page.
    fn is_plain_table(&self, index: usize) -> bool {
        let mut inside = self.nodes[index].children.clone();
        while let Some(index) = inside.pop() {
            if self.nodes[index].tag() == "table" {
                return false;
            }
            inside.extend(&self.nodes[index].children);
        }
        true
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.open);
        let kind = std::mem::replace(&mut self.kind, BlockKind::Paragraph);
        self.push(&kind, &text);
    }

    fn push(&mut self, kind: &BlockKind, text: &str) {
        let before = self.reading.blocks.len();
        self.reading.push(
            kind.clone(),
            Place::Paragraph(self.paragraph.saturating_add(1)),
            text,
        );
        if self.reading.blocks.len() > before {
            self.paragraph = self.paragraph.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests;
