//! Tests of the kernel as a whole: each file is named after what it is about, and `rules` after
//! what must always hold.

mod outcome_close;
mod outcome_money;
mod outcome_plan;
mod task_accept;
mod task_claim;
mod task_review;
mod world;
