//! What Debian and its kin have packages of: installed where it is missing and whoever asks may.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// By what somebody else who may is asked, without a question.
const SUDO: [&str; 2] = ["sudo", "-n"];

/// Installs packages, where there is `apt-get` and it may be asked; whether they are here then.
pub(crate) fn install(packages: &[&str]) -> bool {
    let Some(may) = may() else {
        return false;
    };
    println!("installing {}", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let before = [
            may,
            &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"],
        ]
        .concat();
        let mut command = Command::new(before[0]);
        command.args(&before[1..]).args(arguments);
        let status = command.stdin(Stdio::null()).status();
        status.is_ok_and(|it| it.success())
    };
    // Lists that are old, or cannot be had, may still name them.
    apt(&["update"]);
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

/// What has to stand before `apt-get`; nothing where it cannot be asked.
fn may() -> Option<&'static [&'static str]> {
    on_path("apt-get")?;
    let is_root = said("id", &["-u"]).is_some_and(|it| it.trim() == "0");
    if is_root {
        return Some(&[]);
    }
    said(SUDO[0], &[SUDO[1], "true"]).map(|_| &SUDO[..])
}

/// What a program says, if it ends well.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// A program by its name.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| Path::is_file(path))
}
