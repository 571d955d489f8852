//! Programs that make checks: what the operator put into the configuration, and nothing else.
//!
//! `consort.toml` in the data directory names them; no command and no playbook can. A program gets
//! the submission as JSON on its standard input and answers by its exit code: 0 passes, 1 does not,
//! anything else is no answer. It runs in an empty folder of its own, with hardly any environment,
//! and is ended with its children when its time is up.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use consort_engine::check::{ProgramAnswer, Programs as Allowed};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;
use serde_json::Value;

use crate::exit::usage;

/// The configuration's name in the data directory.
pub(crate) const CONFIGURATION: &str = "consort.toml";
/// The longest configuration that is read, in bytes.
const CONFIGURATION_BYTES_MAX: u64 = 1024 * 1024;
/// How much of what a program prints is read, in bytes; a report is no dump.
const PRINTED_BYTES_MAX: usize = 64 * 1024;
/// How many findings of a program are listed.
const FINDINGS_MAX: usize = 100;
/// How long a look at a running program is from the next.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// The largest file that a program may write, in kibibytes.
const FILE_KIB_MAX: u64 = 1024 * 1024;

/// The configuration file. Nobody but the operator writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    #[serde(default)]
    programs: BTreeMap<String, Program>,
}

/// A program that may make checks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    /// The program and its arguments; a name without a slash is looked for in `PATH`.
    command: Vec<String>,
    /// How long it may run, in seconds.
    #[serde(default = "Program::timeout_default")]
    timeout_s: u32,
    /// How much memory it may take, in mebibytes.
    #[serde(default = "Program::memory_default")]
    memory_mib: u32,
}

impl Program {
    const fn timeout_default() -> u32 {
        60
    }

    const fn memory_default() -> u32 {
        1024
    }
}

/// The programs of a data directory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Programs {
    /// The configuration that they come from.
    file: PathBuf,
    /// Where programs are looked for.
    search: Option<OsString>,
    by_name: BTreeMap<String, Program>,
}

impl Programs {
    /// Reads the configuration of a data directory; without one there are none.
    pub(crate) fn configured(directory: &Path) -> Result<Self> {
        let file = directory.join(CONFIGURATION);
        let text = match std::fs::File::open(&file) {
            Ok(open) => {
                let mut text = String::new();
                open.take(CONFIGURATION_BYTES_MAX)
                    .read_to_string(&mut text)
                    .with_context(|| format!("{} cannot be read", file.display()))?;
                text
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", file.display()));
            }
        };
        let configuration: Configuration = toml::from_str(&text)
            .map_err(|error| usage(format!("{} is not in order: {error}", file.display())))?;
        for (name, program) in &configuration.programs {
            let problem = if program.command.first().is_none_or(String::is_empty) {
                "needs a command, as in command = [\"checkers/shape.py\"]"
            } else if program.timeout_s == 0 || program.memory_mib == 0 {
                "needs a time and memory above 0"
            } else {
                continue;
            };
            return Err(usage(format!(
                "{}: [programs.{name}] {problem}",
                file.display()
            )));
        }
        Ok(Self {
            file,
            search: std::env::var_os("PATH"),
            by_name: configuration.programs,
        })
    }

    /// Says what to do about a program that is asked for and not configured.
    pub(crate) fn require(&self, name: &str) -> Result<()> {
        if self.by_name.contains_key(name) {
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
    fn run(&self, name: &str, submission: &Value) -> Result<ProgramAnswer, String> {
        let Some(program) = self.by_name.get(name) else {
            return Err(format!("{} does not name it", self.file.display()));
        };
        let said = |error: io::Error| format!("it could not be run: {error}");
        let folder = tempfile::tempdir().map_err(said)?;
        let mut child = self.start(program, folder.path()).map_err(said)?;
        let ended = attend(&mut child, program, submission);
        // Whatever it has started ends with it.
        end_group(&child);
        child.wait().map_err(said)?;
        let (status, printed, complaint) = ended?;
        let passed = match status.code() {
            Some(0) => true,
            Some(1) => false,
            _ => return Err(no_answer(status, &complaint)),
        };
        let findings = findings(&printed);
        Ok(ProgramAnswer { passed, findings })
    }
}

impl Programs {
    /// Starts a program in its folder. The shell sets its limits and then becomes it.
    fn start(&self, program: &Program, folder: &Path) -> io::Result<Child> {
        let memory_kib = u64::from(program.memory_mib) * 1024;
        let limits = format!("ulimit -c 0; ulimit -f {FILE_KIB_MAX}; ulimit -v {memory_kib}");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", &format!("{limits} && exec \"$@\""), "sh"])
            .args(&program.command)
            .env_clear()
            .env("HOME", folder)
            .env("LANG", "C.UTF-8")
            .env("TMPDIR", folder)
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(search) = &self.search {
            command.env("PATH", search);
        }
        command.spawn()
    }
}

