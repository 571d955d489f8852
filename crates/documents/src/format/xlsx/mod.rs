//! XLSX: each sheet that shows, row by row, with numbers and dates as the sheet shows them.
//!
//! Hidden sheets, rows and columns are not read, for no reader sees them; formulas show as their
//! last results; charts, pictures and comments are not text.

mod number_format;
mod sheet;

use crate::archive::Archive;
use crate::document::Place;
use crate::format::Reading;
use crate::table::guessed_rows;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Pieces};
use number_format::NumberFormat;
use sheet::{Look, rows_of};

/// Sheets of a workbook that are read: people make a hundred, programs may make more.
const SHEETS_MAX: usize = 1_000;

/// Reads an XLSX file.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let mut archive = Archive::open(bytes)?;
    let main = archive.main_part("xl/workbook.xml")?;
    let workbook = Workbook::read(&archive.needed_part(&main)?)?;
    let relations = archive.relations_of(&main)?;
    let related = |kind: &str, archive: &mut Archive<'_>| match relations
        .iter()
        .find(|relation| relation.kind.ends_with(kind))
    {
        Some(relation) => archive.part(&relation.part),
        None => Ok(None),
    };
    let strings = match related("/sharedStrings", &mut archive)? {
        Some(text) => shared_strings(&text)?,
        None => Vec::new(),
    };
    let formats = match related("/styles", &mut archive)? {
        Some(text) => number_formats(&text)?,
        None => Vec::new(),
    };
    let look = Look {
        strings,
        formats,
        starts_1904: workbook.starts_1904,
    };
    let mut reading = Reading::default();
    for (name, id) in workbook.sheets.into_iter().take(SHEETS_MAX) {
        let Some(relation) = relations.iter().find(|relation| relation.id == id) else {
            continue;
        };
        let Some(text) = archive.part(&relation.part)? else {
            continue;
        };
        let rows = rows_of(&text, &look)?;
        let place = |row| Place::Row {
            row,
            sheet: Some(name.clone()),
        };
        reading.blocks.extend(guessed_rows(rows, place));
    }
    Ok(reading)
}

/// The sheets that show, and from when days are counted.
#[derive(Default)]
struct Workbook {
    sheets: Vec<(String, String)>,
    starts_1904: bool,
}

impl Workbook {
    fn read(text: &str) -> Result<Self, Unreadable> {
        let mut workbook = Self::default();
        let mut pieces = Pieces::of(text);
        while let Some(piece) = pieces.next()? {
            let Piece::Start(element) = piece else {
                continue;
            };
            match element.name() {
                "workbookPr" => {
                    let starts_1904 = element.attribute("date1904");
                    workbook.starts_1904 = matches!(starts_1904.as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    let state = element.attribute("state");
                    let name = element.attribute("name").unwrap_or_default();
                    if let Some(id) = element.attribute("id")
                        && matches!(state.as_deref(), None | Some("visible"))
                    {
                        workbook.sheets.push((crate::fold::fold(&name), id));
                    }
                }
                _ => {}
            }
        }
        Ok(workbook)
    }
}

/// The texts that cells refer to by their index.
fn shared_strings(text: &str) -> Result<Vec<String>, Unreadable> {
    let mut strings = Vec::new();
    let mut open = String::new();
    let mut in_text = false;
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next()? {
        match piece {
            // Phonetic hints beside the text would double it.
            Piece::Start(element) if element.name() == "rPh" => pieces.pass_over()?,
            Piece::Start(element) => in_text = element.name() == "t",
            Piece::Text(text) if in_text => open.push_str(&text),
            Piece::Text(_) => {}
            Piece::End(name) => {
                in_text = false;
                if name == "si" {
                    strings.push(std::mem::take(&mut open));
                }
            }
        }
    }
    Ok(strings)
}

/// The number format of each style that cells refer to by its index.
fn number_formats(text: &str) -> Result<Vec<NumberFormat>, Unreadable> {
    let mut own = Vec::new();
    let mut formats = Vec::new();
    let mut in_cell_styles = false;
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Start(element) => match element.name() {
                "numFmt" => own.push((
                    element.attribute("numFmtId"),
                    element.attribute("formatCode"),
                )),
                "cellXfs" => in_cell_styles = true,
                "xf" if in_cell_styles => {
                    let id = element.attribute("numFmtId");
                    let code = own.iter().find(|(other, _)| *other == id);
                    let code = code.and_then(|(_, code)| code.as_deref());
                    let id = id.and_then(|id| id.parse().ok()).unwrap_or(0);
                    formats.push(NumberFormat::of(id, code));
                }
                _ => {}
            },
            Piece::End(name) if name == "cellXfs" => in_cell_styles = false,
            Piece::End(_) | Piece::Text(_) => {}
        }
    }
    Ok(formats)
}

#[cfg(test)]
mod tests;
