//! What of a table can be quoted: its totals, and the rows that name an option.

use std::collections::BTreeSet;

use consort_documents::{BlockKind, Document, Statement};

use crate::text::{Language, OptionNames, Passage, PassageKind, is_total, passages};

/// With more rows than this for an option, no single one tells what the table says of it.
const OPTION_ROWS_MAX: usize = 4;
/// More columns are not listed: the reason should stay a sentence.
const COLUMNS_LISTED_MAX: usize = 8;

/// The rows that tell something by themselves, in their order.
pub(super) fn telling_rows(
    document: &Document,
    options: &OptionNames,
    limit: usize,
) -> Vec<Statement> {
    let language = Language::of(document);
    let rows: Vec<Passage<'_>> = passages(0, document)
        .filter(|passage| passage.kind == PassageKind::Row)
        .collect();
    let named: Vec<Vec<usize>> = rows
        .iter()
        .map(|row| options.named_in(row.text, language))
        .collect();
    let count = |option: usize| named.iter().filter(|named| named.contains(&option)).count();
    // The rows of some options without those of the others would be half of a comparison.
    let are_few = named
        .iter()
        .flatten()
        .all(|option| count(*option) <= OPTION_ROWS_MAX);
    let tells = |row: &Passage<'_>, option: usize| {
        let is_it = |cell: &str| options.named_in(cell, language).contains(&option);
        are_few && is_key(document, row, is_it)
    };
    rows.iter()
        .zip(&named)
        .filter(|(row, named)| {
            let is_total = match &document.blocks[row.block].kind {
                BlockKind::Row { cells, .. } => is_total(cells),
                BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph => false,
            };
            is_total || named.iter().any(|option| tells(row, *option))
        })
        .take(limit)
        .map(|(row, _)| row.state(document))
        .collect()
}

/// Whether the cell that names the option stands in a column whose cells all differ: then the table
/// has one row for each thing, and this one is the option's.
fn is_key(document: &Document, row: &Passage<'_>, names: impl Fn(&str) -> bool) -> bool {
    let cells_of = |block: usize| match &document.blocks[block].kind {
        BlockKind::Row { cells, .. } => cells.as_slice(),
        BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph => &[],
    };
    let Some(column) = cells_of(row.block).iter().position(|cell| names(cell)) else {
        return false;
    };
    let mut seen = BTreeSet::new();
    (0..document.blocks.len())
        .filter_map(|block| cells_of(block).get(column))
        .map(|cell| cell.trim().to_lowercase())
        .filter(|cell| !cell.is_empty())
        .all(|cell| seen.insert(cell))
}

/// Why nothing of a table is quoted, with what the table has.
pub(super) fn why_nothing(document: &Document) -> String {
    let mut rows = 0_usize;
    let mut titles: &[String] = &[];
    for block in &document.blocks {
        if let BlockKind::Row { columns, .. } = &block.kind {
            rows += 1;
            if titles.is_empty() {
                titles = columns;
            }
        }
    }
    let listed: Vec<&str> = titles
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
        .take(COLUMNS_LISTED_MAX)
        .collect();
    let more = if titles.len() > COLUMNS_LISTED_MAX {
        " and more"
    } else {
        ""
    };
    let noun = if rows == 1 { "row" } else { "rows" };
    let columns = if listed.is_empty() {
        String::new()
    } else {
        format!(" under the columns {}{more}", listed.join(", "))
    };
    format!(
        "It is a table of {rows} {noun}{columns}. It has no row of totals, and single rows would \
         say little by themselves."
    )
}
