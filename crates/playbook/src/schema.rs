//! The published form of playbooks: a JSON Schema (2020-12), for editors and other tools.
//!
//! It says what may be written. What has to fit together besides, such as names and the order of
//! tasks, only `parse` can tell.

use serde_json::Value;

const SCHEMA: &str = include_str!("schema.json");

/// The JSON Schema of playbooks.
pub fn schema() -> Value {
    serde_json::from_str(SCHEMA).expect("the file is JSON; a test reads it")
}
