//! Stragglers: what a program started and left behind, where the system has no namespaces.
//!
//! A process that left its group still has the environment that it was given, and with it the name
//! of the folder that was made for this one run. One that wiped its environment is not found: that
//! much only namespaces can do.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How often is looked at the most: a process may start another while the list is read, and one that is just
/// becoming another program shows no environment until it is one.
const LOOKS: usize = 50;
/// How long such a one is given between two looks.
const MOMENT: Duration = Duration::from_millis(1);

/// What a look found.
#[derive(Debug, Default)]
struct Look {
    /// The processes whose environment names the folder.
    started: Vec<Pid>,
    /// Whether there is one of which it cannot be told yet.
    is_open: bool,
}

/// Ends every process that was started for this folder.
pub(super) fn end_all(folder: &Path) {
    for _ in 0..LOOKS {
        let look = look(folder);
        if look.started.is_empty() && !look.is_open {
            return;
        }
        for process in look.started {
            // It may have ended meanwhile.
            kill_process(process, Signal::KILL).ok();
        }
        if look.is_open {
            std::thread::sleep(MOMENT);
        }
    }
}

fn look(folder: &Path) -> Look {
    let mark = format!("TMPDIR={}", folder.display()).into_bytes();
    let since = began(Path::new("/proc/self"));
    let mut look = Look::default();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(number) = name.to_str().and_then(|it| it.parse().ok()) else {
            continue;
        };
        let Ok(environment) = fs::read(entry.path().join("environ")) else {
            continue;
        };
        let mut values = environment.split(|byte| *byte == 0);
        if values.any(|one| one == mark.as_slice()) {
            look.started.extend(Pid::from_raw(number));
        } else if environment.is_empty() {
            // One that has ended has no program any more, and what was here before us was not started by us.
            let has_program = fs::read_link(entry.path().join("exe")).is_ok();
            look.is_open |= has_program && began(&entry.path()) >= since;
        }
    }
    look
}

/// When a process began, in ticks since the system did: the 22nd field of its `stat`.
fn began(process: &Path) -> Option<u64> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // The second field is the program's name in brackets, with whatever stands in it.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    use super::*;

    /// How often it is looked whether what was killed is gone.
    const LOOKS_MAX: usize = 10_000;

    #[test]
    fn a_process_began_when_it_was_started() {
        let own = began(Path::new("/proc/self")).expect("this system tells it");
        let mut child = Command::new("/bin/sh")
            .args(["-c", "read line"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell can be started");
        let later = began(Path::new(&format!("/proc/{}", child.id())));
        assert!(later.expect("it is there") >= own);
        drop(child.stdin.take());
        child.wait().expect("it was started here");
    }

    #[test]
    fn what_left_its_group_is_found_by_its_folder_and_ended() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().canonicalize().expect("the folder is there");
        let mut left = Command::new("/bin/sh")
            .args(["-c", "sleep 600"])
            .env_clear()
            .env("TMPDIR", &path)
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .expect("a shell can be started");
        end_all(&path);
        let status = left.wait().expect("it was started here");
        assert!(!status.success());
        // What was killed is gone a moment later.
        let mut looks = (0..LOOKS_MAX).map(|_| look(&path).started.len());
        assert!(looks.any(|left| left == 0));
    }
}
