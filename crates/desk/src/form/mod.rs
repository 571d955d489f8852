//! The form in which a person hands in: made from the JSON Schema that a criterion of the task asks for, so
//! that nobody has to write JSON to do work whose result a program reads.
//!
//! What is filled in is a *draft*: an object of the form's shape, which may lack things. [Complete](Form::complete)
//! it has the citation of every passage, found in the documents that the task gives, and says what is still
//! missing. Whether the result holds is for the checks to say, as with anybody's.

mod complete;
mod gather;
mod shape;

use std::collections::BTreeMap;

use consort_documents::Document;
use consort_engine::runner::Commission;
use consort_kernel::task::Method;
use consort_tools::label::{Batch, Item};
use serde::Deserialize;
use serde_json::Value;

pub use complete::Lack;
pub use shape::{Field, Shape};

/// The form of one task's result.
#[derive(Debug, Clone)]
pub struct Form {
    fields: Vec<Field>,
    given: Given,
}

/// What the material gives to choose from.
#[derive(Debug, Clone, Default)]
struct Given {
    /// The documents that may be cited.
    documents: Vec<Document>,
    /// Lists of texts, by the names of their pieces.
    lists: BTreeMap<String, Vec<String>>,
    /// What each row is about, where there is one for each of these.
    items: Vec<Item>,
}

/// Material that there is something to choose from.
#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Document(Document),
    List(Vec<String>),
    Batch(Batch),
}

impl Given {
    fn of(commission: &Commission) -> Self {
        let mut given = Self::default();
        for piece in &commission.materials {
            match serde_json::from_slice(&piece.bytes) {
                Ok(Piece::Document(document)) => given.documents.push(document),
                Ok(Piece::List(list)) => {
                    given.lists.insert(piece.name.clone(), list);
                }
                Ok(Piece::Batch(Batch { items, .. })) => given.items.extend(items),
                Err(_) => {}
            }
        }
        given
    }
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
        let given = Given::of(commission);
        let fields = shape::fields(&schema, &given)?;
        Some(Self { fields, given })
    }

    /// What is to be filled in, in its order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The documents that may be cited.
    pub fn documents(&self) -> impl Iterator<Item = &str> {
        self.given.documents.iter().map(|it| it.name.as_str())
    }

    /// What the rows of a list are about, one each, in their order; none where rows are added as they are needed.
    pub fn items(&self) -> &[Item] {
        &self.given.items
    }

    /// The draft that was filled in: values by the JSON pointers (RFC 6901) of their places, in any order. Rows in
    /// which nothing was written are left out.
    pub fn gather(&self, filled: &[(String, String)]) -> Value {
        gather::draft(&self.fields, filled)
    }

    /// The draft as it can be handed in, with what it lacks.
    pub fn complete(&self, draft: Value) -> (Value, Vec<Lack>) {
        complete::completed(&self.fields, &self.given.documents, draft)
    }
}
