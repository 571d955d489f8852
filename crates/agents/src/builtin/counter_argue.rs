//! `counter-argue`: passages that argue against, and figures that stand apart.

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::counter_argue::counter_argue;

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let documents = material::documents(commission)?;
    let question = material::question(commission)?;
    let facts = material::all(commission, "research")?;
    product(
        "counter-argue",
        &counter_argue(&documents, &question, &facts),
    )
}
