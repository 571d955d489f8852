//! The form in which a person hands in: made from the JSON Schema that a criterion of the task asks for, so
//! that nobody has to write JSON to do work whose result a program reads.
//!
//! What is filled in is a *draft*: an object of the form's shape, which may lack things. [Complete](Form::complete)
//! it has the citation of every passage, found in the documents that the task gives, and says what is still
//! missing. Whether the result holds is for the checks to say, as with anybody's.

mod complete;
mod gather;
mod shape;

use consort_documents::Document;
use consort_engine::runner::Commission;
use consort_kernel::task::Method;
use serde_json::Value;

pub use complete::Lack;
pub use shape::{Field, Shape};

/// The form of one task's result.
#[derive(Debug, Clone)]
pub struct Form {
    fields: Vec<Field>,
    documents: Vec<Document>,
}

impl Form {
    /// What the criteria of a task ask for; nothing where they ask for no object of a known form, and plain words do.
    pub fn of(commission: &Commission) -> Option<Self> {
        let criteria = &commission.task.spec.instructions.criteria;
        let is_by_schema = |method: &Method| matches!(method, Method::Schema(_));
        let schema = match criteria.iter().find(|it| is_by_schema(&it.method)) {
            Some(criterion) => {
                let schema = commission.schemas.get(&criterion.key)?;
                serde_json::from_slice(schema).ok()?
            }
            None if criteria.iter().any(|it| it.method == Method::MustCite) => shape::cited(),
            None => return None,
        };
        let pieces = commission.materials.iter();
        let documents: Vec<Document> = pieces
            .filter_map(|piece| serde_json::from_slice(&piece.bytes).ok())
            .collect();
        let fields = shape::fields(&schema, &documents)?;
        Some(Self { fields, documents })
    }

    /// What is to be filled in, in its order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The documents that may be cited.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        self.documents.iter().map(|it| it.name.as_str())
    }

    /// The draft that was filled in: values by the JSON pointers (RFC 6901) of their places, in any order. Rows in
    /// which nothing was written are left out.
    pub fn gather(&self, filled: &[(String, String)]) -> Value {
        gather::draft(&self.fields, filled)
    }

    /// The draft as it can be handed in, with what it lacks.
    pub fn complete(&self, draft: Value) -> (Value, Vec<Lack>) {
        complete::completed(&self.fields, &self.documents, draft)
    }
}
