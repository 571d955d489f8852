//! `cargo xtask pictures`: takes the pictures of the main pages that the documentation shows.
//!
//! They are taken of the demo as it is now, so they differ a little each time; nothing compares them.

use anyhow::{Context as _, Result};

use crate::browser::Stage;
use crate::{Outcome, repository, takes_no_arguments};

/// Where they are kept.
const IMAGES: &str = "docs/images";
/// What takes them.
const TAKE: &str = "pictures/take.mjs";

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("pictures", arguments) {
        return Ok(misused);
    }
    let root = repository::root()?;
    let Some(stage) = Stage::set(&root)? else {
        return Ok(Outcome::Failed);
    };
    let status = stage
        .node()
        .arg(TAKE)
        .arg(root.join(IMAGES))
        .status()
        .context("Node cannot be started")?;
    Ok(if status.success() {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}
