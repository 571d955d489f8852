//! Tests of the kernel as a whole: each file is named after what it is about, and `rules` after
//! what must always hold.

mod apart;
mod consensus;
mod contributor;
mod fairness;
mod golden;
mod liveness;
mod network;
mod outcome_close;
mod outcome_money;
mod outcome_plan;
mod outcome_state;
mod random;
mod rejections;
mod roles;
mod routing;
mod rules;
mod rules_of_access;
mod rules_of_people;
mod task_accept;
mod task_claim;
mod task_offer;
mod task_review;
mod world;
