//! What research reads in documents.

pub(crate) mod quantity;
