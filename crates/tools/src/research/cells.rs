//! Facts from tables: the column names the attribute, the row's naming cells the subject.
//!
//! Where the first column names attributes and the other columns name parties, the table is read
//! the other way round. A column of periods dates its rows. Where names come again and again, as in
//! a log or a time series, further columns of words join the name until rows can be told apart.

use std::collections::BTreeSet;

use consort_documents::{Block, BlockKind, Place};

use super::attribute::{self, Label};
use super::quantity::{self, Kind};
use super::reading::{Draft, Reading, Spot};
use super::vocabulary;
use crate::shape::{Confidence, Fact, Value};

/// Most columns that join to name a row.
const NAMING_COLUMNS_MAX: usize = 3;

/// Headings of columns that name their row.
const NAMING_WORDS: [&str; 30] = [
    "name",
    "supplier",
    "vendor",
    "provider",
    "company",
    "product",
    "item",
    "article",
    "service",
    "description",
    "region",
    "country",
    "branch",
    "site",
    "venue",
    "department",
    "team",
    "customer",
    "client",
    "category",
    "option",
    "model",
    "plan",
    "lieferant",
    "anbieter",
    "produkt",
    "artikel",
    "fournisseur",
    "produit",
    "project",
];

/// Headings of first columns that name attributes.
const ATTRIBUTE_WORDS: [&str; 20] = [
    "attribute",
    "criterion",
    "criteria",
    "feature",
    "term",
    "aspect",
    "condition",
    "field",
    "property",
    "parameter",
    "question",
    "point",
    "topic",
    "key",
    "metric",
    "measure",
    "indicator",
    "kriterium",
    "merkmal",
    "critère",
];

/// Headings of value columns that name nobody.
const VALUE_WORDS: [&str; 14] = [
    "value", "values", "amount", "detail", "details", "figure", "answer", "result", "wert",
    "betrag", "valeur", "montant", "offer", "text",
];

/// First cells of rows that add up the others.
const TOTAL_WORDS: [&str; 12] = [
    "total",
    "totals",
    "sum",
    "subtotal",
    "grand total",
    "gesamt",
    "summe",
    "zwischensumme",
    "insgesamt",
    "total général",
    "overall",
    "totaal",
];

/// Rows of one table: neighbouring rows with the same columns.
struct Sheet<'a> {
    columns: &'a [String],
    rows: Vec<(usize, &'a Block, &'a [String])>,
}

/// What the columns of a table are for.
struct Layout {
    labels: Vec<Option<Label>>,
    /// The columns that name a row, the first first.
    naming: Vec<usize>,
    period: Option<usize>,
    /// Whether rows are attributes and columns are subjects.
    turned: bool,
}

/// The facts of all tables with named columns.
pub(super) fn facts(reading: &Reading<'_>) -> Vec<Fact> {
    sheets(reading)
        .iter()
        .flat_map(|sheet| sheet_facts(reading, sheet))
        .collect()
}

fn sheets<'a>(reading: &Reading<'a>) -> Vec<Sheet<'a>> {
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

fn sheet_facts(reading: &Reading<'_>, sheet: &Sheet<'_>) -> Vec<Fact> {
    let layout = layout(reading, sheet);
    let mut facts = Vec::new();
    for (block, source, cells) in &sheet.rows {
        // A row that repeats the heading is no data.
        if *cells == sheet.columns {
            continue;
        }
        let spot = Spot {
            block: *block,
            start: 0,
            quote: &source.text,
        };
        for (column, cell) in cells.iter().enumerate() {
            let fact = if layout.turned {
                turned_fact(reading, sheet, spot, cells, column)
            } else {
                cell_fact(reading, sheet, &layout, spot, cells, column)
            };
            // An empty cell, a name and a key state nothing.
            if let Some(fact) = fact.filter(|_| !cell.trim().is_empty()) {
                facts.push(fact);
            }
        }
    }
    facts
}

fn layout(reading: &Reading<'_>, sheet: &Sheet<'_>) -> Layout {
    let labels: Vec<Option<Label>> = sheet
        .columns
        .iter()
        .map(|column| attribute::label(column))
        .collect();
    let period = (0..sheet.columns.len()).find(|column| is_period(sheet, *column));
    let first = naming_column(reading, sheet, period);
    let turned = first == Some(0) && is_turned(reading, sheet, &labels);
    let naming = first.map_or_else(Vec::new, |first| {
        joined_naming(reading, sheet, first, period)
    });
    Layout {
        labels,
        naming,
        period,
        turned,
    }
}

