//! The server that is measured: `consort serve`, as a process of its own over a folder of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, anyhow};

use super::super::machine::Process;

/// What stands in the link that lets its operator in.
const LINK: &str = "/enter/";
/// What it says goes here, in its folder.
const SAID: &str = "said.txt";

/// A server, which ends with this.
pub(in super::super) struct Server {
    child: Child,
    pub(in super::super) port: u16,
    /// Kept open, or it could print nothing more.
    told: BufReader<ChildStdout>,
}

impl Server {
    /// Starts one over a data directory, and waits until it listens.
    pub(in super::super) fn start(folder: &Path) -> Result<Self> {
        let said = File::create(folder.join(SAID))?;
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
        let mut server = Self {
            child,
            port: 0,
            told: BufReader::new(told),
        };
        let Some(port) = server.told_port()? else {
            let status = server.child.wait()?;
            let said = std::fs::read_to_string(folder.join(SAID)).unwrap_or_default();
            return Err(anyhow!("the server ended with {status}: {said}"));
        };
        server.port = port;
        Ok(server)
    }

    /// The port of the first link that it prints, which is when it listens; none where it ends before.
    fn told_port(&mut self) -> Result<Option<u16>> {
        let mut line = String::new();
        while self.told.read_line(&mut line)? > 0 {
            let port = line
                .split_once(LINK)
                .and_then(|(url, _)| url.rsplit(':').next());
            if let Some(port) = port {
                return Ok(Some(port.parse().context("a port is a number")?));
            }
            line.clear();
        }
        Ok(None)
    }

    /// The process, as the system tells of it.
    pub(in super::super) fn process(&self) -> Process {
        Process::Other(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its folder goes away with it, so nothing has to be finished first.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
