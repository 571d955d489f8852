//! JSON Schemas (2020-12), read the same way when a playbook is checked and when a submission is.
//!
//! Nothing is fetched: a reference to somewhere else is an error. Patterns take linear time.

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

/// How much of a validator's message is shown.
const MESSAGE_CHARS_MAX: usize = 200;

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnusableSchema(String);

/// A schema that submissions can be held to.
#[derive(Debug)]
pub struct JsonSchema(Validator);

/// One place where a value does not have the form that a schema asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// RFC 6901 pointer to the value.
    pub at: String,
    /// What is wrong. It names the rule and not the value, which may be long.
    pub text: String,
}

impl JsonSchema {
    /// Reads a schema.
    pub fn read(schema: &Value) -> Result<Self, UnusableSchema> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_pattern_options(PatternOptions::regex())
            .build(schema)
            .map(Self)
            .map_err(|error| {
                let at = error.instance_path().to_string();
                let place = if at.is_empty() {
                    String::new()
                } else {
                    format!("at {at}: ")
                };
                let text = format!("{place}{}", error.masked());
                UnusableSchema(text.chars().take(MESSAGE_CHARS_MAX).collect())
            })
    }

    /// Where a value does not fit.
    pub fn misfits<'a>(&'a self, value: &'a Value) -> impl Iterator<Item = Misfit> + 'a {
        self.0.iter_errors(value).map(|error| Misfit {
            at: error.instance_path().to_string(),
            text: error
                .masked()
                .to_string()
                .chars()
                .take(MESSAGE_CHARS_MAX)
                .collect(),
        })
    }
}
