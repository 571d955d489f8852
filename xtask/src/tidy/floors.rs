//! Floors: which crate may use which, as the table in ARCHITECTURE.md says.
//!
//! Only the dependencies of manifests are looked at here; what a crate does with the standard
//! library is the matter of `purity`.

use std::collections::BTreeMap;

use crate::Problem;
use crate::cargo::{DependencyKind, Package};
use crate::markdown;
use crate::repository::Repository;

const TABLE_PAGE: &str = "ARCHITECTURE.md";

/// Serves tests alone: everybody's tests may use it, and no product code.
const TEST_FLOOR: &str = "testkit";

/// The chores may use it besides: the simulator is one of them.
const CHORES: &str = "xtask";

/// Packages from elsewhere that only some floors may use.
struct Confined {
    package: &'static str,
    floors: &'static [&'static str],
    why: &'static str,
}

const CONFINED: &[Confined] = &[
    Confined {
        package: "rusqlite",
        floors: &["store"],
        why: "SQL is written in the store alone",
    },
    Confined {
        package: "refinery",
        floors: &["store"],
        why: "the store alone migrates its tables",
    },
    Confined {
        package: "postgres",
        floors: &["store"],
        why: "SQL is written in the store alone",
    },
    Confined {
        package: "anyhow",
        floors: &["cli", "testkit", "xtask"],
        why: "lower floors name their errors with thiserror",
    },
    Confined {
        package: "tokio",
        floors: &["engine", "agents", "post", "web", "cli", "testkit"],
        why: "the floors below are synchronous",
    },
    Confined {
        package: "rand",
        floors: &["engine", "agents", "cli", "testkit"],
        why: "draws come in through the context",
    },
    Confined {
        package: "getrandom",
        floors: &["engine", "agents", "cli", "testkit"],
        why: "draws come in through the context",
    },
    Confined {
        package: "clap",
        floors: &["cli"],
        why: "arguments are read in the command line alone",
    },
];

/// Checks every manifest of the workspace against the table and the list above.
pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let Some(floors) = repository.text(TABLE_PAGE).and_then(read_table) else {
        return vec![Problem::new(
            TABLE_PAGE,
            1,
            "the floor table is missing",
            "Add the table whose columns are: crate, may depend on, what it is for, what it never does",
        )];
    };
    let mut problems = Vec::new();
    for package in repository.metadata.ours() {
        check_package(repository, package, &floors, &mut problems);
    }
    for (floor, allowed) in &floors {
        let exists = |name: &str| {
            repository
                .metadata
                .ours()
                .any(|package| package.folder == name)
        };
        for name in allowed
            .names
            .iter()
            .chain([floor])
            .filter(|name| !exists(name))
        {
            problems.push(Problem::new(
                TABLE_PAGE,
                allowed.line,
                format!("the floor table names '{name}', and there is no such crate"),
                "Take it out of the table, or name the crate by its folder",
            ));
        }
    }
    problems
}

struct Allowed {
    line: usize,
    names: Vec<String>,
}

/// The crates of the table, by folder; each may use what its own row says and nothing else.
fn read_table(page: &str) -> Option<BTreeMap<String, Allowed>> {
    let rows = markdown::table(page, "crate")?;
    let mut floors = BTreeMap::new();
    for row in rows {
        let first = row.cells.first()?;
        let name = markdown::quoted(first).first()?.to_string();
        let names = row.cells.get(1)?;
        let allowed = Allowed {
            line: row.line,
            names: markdown::quoted(names)
                .into_iter()
                .map(str::to_owned)
                .collect(),
        };
        floors.insert(name, allowed);
    }
    Some(floors)
}

