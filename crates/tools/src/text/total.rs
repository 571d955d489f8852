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

/// The first cell that is not empty, in small letters and without a period or a colon after it.
fn label_of(cells: &[String]) -> Option<String> {
    let first = cells
        .iter()
        .map(|cell| cell.trim())
        .find(|cell| !cell.is_empty())?;
    let mut words: Vec<String> = first
        .to_lowercase()
        .split_whitespace()
        .map(|word| word.trim_end_matches(':').to_owned())
        .collect();
    while words.len() > 1 && words.last().is_some_and(|word| is_period(word)) {
        words.pop();
    }
    Some(words.join(" "))
}

/// Whether the word is a year, a quarter, a half year or the like: "2025", "q1", "h2".
fn is_period(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "eur", "gbp", "of", "quarter", "quartal", "usd", "year", "jahr",
    ];
    let digits = word.trim_start_matches(['q', 'h', 'k', 'w']);
    let is_numbered = !digits.is_empty()
        && word.len() - digits.len() <= 2
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'/');
    is_numbered || word.is_empty() || WORDS.contains(&word)
}

fn has_figure(cells: &[String]) -> bool {
    cells
        .iter()
        .skip(1)
        .any(|cell| cell.bytes().any(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_from_rows_that_begin_alike() {
        let table = [
            ("Total", true, true),
            ("Total Q1", true, true),
            ("Gesamt 2025:", true, true),
            ("Average", true, true),
            ("Harbour Warehouse subtotal", false, true),
            ("Total Energies", false, true),
            ("Allen", false, false),
            ("North Depot", false, false),
        ];
        for (label, total, sum) in table {
            let cells = [label.to_owned(), String::new(), "12.5".to_owned()];
            assert_eq!(is_total(&cells), total, "{label}");
            assert_eq!(is_sum(&cells), sum, "{label}");
        }
        assert!(!is_total(&["Total".to_owned(), "none".to_owned()]));
    }
}
