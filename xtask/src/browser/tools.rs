//! The programs that the journeys need beside ours: Node with npm, and Chromium.
//!
//! What is missing is installed where that can be done without a question.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian::{self, on_path};

/// The oldest Node that the journeys run on.
const NODE_OLDEST: (u32, u32) = (18, 19);
/// What Debian has them in.
const PACKAGES: &[&str] = &["nodejs", "npm", "chromium"];
/// What Chromium and its relatives are called.
const CHROMIUMS: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
/// Where Chrome is on a Mac.
const CHROME_OF_MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Where they are.
pub(super) struct Tools {
    pub(super) node: PathBuf,
    pub(super) npm: PathBuf,
    pub(super) chromium: PathBuf,
}

impl Tools {
    /// Finds all of them, has them installed, or says what is missing.
    pub(super) fn find() -> Result<Self, String> {
        match Self::look() {
            Err(_) if debian::install(PACKAGES) => Self::look(),
            found => found,
        }
    }

    fn look() -> Result<Self, String> {
        let mut missing = Vec::new();
        let mut wanted = |found: Option<PathBuf>, what: &str| {
            if found.is_none() {
                missing.push(what.to_owned());
            }
            found.unwrap_or_default()
        };
        let (major, minor) = NODE_OLDEST;
        let node = on_path("node").filter(|node| version(node) >= Some(NODE_OLDEST));
        let tools = Self {
            node: wanted(node, &format!("Node {major}.{minor} or newer")),
            npm: wanted(on_path("npm"), "npm"),
            chromium: wanted(chromium(), "Chromium or Chrome"),
        };
        if missing.is_empty() {
            return Ok(tools);
        }
        Err(format!(
            "The journeys need what is missing here: {}. On Debian: apt-get install {}.",
            missing.join(", "),
            PACKAGES.join(" ")
        ))
    }
}

fn chromium() -> Option<PathBuf> {
    let of_mac = Some(PathBuf::from(CHROME_OF_MAC)).filter(|path| path.exists());
    CHROMIUMS.iter().find_map(|name| on_path(name)).or(of_mac)
}

/// What a Node says that it is.
fn version(node: &Path) -> Option<(u32, u32)> {
    let said = Command::new(node).arg("--version").output().ok()?;
    numbers(&String::from_utf8_lossy(&said.stdout))
}

fn numbers(said: &str) -> Option<(u32, u32)> {
    let mut parts = said.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{NODE_OLDEST, numbers};

    #[test]
    fn a_node_that_is_too_old_is_told_from_one_that_is_not() {
        for (said, is_new_enough) in [
            ("v18.19.1\n", true),
            ("v20.0.0\n", true),
            ("v18.2.0\n", false),
            ("v12.22.9\n", false),
            ("nonsense", false),
        ] {
            assert_eq!(numbers(said) >= Some(NODE_OLDEST), is_new_enough, "{said}");
        }
    }
}
