//! `draft`: the page that a person decides on.

use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::draft::{DraftInputs, draft};
use consort_tools::shape::{CounterArguments, Research, Summary, Table};

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let documents = material::documents(commission)?;
    let question = material::question(commission)?;
    let research: Vec<Research> = material::all(commission, "research")?;
    let summaries: Vec<Summary> = material::all(commission, "summaries")?;
    let counter: CounterArguments = material::one(commission, "counter")?;
    let table: Table = material::one(commission, "table")?;
    let inputs = DraftInputs {
        counter: &counter,
        documents: &documents,
        question: &question,
        research: &research,
        summaries: &summaries,
        table: &table,
    };
    product("draft", &draft(&inputs))
}