fn check_package(
    repository: &Repository,
    package: &Package,
    floors: &BTreeMap<String, Allowed>,
    problems: &mut Vec<Problem>,
) {
    let floor = package.folder.as_str();
    let manifest = if floor == CHORES {
        format!("{floor}/Cargo.toml")
    } else {
        format!("crates/{floor}/Cargo.toml")
    };
    let Some(allowed) = floors.get(floor) else {
        problems.push(Problem::new(
            &manifest,
            1,
            format!("the crate '{floor}' is not in the floor table"),
            format!("Add a row for `{floor}` to {TABLE_PAGE}, in the same commit"),
        ));
        return;
    };
    for dependency in &package.dependencies {
        let line = line_of(repository, &manifest, &dependency.name);
        let mut refuse = |what: String, remedy: String| {
            problems.push(Problem::new(&manifest, line, what, remedy));
        };
        let ours = repository
            .metadata
            .ours()
            .find(|other| other.name == dependency.name);
        if let Some(other) = ours {
            let other = other.folder.as_str();
            if !is_allowed_edge(floor, other, dependency.kind, allowed) {
                refuse(
                    format!("'{floor}' may not depend on '{other}'"),
                    format!(
                        "Move the code to the floor that may, or change the table in {TABLE_PAGE} and say why in docs/decisions"
                    ),
                );
            }
        } else if dependency.kind != DependencyKind::Dev
            && let Some(rule) = confinement(floor, &dependency.name)
        {
            refuse(
                format!(
                    "'{floor}' may not depend on '{}': {}",
                    dependency.name, rule.why
                ),
                format!("Move what needs it to: {}", rule.floors.join(", ")),
            );
        }
    }
}

fn is_allowed_edge(floor: &str, other: &str, kind: DependencyKind, allowed: &Allowed) -> bool {
    let is_in_row = allowed.names.iter().any(|name| name == other);
    let is_for_tests = kind == DependencyKind::Dev || floor == CHORES;
    match (other == TEST_FLOOR, is_for_tests) {
        (true, true) => is_in_row || kind == DependencyKind::Dev,
        (true, false) => false,
        (false, _) => is_in_row,
    }
}

fn confinement(floor: &str, package: &str) -> Option<&'static Confined> {
    CONFINED
        .iter()
        .find(|rule| rule.package == package && !rule.floors.contains(&floor))
}

fn line_of(repository: &Repository, manifest: &str, dependency: &str) -> usize {
    let text = repository.text(manifest).unwrap_or_default();
    let found = text.lines().position(|line| {
        line.strip_prefix(dependency)
            .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    });
    found.map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;
    use crate::cargo::Metadata;
    use crate::repository::Repository;

    const PAGE: &str = "\
| crate | may depend on |\n|---|---|\n| `kernel` | nothing |\n| `store` | `kernel` |\n\
| `cli` | `store`, `kernel` |\n| `testkit` | `kernel` |\n| `xtask` | `testkit` |\n";

    /// What is found when the crate in this folder asks for this package.
    fn found(folder: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        let folders = ["kernel", "store", "cli", "testkit", "xtask", folder];
        let package = |name: &str| {
            let asks = if name == folder {
                json!([{ "name": dependency, "kind": kind }])
            } else {
                json!([])
            };
            json!({
                "id": name, "name": format!("consort-{name}"), "version": "0.1.0",
                "manifest_path": format!("/r/crates/{name}/Cargo.toml"), "dependencies": asks,
            })
        };
        let value = json!({
            "workspace_members": folders,
            "packages": folders.map(package),
        });
        let mut repository = Repository::of(&[("ARCHITECTURE.md", PAGE)]);
        repository.metadata = Metadata::from_json(&value).expect("metadata of the usual shape");
        let problems = check(&repository);
        problems.into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_crate_uses_what_its_row_in_the_table_says_and_nothing_else() {
        for (floor, other, kind, allowed) in [
            ("store", "consort-kernel", None, true),
            ("kernel", "consort-store", None, false),
            ("kernel", "consort-store", Some("build"), false),
            ("kernel", "consort-store", Some("dev"), false),
            ("kernel", "consort-testkit", Some("dev"), true),
            ("kernel", "consort-testkit", None, false),
            ("xtask", "consort-testkit", None, true),
            ("xtask", "consort-kernel", None, false),
            ("kernel", "serde", None, true),
            ("kernel", "tokio", None, false),
            ("kernel", "rusqlite", None, false),
            ("store", "rusqlite", None, true),
            ("store", "anyhow", None, false),
        ] {
            let found = found(floor, other, kind);
            assert_eq!(found.is_empty(), allowed, "{floor} on {other}: {found:?}");
        }
    }

    #[test]
    fn a_crate_that_is_not_in_the_table_is_found() {
        assert_eq!(
            found("attic", "serde", None),
            ["the crate 'attic' is not in the floor table"]
        );
    }

    #[test]
    fn a_page_without_the_table_is_found() {
        let repository = Repository::of(&[("ARCHITECTURE.md", "# Architecture\n")]);
        assert_eq!(check(&repository).len(), 1);
    }
}
