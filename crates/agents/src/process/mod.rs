//! Programs of the operator's, run with limits: time, memory, a folder of their own, hardly any
//! environment, and no network where the system can keep it from them.
//!
//! Which programs there are is the operator's to say; nothing here reads a configuration. The limits
//! guard against mistakes and runaways. They are no prison: a program runs as the user that runs
//! Consort.

mod attend;
mod isolation;
mod straggler;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

pub use isolation::Isolation;

/// The largest file that a program may write, in kibibytes.
const FILE_KIB_MAX: u64 = 1024 * 1024;
/// Exit codes above this one say which signal ended a program, as a shell reports it.
const SIGNAL_BASE: i32 = 128;

/// A program, and what it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The program and its arguments; a name without a slash is looked for in the host's path.
    pub command: Vec<String>,
    /// What it finds in its environment beside what every program finds there.
    pub environment: BTreeMap<String, String>,
    /// How long it may run.
    pub timeout: Duration,
    /// How much memory each of its processes may take, in mebibytes.
    pub memory_mib: u32,
    /// Whether it may use the network.
    pub network: bool,
}

/// Where programs run: the folders that they are looked for in, and what the system can do.
#[derive(Debug, Clone, Default)]
pub struct Host {
    search: Option<OsString>,
    isolation: Arc<OnceLock<Isolation>>,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
    /// Its time was up.
    OutOfTime,
}

/// What a program left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub end: End,
    /// What it printed, as far as it was kept.
    pub printed: Vec<u8>,
    /// Whether it printed more than was kept.
    pub overflowed: bool,
    /// What it wrote to its error stream, as far as it was kept.
    pub complaint: String,
}

impl Host {
    /// A host that looks for programs in these folders, written as in `PATH`.
    pub fn new(search: Option<OsString>) -> Self {
        Self {
            search,
            isolation: Arc::default(),
        }
    }

    /// How far programs can be kept by themselves here. It is tried once.
    pub fn isolation(&self) -> Isolation {
        *self.isolation.get_or_init(isolation::probe)
    }

    /// Runs a program in a folder with this input, and keeps so many bytes of what it prints.
    ///
    /// When this returns the program has ended, and everything that it started with it.
    pub fn run(
        &self,
        program: &Program,
        folder: &Path,
        input: &[u8],
        printed_bytes_max: usize,
    ) -> io::Result<Ended> {
        // The system knows its processes by their folder's one name, not by a way through links.
        let folder = folder.canonicalize()?;
        let mut child = self.start(program, &folder)?;
        let end = |child: &Child| {
            end_group(child);
            if self.isolation() == Isolation::GroupOnly {
                straggler::end_all(&folder);
            }
        };
        let ended = attend::attend(&mut child, program.timeout, input, printed_bytes_max, &end);
        end(&child);
        child.wait()?;
        ended
    }

    /// Starts a program in its folder. A shell sets the limits, and stays to see how it ends.
    fn start(&self, program: &Program, folder: &Path) -> io::Result<Child> {
        let memory_kib = u64::from(program.memory_mib) * 1024;
        let limits = format!("ulimit -c 0; ulimit -f {FILE_KIB_MAX}; ulimit -v {memory_kib}");
        let mut words = self.isolation().words(program.network);
        words.extend(["/bin/sh".to_owned(), "-c".to_owned()]);
        words.push(format!("{limits} && \"$@\"; exit $?"));
        words.push("sh".to_owned());
        words.extend(program.command.iter().cloned());
        let (first, rest) = words.split_first().expect("a shell is always named");
        let mut command = Command::new(first);
        command
            .args(rest)
            .env_clear()
            .envs(&program.environment)
            .env("HOME", folder)
            .env("LANG", "C.UTF-8")
            .env("TMPDIR", folder)
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(search) = &self.search
            && !program.environment.contains_key("PATH")
        {
            command.env("PATH", search);
        }
        command.spawn()
    }
}

impl End {
    /// How it ended, as a person reads it.
    pub fn words(self, timeout: Duration) -> String {
        match self {
            Self::Code(127) => "the program was not found (code 127)".to_owned(),
            Self::Code(code) => format!("it ended with code {code}"),
            Self::Signal(signal) => format!("signal {signal} ended it"),
            Self::OutOfTime => format!(
                "it was ended after {} s, which is all it has",
                timeout.as_secs()
            ),
        }
    }

