//! `integrate`: merges everything into the brief, with the source of every statement.

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::integrate::{Parts, integrate};
use consort_tools::shape::{
    CounterArguments, Draft, Research, Resolutions, Screening, SecondReview, Summary, Table,
};

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let documents = material::documents(commission)?;
    let counter: CounterArguments = material::one(commission, "counter")?;
    let draft: Draft = material::one(commission, "draft")?;
    let research: Vec<Research> = material::all(commission, "research")?;
    let resolutions: Option<Resolutions> = material::optional(commission, "resolutions")?;
    let screening: Screening = material::one(commission, "screening")?;
    let second_review: SecondReview = material::one(commission, "second_review")?;
    let summaries: Vec<Summary> = material::all(commission, "summaries")?;
    let table: Table = material::one(commission, "table")?;
    let parts = Parts {
        counter: &counter,
        documents: &documents,
        draft: &draft,
        research: &research,
        resolutions: &resolutions.unwrap_or_default(),
        screening: &screening,
        second_review: &second_review,
        summaries: &summaries,
        table: &table,
    };
    product("integrate", &integrate(&parts))
}
