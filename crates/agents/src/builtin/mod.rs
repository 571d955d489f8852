//! The built-in agents: tools that quote and compare, and need no model.
//!
//! Each kind of task is one file: it takes the material of the task apart, calls the tool, and
//! hands in what comes of it. All of them are one family: none of them can judge another's work.

mod counter_argue;
mod draft;
mod integrate;
mod label;
mod material;
mod organise;
mod recruitment;
mod research;
mod screen_risk;
mod second_review;
mod summarise;

use std::collections::BTreeMap;

use consort_engine::runner::{Commission, Driver, Failure, Product};
use consort_kernel::task::AiUse;
use serde::Serialize;

/// The family of all built-in agents.
pub const FAMILY: &str = "built-in";

/// A built-in agent, as a network introduces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// The one capability that it has, which is also the kind of task that it does.
    pub capability: &'static str,
}

/// Every built-in agent, in the order in which their work comes.
pub const AGENTS: [BuiltIn; 8] = [
    BuiltIn {
        name: "Summariser",
        capability: "summarise",
    },
    BuiltIn {
        name: "Researcher",
        capability: "research",
    },
    BuiltIn {
        name: "Organiser",
        capability: "organise",
    },
    BuiltIn {
        name: "Devil's advocate",
        capability: "counter-argue",
    },
    BuiltIn {
        name: "Risk screener",
        capability: "screen-risk",
    },
    BuiltIn {
        name: "Drafter",
        capability: "draft",
    },
    BuiltIn {
        name: "Second reader",
        capability: "second-review",
    },
    BuiltIn {
        name: "Integrator",
        capability: "integrate",
    },
];

/// The driver of every built-in agent: it goes by the kind of the task.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tools;

impl Driver for Tools {
    fn perform(&self, commission: &Commission) -> Result<Product, Failure> {
        match commission.task.spec.kind.as_str() {
            "summarise" => summarise::perform(commission),
            "research" => research::perform(commission),
            "organise" => organise::perform(commission),
            "counter-argue" => counter_argue::perform(commission),
            "screen-risk" => screen_risk::perform(commission),
            "draft" => draft::perform(commission),
            "second-review" => second_review::perform(commission),
            "integrate" => integrate::perform(commission),
            "describe" | "redact" | "screen" | "profile" | "compare" | "shortlist" | "fairness" => {
                recruitment::perform(commission)
            }
            "prepare" | "tally" => label::perform(commission),
            other => Err(Failure::HandOver(format!(
                "no built-in tool does '{other}' tasks"
            ))),
        }
    }
}

/// What a tool hands in.
fn product<T: Serialize>(tool: &str, result: &T) -> Result<Product, Failure> {
    let content = serde_json::to_value(result)
        .map_err(|error| Failure::HandOver(format!("the result cannot be written: {error}")))?;
    Ok(Product {
        content,
        files: BTreeMap::new(),
        ai: AiUse::Tool,
        made_with: format!("consort {tool} {}", env!("CARGO_PKG_VERSION")),
    })
}
