//! `table.csv`: documents by attributes, for a spreadsheet.
//!
//! Quoted as RFC 4180 says. A cell that a spreadsheet would take for a formula begins with an
//! apostrophe; a plain negative number does not need one.

use crate::organise::NOT_STATED;
use crate::research::shown;
use crate::shape::{Brief, Fact};

/// The table of a brief.
pub fn csv(brief: &Brief) -> String {
    let mut out = String::new();
    let head = std::iter::once("document".to_owned()).chain(brief.table.attributes.iter().cloned());
    line(&mut out, head);
    for row in &brief.table.rows {
        let cells = row.cells.iter().map(|facts| cell(facts));
        line(&mut out, std::iter::once(row.document.clone()).chain(cells));
    }
    out
}

fn cell(facts: &[Fact]) -> String {
    let Some(first) = facts.first() else {
        return NOT_STATED.to_owned();
    };
    let subjects = facts.iter().any(|fact| fact.subject != first.subject);
    facts
        .iter()
        .map(|fact| {
            // A minus sign of typography would not be a number to a spreadsheet.
            let value = shown::value(fact).replace('−', "-");
            if subjects {
                format!("{}: {value}", fact.subject)
            } else {
                value
            }
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Writes a line, so that no cell of it can be taken for a formula.
pub(crate) fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    let quoted: Vec<String> = cells.map(|cell| quoted(&harmless(&cell))).collect();
    out.push_str(&quoted.join(","));
    out.push_str("\r\n");
}

/// The cell, with an apostrophe before what would be a formula.
fn harmless(cell: &str) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if risky && !is_negative_number(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn is_negative_number(cell: &str) -> bool {
    cell.strip_prefix('-').is_some_and(|digits| {
        digits.starts_with(|first: char| first.is_ascii_digit())
            && digits
                .chars()
                .all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','))
    })
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{harmless, quoted};

    #[test]
    fn formulas_are_made_harmless_and_negative_numbers_are_left() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+49 30", "'+49 30"),
            ("-1-1", "'-1-1"),
            ("-12.50", "-12.50"),
            ("-1,234", "-1,234"),
            ("plain", "plain"),
        ] {
            assert_eq!(harmless(cell), expected);
        }
    }

    #[test]
    fn quotation_marks_are_doubled() {
        assert_eq!(quoted("say \"yes\", then"), "\"say \"\"yes\"\", then\"");
        assert_eq!(quoted("plain"), "plain");
    }
}
