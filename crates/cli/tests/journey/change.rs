//! The playbook `code-change`: a patch that is proposed, tried, read and handed over, and nothing
//! written to the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::fixture::{Desk, record, repository, words};

/// A repository whose one check wants a greeting without a fault.
struct Project {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Project {
    fn new(checks: &str) -> Self {
        let project = Self {
            desk: Desk::new(),
            folder: tempfile::tempdir().unwrap(),
        };
        project.sh(
            "git init -q -b main . && mkdir src && echo 'say helo' > src/greet.txt \
             && git add . && git -c user.name=A -c user.email=a@b commit -qm first",
        );
        let program = repository().join("examples/commands/replace-word.sh");
        let configuration = format!(
            "[commands.replacer]\ncommand = [\"{}\"]\n\
             [repositories.greeter]\npath = \"{}\"\nchecks = {checks}\n",
            program.display(),
            project.folder.path().display()
        );
        fs::create_dir_all(project.desk.data()).unwrap();
        fs::write(project.desk.data().join("consort.toml"), configuration).unwrap();
        let added = project.desk.run(&[
            "--as",
            "Robin Example",
            "agent",
            "add",
            "Replacer",
            "--command",
            "replacer",
            "--capability",
            "code=3",
        ]);
        assert!(added.status.success(), "{}", words(&added));
        project
    }

    /// What a shell says in the repository.
    fn sh(&self, script: &str) -> String {
        let output = Command::new("/bin/sh")
            .args(["-c", script])
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn change(&self, request: &str) -> Output {
        self.desk
            .consort(&["run", "code-change", "--json"])
            .args(["--input", "repository=greeter"])
            .args(["--input", &format!("request={request}")])
            .args(["--answers", "examples/brief.answers.yaml"])
            .arg("--output")
            .arg(self.desk.output())
            .output()
            .unwrap()
    }

    fn delivered(&self, name: &str) -> PathBuf {
        self.desk.output().join(name)
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_change_is_proposed_tried_and_handed_over_as_a_patch() {
    let project = Project::new(r#"[["grep", "-q", "hello", "src/greet.txt"]]"#);
    let before = project.sh("git rev-parse --all; git status --porcelain; git stash list");
    let record = record(&project.change("Please replace helo by hello."));
    assert_eq!(record["outcome"]["state"], "delivered");
    assert_eq!(record["tasks"][0]["contributor"]["name"], "Replacer");
    assert_eq!(
        project.sh("git rev-parse --all; git status --porcelain; git stash list"),
        before
    );
    let page = text(&project.delivered("change.html"));
    for expected in [
        "Please replace helo by hello.",
        "Replace helo by hello",
        "<del>-say helo",
        "<ins>+say hello",
        "The program &#39;repository-checks&#39; passes it.",
    ] {
        let plain = page.replace("&apos;", "&#39;").replace('\'', "&#39;");
        assert!(plain.contains(expected), "{expected} is not in {page}");
    }
    let patch = project.delivered("change.patch");
    project.sh(&format!("git apply --index '{}'", patch.display()));
    assert_eq!(
        text(&project.folder.path().join("src/greet.txt")),
        "say hello\n"
    );
    project.desk.assert_healthy();
}

#[test]
fn a_change_that_the_repositorys_own_commands_refuse_is_never_delivered() {
    let project = Project::new(r#"[["/bin/sh", "-c", "echo the greeting is too short; exit 3"]]"#);
    let output = project.change("Please replace helo by hello.");
    assert_eq!(output.status.code(), Some(75), "{}", words(&output));
    assert!(!project.delivered("change.patch").exists());
    let events = words(&project.desk.run(&["events", "--json"]));
    assert!(events.contains("does not pass it"), "{events}");
    project.desk.assert_healthy();
}

#[test]
fn a_repository_that_is_not_configured_says_how_to_name_it() {
    let project = Project::new("[]");
    let output = project
        .desk
        .consort(&["run", "code-change", "--input", "repository=other"])
        .args(["--input", "request=anything"])
        .args(["--answers", "examples/brief.answers.yaml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(
        words(&output).contains("[repositories.other]"),
        "{}",
        words(&output)
    );
}
