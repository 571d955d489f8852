//! `cargo xtask browser`: what people do in the pages, done by the real program and a real browser.
//!
//! The journeys stand in the folder `journeys`, one file for each thing that somebody does. Here the
//! program is built, Node and Chromium are found, and the results are counted.

mod stage;
mod tools;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub(crate) use stage::{Stage, build as program};

use crate::test::Count;
use crate::{Outcome, is_left_out, repository};

/// The folder of the journeys.
const JOURNEYS: &str = "journeys";
/// Set where there is no browser and the journeys have to be left out.
const WITHOUT: &str = "CONSORT_WITHOUT_BROWSER";

/// Runs the verb: the journeys that are named, or all.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    let all = journeys(&repository::root()?)?;
    let mut chosen = Vec::new();
    for name in arguments {
        let Some(path) = all
            .iter()
            .find(|path| path.file_stem() == Path::new(name).file_stem())
        else {
            let names: Vec<_> = all
                .iter()
                .filter_map(|path| path.file_stem()?.to_str())
                .collect();
            eprintln!(
                "there is no journey '{name}'; there are: {}",
                names.join(", ")
            );
            return Ok(Outcome::Misused);
        };
        chosen.push(path.clone());
    }
    let chosen = if chosen.is_empty() { all } else { chosen };
    walk(&chosen, &mut Count::default())
}

/// Goes on every journey and counts them.
pub fn step(count: &mut Count) -> Result<Outcome> {
    if is_left_out(WITHOUT) {
        println!("browser: left out, for {WITHOUT} is set; nobody has looked at the pages");
        return Ok(Outcome::Passed);
    }
    walk(&journeys(&repository::root()?)?, count)
}

/// The files of the journeys.
fn journeys(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join(JOURNEYS);
    let listing = fs::read_dir(&folder).context("the journeys cannot be listed")?;
    let mut found = Vec::new();
    for entry in listing {
        let path = entry?.path();
        if repository::has_extension(&path.to_string_lossy(), "mjs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn walk(journeys: &[PathBuf], count: &mut Count) -> Result<Outcome> {
    let Some(stage) = Stage::set(&repository::root()?)? else {
        println!("{WITHOUT}=1 leaves the journeys out.");
        return Ok(Outcome::Failed);
    };
    let report = stage.folder().join("report.tap");
    let status = stage
        .node()
        .args([
            "--test",
            "--test-reporter=spec",
            "--test-reporter-destination=stdout",
        ])
        .args(["--test-reporter=tap", "--test-reporter-destination"])
        .arg(&report)
        .args(journeys)
        .status()
        .context("Node cannot be started")?;
    let report = fs::read_to_string(report).context("Node left no report")?;
    let counted = Count::of_report(&report).context("the report of Node has no counts")?;
    *count += counted;
    Ok(if status.success() && counted.failed == 0 {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}
