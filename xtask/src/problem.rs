//! A problem that a check found: where it is, what is wrong, and what to do.

use std::fmt;

/// One finding; printed as `path:line: what is wrong. What to do`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the root of the repository.
    pub path: String,
    /// The line, from 1; the first line where the whole file is meant.
    pub line: usize,
    /// What is wrong, as a clause.
    pub what: String,
    /// What to do, as a sentence without its full stop.
    pub remedy: String,
}

impl Problem {
    /// Makes a finding.
    pub fn new(
        path: &str,
        line: usize,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            what,
            remedy,
        } = self;
        write!(out, "{path}:{line}: {what}. {remedy}")
    }
}
