//! `cargo xtask pictures` takes the pictures of the main pages that the documentation shows, and `cargo xtask tabs`
//! measures how soon what is said in one tab stands in another.
//!
//! Both look at the demo as it is now, so they differ a little each time; nothing compares them.

use std::ffi::OsStr;

use anyhow::{Context as _, Result};

use crate::browser::Stage;
use crate::{Outcome, repository, takes_no_arguments};

/// Where they are kept.
const IMAGES: &str = "docs/images";
/// What measures two tabs.
const TABS: &str = "measures/tabs.mjs";
/// What takes them.
const TAKE: &str = "pictures/take.mjs";

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("pictures", arguments) {
        return Ok(misused);
    }
    let images = repository::root()?.join(IMAGES);
    script(TAKE, &[images.as_os_str()])
}

/// Runs the verb that measures two tabs.
pub fn tabs(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("tabs", arguments) {
        return Ok(misused);
    }
    script(TABS, &[])
}

/// Runs what is no journey and works the pages of the demo all the same.
fn script(path: &str, arguments: &[&OsStr]) -> Result<Outcome> {
    let Some(stage) = Stage::set(&repository::root()?)? else {
        return Ok(Outcome::Failed);
    };
    let mut node = stage.node();
    let status = node.arg(path).args(arguments).status();
    Ok(if status.context("Node cannot be started")?.success() {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}
