//! `research`: the typed facts of a document.

use consort_documents::Document;
use consort_engine::runner::{Commission, Failure, Product};
use consort_tools::research::research;

use super::{material, product};

pub(super) fn perform(commission: &Commission) -> Result<Product, Failure> {
    let document: Document = material::one(commission, "document")?;
    product("research", &research(&document))
}
