//! Facts from tables: the column names the attribute, the row's naming cells the subject.
//!
//! What the columns are for is found in `layout`. In the document of a party with a name, a row is
//! something of that party's, so that two suppliers' `Deep clean` are not the same thing. Rows that add
//! up others are about the whole document.

use std::collections::BTreeSet;

use super::attribute::{self, Label};
use super::layout::{Layout, Sheet, is_key, layout, sheets};
use super::listed::is_listed;
use super::quantity;
use super::reading::{Draft, Reading, Spot, Valued};
use super::subject_key;
use crate::shape::{Confidence, Fact, Value};

/// Headings of value columns that name nobody.
const VALUE_WORDS: &str = "\
    value values amount detail details figure answer result wert betrag valeur montant offer text";

/// Words of rows that add up others.
const TOTAL_WORDS: &str = "\
    total totals sum subtotal gesamt summe zwischensumme insgesamt overall totaal totale";

/// The facts of all tables with named columns.
pub(super) fn facts(reading: &Reading<'_>) -> Vec<Fact> {
    let sheets = sheets(reading);
    let named: BTreeSet<&str> = sheets
        .iter()
        .flat_map(|sheet| &sheet.rows)
        .filter_map(|(_, _, cells)| cells.first())
        .map(|cell| cell.trim())
        .collect();
    sheets
        .iter()
        .flat_map(|sheet| sheet_facts(reading, sheet, &named))
        .collect()
}

fn sheet_facts(reading: &Reading<'_>, sheet: &Sheet<'_>, named: &BTreeSet<&str>) -> Vec<Fact> {
    let layout = layout(reading, sheet, named);
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
        let row = Row {
            reading,
            sheet,
            layout: &layout,
            spot,
            cells,
        };
        facts.extend((0..cells.len()).filter_map(|column| row.fact(column)));
    }
    facts
}

/// One row of a table.
struct Row<'a> {
    reading: &'a Reading<'a>,
    sheet: &'a Sheet<'a>,
    layout: &'a Layout,
    spot: Spot<'a>,
    cells: &'a [String],
}

impl Row<'_> {
    fn fact(&self, column: usize) -> Option<Fact> {
        // Names, periods and units state nothing by themselves.
        let states = !self.layout.naming.contains(&column)
            && self.layout.period != Some(column)
            && self.layout.unit != Some(column);
        if !states {
            return None;
        }
        if self.layout.turned {
            self.turned_fact(column)
        } else {
            self.plain_fact(column)
        }
    }

    fn plain_fact(&self, column: usize) -> Option<Fact> {
        let heading = self.sheet.columns[column].trim();
        let label = self.layout.labels[column]
            .as_ref()
            .filter(|_| !is_key(heading))?;
        let cell = self.cells[column].trim();
        let valued = self.valued(cell, label)?;
        let (mut attribute, _) = label.attribute(valued.kind, self.reading.language);
        let names: Vec<&str> = self
            .layout
            .naming
            .iter()
            .map(|column| self.cells[*column].trim())
            .filter(|name| !name.is_empty())
            .collect();
        let name = names.join(", ");
        let subject = match total_of(&name) {
            Some((total, rest)) => {
                attribute = format!("{total} {attribute}");
                // A total belongs to its file: another file's total adds up other rows.
                joined(&self.reading.subject, &rest)
            }
            None => self.scoped(&name),
        };
        let written = format!("{heading}: {cell}");
        let text = if name.is_empty() {
            written
        } else {
            format!("{name}, {written}")
        };
        // A column names its attribute outright; without a name for the row, less so.
        let confidence = if name.is_empty() || !valued.whole {
            Confidence::Medium
        } else {
            Confidence::High
        };
        let date = self
            .layout
            .period
            .and_then(|column| period_of(self.reading, &self.cells[column]));
        self.draft(attribute, confidence, date, subject, text, valued)
    }

    /// A cell of a table whose rows are attributes and whose columns are subjects or periods.
    fn turned_fact(&self, column: usize) -> Option<Fact> {
        let name = self.cells[0].trim();
        let label = attribute::label(name)?;
        let cell = self.cells[column].trim();
        let valued = self.valued(cell, &label)?;
        let (attribute, _) = label.attribute(valued.kind, self.reading.language);
        let heading = self.sheet.columns[column].trim();
        let period = quantity::period_named(heading);
        let generic = heading.is_empty() || is_listed(&heading.to_lowercase(), VALUE_WORDS);
        let subject = if generic || period.is_some() {
            self.reading.subject.clone()
        } else {
            heading.to_owned()
        };
        let text = if generic {
            format!("{name}: {cell}")
        } else {
            format!("{heading}, {name}: {cell}")
        };
        let confidence = if valued.whole {
            Confidence::High
        } else {
            Confidence::Medium
        };
        self.draft(attribute, confidence, period, subject, text, valued)
    }

    /// The value of a cell, with what the row's unit says it is per.
    fn valued(&self, cell: &str, label: &Label) -> Option<Valued> {
        let mut valued = self.reading.value_of(cell, label)?;
        let per = self
            .layout
            .unit
            .map(|column| self.cells[column].trim().to_lowercase())
            .filter(|per| !per.is_empty());
        if let Some(per) = per {
            match (&valued.value, &valued.unit) {
                (Value::Money(_), Some(unit)) if !unit.contains(" per ") => {
                    valued.unit = Some(format!("{unit} per {per}"));
                }
                (Value::Number(_), None) => valued.unit = Some(format!("per {per}")),
                _ => {}
            }
        }
        Some(valued)
    }

    /// The row's name, within the party that the document is about.
    fn scoped(&self, name: &str) -> String {
        if name.is_empty() {
            return self.reading.subject.clone();
        }
        let own = subject_key(&self.reading.subject);
        let row = subject_key(name);
        let says_so = own.starts_with(&row) || row.starts_with(&own);
        if self.reading.is_named && !says_so {
            joined(&self.reading.subject, name)
        } else {
            name.to_owned()
        }
    }

    fn draft(
        &self,
        attribute: String,
        confidence: Confidence,
        date: Option<String>,
        subject: String,
        text: String,
        valued: Valued,
    ) -> Option<Fact> {
        self.reading.fact(
            self.spot,
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
}

fn joined(subject: &str, name: &str) -> String {
    if name.is_empty() {
        subject.to_owned()
    } else {
        format!("{subject}, {name}")
    }
}

fn period_of(reading: &Reading<'_>, cell: &str) -> Option<String> {
    let dated = quantity::period_named(cell).or_else(|| {
        match quantity::whole_quantity(cell, reading.mark)?.value {
            Value::Date(date) => Some(date),
            Value::AmbiguousDate(readings) => Some(readings.join(" or ")),
            Value::Number(_)
            | Value::Money(_)
            | Value::Percent(_)
            | Value::Duration(_)
            | Value::Text(_)
            | Value::Truth(_) => None,
        }
    });
    dated.or_else(|| Some(cell.trim().to_owned()).filter(|cell| !cell.is_empty()))
}

/// The word that makes a row a total, and what is left of its name.
fn total_of(name: &str) -> Option<(String, String)> {
    let bare = |word: &str| {
        word.trim_matches(|sign: char| !sign.is_alphanumeric())
            .to_lowercase()
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    let ends = [words.first()?, words.last()?];
    let total = ends
        .into_iter()
        .find(|word| is_listed(&bare(word), TOTAL_WORDS))?;
    let rest: Vec<&str> = words
        .iter()
        .filter(|word| *word != total)
        .copied()
        .collect();
    Some((
        bare(total),
        rest.join(" ").trim_matches([':', ' ']).to_owned(),
    ))
}
