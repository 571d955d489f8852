//! Notices, as they are kept: for the floor that sends.

pub use consort_store::{Addressee, Channel, Looked, Notice, Notices, StoreError};
