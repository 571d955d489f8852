//! What the Debian package is made from: all of it is there, and its service starts the program as it says.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::fixture::{Desk, repository};

const UNIT: &str = include_str!("../../../../packaging/consort.service");
const DEFAULTS: &str = include_str!("../../../../packaging/consort.default");
const MANIFEST: &str = include_str!("../../Cargo.toml");
/// Where the service keeps its data.
const DATA: &str = "/var/lib/consort";

#[test]
fn everything_that_the_package_takes_along_is_there() {
    let manifest: toml::Table = MANIFEST.parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let crates = repository().join("crates/cli");
    for asset in deb["assets"].as_array().unwrap() {
        let source = asset[0].as_str().unwrap();
        // The program is built for it.
        let built = source.strip_prefix("target/release/");
        if let Some(program) = built {
            assert_eq!(program, env!("CARGO_PKG_NAME"));
            continue;
        }
        let (folder, ending) = source.split_once('*').unwrap_or((source, ""));
        let found = crates.join(folder);
        let is_there = if source.contains('*') {
            let files = std::fs::read_dir(&found).unwrap();
            let mut names = files.map(|file| file.unwrap().file_name());
            names.any(|name| name.to_str().unwrap().ends_with(ending))
        } else {
            found.is_file()
        };
        assert!(is_there, "{source}");
    }
    let scripts = crates.join(deb["maintainer-scripts"].as_str().unwrap());
    for script in std::fs::read_dir(scripts).unwrap() {
        let script = script.unwrap().path();
        let read = Command::new("sh").arg("-n").arg(&script).status().unwrap();
        assert!(read.success(), "{}", script.display());
    }
    let units = deb["systemd-units"]["unit-scripts"].as_str().unwrap();
    let unit = deb["systemd-units"]["unit-name"].as_str().unwrap();
    assert!(crates.join(units).join(format!("{unit}.service")).is_file());
}

/// The settings of the service, but that it listens wherever there is room.
fn settings() -> impl Iterator<Item = (&'static str, String)> {
    let lines = DEFAULTS.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| {
            let (address, port) = value.rsplit_once(':').unwrap();
            assert!(port.parse::<u16>().is_ok(), "{value}");
            (name, format!("{address}:0"))
        })
}

#[test]
fn the_service_starts_the_program_and_ends_it_in_order() {
    let desk = Desk::new();
    let line = UNIT
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let mut words = line.unwrap().split(' ');
    assert_eq!(
        words.next().map(Path::new),
        Some(Path::new("/usr/bin/consort"))
    );
    let data = desk.data();
    let words = words.map(|word| word.replace(DATA, data.to_str().unwrap()));
    let mut server = Command::new(env!("CARGO_BIN_EXE_consort"))
        .args(words)
        .env_clear()
        .envs(settings())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(server.stderr.take().unwrap()).lines();
    let told = said
        .by_ref()
        .find(|line| line.as_ref().unwrap().contains("serving"));
    assert!(told.unwrap().unwrap().contains("http://localhost:"));
    assert_eq!(settings().count(), 2);
    let process = Pid::from_child(&server);
    kill_process(process, Signal::TERM).unwrap();
    assert!(said.any(|line| line.unwrap().contains("ended")));
    assert_eq!(server.wait().unwrap().code(), Some(0));
    desk.assert_healthy();
}
