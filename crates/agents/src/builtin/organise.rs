//! `organise`: documents by the attributes that two or more of them state.

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::organise::organise;

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    product(
        "organise",
        &organise(&material::all(commission, "research")?),
    )
}