    /// What the shell's exit code says about the program that it ran.
    const fn of_code(code: i32) -> Self {
        if code > SIGNAL_BASE {
            Self::Signal(code - SIGNAL_BASE)
        } else {
            Self::Code(code)
        }
    }
}

impl Ended {
    /// The last line of its error stream that says something.
    pub fn last_complaint(&self) -> Option<&str> {
        let mut lines = self.complaint.lines().rev();
        lines.find(|line| !line.trim().is_empty()).map(str::trim)
    }
}

/// Ends a program's process group; it may have ended by itself.
fn end_group(child: &Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    group.map(|group| kill_process_group(group, Signal::KILL).ok());
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn hosts() -> [Host; 2] {
        let search = std::env::var_os("PATH");
        let host = Host::new(search.clone());
        let bare = Host::new(search);
        bare.isolation
            .set(Isolation::GroupOnly)
            .expect("it was not tried yet");
        [host, bare]
    }

    fn bash(script: &str, timeout_s: u64, network: bool) -> Program {
        Program {
            command: ["bash", "-c", script].map(str::to_owned).to_vec(),
            environment: BTreeMap::from([("COLOUR".to_owned(), "blue".to_owned())]),
            timeout: Duration::from_secs(timeout_s),
            memory_mib: 1024,
            network,
        }
    }

    fn run(host: &Host, program: &Program) -> Ended {
        let folder = tempfile::tempdir().expect("a folder can be made");
        host.run(program, folder.path(), b"a line\n", 100)
            .expect("a shell can be started")
    }

    #[test]
    fn a_program_gets_its_input_and_is_heard_out() {
        for host in hosts() {
            let ended = run(
                &host,
                &bash("cat; echo first >&2; echo second >&2", 60, false),
            );
            assert_eq!(ended.end, End::Code(0));
            assert_eq!(ended.printed, b"a line\n");
            assert_eq!(ended.last_complaint(), Some("second"));
            for (script, end) in [
                ("exit 7", End::Code(7)),
                ("kill -9 $$", End::Signal(9)),
                ("no-such-program", End::Code(127)),
            ] {
                assert_eq!(run(&host, &bash(script, 60, false)).end, end, "{script}");
            }
            let flood = run(&host, &bash("head -c 1000 /dev/zero", 60, false));
            assert_eq!((flood.printed.len(), flood.overflowed), (100, true));
        }
    }

    #[test]
    fn what_a_program_started_ends_with_it_wherever_it_went() {
        for host in hosts() {
            // Each of them holds the output open: if it lived on, reading would not end.
            for (script, end) in [
                ("sleep 600 & sleep 600", End::OutOfTime),
                ("sleep 600 & exit 0", End::Code(0)),
                ("setsid sleep 600 & exit 0", End::Code(0)),
                (
                    "setsid bash -c 'sleep 600 & sleep 600' & sleep 600",
                    End::OutOfTime,
                ),
            ] {
                assert_eq!(run(&host, &bash(script, 1, false)).end, end, "{script}");
            }
        }
    }

    #[test]
    fn the_network_is_kept_from_a_program_unless_it_is_allowed() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback is there");
        let port = listener.local_addr().expect("it is bound").port();
        let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}");
        let [host, bare] = hosts();
        assert_eq!(run(&host, &bash(&script, 60, true)).end, End::Code(0));
        assert_eq!(run(&bare, &bash(&script, 60, true)).end, End::Code(0));
        let kept = run(&host, &bash(&script, 60, false)).end != End::Code(0);
        assert_eq!(kept, host.isolation().keeps_network());
        assert!(!bare.isolation().keeps_network());
    }

    #[test]
    fn a_program_has_its_limits_and_a_folder_of_its_own() {
        let clean = r#"test "$PWD" = "$HOME" && test -z "$(ls -A)" && test -z "$CARGO""#;
        let given = r#"test "$COLOUR" = blue"#;
        let limit = "test \"$(ulimit -v)\" = 1048576";
        for host in hosts() {
            for script in [clean, given, limit] {
                assert_eq!(
                    run(&host, &bash(script, 60, false)).end,
                    End::Code(0),
                    "{script}"
                );
            }
        }
    }
}
