//! What of a table can be quoted: its totals, and the rows that name an option.

use consort_documents::{BlockKind, Document, Statement};

use crate::text::{Language, OptionNames, Passage, PassageKind, is_total, passages};

/// With more rows than this for an option, no single one tells what the table says of it.
const OPTION_ROWS_MAX: usize = 2;
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
    let tells = |option: &usize| {
        named.iter().filter(|named| named.contains(option)).count() <= OPTION_ROWS_MAX
    };
    rows.iter()
        .zip(&named)
        .filter(|(row, named)| {
            let is_total = match &document.blocks[row.block].kind {
                BlockKind::Row { cells, .. } => is_total(cells),
                BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph => false,
            };
            is_total || named.iter().any(tells)
        })
        .take(limit)
        .map(|(row, _)| row.state(document))
        .collect()
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
