//! `labels.csv`: each item with its label, how likely that is, and who said what.

use std::collections::BTreeMap;

use super::{Prepared, Tally};
use crate::deliver::csv_line as line;

/// The table. Each contributor has a column that is headed by their identifier.
pub fn table(prepared: &Prepared, tally: &Tally) -> String {
    let mut out = String::new();
    let head = ["id"].map(str::to_owned).into_iter();
    let head = head
        .chain(prepared.columns.iter().cloned())
        .chain(
            [
                "label",
                "standing",
                "likely_percent",
                "answers",
                "agree_percent",
            ]
            .map(str::to_owned),
        )
        .chain(tally.contributors.iter().map(|by| by.id.clone()));
    line(&mut out, head);
    for (item, counted) in prepared.items.iter().zip(&tally.items) {
        let own: BTreeMap<&String, &String> = counted.answers.iter().collect();
        let cells = std::iter::once(item.id.clone())
            .chain(
                prepared
                    .columns
                    .iter()
                    .map(|column| item.text.get(column).cloned().unwrap_or_default()),
            )
            .chain([
                counted.label.clone().unwrap_or_default(),
                counted.standing.as_str().to_owned(),
                percent(counted.likely_ppm),
                counted.answers.len().to_string(),
                match counted.answers.len() {
                    0 => String::new(),
                    _ => percent(counted.share_ppm),
                },
            ])
            .chain(tally.contributors.iter().map(|by| {
                own.get(&by.id)
                    .map_or(String::new(), |label| (*label).clone())
            }));
        line(&mut out, cells);
    }
    out
}

/// Millionths as per cent with one place.
pub(super) fn percent(ppm: u32) -> String {
    let tenths = (ppm + 500) / 1_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded() {
        assert_eq!(
            [0, 999_499, 999_500, 1_000_000].map(percent),
            ["0.0", "99.9", "100.0", "100.0"]
        );
    }
}
