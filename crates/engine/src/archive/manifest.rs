//! `manifest.txt`: the signed list of all other files, so that none can be changed, added or taken
//! out.

use std::fmt::Write as _;

use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;

/// What the list begins with; the number is that of the form of archives.
const FIRST_LINE: &str = "consort archive 1";

/// The list as the text that is signed.
pub(super) fn text(outcome: OutcomeId, files: &[(String, Digest)]) -> String {
    let mut text = format!("{FIRST_LINE}\n{outcome}\n");
    for (name, digest) in files {
        writeln!(text, "{digest}  {name}").expect("writing to a string does not fail");
    }
    text
}

/// The outcome that a list is of; nothing if it has another form.
pub(super) fn outcome(text: &str) -> Option<OutcomeId> {
    let mut lines = text.lines();
    if lines.next() != Some(FIRST_LINE) {
        return None;
    }
    lines.next()?.parse().ok()
}
