//! What the columns of a table are for: names, periods, units, keys, values.
//!
//! Where the first column names attributes and the other columns name parties, the table is read
//! the other way round. Where names come again and again, as in a log, a key or further columns of
//! words join the name until the rows can be told apart.

use std::collections::BTreeSet;

use consort_documents::{Block, BlockKind, Place};

use super::attribute::{self, Label};
use super::listed::is_listed;
use super::quantity::{self, Kind};
use super::reading::Reading;
use super::subject_key;
use super::vocabulary;

/// Most columns that join to name a row.
const NAMING_COLUMNS_MAX: usize = 3;

/// Headings of columns that name their row.
const NAMING_WORDS: &str = "\
    name supplier vendor provider company product item article service description region country \
    branch site venue department team customer client category option model plan lieferant anbieter \
    produkt artikel fournisseur produit project town place";

/// Headings of first columns that name attributes.
const ATTRIBUTE_WORDS: &str = "\
    attribute criterion criteria feature term aspect condition field property parameter question \
    point topic key metric measure indicator kriterium merkmal critère";

/// Rows of one table: neighbouring rows with the same columns.
pub(super) struct Sheet<'a> {
    pub(super) columns: &'a [String],
    pub(super) rows: Vec<(usize, &'a Block, &'a [String])>,
}

/// What the columns of a table are for.
pub(super) struct Layout {
    pub(super) labels: Vec<Option<Label>>,
    /// The columns that name a row, the first first.
    pub(super) naming: Vec<usize>,
    pub(super) period: Option<usize>,
    /// The column that says what the others are per.
    pub(super) unit: Option<usize>,
    /// Whether rows are attributes and columns are subjects.
    pub(super) turned: bool,
}

/// The tables of a document, in its order.
pub(super) fn sheets<'a>(reading: &Reading<'a>) -> Vec<Sheet<'a>> {
    let mut sheets: Vec<Sheet<'a>> = Vec::new();
    let mut next = 0;
    for (index, block) in reading.blocks() {
        let BlockKind::Row { cells, columns } = &block.kind else {
            continue;
        };
        if columns.is_empty() || columns.len() != cells.len() {
            continue;
        }
        let row = (index, block, cells.as_slice());
        match sheets.last_mut() {
            Some(sheet)
                if next == index && sheet.columns == columns && same_sheet(sheet, block) =>
            {
                sheet.rows.push(row);
            }
            _ => sheets.push(Sheet {
                columns,
                rows: vec![row],
            }),
        }
        next = index + 1;
    }
    sheets
}

fn same_sheet(sheet: &Sheet<'_>, block: &Block) -> bool {
    let name = |block: &Block| match &block.place {
        Place::Row { sheet, .. } => sheet.clone(),
        Place::Line(_) | Place::Page { .. } | Place::Paragraph(_) => None,
    };
    sheet
        .rows
        .last()
        .is_none_or(|(_, last, _)| name(last) == name(block))
}

/// What the columns of this table are for; `named` has the names of all rows of the document.
pub(super) fn layout(reading: &Reading<'_>, sheet: &Sheet<'_>, named: &BTreeSet<&str>) -> Layout {
    let labels: Vec<Option<Label>> = sheet
        .columns
        .iter()
        .map(|column| attribute::label(column))
        .collect();
    let period = (0..sheet.columns.len()).find(|column| is_period(sheet, *column));
    let unit = (0..sheet.columns.len()).find(|column| {
        matches!(
            sheet.columns[*column].trim().to_lowercase().as_str(),
            "unit" | "per" | "einheit" | "unité"
        )
    });
    let first = naming_column(reading, sheet, period);
    let turned = first == Some(0) && is_turned(reading, sheet, &labels, named);
    let naming = first.map_or_else(Vec::new, |first| {
        joined_naming(reading, sheet, first, period, unit)
    });
    Layout {
        labels,
        naming,
        period,
        unit,
        turned,
    }
}

/// Whether every cell of a column names a period. `Start date` is an attribute of the row; `Date`
/// alone says when the row holds.
fn is_period(sheet: &Sheet<'_>, column: usize) -> bool {
    let heading = sheet.columns[column].trim().to_lowercase();
    let named = is_listed(
        &heading,
        "month year quarter period date week day monat jahr quartal datum mois année fy season",
    );
    let mut stated = sheet
        .rows
        .iter()
        .map(|(_, _, cells)| cells[column].trim())
        .filter(|cell| !cell.is_empty())
        .peekable();
    named
        && stated.peek().is_some()
        && stated.all(|cell| {
            quantity::period_named(cell).is_some()
                || quantity::quantities(cell, quantity::DecimalMark::Point)
                    .iter()
                    .any(|quantity| quantity.kind == Kind::Date)
                || cell.chars().all(char::is_alphabetic)
        })
}

