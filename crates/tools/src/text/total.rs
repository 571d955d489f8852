//! Rows of a table that add up or average the others.

/// What the first words of such a row are, in small letters.
const TOTALS: &[&str] = &[
    "all",
    "average",
    "durchschnitt",
    "gesamt",
    "gesamtsumme",
    "gran total",
    "grand total",
    "insgesamt",
    "mean",
    "media",
    "moyenne",
    "overall",
    "promedio",
    "somme",
    "sum",
    "suma",
    "summe",
    "totaal",
    "total",
    "total general",
    "total général",
    "totale",
    "totals",
];

/// Whether these are the cells of a row that adds up or averages the others.
///
/// A subtotal is none: it stands for a part of the table only.
pub fn is_total(cells: &[String]) -> bool {
    label_of(cells).is_some_and(|label| TOTALS.contains(&label.as_str())) && has_figure(cells)
}

/// Whether the row adds up some or all of the others, so that its figures are not of their kind.
pub fn is_sum(cells: &[String]) -> bool {
    label_of(cells).is_some_and(|label| {
        TOTALS.contains(&label.as_str())
            || label
                .split(' ')
                .any(|word| matches!(word, "subtotal" | "total" | "zwischensumme" | "sous-total"))
    })
}

/// The first cell that is not empty, in small letters and without a year or a colon after it.
fn label_of(cells: &[String]) -> Option<String> {
    let first = cells
        .iter()
        .map(|cell| cell.trim())
        .find(|cell| !cell.is_empty())?;
    let label = first.to_lowercase();
    let ends = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | ':');
    Some(label.trim_end_matches(ends).to_owned())
}

fn has_figure(cells: &[String]) -> bool {
    cells
        .iter()
        .skip(1)
        .any(|cell| cell.bytes().any(|byte| byte.is_ascii_digit()))
}
