//! From rows of cells to blocks: which row names the columns, and which is only a remark.
//!
//! Used where the source does not say itself what its table is: separated values and sheets.
//! A row that names the columns is no block; its names are on every row below it.

use crate::document::{Block, BlockKind, Place};
use crate::fold::fold;

/// A row of a source, with the number by which a reader finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceRow {
    /// Its number.
    pub(crate) row: u32,
    /// Its cells; rows need not be of equal length.
    pub(crate) cells: Vec<String>,
}

/// A name of a column is a word or a few, not a sentence.
const COLUMN_NAME_CHARS_MAX: usize = 60;

/// How many rows below a row are looked at to tell whether it names the columns.
const ROWS_LOOKED_AT: usize = 20;

/// Cells of a table that is filled up to one width.
const CELLS_MAX: usize = 2_000_000;

/// Cells that stand for a missing value, which no column is named after.
const PLACEHOLDERS: &[&str] = &[
    "-", "–", "—", "?", "n/a", "na", "none", "tbc", "tbd", "pending",
];

/// The rows of a table whose source says which row names the columns.
pub(crate) fn named_rows(
    columns: &[String],
    rows: Vec<SourceRow>,
    place: impl Fn(u32) -> Place,
) -> Vec<Block> {
    let columns = columns.iter().map(|name| fold(name)).collect::<Vec<_>>();
    let rows = folded(rows);
    let width = if rows.len().saturating_mul(columns.len()) > CELLS_MAX {
        0
    } else {
        columns.len()
    };
    let width = width_of(&rows).max(width);
    let named = !columns.iter().all(String::is_empty);
    rows.into_iter()
        .map(|row| block(&place, row, if named { &columns } else { &[] }, width))
        .collect()
}

/// The rows of a table whose source does not say which row names the columns.
///
/// A gap in the numbers is a blank row, after which another table may begin.
pub(crate) fn guessed_rows(rows: Vec<SourceRow>, place: impl Fn(u32) -> Place) -> Vec<Block> {
    let rows = folded(rows);
    let width = width_of(&rows);
    let mut blocks = Vec::with_capacity(rows.len());
    let mut columns: Vec<String> = Vec::new();
    // After a blank row, the search for names goes on until they or values are found.
    let mut may_be_named = true;
    for (index, row) in rows.iter().enumerate() {
        let below = &rows[index + 1..rows.len().min(index + 1 + ROWS_LOOKED_AT)];
        may_be_named |= index > 0 && row.row > rows[index - 1].row + 1;
        if may_be_named && names_columns(row, below, !columns.is_empty()) {
            columns.clone_from(&row.cells);
            may_be_named = false;
        } else if is_remark(row, width, columns.is_empty()) {
            let text = row.cells.join(" ");
            blocks.push(Block::new(
                BlockKind::Paragraph,
                place(row.row),
                text.trim(),
            ));
        } else {
            may_be_named &= columns.is_empty() && !row.cells.iter().any(|cell| is_amount(cell));
            blocks.push(block(&place, row.clone(), &columns, width));
        }
    }
    blocks
}

fn block(place: impl Fn(u32) -> Place, row: SourceRow, columns: &[String], width: usize) -> Block {
    let padded = |mut cells: Vec<String>| {
        cells.resize(width.max(cells.len()), String::new());
        cells
    };
    let cells = padded(row.cells);
    let padded = |mut columns: Vec<String>| {
        columns.resize(cells.len(), String::new());
        columns
    };
    let columns = if columns.is_empty() {
        Vec::new()
    } else {
        padded(columns.to_vec())
    };
    let text = cells.join(" | ");
    Block::new(BlockKind::Row { cells, columns }, place(row.row), text)
}

