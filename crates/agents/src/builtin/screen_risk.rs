//! `screen-risk`: what declared rules find, as of the day of the work.

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::screen_risk::{RulePack, screen_risk};

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let documents = material::documents(commission)?;
    let facts = material::all(commission, "research")?;
    let moment = commission.at.to_string();
    let today = moment.get(..10).and_then(|day| day.parse().ok());
    product(
        "screen-risk",
        &screen_risk(&documents, &facts, &RulePack::ready_made(), today),
    )
}
