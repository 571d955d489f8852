//! As much of Markdown as the checks need: prose lines, headings, tables, links.
//!
//! Fenced blocks and what stands between backticks are examples, not claims, and are left out
//! where that matters.

/// A row of a table, with the line it stands on, from 1.
pub(crate) struct Row {
    /// The line.
    pub(crate) line: usize,
    /// What is in its cells, trimmed.
    pub(crate) cells: Vec<String>,
}

/// The lines outside of fenced blocks, each with its number, from 1.
pub(crate) fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        if is_fence {
            is_fenced = !is_fenced;
        }
        (!is_fence && !is_fenced).then_some((index + 1, line))
    })
}

/// The headings, each with its line and depth.
pub(crate) fn headings(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    prose(text).filter_map(|(number, line)| {
        let title = line.trim_start_matches('#');
        let depth = line.len() - title.len();
        (depth > 0 && title.starts_with(' ')).then(|| (number, depth, title.trim()))
    })
}

/// The rows of the first table whose first column is headed so, without its head; nothing if there
/// is no such table.
pub(crate) fn table(text: &str, first_column: &str) -> Option<Vec<Row>> {
    let mut lines = prose(text).map(|(number, line)| (number, cells(line)));
    lines.find(|(_, cells)| cells.first().is_some_and(|cell| cell == first_column))?;
    let rows = lines
        .skip(1)
        .take_while(|(_, cells)| !cells.is_empty())
        .map(|(line, cells)| Row { line, cells });
    Some(rows.collect())
}

fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let Some(inner) = line
        .strip_prefix('|')
        .and_then(|rest| rest.strip_suffix('|'))
    else {
        return Vec::new();
    };
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// What stands between backticks in a line.
pub(crate) fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// The targets of the links of a page, each with its line.
pub(crate) fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        let spoken: String = line.split('`').step_by(2).collect::<Vec<_>>().join("``");
        for piece in spoken.split("](").skip(1) {
            let target = piece.split(')').next().unwrap_or_default();
            let target = target.split(" \"").next().unwrap_or_default();
            found.push((number, target.trim_matches(['<', '>']).to_owned()));
        }
    }
    found
}

/// The anchor that readers on the web get for a heading.
pub(crate) fn anchor(title: &str) -> String {
    title
        .chars()
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            _ if letter.is_alphanumeric() => Some(letter),
            _ => None,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{anchor, headings, links, quoted, table};

    #[test]
    fn the_rows_of_the_table_that_is_asked_for_are_found() {
        let text = "| a | b |\n|---|---|\n| 1 | 2 |\n\n| word | c |\n|---|---|\n| `x` | y |\nend\n";
        let rows = table(text, "word").expect("the second table");
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].line, rows[0].cells.as_slice()),
            (7, &["`x`".to_owned(), "y".to_owned()][..])
        );
        assert!(table(text, "none").is_none());
    }

    #[test]
    fn links_between_backticks_and_in_fences_are_examples() {
        let text = "[a](b.md) and [c](<d.md> \"title\")\n`[e](f)`\n```\n[g](h)\n```\n[`i`](j)\n";
        let found = links(text);
        let expected = [(1, "b.md"), (1, "d.md"), (6, "j")];
        assert_eq!(
            found,
            expected.map(|(line, target)| (line, target.to_owned()))
        );
    }

    #[test]
    fn headings_have_the_anchors_of_the_web() {
        let text = "# What *is* it?\n#tag\n## Two, three\n";
        let found: Vec<String> = headings(text).map(|(_, _, title)| anchor(title)).collect();
        assert_eq!(found, ["what-is-it", "two-three"]);
    }

    #[test]
    fn what_stands_between_backticks_is_quoted() {
        assert_eq!(quoted("a `b`, `c d` e"), ["b", "c d"]);
    }
}