/// The rows that are not blank, with folded cells and without blank cells at their ends.
fn folded(rows: Vec<SourceRow>) -> Vec<SourceRow> {
    let rows = rows.into_iter().map(|SourceRow { row, cells }| {
        let mut cells = cells.iter().map(|cell| fold(cell)).collect::<Vec<_>>();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        SourceRow { row, cells }
    });
    rows.filter(|row| !row.cells.is_empty()).collect()
}

/// The width to which all rows are filled up.
fn width_of(rows: &[SourceRow]) -> usize {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    // One absurdly wide row must not make a million rows as wide.
    if rows.len().saturating_mul(width) > CELLS_MAX {
        0
    } else {
        width
    }
}

fn filled(row: &SourceRow) -> impl Iterator<Item = (usize, &String)> {
    row.cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty())
}

/// A title above, a note below, or the only column of a list: one cell in a table of several.
fn is_remark(row: &SourceRow, width: usize, above_names: bool) -> bool {
    let alone = filled(row).count() == 1;
    let first = row.cells.first().is_some_and(|cell| !cell.is_empty());
    // In a table of two columns, a lone first cell may be a label whose value is missing.
    width == 1 || (alone && first && (width >= 3 || above_names))
}

/// Whether a row names the columns of the rows below it.
fn names_columns(row: &SourceRow, below: &[SourceRow], named_before: bool) -> bool {
    let names = filled(row).collect::<Vec<_>>();
    let may_be_names = names.iter().enumerate().all(|(index, (_, name))| {
        (is_period(name) || !is_amount(name))
            && name.chars().count() <= COLUMN_NAME_CHARS_MAX
            && !PLACEHOLDERS.contains(&name.to_lowercase().as_str())
            && !names[..index].iter().any(|(_, other)| other == name)
    });
    let below = below
        .iter()
        .filter(|row| filled(row).count() > 1)
        .collect::<Vec<_>>();
    if names.len() < 2 || !may_be_names || below.is_empty() {
        return false;
    }
    let typical = below
        .iter()
        .map(|row| filled(row).count())
        .max()
        .unwrap_or(0);
    if names.len() * 2 < typical {
        return false;
    }
    let width = below.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let amounts = (0..width)
        .filter(|column| holds_amounts(&below, *column))
        .collect::<Vec<_>>();
    if !amounts.is_empty() {
        // Labels and values side by side look like a named table; only values throughout are one.
        let enough = names.len() > 2 || below.len() > 1;
        let has_name = |column: &&usize| names.iter().any(|(index, _)| index == *column);
        let with_name = amounts.iter().filter(has_name).count();
        return enough && with_name > 0 && with_name * 3 >= amounts.len() * 2;
    }
    let repeated = |(column, name): &(usize, &String)| {
        below
            .iter()
            .any(|row| row.cells.get(*column) == Some(*name))
    };
    !named_before && names.len() >= 3 && !names.iter().any(repeated)
}

/// Whether most of what stands in a column is an amount or a date.
fn holds_amounts(rows: &[&SourceRow], column: usize) -> bool {
    let cells = rows.iter().filter_map(|row| row.cells.get(column));
    let cells = cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>();
    let amounts = cells
        .iter()
        .filter(|cell| is_amount(cell) && !is_period(cell))
        .count();
    amounts > 0 && amounts * 3 >= cells.len() * 2
}

/// Whether a cell is a number, an amount of money, a percentage or a date.
fn is_amount(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|letter| letter.is_alphabetic()).count();
    let after_currency = cell.split_once(' ').is_some_and(|(currency, rest)| {
        currency.len() == 3
            && currency.bytes().all(|letter| letter.is_ascii_uppercase())
            && !rest.contains(char::is_alphabetic)
    });
    digits > 0 && (after_currency || (digits >= letters && !cell.starts_with(char::is_alphabetic)))
}