fn naming_column(reading: &Reading<'_>, sheet: &Sheet<'_>, period: Option<usize>) -> Option<usize> {
    let is_named = |column: &usize| {
        let heading = sheet.columns[*column].to_lowercase();
        let mut words = heading.split(|letter: char| !letter.is_alphabetic());
        words.any(|word| is_listed(word, NAMING_WORDS))
            && !is_key(&sheet.columns[*column])
            && in_words(reading, sheet, *column)
    };
    let candidates = || (0..sheet.columns.len()).filter(|column| Some(*column) != period);
    candidates()
        .find(is_named)
        .or_else(|| candidates().find(|column| in_words(reading, sheet, *column)))
}

/// Whether most cells of a column are words and no quantities.
fn in_words(reading: &Reading<'_>, sheet: &Sheet<'_>, column: usize) -> bool {
    let (mut worded, mut stated) = (0, 0);
    for (_, _, cells) in &sheet.rows {
        let cell = cells[column].trim();
        if cell.is_empty() {
            continue;
        }
        stated += 1;
        let is_words = cell.chars().any(char::is_alphabetic)
            && quantity::whole_quantity(cell, reading.mark).is_none()
            && quantity::truth(cell).is_none();
        worded += usize::from(is_words);
    }
    stated > 0 && worded * 2 > stated
}

fn is_turned(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    labels: &[Option<Label>],
    named: &BTreeSet<&str>,
) -> bool {
    let heading = sheet.columns[0].trim().to_lowercase();
    if heading.is_empty() || is_listed(&heading, ATTRIBUTE_WORDS) {
        return true;
    }
    // Columns that are named like rows elsewhere are what the table is about.
    let columns_named = sheet.columns[1..]
        .iter()
        .filter(|column| named.contains(column.trim()));
    if columns_named.count() > 1 {
        return true;
    }
    let known = |label: &Label| {
        [
            Kind::Money,
            Kind::Percent,
            Kind::Duration,
            Kind::Date,
            Kind::Number,
        ]
        .into_iter()
        .any(|kind| vocabulary::named(&label.words, Some(kind), reading.language).is_some())
    };
    let rows_known = sheet
        .rows
        .iter()
        .filter(|(_, _, cells)| attribute::label(&cells[0]).is_some_and(|label| known(&label)))
        .count();
    let columns_known = labels.iter().skip(1).flatten().any(known);
    !columns_known && rows_known * 2 > sheet.rows.len()
}

/// The naming column, and with it a key, or as many further columns of words as tell rows apart.
fn joined_naming(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    first: usize,
    period: Option<usize>,
    unit: Option<usize>,
) -> Vec<usize> {
    let mut naming = vec![first];
    let others =
        || (0..sheet.columns.len()).filter(|column| *column != first && Some(*column) != period);
    let keys = others().filter(|column| is_key(&sheet.columns[*column]));
    let worded = others().filter(|column| {
        Some(*column) != unit
            && !is_key(&sheet.columns[*column])
            && in_words(reading, sheet, *column)
    });
    // A few rows that come twice are two statements about the same; many, or rows with numbers of their
    // own, are a log.
    let before = repeated(sheet, &naming, period);
    let is_log = before * 3 > sheet.rows.len();
    let numbered = keys.filter(|column| {
        repeated(sheet, &[first, *column], period) < before && !is_sparse(sheet, *column)
    });
    let columns: Vec<usize> = if is_log {
        numbered.chain(worded).collect()
    } else {
        numbered.collect()
    };
    for column in columns {
        let before = repeated(sheet, &naming, period);
        if before == 0 || naming.len() >= NAMING_COLUMNS_MAX {
            break;
        }
        naming.push(column);
        if repeated(sheet, &naming, period) == before {
            naming.pop();
        }
    }
    naming
}

/// Whether most cells of a column are empty, as in a column of notes.
fn is_sparse(sheet: &Sheet<'_>, column: usize) -> bool {
    let empty = sheet
        .rows
        .iter()
        .filter(|(_, _, cells)| cells[column].trim().is_empty());
    empty.count() * 2 > sheet.rows.len()
}

/// How many rows have a name and a period that an earlier row has.
fn repeated(sheet: &Sheet<'_>, naming: &[usize], period: Option<usize>) -> usize {
    let mut seen = BTreeSet::new();
    sheet
        .rows
        .iter()
        .filter(|(_, _, cells)| {
            let date = period.map(|column| cells[column].as_str());
            let name: Vec<String> = naming
                .iter()
                .map(|column| subject_key(&cells[*column]))
                .collect();
            !seen.insert((name, date))
        })
        .count()
}

/// Columns that number or describe their rows and state nothing to compare.
pub(super) fn is_key(heading: &str) -> bool {
    attribute::label(heading).is_none_or(|label| {
        let words = label.words.to_lowercase();
        let last = words.split(' ').next_back().unwrap_or_default();
        is_listed(last, "id no nr row line index number code")
            || vocabulary::named(&words, None, crate::text::Language::English)
                .is_some_and(|entry| entry.of_document && entry.name != "document date")
    })
}
