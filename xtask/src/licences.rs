//! `cargo xtask licences`: what the dependencies allow, and how many of them there are.
//!
//! Everything is read from what cargo knows of the packages; no list is fetched from anywhere.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use anyhow::Result;
use spdx::{Expression, ParseMode};

use crate::cargo::{self, DependencyKind, Metadata, Package};
use crate::{Outcome, repository, takes_no_arguments};

/// Licences that let everybody use, change and pass on what is built; one is for data (a list of
/// root certificates), and the last asks for its own files to stay open, and for no others.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Zlib",
    "MPL-2.0",
];

/// Exceptions to a licence that only add permissions.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// The licence of our own crates.
const OURS: &str = "MIT OR Apache-2.0";

/// The package that people build first, with `cargo run`.
const PRODUCT: &str = "consort";

/// A clean build takes under six minutes on two cores: 4 min 54 s with so many (docs/BENCHMARKS.md).
/// A new crate takes the place of another, or comes with a measurement.
const PRODUCT_CRATES_MAX: usize = 436;

/// Runs the verb.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("licences", arguments) {
        return Ok(misused);
    }
    let root = repository::root()?;
    let here = cargo::this_platform(&root)?;
    let everything = match cargo::all_platforms(&root) {
        Ok(everything) => everything,
        Err(error) => {
            println!("licences: only what is used on this platform is looked at. {error:#}");
            here.clone()
        }
    };
    let offenders = offenders(&everything);
    for offender in &offenders {
        println!("{offender}");
    }
    let packages = everything.packages.len() - everything.ours().count();
    println!(
        "licences: {packages} dependencies, {} refused",
        offenders.len()
    );

    let built = built_crates(&here);
    println!("licences: {built} crates in a build of {PRODUCT} here, at most {PRODUCT_CRATES_MAX}");
    if built > PRODUCT_CRATES_MAX {
        println!(
            "Leave a dependency or one of its features out: `cargo tree -e features` shows them"
        );
        return Ok(Outcome::Failed);
    }
    if offenders.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Failed)
}

/// One line for each package whose licence is not allowed, with the way that leads to it.
pub fn offenders(metadata: &Metadata) -> Vec<String> {
    let ways = ways(metadata);
    let mut lines = Vec::new();
    for package in metadata.packages.values() {
        let Some(reason) = objection(package) else {
            continue;
        };
        let Package { name, version, .. } = package;
        let mut line = format!("{name} {version}: {reason}");
        if let Some(way) = ways.get(&package.id) {
            let _ = write!(line, "; pulled in by {}", way.join(" > "));
        }
        line.push_str(". Use another crate, or leave out the feature that needs it");
        lines.push(line);
    }
    lines
}

/// How many crates a build of the product compiles.
pub fn built_crates(metadata: &Metadata) -> usize {
    let product = metadata.ours().find(|package| package.name == PRODUCT);
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&str> = product
        .map(|package| package.id.as_str())
        .into_iter()
        .collect();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        for (target, kind) in metadata.edges.get(id).into_iter().flatten() {
            if *kind != DependencyKind::Dev {
                waiting.push(target);
            }
        }
    }
    seen.len()
}

fn objection(package: &Package) -> Option<String> {
    let Some(license) = &package.license else {
        return Some("it states no licence".to_owned());
    };
    if package.is_ours {
        return (license != OURS).then(|| format!("ours is '{OURS}', and it says '{license}'"));
    }
    // Older packages write `MIT/Apache-2.0`.
    match Expression::parse_mode(license, ParseMode::LAX) {
        Ok(expression) => (!is_allowed(&expression)).then(|| format!("'{license}' is not allowed")),
        Err(error) => Some(format!(
            "'{license}' is no licence expression ({})",
            error.reason
        )),
    }
}

