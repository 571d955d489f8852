//! Separated values: finds the delimiter, and lets rows be ragged.

use crate::document::Place;
use crate::encoding::decode;
use crate::format::Reading;
use crate::table::{SourceRow, guessed_rows};
use crate::unreadable::Unreadable;

/// The delimiters that are tried. A comma comes last: where decimals are written with commas,
/// they can look as regular as the true delimiter.
const DELIMITERS: &[u8] = b"\t;|,";

/// How many rows are looked at to find the delimiter: titles and notes are few beside them.
const ROWS_LOOKED_AT: usize = 100;

/// More cells in a row than any spreadsheet program has columns.
const CELLS_MAX: usize = 16_384;

/// Rows: as many as a sheet has in the usual programs.
const ROWS_MAX: usize = 1_048_576;

/// Reads separated values.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let text = decode(bytes)?;
    let (delimiter, skipped) = match stated_delimiter(&text) {
        Some(delimiter) => (delimiter, 1),
        None => (likely_delimiter(&text), 0),
    };
    let rows = rows_of(&text, delimiter, ROWS_MAX + 1)?;
    if rows.len() > ROWS_MAX {
        return Err(Unreadable::Bomb("1,048,576 rows"));
    }
    let rows = rows.into_iter().skip(skipped).collect();
    let blocks = guessed_rows(rows, |row| Place::Row { row, sheet: None });
    Ok(Reading {
        blocks,
        title: None,
    })
}

/// Some programs write `sep=;` in the first line.
fn stated_delimiter(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim().trim_matches('"');
    match line.strip_prefix("sep=")?.as_bytes() {
        [delimiter] => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that gives most rows the same number of cells, more than one.
fn likely_delimiter(text: &str) -> u8 {
    let mut best = (0, b',');
    for delimiter in DELIMITERS {
        let Ok(rows) = rows_of(text, *delimiter, ROWS_LOOKED_AT) else {
            continue;
        };
        let widths = rows
            .iter()
            .map(|row| row.cells.len())
            .filter(|width| *width > 1);
        let widths = widths.collect::<Vec<_>>();
        let same_as = |width: &usize| widths.iter().filter(|other| *other == width).count();
        let score = widths.iter().map(same_as).max().unwrap_or(0);
        if score > best.0 {
            best = (score, *delimiter);
        }
    }
    best.1
}

/// The rows that are not blank, numbered as a spreadsheet program shows them.
fn rows_of(text: &str, delimiter: u8, rows_max: usize) -> Result<Vec<SourceRow>, Unreadable> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    let mut rows = Vec::new();
    let mut row = 0_u32;
    while rows.len() < rows_max {
        // The parser passes over blank lines silently, but they count as rows.
        let from = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| **byte == b'\n').count();
        if !reader
            .read_record(&mut record)
            .map_err(Unreadable::damaged)?
        {
            break;
        }
        if record.len() > CELLS_MAX {
            return Err(Unreadable::Bomb("16,384 cells in a row"));
        }
        row = row
            .saturating_add(u32::try_from(blank).unwrap_or(u32::MAX))
            .saturating_add(1);
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(SourceRow {
                row,
                cells: record.iter().map(str::to_owned).collect(),
            });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::BlockKind;

    fn check(text: &str) -> Vec<(String, String)> {
        let blocks = read(text.as_bytes()).unwrap().blocks;
        blocks
            .into_iter()
            .map(|block| (block.place.to_string(), block.text))
            .collect()
    }

    fn row(place: &str, text: &str) -> (String, String) {
        (place.to_owned(), text.to_owned())
    }

    #[test]
    fn each_delimiter_is_found_though_decimals_have_commas() {
        for text in [
            "Site;kWh;Cost\nNorth;1,5;2,5\nSouth;2,5;3,5\n",
            "Site\tkWh\tCost\nNorth\t1,5\t2,5\nSouth\t2,5\t3,5\n",
            "Site|kWh|Cost\nNorth|1,5|2,5\nSouth|2,5|3,5\n",
            "Site,kWh,Cost\nNorth,\"1,5\",\"2,5\"\nSouth,\"2,5\",\"3,5\"\n",
            "sep=;\nSite;kWh;Cost\nNorth;1,5;2,5\nSouth;2,5;3,5\n",
        ] {
            let texts = check(text)
                .into_iter()
                .map(|(_, text)| text)
                .collect::<Vec<_>>();
            assert_eq!(texts, ["North | 1,5 | 2,5", "South | 2,5 | 3,5"], "{text}");
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        let text = "Report\n\n\nName,Note,kWh\n,,\nA,\"two\nlines\",3\n\nB,x,4\n";
        let expected = [
            row("row 1", "Report"),
            row("row 6", "A | two lines | 3"),
            row("row 8", "B | x | 4"),
        ];
        assert_eq!(check(text), expected);
    }

    #[test]
    fn ragged_rows_are_padded_to_the_columns() {
        let blocks = read(b"a,b,c\n1,2\n1,2,3,4\n").unwrap().blocks;
        for block in &blocks {
            match &block.kind {
                BlockKind::Row { cells, columns } => {
                    assert_eq!((cells.len(), columns.len()), (4, 4));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(blocks.len(), 2);
    }

    #[test]
    fn lines_without_delimiters_are_paragraphs() {
        assert_eq!(
            check("one\ntwo\n"),
            [row("row 1", "one"), row("row 2", "two")]
        );
    }
}