/// Gives a program what it is to judge and waits for its answer: how it ended, what it printed, and
/// what it complained of.
fn attend(
    child: &mut Child,
    program: &Program,
    submission: &Value,
) -> Result<(ExitStatus, String, String), String> {
    let text = serde_json::to_vec(submission).expect("a value is JSON");
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    std::thread::scope(|threads| {
        // A program need not read all of it before it answers.
        threads.spawn(move || stdin.map(|mut stdin| stdin.write_all(&text).ok()));
        let printed = threads.spawn(move || stdout.map(bounded).unwrap_or_default());
        let complaint = threads.spawn(move || stderr.map(bounded).unwrap_or_default());
        let status = wait(child, Duration::from_secs(u64::from(program.timeout_s)));
        // Its children may still hold the streams open.
        end_group(child);
        let read =
            |thread: std::thread::ScopedJoinHandle<'_, String>| thread.join().unwrap_or_default();
        let (printed, complaint) = (read(printed), read(complaint));
        let status = status.map_err(|error| format!("it could not be waited for: {error}"))?;
        match status {
            Some(status) => Ok((status, printed, complaint)),
            None => Err(format!(
                "it was ended after {} s, which is all it has",
                program.timeout_s
            )),
        }
    })
}

/// How a program ended; nothing when its time is up.
fn wait(child: &mut Child, time: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= time {
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Ends a program's process group; it may have ended by itself.
fn end_group(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    group.map(|group| kill_process_group(group, Signal::KILL).ok());
}

/// Reads to the end and keeps the beginning.
fn bounded(mut stream: impl Read) -> String {
    let mut kept = Vec::new();
    let mut buffer = [0_u8; 8192];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let room = PRINTED_BYTES_MAX.saturating_sub(kept.len());
        kept.extend_from_slice(&buffer[..count.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
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

fn no_answer(status: ExitStatus, complaint: &str) -> String {
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("it ended with code {code}, which is neither 0 nor 1"),
        (None, Some(signal)) => format!("signal {signal} ended it"),
        (None, None) => "it did not end by itself".to_owned(),
    };
    match complaint.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(last) => format!("{how}: {last}"),
        None => how,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn programs(configuration: &str) -> Programs {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(CONFIGURATION), configuration).unwrap();
        Programs::configured(folder.path()).unwrap()
    }

    fn script(script: &str, limits: &str) -> Programs {
        programs(&format!(
            "[programs.check]\ncommand = ['/bin/sh', '-c', '''{script}''']\n{limits}"
        ))
    }

    fn run(script_text: &str, limits: &str) -> Result<ProgramAnswer, String> {
        script(script_text, limits).run("check", &json!({"title": "A brief"}))
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
        assert_eq!(killed, "signal 9 ended it");
        let missing = programs("[programs.check]\ncommand = [\"/no/such/program\"]");
        let missing = missing.run("check", &Value::Null).unwrap_err();
        assert!(missing.starts_with("it ended with code 127"), "{missing}");
        let unknown = Programs::default().run("check", &Value::Null);
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

    #[test]
    fn a_configuration_that_is_not_in_order_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(CONFIGURATION);
        for (text, expected) in [
            ("[programs.a]\ncommand = []", "[programs.a] needs a command"),
            ("[programs.a]\ncommand = [\"x\"]\ntimeout_s = 0", "above 0"),
            ("[programs.a]\ncommand = [\"x\"]\ncolour = 1", "colour"),
            ("[program.a]\ncommand = [\"x\"]", "program"),
            ("[programs.a", "consort.toml"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = Programs::configured(folder.path()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