fn is_allowed(expression: &Expression) -> bool {
    expression.evaluate(|requirement| {
        let licence = requirement.license.id();
        let exception = requirement
            .addition
            .as_ref()
            .map(|addition| match addition {
                spdx::AdditionItem::Spdx(id) => EXCEPTIONS.contains(&id.name),
                spdx::AdditionItem::Other(_) => false,
            });
        licence.is_some_and(|id| ALLOWED.contains(&id.name)) && exception.unwrap_or(true)
    })
}

/// For each package the shortest way from a crate of ours, as names.
fn ways(metadata: &Metadata) -> BTreeMap<String, Vec<String>> {
    let mut ways = BTreeMap::new();
    let mut waiting = VecDeque::new();
    for package in metadata.ours() {
        waiting.push_back((package.id.clone(), Vec::new()));
    }
    while let Some((id, way)) = waiting.pop_front() {
        if ways.contains_key(&id) {
            continue;
        }
        let Some(package) = metadata.packages.get(&id) else {
            continue;
        };
        let mut onward = way.clone();
        onward.push(package.name.clone());
        for (target, _) in metadata.edges.get(&id).into_iter().flatten() {
            waiting.push_back((target.clone(), onward.clone()));
        }
        if !way.is_empty() {
            ways.insert(id, way);
        } else if package.is_ours {
            ways.insert(id, onward);
        }
    }
    ways
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{built_crates, offenders};
    use crate::cargo::Metadata;

    fn package(name: &str, license: Option<&str>) -> Value {
        json!({
            "id": name, "name": name, "version": "1.0.0", "license": license,
            "manifest_path": format!("/r/{name}/Cargo.toml"), "dependencies": [],
        })
    }

    fn edge(to: &str, kind: Option<&str>) -> Value {
        json!({ "pkg": to, "dep_kinds": [{ "kind": kind, "target": null }] })
    }

    /// `consort` uses `a`, which uses `b`; its tests use `c`.
    fn tree(license_of_b: Option<&str>) -> Metadata {
        let value = json!({
            "workspace_members": ["consort"],
            "packages": [
                package("consort", Some("MIT OR Apache-2.0")),
                package("a", Some("MIT/Apache-2.0")),
                package("b", license_of_b),
                package("c", Some("ISC")),
            ],
            "resolve": { "nodes": [
                { "id": "consort", "deps": [edge("a", None), edge("c", Some("dev"))] },
                { "id": "a", "deps": [edge("b", Some("build"))] },
                { "id": "b", "deps": [] },
                { "id": "c", "deps": [] },
            ] },
        });
        Metadata::from_json(&value).expect("metadata of the usual shape")
    }

    #[test]
    fn each_licence_expression_is_allowed_or_refused() {
        for (license, is_allowed) in [
            (Some("MIT"), true),
            (Some("MIT OR GPL-3.0-only"), true),
            (Some("MIT AND GPL-3.0-only"), false),
            (Some("(MIT OR Apache-2.0) AND Unicode-3.0"), true),
            (Some("Apache-2.0 WITH LLVM-exception"), true),
            (Some("GPL-2.0-only WITH Classpath-exception-2.0"), false),
            (Some("MPL-2.0"), true),
            (Some("AGPL-3.0-or-later"), false),
            (Some("LicenseRef-Own"), false),
            (Some("free as in air"), false),
            (None, false),
        ] {
            let found = offenders(&tree(license));
            assert_eq!(found.is_empty(), is_allowed, "{license:?}: {found:?}");
        }
    }

    #[test]
    fn an_offender_is_named_with_the_way_that_leads_to_it() {
        let found = offenders(&tree(Some("AGPL-3.0-only")));
        assert_eq!(found.len(), 1);
        assert!(
            found[0]
                .starts_with("b 1.0.0: 'AGPL-3.0-only' is not allowed; pulled in by consort > a")
        );
    }

    #[test]
    fn what_only_tests_need_is_not_counted_as_built() {
        assert_eq!(built_crates(&tree(Some("MIT"))), 3);
    }
}