/// Whether a cell is a year or a month of one, which often names a column.
fn is_period(cell: &str) -> bool {
    let is_year = |text: &str| {
        text.len() == 4
            && text.bytes().all(|letter| letter.is_ascii_digit())
            && (text.starts_with("19") || text.starts_with("20"))
    };
    let is_month = |text: &str| {
        text.parse::<u8>()
            .is_ok_and(|month| (1..=12).contains(&month))
    };
    is_year(cell)
        || cell
            .split_once(['/', '-', '.'])
            .is_some_and(|(left, right)| {
                (is_year(left) && is_month(right)) || (is_month(left) && is_year(right))
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[(u32, &[&str])]) -> Vec<String> {
        let source = rows.iter().map(|(row, cells)| SourceRow {
            row: *row,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        });
        let blocks = guessed_rows(source.collect(), |row| Place::Row { row, sheet: None });
        let shown = blocks.into_iter().map(|block| match block.kind {
            BlockKind::Row { columns, .. } if columns.is_empty() => format!("{} ", block.text),
            BlockKind::Row { columns, .. } => format!("{} = {}", columns.join("/"), block.text),
            _ => block.text,
        });
        shown.collect()
    }

    #[test]
    fn the_row_above_amounts_names_the_columns_and_titles_are_remarks() {
        let rows: &[(u32, &[&str])] = &[
            (1, &["Energy use 2025"]),
            (3, &["Site", "Date", "kWh"]),
            (4, &["North", "3.1.2025", "1.234,5"]),
            (5, &["South", "4.1.2025"]),
            (6, &["Source: meters"]),
        ];
        let expected = [
            "Energy use 2025",
            "Site/Date/kWh = North | 3.1.2025 | 1.234,5",
            "Site/Date/kWh = South | 4.1.2025 | ",
            "Source: meters",
        ];
        assert_eq!(check(rows), expected);
    }

    #[test]
    fn years_and_quarters_may_name_columns() {
        for names in [
            ["Site", "2024", "2025"],
            ["Site", "Q1", "Q2"],
            ["Site", "01/2025", "02/2025"],
        ] {
            let rows: &[(u32, &[&str])] = &[(1, &names), (2, &["North", "45000", "47 000"])];
            assert_eq!(
                check(rows),
                [format!("{} = North | 45000 | 47 000", names.join("/"))]
            );
        }
    }

    #[test]
    fn a_second_table_after_a_blank_row_has_its_own_names() {
        let rows: &[(u32, &[&str])] = &[
            (1, &["Site", "kWh", "Cost"]),
            (2, &["North", "10", "2.50"]),
            (4, &["Site", "Visits", "Hours"]),
            (5, &["North", "3", "7"]),
        ];
        assert_eq!(
            check(rows),
            [
                "Site/kWh/Cost = North | 10 | 2.50",
                "Site/Visits/Hours = North | 3 | 7"
            ]
        );
    }

    #[test]
    fn a_row_of_data_is_never_taken_for_names() {
        let rows: &[(u32, &[&str])] = &[
            (1, &["Site", "kWh", "Cost"]),
            (2, &["North", "10", "2.50"]),
            (4, &["South", "n/a", "pending"]),
            (5, &["East", "12", "3.00"]),
        ];
        assert_eq!(check(rows).len(), 3);
    }

    #[test]
    fn labels_with_values_of_many_kinds_have_no_names() {
        let rows: &[(u32, &[&str])] = &[
            (1, &["Supplier", "Brightway Ltd"]),
            (2, &["Notice", "30 days"]),
            (3, &["Start", ""]),
        ];
        assert_eq!(
            check(rows),
            ["Supplier | Brightway Ltd ", "Notice | 30 days ", "Start"]
        );
    }

    #[test]
    fn names_without_amounts_below_need_three_columns() {
        let rows: &[(u32, &[&str])] = &[
            (1, &["Name", "Role", "Town"]),
            (2, &["Anna", "Buyer", "Leeds"]),
        ];
        assert_eq!(check(rows), ["Name/Role/Town = Anna | Buyer | Leeds"]);
    }
}
