//! Goes through the body of a DOCX file.

use super::style::{Styles, outline};
use crate::document::{BlockKind, Place};
use crate::fold::fold;
use crate::format::Reading;
use crate::table::{SourceRow, guessed_rows, named_rows};
use crate::unreadable::Unreadable;
use crate::xml::{Element, Piece, Pieces};

/// Elements whose content is not printed, or is printed from another element.
const NOT_PRINTED: &[&str] = &[
    "del",
    "moveFrom",
    "Fallback",
    "instrText",
    "delText",
    "delInstrText",
    "separator",
    "continuationSeparator",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "sectPr",
];

/// A cell spans at most this many columns; more would only make empty cells.
const SPAN_MAX: usize = 50;

pub(super) struct BodyReader<'a> {
    styles: &'a Styles,
    reading: Reading,
    paragraph: u32,
    /// The paragraphs that are open: one, or more where a text box stands in a paragraph.
    open: Vec<Paragraph>,
    /// The tables that are open; the text of inner ones goes into the cell of the outermost.
    tables: Vec<Table>,
    /// Whether the run that is open is hidden, and whether its text is being read.
    run_is_hidden: bool,
    in_run: bool,
    in_text: bool,
}

#[derive(Default)]
struct Paragraph {
    kind: Option<BlockKind>,
    text: String,
}

#[derive(Default)]
struct Table {
    header: Option<Vec<String>>,
    rows: Vec<SourceRow>,
    cells: Vec<String>,
    cell: String,
    span: usize,
    row_is_header: bool,
    row_is_deleted: bool,
}

impl<'a> BodyReader<'a> {
    pub(super) fn new(styles: &'a Styles) -> Self {
        Self {
            styles,
            reading: Reading::default(),
            paragraph: 0,
            open: Vec::new(),
            tables: Vec::new(),
            run_is_hidden: false,
            in_run: false,
            in_text: false,
        }
    }

    pub(super) fn finish(self) -> Reading {
        self.reading
    }

    /// Goes through a part: the body itself, or its footnotes.
    pub(super) fn read(&mut self, text: &str) -> Result<(), Unreadable> {
        let mut pieces = Pieces::of(text);
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Start(element) if element.name() == "trPr" => self.row(&mut pieces)?,
                Piece::Start(element) if NOT_PRINTED.contains(&element.name()) => {
                    pieces.pass_over()?;
                }
                Piece::Start(element) => self.start(&element),
                Piece::End(name) => self.end(&name),
                Piece::Text(text) if self.in_text && !self.run_is_hidden => self.add(&text),
                Piece::Text(_) => {}
            }
        }
        Ok(())
    }

    /// The properties of a row, where `del` means that the row itself was deleted.
    fn row(&mut self, pieces: &mut Pieces<'_>) -> Result<(), Unreadable> {
        let mut open = 1_usize;
        while open > 0 {
            match pieces.next()? {
                Some(Piece::Start(element)) => {
                    open += 1;
                    if let Some(table) = self.tables.last_mut() {
                        table.row_is_header |= element.name() == "tblHeader" && element.is_on();
                        table.row_is_deleted |= element.name() == "del";
                    }
                }
                Some(Piece::End(_)) => open -= 1,
                Some(Piece::Text(_)) => {}
                None => break,
            }
        }
        Ok(())
    }

    fn start(&mut self, element: &Element<'_>) {
        let value = || element.attribute("val");
        match element.name() {
            "p" => self.open.push(Paragraph::default()),
            "r" => {
                self.in_run = true;
                self.run_is_hidden = false;
            }
            "t" => self.in_text = self.in_run,
            // What stands between two words stands there as a space.
            "tab" | "br" | "cr" if self.in_run && !self.run_is_hidden => self.add(" "),
            "noBreakHyphen" if !self.run_is_hidden => self.add("-"),
            "vanish" | "webHidden" if self.in_run => self.run_is_hidden = element.is_on(),
            "pStyle" => {
                let kind = self.styles.kind_of(&value().unwrap_or_default());
                self.set_kind(kind);
            }
            "outlineLvl" => self.set_kind(outline(value().as_deref())),
            "numId" => self.set_item(value().as_deref() != Some("0")),
            "tbl" => self.tables.push(Table::default()),
            "gridSpan" => {
                if let Some(table) = self.tables.last_mut() {
                    table.span = value().and_then(|span| span.parse().ok()).unwrap_or(1);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "r" => {
                self.in_run = false;
                self.run_is_hidden = false;
            }
            "t" => self.in_text = false,
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    table.cells.push(std::mem::take(&mut table.cell));
                    let span = std::mem::take(&mut table.span).min(SPAN_MAX);
                    table.cells.extend((1..span).map(|_| String::new()));
                }
            }
            "tr" => self.end_row(),
            "tbl" => self.end_table(),
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        if let Some(paragraph) = self.open.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn set_kind(&mut self, kind: Option<BlockKind>) {
        if let (Some(paragraph), Some(kind)) = (self.open.last_mut(), kind) {
            paragraph.kind = Some(kind);
        }
    }

    /// Numbering makes an item of a paragraph, but numbered headings stay headings.
    fn set_item(&mut self, is_item: bool) {
        if let Some(paragraph) = self.open.last_mut()
            && !matches!(paragraph.kind, Some(BlockKind::Heading(_)))
        {
            paragraph.kind = is_item.then_some(BlockKind::ListItem);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.open.pop() else {
            return;
        };
        if let Some(table) = self.tables.last_mut() {
            table.cell.push(' ');
            table.cell.push_str(&paragraph.text);
            return;
        }
        let before = self.reading.blocks.len();
        let kind = paragraph.kind.unwrap_or(BlockKind::Paragraph);
        let place = Place::Paragraph(self.paragraph.saturating_add(1));
        self.reading.push(kind, place, &paragraph.text);
        if self.reading.blocks.len() > before {
            self.paragraph = self.paragraph.saturating_add(1);
        }
    }

    fn end_row(&mut self) {
        let is_outermost = self.tables.len() == 1;
        let Some(table) = self.tables.last_mut() else {
            return;
        };
        let cells = std::mem::take(&mut table.cells);
        let is_header = std::mem::take(&mut table.row_is_header);
        if std::mem::take(&mut table.row_is_deleted) {
            return;
        }
        if is_header && table.header.is_none() && table.rows.is_empty() {
            table.header = Some(cells);
            return;
        }
        if is_outermost {
            self.paragraph = self.paragraph.saturating_add(1);
        }
        table.rows.push(SourceRow {
            row: self.paragraph,
            cells,
        });
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else {
            return;
        };
        if let Some(outer) = self.tables.last_mut() {
            for cell in table
                .header
                .into_iter()
                .flatten()
                .chain(table.rows.into_iter().flat_map(|row| row.cells))
            {
                outer.cell.push(' ');
                outer.cell.push_str(&fold(&cell));
            }
            return;
        }
        let blocks = match table.header {
            Some(header) => named_rows(&header, table.rows, Place::Paragraph),
            None => guessed_rows(table.rows, Place::Paragraph),
        };
        self.reading.blocks.extend(blocks);
    }
}