/// Whether every cell of a column names a period and not all are the same kind of deadline.
fn is_period(sheet: &Sheet<'_>, column: usize) -> bool {
    let heading = sheet.columns[column].to_lowercase();
    let named = heading
        .split(|letter: char| !letter.is_alphabetic())
        .any(|word| {
            matches!(
                word,
                "month"
                    | "year"
                    | "quarter"
                    | "period"
                    | "date"
                    | "week"
                    | "day"
                    | "monat"
                    | "jahr"
                    | "quartal"
                    | "datum"
                    | "mois"
                    | "année"
                    | "fy"
                    | "season"
            )
        });
    let mut stated = sheet
        .rows
        .iter()
        .map(|(_, _, cells)| cells[column].trim())
        .filter(|cell| !cell.is_empty())
        .peekable();
    // `Start date` is an attribute of the row; `Date` alone says when the row holds.
    let alone = heading.split_whitespace().count() == 1;
    named
        && alone
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
        words.any(|word| NAMING_WORDS.contains(&word)) && in_words(reading, sheet, *column)
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

fn is_turned(reading: &Reading<'_>, sheet: &Sheet<'_>, labels: &[Option<Label>]) -> bool {
    let heading = sheet.columns[0].trim().to_lowercase();
    if heading.is_empty() || ATTRIBUTE_WORDS.contains(&heading.as_str()) {
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

/// The naming column, and with it as many further columns of words as tell the rows apart.
fn joined_naming(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    first: usize,
    period: Option<usize>,
) -> Vec<usize> {
    let mut naming = vec![first];
    let repeated = |naming: &[usize]| {
        let mut seen = BTreeSet::new();
        sheet
            .rows
            .iter()
            .filter(|(_, _, cells)| {
                let date = period.map(|column| cells[column].as_str());
                let name: Vec<&str> = naming.iter().map(|column| cells[*column].trim()).collect();
                !seen.insert((name, date))
            })
            .count()
    };
    // A few rows that come twice are two statements about the same; many are a log.
    if repeated(&naming) * 3 <= sheet.rows.len() {
        return naming;
    }
    for column in 0..sheet.columns.len() {
        let joins = column != first
            && Some(column) != period
            && !is_key(&sheet.columns[column])
            && in_words(reading, sheet, column);
        if joins && naming.len() < NAMING_COLUMNS_MAX {
            let before = repeated(&naming);
            naming.push(column);
            if repeated(&naming) == before {
                naming.pop();
            }
        }
        if repeated(&naming) == 0 {
            break;
        }
    }
    naming
}

/// Columns that number or describe their rows and state nothing to compare.
fn is_key(heading: &str) -> bool {
    attribute::label(heading).is_none_or(|label| {
        let words = label.words.to_lowercase();
        ["id", "no", "nr", "row", "line", "index"].contains(&words.as_str())
            || words.ends_with(" id")
            || vocabulary::named(&words, None, crate::text::Language::English)
                .is_some_and(|entry| entry.of_document && entry.name != "document date")
    })
}

fn cell_fact(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    layout: &Layout,
    spot: Spot<'_>,
    cells: &[String],
    column: usize,
) -> Option<Fact> {
    if layout.naming.contains(&column) || layout.period == Some(column) {
        return None;
    }
    let label = layout.labels[column]
        .as_ref()
        .filter(|_| !is_key(&sheet.columns[column]))?;
    let cell = cells[column].trim();
    let valued = reading.value_of(cell, label)?;
    let (mut attribute, _) = label.attribute(valued.kind, reading.language);
    let names: Vec<&str> = layout
        .naming
        .iter()
        .map(|column| cells[*column].trim())
        .filter(|name| !name.is_empty())
        .collect();
    let mut subject = names.join(", ");
    if is_total(&subject) {
        attribute = format!("total {attribute}");
        subject.clear();
    }
    if subject.is_empty() {
        subject.clone_from(&reading.subject);
    }
    let date = layout
        .period
        .and_then(|column| period_of(reading, &cells[column]));
    let written = format!("{}: {cell}", sheet.columns[column].trim());
    let text = if names.is_empty() {
        written
    } else {
        format!("{}, {written}", names.join(", "))
    };
    // A column names its attribute outright; without a name for the row, less so.
    let confidence = if layout.naming.is_empty() || !valued.whole {
        Confidence::Medium
    } else {
        Confidence::High
    };
    reading.fact(
        spot,
        Draft {
            attribute,
            bound: valued.bound,
            confidence,
            date,
            subject,
            text,
            unit: valued.unit,
            value: valued.value,
        },
    )
}

fn period_of(reading: &Reading<'_>, cell: &str) -> Option<String> {
    quantity::period_named(cell)
        .or_else(
            || match quantity::whole_quantity(cell, reading.mark)?.value {
                Value::Date(date) => Some(date),
                Value::AmbiguousDate(readings) => Some(readings.join(" or ")),
                Value::Number(_)
                | Value::Money(_)
                | Value::Percent(_)
                | Value::Duration(_)
                | Value::Text(_)
                | Value::Truth(_) => None,
            },
        )
        .or_else(|| Some(cell.trim().to_owned()).filter(|cell| !cell.is_empty()))
}

fn is_total(name: &str) -> bool {
    let bare = name
        .trim_matches(|sign: char| !sign.is_alphanumeric())
        .to_lowercase();
    TOTAL_WORDS.contains(&bare.as_str())
}

/// A cell of a table whose rows are attributes and whose columns are subjects or periods.
fn turned_fact(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    spot: Spot<'_>,
    cells: &[String],
    column: usize,
) -> Option<Fact> {
    if column == 0 {
        return None;
    }
    let label = attribute::label(&cells[0])?;
    let cell = cells[column].trim();
    let valued = reading.value_of(cell, &label)?;
    let (attribute, _) = label.attribute(valued.kind, reading.language);
    let heading = sheet.columns[column].trim();
    let period = quantity::period_named(heading);
    let generic = heading.is_empty() || VALUE_WORDS.contains(&heading.to_lowercase().as_str());
    let subject = if generic || period.is_some() {
        reading.subject.clone()
    } else {
        heading.to_owned()
    };
    let text = if generic {
        format!("{}: {cell}", cells[0].trim())
    } else {
        format!("{heading}, {}: {cell}", cells[0].trim())
    };
    let confidence = if valued.whole {
        Confidence::High
    } else {
        Confidence::Medium
    };
    reading.fact(
        spot,
        Draft {
            attribute,
            bound: valued.bound,
            confidence,
            date: period,
            subject,
            text,
            unit: valued.unit,
            value: valued.value,
        },
    )
}
