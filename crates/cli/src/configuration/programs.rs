//! `[programs.NAME]`: programs that check what was handed in.
//!
//! A program gets the submission as JSON on its standard input and answers by its exit code: 0
//! passes, 1 does not, anything else is no answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use consort_agents::process::{End, Ended, Host, Program};
use consort_engine::check::{ProgramAnswer, Programs as Allowed, Sources};
use serde::Deserialize;
use serde_json::Value;

use super::Limits;
use super::repositories::{CHECK, Repositories};
use crate::exit::usage;

/// How much of what a program prints is read, in bytes; a report is no dump.
const PRINTED_BYTES_MAX: usize = 64 * 1024;
/// How many findings of a program are listed.
const FINDINGS_MAX: usize = 100;

/// A program, as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// The program and its arguments; a name without a slash is looked for in `PATH`.
    command: Vec<String>,
    /// What it finds in its environment.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// How long it may run, in seconds.
    #[serde(default = "Table::timeout_default")]
    timeout_s: u32,
    /// How much memory each process may take, in mebibytes.
    #[serde(default = "Table::memory_default")]
    memory_mib: u32,
    /// Whether it may use the network.
    #[serde(default)]
    network: bool,
}

impl Table {
    const fn timeout_default() -> u32 {
        60
    }

    const fn memory_default() -> u32 {
        1024
    }
}

/// The programs that may make checks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Programs {
    /// The configuration that they come from.
    file: PathBuf,
    host: Host,
    repositories: Repositories,
    by_name: BTreeMap<String, Program>,
}

impl Programs {
    pub(super) fn new(
        file: &Path,
        repositories: &Repositories,
        tables: &BTreeMap<String, Table>,
    ) -> Result<Self> {
        let mut by_name = BTreeMap::new();
        for (name, table) in tables {
            if name == CHECK {
                return Err(usage(format!(
                    "{}: [programs.{CHECK}] is what the checks of repositories are called; choose \
                     another name",
                    file.display()
                )));
            }
            let limits = Limits {
                command: &table.command,
                environment: &table.environment,
                timeout_s: table.timeout_s,
                memory_mib: table.memory_mib,
                network: table.network,
            };
            by_name.insert(name.clone(), limits.program(file, "programs", name)?);
        }
        Ok(Self {
            file: file.to_owned(),
            host: repositories.host().clone(),
            repositories: repositories.clone(),
            by_name,
        })
    }

    /// Says what to do about a program that is asked for and not configured.
    pub(crate) fn require(&self, name: &str) -> Result<()> {
        if name == CHECK || self.by_name.contains_key(name) {
            return Ok(());
        }
        Err(usage(format!(
            "the playbook has the program '{name}' check work, and {} does not name it; whoever \
             runs this network puts it there:\n  [programs.{name}]\n  command = [\"/path/to/it\"]",
            self.file.display()
        )))
    }
}

impl Allowed for Programs {
    fn run(
        &self,
        name: &str,
        submission: &Value,
        sources: &dyn Sources,
    ) -> Result<ProgramAnswer, String> {
        if name == CHECK {
            return self.repositories.check(submission, sources);
        }
        let Some(program) = self.by_name.get(name) else {
            return Err(format!("{} does not name it", self.file.display()));
        };
        let said = |error: std::io::Error| format!("it could not be run: {error}");
        let folder = tempfile::tempdir().map_err(said)?;
        let text = serde_json::to_vec(submission).expect("a value is JSON");
        let ended = self
            .host
            .run(program, folder.path(), &text, PRINTED_BYTES_MAX)
            .map_err(said)?;
        let passed = match ended.end {
            End::Code(0) => true,
            End::Code(1) => false,
            End::Code(_) | End::Signal(_) | End::OutOfTime => {
                return Err(no_answer(&ended, program));
            }
        };
        let findings = findings(&String::from_utf8_lossy(&ended.printed));
        Ok(ProgramAnswer { passed, findings })
    }
}

