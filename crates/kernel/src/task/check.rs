//! What a task has to state before it can be planned: all four parts of its instructions.

use std::collections::BTreeSet;

use super::{CONTEXT_MAX, CRITERIA_MAX, Criterion, NEEDS_MAX, TaskSpec};
use crate::rejection::Rejection;

/// The longest key of a task or criterion, in bytes.
const KEY_BYTES_MAX: usize = 200;
/// The shortest lease: a contributor needs time for one heartbeat.
const LEASE_MS_MIN: u32 = 1_000;

/// Whether a task states what it has to. With goal, context, constraints or criteria empty it
/// cannot be dispatched, and so it cannot be planned.
pub fn check_spec(spec: &TaskSpec) -> Result<(), Rejection> {
    let field = |name: &str| format!("{}.{name}", spec.key);
    check_key("key", &spec.key)?;
    crate::text::required(&field("title"), &spec.title)?;
    crate::text::required(&field("kind"), &spec.kind)?;
    crate::text::required(&field("capability"), &spec.capability)?;
    let instructions = &spec.instructions;
    crate::text::required(&field("goal"), &instructions.goal)?;
    if instructions.context.is_empty() {
        return Err(Rejection::invalid(
            field("context"),
            "at least one piece of context is expected",
        ));
    }
    if instructions.context.len() > CONTEXT_MAX {
        return Err(Rejection::LimitReached {
            what: "pieces of context",
            limit: CONTEXT_MAX,
        });
    }
    if instructions.constraints.is_empty() {
        return Err(Rejection::invalid(
            field("constraints"),
            "at least one constraint is expected",
        ));
    }
    for constraint in &instructions.constraints {
        crate::text::required(&field("constraints"), constraint)?;
    }
    if instructions.criteria.is_empty() {
        return Err(Rejection::invalid(
            field("criteria"),
            "at least one criterion is expected",
        ));
    }
    check_criteria(&instructions.criteria, CRITERIA_MAX)?;
    if spec.apart_from.len() > NEEDS_MAX {
        return Err(Rejection::LimitReached {
            what: "tasks that it is kept apart from",
            limit: NEEDS_MAX,
        });
    }
    if spec.needs.len() > NEEDS_MAX {
        return Err(Rejection::LimitReached {
            what: "needed tasks",
            limit: NEEDS_MAX,
        });
    }
    if !(1..=8).contains(&spec.level) {
        return Err(Rejection::invalid(
            field("level"),
            "a level from 1 to 8 is expected",
        ));
    }
    if spec.lease_ms < LEASE_MS_MIN {
        return Err(Rejection::invalid(
            field("lease_ms"),
            "a lease lasts at least a second",
        ));
    }
    if spec.price.minor() < 0 {
        return Err(Rejection::invalid(
            field("price"),
            "zero or more is expected",
        ));
    }
    Ok(())
}

/// Whether criteria have names of their own and weigh something.
pub fn check_criteria(criteria: &[Criterion], limit: usize) -> Result<(), Rejection> {
    if criteria.len() > limit {
        return Err(Rejection::LimitReached {
            what: "criteria",
            limit,
        });
    }
    let mut seen = BTreeSet::new();
    for criterion in criteria {
        check_key("criteria", &criterion.key)?;
        crate::text::required(&format!("criteria.{}", criterion.key), &criterion.text)?;
        if !seen.insert(&criterion.key) {
            return Err(Rejection::invalid(
                "criteria",
                format!("'{}' is there twice", criterion.key),
            ));
        }
    }
    if criteria.iter().all(|criterion| criterion.weight == 0) {
        return Err(Rejection::invalid(
            "criteria",
            "at least one has to weigh something",
        ));
    }
    Ok(())
}

fn check_key(field: &str, key: &str) -> Result<(), Rejection> {
    crate::text::required(field, key)?;
    if key.len() > KEY_BYTES_MAX {
        return Err(Rejection::invalid(
            field,
            format!("at most {KEY_BYTES_MAX} bytes"),
        ));
    }
    Ok(())
}
