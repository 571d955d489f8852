//! What models added without a source, each under the name of whose opinion it is.

use super::outline::{Cell, Part, counted};
use crate::shape::{Brief, Opinion};

/// Most opinions that are shown; the record has them all.
const SHOWN_MAX: usize = 40;

pub(super) fn add(brief: &Brief, parts: &mut Vec<Part>) {
    let opinions: Vec<&Opinion> = brief
        .draft
        .opinions
        .iter()
        .chain(brief.summaries.iter().flat_map(|it| &it.opinions))
        .collect();
    if opinions.is_empty() {
        return;
    }
    parts.push(Part::Heading("Opinions of models".to_owned()));
    parts.push(Part::Note(
        "No passage says this. It is what the named model added, and nothing above rests on it."
            .to_owned(),
    ));
    let shown = opinions.iter().take(SHOWN_MAX);
    let rows = shown.map(|one| {
        [&one.by, &one.opinion]
            .map(|it| Cell::plain(it.clone()))
            .to_vec()
    });
    parts.push(Part::Grid {
        head: ["Whose", "What it says"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    });
    let beyond = opinions.len().saturating_sub(SHOWN_MAX);
    if beyond > 0 {
        parts.push(Part::Note(format!(
            "{} more stand in the record.",
            counted(beyond, "opinion")
        )));
    }
}
