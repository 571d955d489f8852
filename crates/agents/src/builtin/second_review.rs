//! `second-review`: a second reader looks for what is wrong with a draft and what it misses.

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::second_review::second_review;
use consort_tools::shape::{Draft, Research, Summary};

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let documents = material::documents(commission)?;
    let draft: Draft = material::one(commission, "draft")?;
    let research: Vec<Research> = material::all(commission, "research")?;
    let summaries: Vec<Summary> = material::all(commission, "summaries")?;
    product(
        "second-review",
        &second_review(&draft, &documents, &research, &summaries),
    )
}
