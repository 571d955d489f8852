//! A language model: a scripted endpoint on loopback, and the agents that work by it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::fixture::{Desk, words};

/// What the endpoint is asked with; it must show nowhere.
pub(crate) const KEY: &str = "sk-canary-journey";

/// What a call says.
pub(crate) struct Asked {
    /// The instructions.
    pub(crate) told: String,
    /// The material.
    pub(crate) given: String,
    /// What the caller proves itself with.
    pub(crate) key: String,
}

impl Asked {
    /// Whether a draft is asked for.
    pub(crate) fn is_draft(&self) -> bool {
        self.told.contains("form of a draft")
    }

    /// The documents in the material.
    pub(crate) fn documents(&self) -> Vec<&str> {
        let named = self.given.lines().filter(|line| line.starts_with('D'));
        named
            .filter_map(|line| line.split_once(" is the document "))
            .map(|(_, name)| name)
            .collect()
    }

    /// The passages of the first document, by what they are cited as.
    pub(crate) fn passages(&self) -> Vec<(String, &str)> {
        let passages = self
            .given
            .lines()
            .filter_map(|line| line.strip_prefix("[D1."));
        passages
            .filter_map(|line| line.split_once("] "))
            .map(|(number, text)| (format!("D1.{number}"), text))
            .collect()
    }

    /// Every document, for the part of a draft that says what was looked at.
    pub(crate) fn coverage(&self) -> Vec<Value> {
        let documents = self.documents().into_iter();
        documents
            .map(|document| json!({"document": document}))
            .collect()
    }
}

/// An endpoint that answers until the test ends.
pub(crate) struct Endpoint {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Answers each call by what it says.
    pub(crate) fn new(answer: fn(&Asked) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, answer, &kept);
            }
        });
        Self { port, seen }
    }

    /// The bodies of all calls.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Writes a configuration that names the endpoint, with its key in a file of its own.
    pub(crate) fn configure(&self, desk: &Desk, class: &str) {
        fs::create_dir_all(desk.data()).unwrap();
        let key = desk.data().join("small.key");
        fs::write(&key, KEY).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let configuration = format!(
            "[models.small]\nkind = \"openai\"\nurl = \"http://127.0.0.1:{}/v1/\"\n\
             model = \"small-1\"\nfamily = \"small\"\nclass = \"{class}\"\n\
             key_file = \"small.key\"\nper_minute = 10000\n\
             [models.small.prices]\nversion = \"2026-11\"\ncurrency = \"EUR\"\ninput = \"1\"\n\
             output = \"2\"\n\
             [models.small.caps]\ntask = \"5\"\nagent = \"100\"\noutcome = \"50\"\n",
            self.port
        );
        fs::write(desk.data().join("consort.toml"), configuration).unwrap();
    }
}

fn serve(mut stream: TcpStream, answer: fn(&Asked) -> String, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream has two ends"));
    let mut length = 0;
    let mut key = String::new();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 2) {
        let (name, value) = line.split_once(':').unwrap_or_default();
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap_or(0),
            "authorization" => value.trim().clone_into(&mut key),
            _ => {}
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok();
    let body = String::from_utf8_lossy(&body).into_owned();
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let message = |index: usize| asked["messages"][index]["content"].as_str().unwrap_or("");
    let text = answer(&Asked {
        told: message(0).to_owned(),
        given: message(1).to_owned(),
        key,
    });
    seen.lock().expect("nobody panics with it").push(body);
    let body = json!({
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 100},
    })
    .to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).ok();
}

/// Puts a model to these kinds of work in place of the built-in agents.
pub(crate) fn put_to_work(desk: &Desk) {
    for (name, capability, instead_of) in [
        ("Reader", "summarise=8", "Summariser"),
        ("Writer", "draft=8", "Drafter"),
    ] {
        let add = ["agent", "add", name, "--model", "small", "--at-once", "4"];
        told(desk, &[&add[..], &["--capability", capability]].concat());
        let reason = ["--reason", "a model does it"];
        told(
            desk,
            &[&["contributor", "suspend", instead_of], &reason[..]].concat(),
        );
    }
}

fn told(desk: &Desk, arguments: &[&str]) {
    let done = desk.run(&[&["--as", "Robin Example"], arguments].concat());
    assert!(done.status.success(), "{}", words(&done));
}
