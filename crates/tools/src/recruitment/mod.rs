//! Recruitment: a role described, applications screened with passages, a person's decisions laid out.
//!
//! Nothing here reckons a score, orders people or rejects anybody: an application stands beside the
//! declared criteria with the passages that speak to them, in the order of the file names, and a
//! person decides. Self-declared attributes are read in `fairness` alone, after the decisions.

mod compare;
mod criterion;
mod describe;
mod fairness;
mod fairness_page;
mod page;
mod redact;
mod screen;
mod shortlist;

pub use compare::{Comparison, ComparisonRow, compare};
pub use criterion::{Criterion, Need, SetAside};
pub use describe::{Description, Section, describe};
pub use fairness::{Fairness, fairness};
pub use fairness_page::{fairness_csv, fairness_html};
pub use page::shortlist_html;
pub use redact::{LIMITS, Redacted, profile, redact};
pub use screen::{Finding, Screened, Standing, screen};
pub use shortlist::{Decided, Shortlist, shortlist, shortlist_csv};

#[cfg(test)]
mod tests;
