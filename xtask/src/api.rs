//! `cargo xtask api`: asks a real server everything that its `OpenAPI` document allows, and much that it
//! does not, by Schemathesis.
//!
//! How much it asks is bounded and begins from one seed, so that a run takes a minute or two and another
//! one asks the same. Schemathesis is looked for and never installed here; `.ci/run` does that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::browser::program;
use crate::{Outcome, is_left_out, repository, takes_no_arguments};

/// Where `.ci/run` puts Schemathesis, in the folder of what is built.
const INSTALLED: &str = "schemathesis/bin/schemathesis";
/// Set where it is not there and the step has to be left out.
const WITHOUT: &str = "CONSORT_WITHOUT_SCHEMATHESIS";
/// The document.
const DOCUMENT: &str = "docs/openapi.json";
/// Who asks, and answers for what there is.
const PERSON: &str = "Ada Example";
/// How long the server may take to come up.
const PATIENCE: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(50);

/// What it is told beside the document, the server and the token. Streams and waiting claims are left
/// out: an answer that does not end, or waits for half a minute, says nothing more in the end. The rate is
/// below what one program may ask.
const ARGUMENTS: &[&str] = &[
    "--checks=all",
    // Every identifier in an address that is none leads nowhere, whatever else is wrong with it.
    "--exclude-checks=positive_data_acceptance",
    "--phases=examples,coverage,fuzzing",
    "--exclude-operation-id=events",
    "--exclude-operation-id=claim_next",
    "--max-examples=15",
    "--seed=1",
    "--rate-limit=90/s",
    "--request-timeout=20",
    "--suppress-health-check=all",
    "--generation-database=none",
    "--no-color",
];

/// Runs the verb, and the step.
pub fn run(arguments: &[String]) -> Result<Outcome> {
    if let Some(misused) = takes_no_arguments("api", arguments) {
        return Ok(misused);
    }
    if is_left_out(WITHOUT) {
        println!("api: left out, for {WITHOUT} is set; nobody has asked what the document allows");
        return Ok(Outcome::Passed);
    }
    let root = repository::root()?;
    let Some(schemathesis) = schemathesis(&root) else {
        println!("Schemathesis is missing: .ci/run brings it. {WITHOUT}=1 leaves this step out.");
        return Ok(Outcome::Failed);
    };
    let program = program(&root)?;
    let server = Server::start(&program)?;
    let status = Command::new(schemathesis)
        .arg("run")
        .arg(root.join(DOCUMENT))
        .arg(format!("--url={}", server.url))
        .arg(format!("--header=Authorization: Bearer {}", server.token))
        .args(ARGUMENTS)
        .current_dir(&server.folder)
        .stdin(Stdio::null())
        .status()
        .context("Schemathesis cannot be started")?;
    Ok(if status.success() {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}

fn schemathesis(root: &Path) -> Option<PathBuf> {
    let built = std::env::var_os("CARGO_TARGET_DIR");
    let built = built.map_or_else(|| root.join("target"), PathBuf::from);
    Some(built.join(INSTALLED)).filter(|path| path.is_file())
}

/// A server over a network of its own, which goes away with this.
struct Server {
    child: Child,
    folder: PathBuf,
    url: String,
    token: String,
}

impl Server {
    fn start(program: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("consort-api-{}", std::process::id()));
        fs::create_dir_all(&folder).context("a folder cannot be made")?;
        let data = folder.join("data");
        let consort = || {
            let mut command = Command::new(program);
            command.arg("--data").arg(&data).args(["--as", PERSON]);
            command.stdin(Stdio::null());
            command
        };
        let log = fs::File::create(folder.join("log"))?;
        let child = consort()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("the server cannot be started")?;
        let mut server = Self {
            child,
            folder,
            url: String::new(),
            token: String::new(),
        };
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            server.url = fs::read_to_string(data.join("serve.url")).unwrap_or_default();
            if !server.url.is_empty() {
                server.token = token(consort())?;
                return Ok(server);
            }
            std::thread::sleep(GLANCE);
        }
        bail!("the server does not come up")
    }
}

fn token(mut consort: Command) -> Result<String> {
    let made = consort
        .args(["--json", "token", "make", PERSON])
        .output()
        .context("the program cannot be started")?;
    let told: serde_json::Value = serde_json::from_slice(&made.stdout)
        .with_context(|| String::from_utf8_lossy(&made.stderr).into_owned())?;
    let token = told["token"].as_str().context("a token was made")?;
    Ok(token.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its folder goes away with it, so nothing has to be finished first.
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}
