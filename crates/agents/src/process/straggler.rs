//! Stragglers: what a program started and left behind, where the system has no namespaces.
//!
//! A process that left its group still has the environment that it was given, and with it the name
//! of the folder that was made for this one run. One that wiped its environment is not found: that
//! much only namespaces can do.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// How often is looked again: a process may start another while the list is read.
const LOOKS: usize = 3;

/// Ends every process that was started for this folder.
pub(super) fn end_all(folder: &Path) {
    for _ in 0..LOOKS {
        let found = started_for(folder);
        if found.is_empty() {
            return;
        }
        for process in found {
            // It may have ended meanwhile.
            kill_process(process, Signal::KILL).ok();
        }
    }
}

/// The processes whose environment names the folder.
fn started_for(folder: &Path) -> Vec<Pid> {
    let mark = format!("TMPDIR={}", folder.display()).into_bytes();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = processes.filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let is_marked = environment
            .split(|byte| *byte == 0)
            .any(|one| one == mark.as_slice());
        is_marked.then(|| Pid::from_raw(number)).flatten()
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    use super::*;

    /// How often it is looked whether what was killed is gone.
    const LOOKS_MAX: usize = 10_000;

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
        let mut looks = (0..LOOKS_MAX).map(|_| started_for(&path).len());
        assert!(looks.any(|left| left == 0));
    }
}
