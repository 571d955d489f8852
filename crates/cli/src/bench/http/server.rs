//! The server that is measured: `consort serve`, as a process of its own over a folder of its own.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};

use super::super::machine::Process;
use crate::serve::ADDRESS_FILE;

/// How long it may take to come up.
const PATIENCE: Duration = Duration::from_mins(2);
const GLANCE: Duration = Duration::from_millis(20);
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
        let program = std::env::current_exe().context("this program cannot be found again")?;
        let child = Command::new(program)
            .arg("--data")
            .arg(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("CONSORT_ADMIN")
            .env_remove("CONSORT_PUBLIC_URL")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .context("the server cannot be started")?;
        let mut server = Self { child, port: 0 };
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = server.child.try_wait()? {
                let said = std::fs::read_to_string(folder.join(SAID)).unwrap_or_default();
                return Err(anyhow!("the server ended with {status}: {said}"));
            }
            let url = std::fs::read_to_string(folder.join(ADDRESS_FILE)).unwrap_or_default();
            if let Some(port) = url.rsplit(':').next().and_then(|port| port.parse().ok()) {
                server.port = port;
                return Ok(server);
            }
            std::thread::sleep(GLANCE);
        }
        Err(anyhow!("the server does not come up"))
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
