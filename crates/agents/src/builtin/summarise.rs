//! `summarise`: the sentences of a document that matter most, word for word.

use consort_documents::Document;
use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::summarise::{SUMMARY_SENTENCES, summarise};
use consort_tools::text::Repeats;

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let document: Document = material::one(commission, "document")?;
    let question = material::question(commission)?;
    let repeats = Repeats::of(std::slice::from_ref(&document));
    product(
        "summarise",
        &summarise(&document, &repeats, &question, SUMMARY_SENTENCES),
    )
}
