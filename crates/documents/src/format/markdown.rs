//! Markdown: headings, paragraphs, items of lists, and tables row by row.
//!
//! Tags and comments of HTML inside Markdown are not text, nor is what such tags hide, nor the
//! addresses of links; a code block is one paragraph for each of its lines.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::document::{BlockKind, Place};
use crate::encoding::decode;
use crate::format::html::HiddenMarkup;
use crate::format::text::stands_alone;
use crate::format::{Reading, ordinal};
use crate::table::{SourceRow, named_rows};
use crate::unreadable::Unreadable;

/// Reads Markdown.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let text = decode(bytes)?;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = MarkdownReader::new(&text);
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        reader.event(event, &range);
    }
    reader.flush();
    let mut reading = reader.reading;
    reading.title = reading.first_heading();
    Ok(reading)
}

struct MarkdownReader {
    line_starts: Vec<usize>,
    reading: Reading,
    /// The text of the block that is open, and where it begins.
    open: String,
    open_at: Option<usize>,
    kind: BlockKind,
    /// Struck-out text and metadata are not part of what a document says.
    silent: usize,
    in_code: bool,
    hidden: HiddenMarkup,
    /// What a tag within a line hides ends with the block at the latest.
    hidden_in_line: HiddenMarkup,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    header: Vec<String>,
    rows: Vec<SourceRow>,
    cells: Vec<String>,
}

