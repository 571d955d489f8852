//! A change that is tried: applied in a scratch clone, where the repository's own commands say
//! whether it holds.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::git::{BRANCH, RepositoryError, git, run};
use crate::process::{End, Host, Program};

/// How much of a command's output is read, from its end, in bytes.
const TAIL_BYTES_MAX: u64 = 16 * 1024;
/// How many lines of it are shown: somebody reads them.
const TAIL_LINES_MAX: usize = 30;
/// Where a command's output goes, beside the clone.
const OUTPUT: &str = "output";

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// It applies, and every command ended well.
    Holds,
    /// It does not: why, one finding after the other.
    Fails(Vec<String>),
}

/// Applies a patch to a snapshot and runs the commands, one after the other, until one fails.
pub fn try_patch(
    host: &Host,
    bundle: &[u8],
    patch: &str,
    commands: &[Program],
) -> Result<Tried, RepositoryError> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    fs::write(folder.join("bundle"), bundle)?;
    fs::write(folder.join("change.patch"), patch)?;
    git(
        host,
        folder,
        &["clone", "-q", "-b", BRANCH, "bundle", "clone"],
    )?;
    let apply = ["-C", "clone", "apply", "--index", "../change.patch"];
    let applied = run(host, folder, &apply)?;
    if applied.end != End::Code(0) {
        let mut findings = vec!["the patch does not apply".to_owned()];
        findings.extend(applied.complaint.lines().map(str::to_owned));
        return Ok(Tried::Fails(findings));
    }
    let changed = run(
        host,
        folder,
        &["-C", "clone", "diff", "--cached", "--quiet"],
    )?;
    if changed.end == End::Code(0) {
        return Ok(Tried::Fails(vec!["the patch changes nothing".to_owned()]));
    }
    for command in commands {
        let ended = host.run(&within(command), folder, b"", 0)?;
        if ended.end != End::Code(0) {
            let words = command.command.join(" ");
            let how = ended.end.words(command.timeout);
            let mut findings = vec![format!("'{words}': {how}")];
            findings.extend(tail(&folder.join(OUTPUT))?);
            return Ok(Tried::Fails(findings));
        }
    }
    Ok(Tried::Holds)
}

/// The command, begun in the clone, with its output in a file: what matters stands at the end.
fn within(program: &Program) -> Program {
    let script = format!("cd clone && \"$@\" > ../{OUTPUT} 2>&1");
    let mut command = ["/bin/sh", "-c", &script, "sh"].map(str::to_owned).to_vec();
    command.extend(program.command.iter().cloned());
    Program {
        command,
        ..program.clone()
    }
}

fn tail(output: &Path) -> Result<Vec<String>, RepositoryError> {
    let mut file = fs::File::open(output)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES_MAX)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = &lines[lines.len().saturating_sub(TAIL_LINES_MAX)..];
    Ok(last.iter().map(|line| (*line).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::super::{Listing, is_bundle, snapshot};
    use super::*;

    const PATCH: &str = "--- a/greeting.txt\n+++ b/greeting.txt\n@@ -1 +1 @@\n-helo\n+hello\n";

    fn host() -> Host {
        Host::new(std::env::var_os("PATH"))
    }

    /// A repository with one file, and a link that leads out of it.
    fn repository() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let script = "git init -q -b main . && echo helo > greeting.txt && ln -s /etc/passwd link \
                      && git add . && git -c user.name=A -c user.email=a@b commit -qm first \
                      && echo later > uncommitted.txt";
        let made = Command::new("/bin/sh")
            .args(["-c", script])
            .current_dir(folder.path())
            .status()
            .expect("git is there");
        assert!(made.success());
        folder
    }

    fn command(script: &str) -> Program {
        Program {
            command: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            environment: std::collections::BTreeMap::new(),
            timeout: Duration::from_mins(1),
            memory_mib: 1024,
            network: false,
        }
    }

    #[test]
    fn a_snapshot_has_what_is_committed_and_nothing_else() {
        let repository = repository();
        let taken = snapshot(&host(), "greeter", repository.path()).expect("it is a repository");
        assert!(is_bundle(&taken.bundle));
        let Listing { files, commit, .. } = taken.listing;
        assert_eq!(commit.len(), 40);
        let listed: Vec<_> = files
            .iter()
            .map(|it| (it.path.as_str(), it.text.as_deref()))
            .collect();
        assert_eq!(listed, [("greeting.txt", Some("helo\n"))]);
        let empty = tempfile::tempdir().expect("a folder can be made");
        let refused = snapshot(&host(), "nothing", empty.path()).map(|_| ());
        assert!(
            refused
                .expect_err("no repository")
                .to_string()
                .starts_with("git clone")
        );
    }

    #[test]
    fn a_change_holds_when_it_applies_and_the_commands_say_so() {
        let repository = repository();
        let taken = snapshot(&host(), "greeter", repository.path()).expect("it is a repository");
        let tried = |patch: &str, script: &str| {
            let commands = [command("true"), command(script)];
            try_patch(&host(), &taken.bundle, patch, &commands).expect("it can be tried")
        };
        assert_eq!(tried(PATCH, "grep -q hello greeting.txt"), Tried::Holds);
        let fails = |patch: &str, script: &str, expected: &str| {
            let Tried::Fails(findings) = tried(patch, script) else {
                panic!("{script} holds");
            };
            let said = findings.join("\n");
            assert!(said.contains(expected), "{said}");
        };
        fails(
            PATCH,
            "echo too short; exit 3",
            "it ended with code 3\ntoo short",
        );
        fails("", "true", "the patch");
        fails(&PATCH.replace("-helo", "-hallo"), "true", "does not apply");
        let outside = PATCH.replace("greeting.txt", "../outside.txt");
        fails(&outside, "true", "does not apply");
        let through_link = PATCH.replace("greeting.txt", "link");
        fails(&through_link, "true", "does not apply");
        // What the commands do stays in the scratch clone.
        tried(PATCH, "echo spoiled > greeting.txt");
        let kept = fs::read_to_string(repository.path().join("greeting.txt"));
        assert_eq!(kept.expect("the file is there"), "helo\n");
    }
}
