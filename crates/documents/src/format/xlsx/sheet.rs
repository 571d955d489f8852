//! Goes through one sheet of a workbook.

use super::number_format::{NumberFormat, general};
use crate::table::SourceRow;
use crate::unreadable::Unreadable;
use crate::xml::{Element, Piece, Pieces};

/// The last column that a sheet can have in the usual programs, XFD.
const COLUMNS_MAX: usize = 16_384;

/// Cells of one sheet, those before the last of each row counted too.
const CELLS_MAX: usize = 4_000_000;

/// What the cells of all sheets refer to.
pub(super) struct Look {
    pub(super) strings: Vec<String>,
    pub(super) formats: Vec<NumberFormat>,
    pub(super) starts_1904: bool,
}

/// The rows of a sheet that show.
pub(super) fn rows_of(text: &str, look: &Look) -> Result<Vec<SourceRow>, Unreadable> {
    let mut reader = SheetReader {
        look,
        hidden: Vec::new(),
        rows: Vec::new(),
        row: 0,
        cell: None,
        in_value: false,
    };
    let mut cells = 0_usize;
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Start(element) => match element.name() {
                "col" => reader.column(&element),
                "row" => {
                    cells += reader.rows.last().map_or(0, |row| row.cells.len());
                    if cells > CELLS_MAX {
                        return Err(Unreadable::Bomb("4,000,000 cells in a sheet"));
                    }
                    if reader.begins_hidden_row(&element) {
                        pieces.pass_over()?;
                    }
                }
                "c" => reader.begin_cell(&element)?,
                "v" | "t" => reader.in_value = true,
                "f" | "rPh" => pieces.pass_over()?,
                _ => {}
            },
            Piece::Text(text) => reader.add(&text),
            Piece::End(name) => match name.as_str() {
                "v" | "t" => reader.in_value = false,
                "c" => reader.end_cell(),
                _ => {}
            },
        }
    }
    for row in &mut reader.rows {
        let hidden = &reader.hidden;
        let mut column = 0;
        row.cells.retain(|_| {
            column += 1;
            !hidden
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&column))
        });
    }
    Ok(reader.rows)
}

struct SheetReader<'a> {
    look: &'a Look,
    /// The columns that do not show, from 1.
    hidden: Vec<(usize, usize)>,
    rows: Vec<SourceRow>,
    row: u32,
    cell: Option<Cell>,
    in_value: bool,
}

struct Cell {
    column: usize,
    kind: String,
    style: usize,
    value: String,
}

impl SheetReader<'_> {
    fn column(&mut self, element: &Element<'_>) {
        let number = |name| element.attribute(name).and_then(|value| value.parse().ok());
        let is_hidden = matches!(element.attribute("hidden").as_deref(), Some("1" | "true"));
        if is_hidden && let (Some(first), Some(last)) = (number("min"), number("max")) {
            self.hidden.push((first, last));
        }
    }

    fn begins_hidden_row(&mut self, element: &Element<'_>) -> bool {
        let stated = element.attribute("r").and_then(|row| row.parse().ok());
        self.row = stated.unwrap_or_else(|| self.row.saturating_add(1));
        let is_hidden = matches!(element.attribute("hidden").as_deref(), Some("1" | "true"));
        if !is_hidden {
            self.rows.push(SourceRow {
                row: self.row,
                cells: Vec::new(),
            });
        }
        is_hidden
    }

    fn begin_cell(&mut self, element: &Element<'_>) -> Result<(), Unreadable> {
        let next = self.rows.last().map_or(0, |row| row.cells.len());
        let column = element
            .attribute("r")
            .map_or(Some(next), |name| column_of(&name));
        let column = column.filter(|column| *column < COLUMNS_MAX);
        let column = column.ok_or_else(|| Unreadable::damaged("a cell lies outside its sheet"))?;
        self.cell = Some(Cell {
            column,
            kind: element.attribute("t").unwrap_or_default(),
            style: element
                .attribute("s")
                .and_then(|style| style.parse().ok())
                .unwrap_or(0),
            value: String::new(),
        });
        Ok(())
    }

    fn add(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell
            && self.in_value
        {
            cell.value.push_str(text);
        }
    }

    fn end_cell(&mut self) {
        let (Some(cell), Some(row)) = (self.cell.take(), self.rows.last_mut()) else {
            return;
        };
        let shown = shown(&cell, self.look);
        if !shown.is_empty() {
            if row.cells.len() <= cell.column {
                row.cells.resize(cell.column + 1, String::new());
            }
            row.cells[cell.column] = shown;
        }
    }
}

/// What a cell shows.
fn shown(cell: &Cell, look: &Look) -> String {
    match cell.kind.as_str() {
        "s" => {
            let index = cell.value.trim().parse::<usize>().ok();
            index
                .and_then(|index| look.strings.get(index))
                .cloned()
                .unwrap_or_default()
        }
        "b" => if cell.value.trim() == "1" {
            "TRUE"
        } else {
            "FALSE"
        }
        .to_owned(),
        "str" | "inlineStr" | "e" | "d" => cell.value.clone(),
        _ => match cell.value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => match look.formats.get(cell.style) {
                Some(format) => format.show(number, look.starts_1904),
                None => general(number),
            },
            _ => cell.value.clone(),
        },
    }
}

/// The index of the column of a cell such as `B7`.
fn column_of(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_letters() {
        for (name, column) in [
            ("A1", Some(0)),
            ("Z9", Some(25)),
            ("AA10", Some(26)),
            ("XFD1", Some(16_383)),
            ("7", None),
        ] {
            assert_eq!(column_of(name), column, "{name}");
        }
    }
}
