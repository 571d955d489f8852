//! `deliver`: a brief as a page that can be printed, as a text document and as a table.
//!
//! All three say the same and add nothing of their own. What a document says is shown as text and
//! can never become markup or a formula.

mod annex;
mod csv;
mod decided;
mod docx;
mod frame;
mod html;
mod opinions;
mod outline;
mod page_one;

pub use self::csv::csv;
pub(crate) use self::csv::line as csv_line;
pub use self::docx::docx;
pub use self::frame::{Contribution, Frame, NOTHING_INTERPRETED};
pub use self::html::html;
pub(crate) use self::html::page;

use self::outline::{Part, Sources, counted};
use crate::shape::Brief;

/// All parts of a brief, in their order.
fn parts(brief: &Brief, frame: &Frame) -> Vec<Part> {
    let mut sources = Sources::default();
    let mut parts = page_one::parts(brief, frame, &mut sources);
    parts.extend(annex::parts(brief, frame, sources));
    parts
}

/// What sort of brief it is.
fn sort(frame: &Frame) -> &'static str {
    if frame.decision_asked {
        "Decision brief"
    } else {
        "Document brief"
    }
}

/// When, for whom, of how many documents.
fn byline(brief: &Brief, frame: &Frame) -> String {
    let read = format!("{} read", counted(brief.draft.coverage.len(), "document"));
    let skipped = (!frame.skipped.is_empty()).then(|| format!("{} skipped", frame.skipped.len()));
    let accountable =
        (!frame.accountable.is_empty()).then(|| format!("Accountable: {}", frame.accountable));
    let prepared =
        (!frame.prepared_on.is_empty()).then(|| format!("Prepared on {}", frame.prepared_on));
    [prepared, accountable, Some(read), skipped]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

#[cfg(test)]
mod tests;
