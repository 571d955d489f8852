//! A server over a network of its own, in which an outcome was delivered.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Whom the answers that are given in advance name.
const PERSON: &str = "Robin Example";
/// The outcome: what the introduction runs, over the papers that come with it.
const RUN: &[&str] = &[
    "--input",
    "question=Which supplier should clean our offices?",
    "--input",
    "options=Northgate;Brightway;Sparrow",
    "--input",
    "must_know=notice period;insurance",
];
/// What stands in the link that lets the server's operator in.
const LINK: &str = "/enter/";
/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server over a network of its own, which goes away with this.
pub(super) struct Server {
    child: Child,
    pub(super) folder: PathBuf,
    pub(super) url: String,
    pub(super) token: String,
    pub(super) known: Known,
}

/// What there is to ask about.
#[derive(Debug)]
pub(super) struct Known {
    outcome: String,
    task: String,
    contributor: String,
}

impl Known {
    /// What Schemathesis is told of it.
    pub(super) fn settings(&self) -> String {
        let Self {
            outcome,
            task,
            contributor,
        } = self;
        [
            ("outcomes", outcome),
            ("tasks", task),
            ("contributors", contributor),
        ]
        .map(|(name, id)| {
            format!(
                "[[operations]]\ninclude-path-regex = \"^/api/v1/{name}/\"\n\
                 parameters = {{ \"path.id\" = \"{id}\" }}\n\n"
            )
        })
        .concat()
    }

    /// Has an outcome delivered, and looks at what it left.
    fn make(consort: &impl Fn() -> Command, root: &Path) -> Result<Self> {
        let papers = root.join("examples/contracts");
        told(
            consort()
                .arg("run")
                .arg(root.join("playbooks/brief.yaml"))
                .args(["--input", &format!("documents={}", papers.display())])
                .args(RUN)
                .arg("--answers")
                .arg(root.join("examples/brief.answers.yaml")),
        )?;
        let outcome = first(&told(consort().args(["outcome", "list"]))?)?;
        let task = first(&told(consort().args(["outcome", "plan", &outcome]))?)?;
        let contributor = first(&told(consort().args(["contributor", "list"]))?)?;
        Ok(Self {
            outcome,
            task,
            contributor,
        })
    }
}

impl Server {
    pub(super) fn start(program: &Path, root: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("consort-api-{}", std::process::id()));
        fs::create_dir_all(&folder).context("a folder cannot be made")?;
        let data = folder.join("data");
        let consort = || {
            let mut command = Command::new(program);
            command.arg("--data").arg(&data);
            command.args(["--as", PERSON, "--json"]);
            command.current_dir(&folder).stdin(Stdio::null());
            command
        };
        let known = Known::make(&consort, root)?;
        let log = fs::File::create(folder.join("log"))?;
        let mut child = consort()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .context("the server cannot be started")?;
        let told = child
            .stdout
            .take()
            .context("what the server says is read")?;
        let mut server = Self {
            child,
            folder: folder.clone(),
            known,
            url: String::new(),
            token: String::new(),
        };
        // It prints the first link when it listens.
        if let Ok(url) = links(told).recv_timeout(PATIENCE) {
            server.url = url;
            server.token = token(consort())?;
            return Ok(server);
        }
        let said = fs::read_to_string(server.folder.join("log")).unwrap_or_default();
        bail!("the server does not come up: {said}")
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

fn token(mut consort: Command) -> Result<String> {
    let made = told(consort.args(["token", "make", PERSON]))?;
    let token = made["token"].as_str().context("a token was made")?;
    Ok(token.to_owned())
}

/// What a command says.
fn told(command: &mut Command) -> Result<Value> {
    let output = command.output().context("the program cannot be started")?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The identifier of the first in a list.
fn first(list: &Value) -> Result<String> {
    let id = list[0]["id"]
        .as_str()
        .context("a list begins with something")?;
    Ok(id.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // Its folder goes away with it, so nothing has to be finished first.
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}
