//! A change to a repository: what a contributor hands in, and the page on which a person reads it.
//!
//! The page shows the patch as it is and says nothing of its own about whether it is right.

mod page;
mod patch;

use serde::{Deserialize, Serialize};

pub use page::{Facts, page};
pub use patch::{Changed, Line, read};

/// What is handed in as a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The patch, in the unified form that `git apply` takes.
    pub patch: String,
    /// What it does and why, for whoever reads it; the first line is its title.
    pub summary: String,
}

impl Change {
    /// The first line of the summary.
    pub fn title(&self) -> &str {
        let mut lines = self.summary.lines().map(str::trim);
        lines.find(|line| !line.is_empty()).unwrap_or("A change")
    }

    /// What the summary says after its first line, paragraph by paragraph.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        let rest = self.summary.trim_start().split_once('\n');
        let rest = rest.map_or("", |(_, rest)| rest);
        rest.split("\n\n")
            .map(str::trim)
            .filter(|it| !it.is_empty())
    }
}