impl MarkdownReader {
    fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            line_starts: std::iter::once(0).chain(ends).collect(),
            reading: Reading::default(),
            open: String::new(),
            open_at: None,
            kind: BlockKind::Paragraph,
            silent: 0,
            in_code: false,
            hidden: HiddenMarkup::default(),
            hidden_in_line: HiddenMarkup::default(),
            table: None,
        }
    }

    fn event(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) if self.in_code => {
                let mut at = range.start;
                for line in text.split_inclusive('\n') {
                    self.add(line, at);
                    self.flush();
                    at += line.len();
                }
            }
            Event::Text(text) | Event::Code(text) => self.add(&text, range.start),
            Event::SoftBreak | Event::HardBreak => self.add("\n", range.start),
            Event::Html(html) => self.hidden.follow(&html),
            Event::InlineHtml(html) => self.hidden_in_line.follow(&html),
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.begin(BlockKind::Heading(*level as u8)),
            Tag::Item => self.begin(BlockKind::ListItem),
            // The first paragraph of an item is the item.
            Tag::Paragraph if self.kind == BlockKind::ListItem && self.open.is_empty() => {}
            Tag::Paragraph => self.begin(BlockKind::Paragraph),
            Tag::CodeBlock(_) => {
                self.begin(BlockKind::Paragraph);
                self.in_code = true;
            }
            Tag::Table(_) => {
                self.begin(BlockKind::Paragraph);
                self.table = Some(Table::default());
            }
            Tag::TableCell => self.open_at = Some(range.start),
            Tag::Strikethrough | Tag::MetadataBlock(_) => self.silent += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => {
                self.begin(BlockKind::Paragraph);
            }
            TagEnd::CodeBlock => {
                self.flush();
                self.in_code = false;
            }
            TagEnd::Strikethrough | TagEnd::MetadataBlock(_) => self.silent -= 1,
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.open);
                if let Some(table) = &mut self.table {
                    table.cells.push(cell);
                }
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.header = std::mem::take(&mut table.cells);
                }
            }
            TagEnd::TableRow => {
                let row = self.line_of(range.start);
                if let Some(table) = &mut self.table {
                    let cells = std::mem::take(&mut table.cells);
                    table.rows.push(SourceRow { row, cells });
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    let blocks = named_rows(&table.header, table.rows, Place::Line);
                    self.reading.blocks.extend(blocks);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str, at: usize) {
        if self.silent == 0 && !self.hidden.hides() && !self.hidden_in_line.hides() {
            self.open_at.get_or_insert(at);
            self.open.push_str(text);
        }
    }

    /// Ends the open block; what follows is of this kind.
    fn begin(&mut self, kind: BlockKind) {
        self.flush();
        self.hidden_in_line = HiddenMarkup::default();
        self.kind = kind;
    }

    fn flush(&mut self) {
        let at = self.open_at.take().unwrap_or(0);
        let text = std::mem::take(&mut self.open);
        let (mut first, mut piece) = (self.line_of(at), Vec::new());
        for (number, line) in (first..).zip(text.split('\n')) {
            let before = piece.last().map_or("", |before: &&str| before.trim());
            if self.kind == BlockKind::Paragraph && stands_alone(line.trim(), before) {
                self.reading.push_lines(self.kind.clone(), first, &piece);
                piece.clear();
                first = number;
            }
            piece.push(line);
        }
        self.reading.push_lines(self.kind.clone(), first, &piece);
    }

    fn line_of(&self, offset: usize) -> u32 {
        ordinal(
            self.line_starts
                .partition_point(|start| *start <= offset)
                .saturating_sub(1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<(BlockKind, String, String)> {
        let blocks = read(text.as_bytes()).unwrap().blocks;
        blocks
            .into_iter()
            .map(|block| (block.kind, block.place.to_string(), block.text))
            .collect()
    }

    fn block(kind: BlockKind, place: &str, text: &str) -> (BlockKind, String, String) {
        (kind, place.to_owned(), text.to_owned())
    }

    #[test]
    fn headings_paragraphs_and_lists_have_their_lines() {
        let text = "# The *offer*\n\nIt runs\nfor 12 months.\n\n- one\n- two\n  goes on\n\n  more\n\n    code 1\n";
        let expected = [
            block(BlockKind::Heading(1), "line 1", "The offer"),
            block(BlockKind::Paragraph, "line 3", "It runs for 12 months."),
            block(BlockKind::ListItem, "line 6", "one"),
            block(BlockKind::ListItem, "line 7", "two goes on"),
            block(BlockKind::Paragraph, "line 10", "more"),
            block(BlockKind::Paragraph, "line 12", "code 1"),
        ];
        assert_eq!(check(text), expected);
        assert_eq!(
            read(text.as_bytes()).unwrap().title.as_deref(),
            Some("The offer")
        );
    }

    #[test]
    fn rows_of_tables_carry_their_columns() {
        let rows = check("| Item | Price |\n|---|---|\n| Windows | £40 |\n");
        let kind = BlockKind::Row {
            cells: vec!["Windows".to_owned(), "£40".to_owned()],
            columns: vec!["Item".to_owned(), "Price".to_owned()],
        };
        assert_eq!(rows, [block(kind, "line 3", "Windows | £40")]);
    }

    #[test]
    fn hidden_struck_out_and_meta_text_is_not_read() {
        let text = "---\nauthor: x\n---\n\n<!-- approve this -->\n\nIt costs ~~50~~ 60.\n\n\
                    <div hidden>\n\napprove\n\n<div>\n\nand pay\n\n</div>\n\n</div>\n\n\
                    So<script>pay()</script> <span style='display:none'>approve</span>it <b>is</b><br>.\n\n\
                    Dear <title> Smith,\n\nwelcome.";
        let expected = [
            block(BlockKind::Paragraph, "line 7", "It costs 60."),
            block(BlockKind::Paragraph, "line 21", "So it is."),
            block(BlockKind::Paragraph, "line 23", "Dear"),
            block(BlockKind::Paragraph, "line 25", "welcome."),
        ];
        assert_eq!(check(text), expected);
    }

    #[test]
    fn lines_with_labels_are_not_joined() {
        let text = "**From:** Anna\n**To:** Ben\n\nIt is\nso.";
        let expected = [
            block(BlockKind::Paragraph, "line 1", "From: Anna"),
            block(BlockKind::Paragraph, "line 2", "To: Ben"),
            block(BlockKind::Paragraph, "line 4", "It is so."),
        ];
        assert_eq!(check(text), expected);
    }
}
