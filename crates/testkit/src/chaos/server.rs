//! A server as operators run it: `consort serve` in a process of its own, killed and started again on the same
//! data directory, with a clock of its own.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// What stands in the link that a server prints when it listens.
const LINK: &str = "/enter/";
/// What a server prints goes here, in its data directory's parent.
const SAID: &str = "said.txt";
/// What servers go by: those who sign here are programs, and have no passkeys.
const SETTINGS: &str = "[server]\nsignatures_need_proof = false\n";
/// How long a server may take to end: what it answers has half a minute, and waits for the database for half of it.
const END_MAX: Duration = Duration::from_mins(1);
/// How long it may take until it listens: it waits for the database for a quarter of that.
const START_MAX: Duration = Duration::from_mins(1);
/// What a program says that broke within itself.
const BROKEN: &[&str] = &["panicked at", "hit a defect", "the stored data are damaged"];

/// What all servers have in common, and one its own.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The program.
    pub(super) program: PathBuf,
    /// A folder of the server's own.
    pub(super) folder: PathBuf,
    /// The folder of artefacts that all share.
    pub(super) artefacts: PathBuf,
    /// The address of the database, through the server's proxy.
    pub(super) database: String,
}

/// What sets a program's clock, where it is installed.
#[derive(Debug, Clone)]
pub(super) struct Faketime(PathBuf);

impl Faketime {
    /// Takes the library that is named, or looks where Debian puts it.
    pub(super) fn find(named: Option<&Path>) -> Option<Self> {
        if let Some(named) = named {
            return Some(Self(named.to_owned()));
        }
        let machines = std::fs::read_dir("/usr/lib").ok()?.flatten();
        let library = |folder: PathBuf| folder.join("faketime/libfaketimeMT.so.1");
        let mut found = machines.map(|entry| library(entry.path()));
        found.find(|library| library.exists()).map(Self)
    }

    fn set(&self, command: &mut Command, seconds: i64) {
        command
            .env("LD_PRELOAD", &self.0)
            .env("FAKETIME", format!("{seconds:+}"))
            // What counts elapsed time does not know what time it is.
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}

/// A server that runs.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    /// The links that it prints; no more come once it has ended.
    links: Receiver<String>,
}

impl Server {
    /// Starts one, its clock so many seconds off, and waits until it listens.
    pub(super) fn start(place: &Place, clock: Option<(&Faketime, i64)>) -> Result<Self> {
        let said = OpenOptions::new()
            .create(true)
            .append(true)
            .open(place.folder.join(SAID))?;
        let data = place.data();
        std::fs::create_dir_all(&data)?;
        std::fs::write(data.join("consort.toml"), SETTINGS)?;
        let mut command = place.consort();
        command.args(["--as", "Operator", "serve", "--listen", "127.0.0.1:0"]);
        if let Some((faketime, seconds)) = clock {
            faketime.set(&mut command, seconds);
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(said)
            .spawn()
            .context("the server cannot be started")?;
        let told = child.stdout.take().context("what it says is read")?;
        let mut server = Self {
            child,
            port: 0,
            links: links(told),
        };
        // It prints the first link when it listens.
        match server.links.recv_timeout(START_MAX) {
            Ok(url) => {
                let port = url.rsplit(':').next().unwrap_or_default();
                server.port = port.parse().context("a port is a number")?;
                Ok(server)
            }
            Err(RecvTimeoutError::Timeout) => {
                bail!("a server does not come up: {}", place.last_words())
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = server.child.wait()?;
                bail!(
                    "a server ended with {status} before it listened: {}",
                    place.last_words()
                );
            }
        }
    }

    /// Whether it ended by itself, which no trouble around it is a reason for.
    pub(super) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Kills it, as the system does when memory runs out.
    pub(super) fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it did; tells whether it ended well, and in time.
    pub(super) fn end(mut self) -> Result<bool> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.context("a process has a number")?, Signal::TERM)?;
        // What it prints ends with it.
        loop {
            match self.links.recv_timeout(END_MAX) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(self.child.wait()?.success()),
                Err(RecvTimeoutError::Timeout) => return Ok(false),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended is ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Place {
    /// The data directory.
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The program over this data directory, with nobody at its terminal.
    pub(super) fn consort(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--data")
            .arg(self.data())
            .arg("--artefacts")
            .arg(&self.artefacts)
            .args(["--database", &self.database])
            .env_remove("CONSORT_ADMIN")
            .env_remove("CONSORT_PUBLIC_URL")
            .stdin(Stdio::null());
        command
    }

    /// What the server said that no trouble around it is a reason for.
    pub(super) fn broken_words(&self) -> Result<Vec<String>> {
        let said = BufReader::new(File::open(self.folder.join(SAID))?);
        let mut found = Vec::new();
        for line in said.lines() {
            let line = line?;
            if BROKEN.iter().any(|words| line.contains(words)) {
                found.push(line);
            }
        }
        Ok(found)
    }

    pub(super) fn last_words(&self) -> String {
        let said = std::fs::read_to_string(self.folder.join(SAID)).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

/// The addresses of the links that a server prints, as it prints them; read for as long as it runs.
fn links(told: ChildStdout) -> Receiver<String> {
    let (sender, links) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(told).lines().map_while(Result::ok) {
            if let Some((url, _)) = line.split_once(LINK) {
                // Nobody waits for more than the first.
                sender.send(url.trim().to_owned()).ok();
            }
        }
    });
    links
}

/// What the doctor finds, asked in a process of its own.
pub(super) fn examine(place: &Place, database: &str) -> Result<String> {
    let place = Place {
        database: database.to_owned(),
        ..place.clone()
    };
    let output = place.consort().args(["doctor", "--json"]).output()?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("the doctor ended with {}: {why}\n{told}", output.status);
    }
    Ok(told)
}

/// A place for a server with this number.
pub(super) fn place(
    program: &Path,
    folder: &Path,
    number: usize,
    database: String,
) -> Result<Place> {
    let own = folder.join(format!("server-{number}"));
    std::fs::create_dir_all(&own)?;
    Ok(Place {
        program: program.to_owned(),
        folder: own,
        artefacts: folder.join("artefacts"),
        database,
    })
}
