//! Routing: who is best suited for a task, and why.
//!
//! Version 1 scores everybody who is eligible by five qualities, each from nothing to a million:
//! how far the capability reaches, how well they have done, how far they stay below the price, how
//! free they are, and how much of their day overlaps with the work's. Standing is judged
//! cautiously for risky work (a lower quantile of the posterior) and with curiosity for safe work
//! (an upper one, scaled by a seeded draw), so that newcomers get a chance where little can go
//! wrong. The same inputs and seed give the same ranking everywhere.

mod applicant;
mod decision;
mod eligibility;
mod rank;

pub use applicant::Applicant;
pub use decision::{Decision, Scored};
pub use eligibility::{Exclusion, Requirement};
pub use rank::{Candidate, Grounds, LEADING_MAX, Ranking, Shown};
