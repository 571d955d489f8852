//! This repository keeps its own rules: `cargo test` runs what `cargo xtask tidy` does.

use xtask::repository::{self, Repository};
use xtask::tidy;

#[test]
fn this_repository_is_tidy() {
    let root = repository::root().expect("the test runs inside the workspace");
    let repository = Repository::read(&root).expect("the files can be read");
    let problems: Vec<String> = tidy::check(&repository)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
