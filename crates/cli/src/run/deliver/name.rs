//! Names of delivered files: what a contributor calls a file is data, and never a path.

use std::collections::BTreeSet;

/// The longest name, in bytes: what every file system takes.
const NAME_BYTES_MAX: usize = 120;
/// The record's own name, which nobody else's file gets.
pub(super) const RECORD: &str = "record.json";

/// The names that are taken. Two that differ by case alone are one on many systems.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name under which a file can be written: the one it was handed in with, if that is a plain
    /// name that is free; else that name made plain, after the key of the task where it is taken.
    pub(super) fn give(&mut self, wanted: &str, key: &str) -> String {
        let plain = plain(wanted);
        let mut name = plain.clone();
        let mut number = 1;
        while name.eq_ignore_ascii_case(RECORD) || !self.taken.insert(name.to_lowercase()) {
            let counted = if number == 1 {
                format!("{key}-{plain}")
            } else {
                format!("{key}-{number}-{plain}")
            };
            name = self::plain(&counted);
            number += 1;
        }
        name
    }
}

/// The name without what could lead elsewhere or hide the file.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let replaced: String = name
        .chars()
        .map(|c| if is_plain(c) { c } else { '-' })
        .collect();
    let shown = replaced.trim_start_matches(['.', '-', ' ']);
    let mut start = shown.len().saturating_sub(NAME_BYTES_MAX);
    while !shown.is_char_boundary(start) {
        start += 1;
    }
    let short = shown[start..].trim_matches(['.', '-', ' ']);
    if short.is_empty() { "file" } else { short }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_stays_as_it_is_and_no_other_leads_out_of_the_folder() {
        for (wanted, given) in [
            ("shortlist.html", "shortlist.html"),
            ("Zwischenbericht Mai.pdf", "Zwischenbericht Mai.pdf"),
            ("../../etc/passwd", "etc-passwd"),
            ("a/b\\c:d", "a-b-c-d"),
            (".profile", "profile"),
            ("...", "file"),
            ("line\nbreak\u{202e}.txt", "line-break-.txt"),
            ("record.json", "sum-record.json"),
            ("Record.JSON", "sum-Record.JSON"),
        ] {
            assert_eq!(Names::default().give(wanted, "sum"), given, "{wanted:?}");
        }
    }

    #[test]
    fn no_two_files_get_one_name() {
        let mut names = Names::default();
        let given = ["a.csv", "A.csv", "a.csv", "sum-a.csv"].map(|name| names.give(name, "sum"));
        assert_eq!(
            given,
            ["a.csv", "sum-A.csv", "sum-2-a.csv", "sum-sum-a.csv"]
        );
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = Names::default().give(&format!("{}.pdf", "ü".repeat(200)), "sum");
        assert!(name.len() <= NAME_BYTES_MAX && name.ends_with("ü.pdf"));
    }
}