/// What a program found: a list of texts under `findings` where it prints JSON, else its lines.
fn findings(printed: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Report {
        findings: Vec<String>,
    }
    let lines = || printed.lines().map(str::to_owned).collect();
    let found: Vec<String> =
        serde_json::from_str::<Report>(printed).map_or_else(|_| lines(), |report| report.findings);
    found
        .into_iter()
        .filter(|finding| !finding.trim().is_empty())
        .take(FINDINGS_MAX)
        .collect()
}

fn no_answer(ended: &Ended, program: &Program) -> String {
    let how = match ended.end {
        End::Code(code) if code != 127 => {
            format!("it ended with code {code}, which is neither 0 nor 1")
        }
        end => end.words(program.timeout),
    };
    match ended.last_complaint() {
        Some(last) => format!("{how}: {last}"),
        None => how,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use consort_documents::Document;
    use consort_kernel::digest::Digest;
    use serde_json::json;

    use super::super::{Configuration, FILE};
    use super::*;

    /// No material.
    struct Nothing;

    impl Sources for Nothing {
        fn document(&self, _: Digest, _: &str) -> Option<Arc<Document>> {
            None
        }

        fn artefact(&self, _: Digest) -> Option<Vec<u8>> {
            None
        }
    }

    fn programs(configuration: &str) -> Programs {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), configuration).unwrap();
        Configuration::read(folder.path()).unwrap().programs
    }

    fn script(script: &str, limits: &str) -> Programs {
        programs(&format!(
            "[programs.check]\ncommand = ['/bin/sh', '-c', '''{script}''']\n{limits}"
        ))
    }

    fn run(script_text: &str, limits: &str) -> Result<ProgramAnswer, String> {
        script(script_text, limits).run("check", &json!({"title": "A brief"}), &Nothing)
    }

    #[test]
    fn a_program_reads_the_submission_and_answers_by_its_exit_code() {
        let passed = run("grep -q 'A brief'", "").unwrap();
        assert_eq!((passed.passed, passed.findings.len()), (true, 0));
        let failed = run("echo too short; echo; echo no date; exit 1", "").unwrap();
        assert!(!failed.passed);
        assert_eq!(failed.findings, ["too short", "no date"]);
        let listed = run(r#"echo '{"findings": ["too long"]}'; exit 1"#, "").unwrap();
        assert_eq!(listed.findings, ["too long"]);
    }

    #[test]
    fn an_end_that_says_nothing_is_no_answer() {
        let broken = run("echo first >&2; echo no such module >&2; exit 3", "");
        assert_eq!(
            broken.unwrap_err(),
            "it ended with code 3, which is neither 0 nor 1: no such module"
        );
        let killed = run("kill -9 $$", "").unwrap_err();
        assert!(killed.starts_with("signal 9 ended it"), "{killed}");
        let missing = programs("[programs.check]\ncommand = [\"/no/such/program\"]");
        let missing = missing.run("check", &Value::Null, &Nothing).unwrap_err();
        assert!(
            missing.starts_with("the program was not found"),
            "{missing}"
        );
        let unknown = Programs::default().run("check", &Value::Null, &Nothing);
        assert!(unknown.unwrap_err().contains("does not name it"));
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended_with_its_children() {
        // The child holds the output open; if it lived on, reading would not end.
        let late = run("sleep 600 & sleep 600", "timeout_s = 1").unwrap_err();
        assert_eq!(late, "it was ended after 1 s, which is all it has");
        let left_behind = run("sleep 600 & exit 0", "").unwrap();
        assert!(left_behind.passed);
    }

    #[test]
    fn a_program_has_its_limits_and_a_folder_of_its_own() {
        let clean = r#"test "$PWD" = "$HOME" && test -z "$(ls -A)" && test -z "$CARGO""#;
        assert!(run(clean, "").unwrap().passed);
        let limit = run("test \"$(ulimit -v)\" = 65536", "memory_mib = 64");
        assert!(limit.unwrap().passed);
        let flood = run("head -c 10000000 /dev/zero | tr '\\0' x; exit 1", "");
        assert_eq!(flood.unwrap().findings[0].len(), PRINTED_BYTES_MAX);
    }
}
