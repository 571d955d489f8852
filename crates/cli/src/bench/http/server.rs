//! The server that is measured: `consort serve`, as a process of its own over a folder of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};

use super::super::machine::Process;

/// What stands in the link that lets its operator in.
const LINK: &str = "/enter/";
/// What it goes by: those who sign here are programs, and have no passkeys.
const SETTINGS: &str = "[server]\nsignatures_need_proof = false\n";
/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_mins(1);
/// What it says goes here, in its folder.
const SAID: &str = "said.txt";

/// A server, which ends with this.
pub(in super::super) struct Server {
    child: Child,
    pub(in super::super) port: u16,
}

impl Server {
    /// Starts one over a data directory, and waits until it listens.
    pub(in super::super) fn start(folder: &Path) -> Result<Self> {
        let said = File::create(folder.join(SAID))?;
        std::fs::write(folder.join("consort.toml"), SETTINGS)?;
        let program = std::env::current_exe().context("this program cannot be found again")?;
        let mut child = Command::new(program)
            .arg("--data")
            .arg(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("CONSORT_ADMIN")
            .env_remove("CONSORT_PUBLIC_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said)
            .spawn()
            .context("the server cannot be started")?;
        let told = child
            .stdout
            .take()
            .context("what the server says is read")?;
        let mut server = Self { child, port: 0 };
        // It prints the first link when it listens.
        let Ok(url) = links(told).recv_timeout(PATIENCE) else {
            server.child.kill().ok();
            let status = server.child.wait()?;
            let said = std::fs::read_to_string(folder.join(SAID)).unwrap_or_default();
            return Err(anyhow!("the server ended with {status}: {said}"));
        };
        let port = url.rsplit(':').next().unwrap_or_default();
        server.port = port.parse().context("a port is a number")?;
        Ok(server)
    }

    /// The process, as the system tells of it.
    pub(in super::super) fn process(&self) -> Process {
        Process::Other(self.child.id())
    }
}

/// The addresses of the links that a server prints, as it prints them; read for as long as it prints.
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

impl Drop for Server {
    fn drop(&mut self) {
        // Its folder goes away with it, so nothing has to be finished first.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
