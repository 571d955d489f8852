//! Agents that work by a language model: connected, tried out, and put to work on a whole brief.
//! The model is a scripted endpoint on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::fixture::{Desk, record, words};

const KEY: &str = "sk-canary-journey";

/// An endpoint that answers by what it reads, until the test ends.
fn endpoint() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            serve(stream);
        }
    });
    port
}

fn serve(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream has two ends"));
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|bytes| bytes > 2) {
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let words = |index: usize| asked["messages"][index]["content"].as_str().unwrap_or("");
    let text = if words(0).contains("form of a draft") {
        draft(words(1))
    } else {
        summary(words(1))
    };
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

/// The first passage, cited; a claim that stands nowhere; and an opinion.
fn summary(given: &str) -> String {
    let passages = given.lines().filter_map(|line| line.strip_prefix("[D1."));
    let statements: Vec<Value> = passages
        .filter_map(|line| line.split_once("] "))
        .take(2)
        .map(|(number, text)| {
            let passage = format!("D1.{number}");
            json!({"text": text, "citations": [{"passage": passage, "quote": text}]})
        })
        .chain([json!({"text": "It is the best there is.", "citations": [
            {"passage": "D1.1", "quote": "It is the best there is."}]})])
        .collect();
    let document = documents(given).into_iter().next().unwrap_or_default();
    json!({"document": document, "statements": statements,
           "opinions": ["I would ask for a lower price."]})
    .to_string()
}

/// A draft that covers every document and leaves the rest open.
fn draft(given: &str) -> String {
    let coverage: Vec<Value> = documents(given)
        .iter()
        .map(|document| json!({"document": document}))
        .collect();
    json!({"question": {"question": "Which one?"}, "agree": [], "disagree": [], "options": [],
           "unknowns": ["what it costs in the second year"], "coverage": coverage})
    .to_string()
}

fn documents(given: &str) -> Vec<String> {
    let named = given.lines().filter(|line| line.starts_with('D'));
    named
        .filter_map(|line| line.split_once(" is the document "))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// A desk whose configuration names the endpoint, with its key in a file of its own.
fn desk(class: &str) -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.data()).unwrap();
    let key = desk.data().join("small.key");
    fs::write(&key, KEY).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let configuration = format!(
        "[models.small]\nkind = \"openai\"\nurl = \"http://127.0.0.1:{}/v1/\"\nmodel = \"small-1\"\n\
         family = \"small\"\nclass = \"{class}\"\nkey_file = \"small.key\"\nper_minute = 10000\n\
         [models.small.prices]\nversion = \"2026-11\"\ncurrency = \"EUR\"\ninput = \"1\"\n\
         output = \"2\"\n\
         [models.small.caps]\ntask = \"5\"\nagent = \"100\"\noutcome = \"50\"\n",
        endpoint()
    );
    fs::write(desk.data().join("consort.toml"), configuration).unwrap();
    desk
}

fn told(desk: &Desk, arguments: &[&str]) {
    let done = desk.run(&[&["--as", "Robin Example"], arguments].concat());
    assert!(done.status.success(), "{}", words(&done));
}

/// Puts a model to these kinds of work in place of the built-in agents.
fn put_to_work(desk: &Desk) {
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

/// Who did the tasks of a kind.
fn doers(record: &Value, kind: &str) -> Vec<String> {
    let tasks = record["tasks"].as_array().unwrap().iter();
    tasks
        .filter(|task| task["key"].as_str().unwrap().split('[').next() == Some(kind))
        .map(|task| task["contributor"]["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_brief_with_models_keeps_every_promise_of_one_without() {
    let desk = desk("internal");
    put_to_work(&desk);
    let record = desk.brief("contracts");
    assert_eq!(record["outcome"]["state"], "delivered", "{record}");
    assert!(
        doers(&record, "summarise")
            .iter()
            .all(|name| name == "Reader")
    );
    assert_eq!(doers(&record, "draft"), ["Writer"]);
    let page = fs::read_to_string(desk.output().join("brief.html")).unwrap();
    assert!(page.contains("Opinions of models"));
    for opinion in ["It is the best there is.", "I would ask for a lower price."] {
        assert!(page.contains(opinion), "{opinion}");
    }
    for file in fs::read_dir(desk.output()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(KEY));
    }
    let spent = fs::read_to_string(desk.data().join("model-spending.jsonl")).unwrap();
    assert!(spent.contains("\"note\":\"as reported\"") && !spent.contains(KEY));
    let cost = record["ledger"]["models_micro"]["EUR"].as_u64().unwrap();
    let calls = doers(&record, "summarise").len() as u64 + 1;
    // 900 tokens sent and 100 answered, each time.
    assert_eq!(cost, calls * (900 + 200));
    let id = record["outcome"]["id"].as_str().unwrap();
    let shown = words(&desk.run(&["outcome", "show", id]));
    assert!(shown.contains("EUR (metered"), "{shown}");
    desk.assert_healthy();
}

#[test]
fn a_trial_shows_every_word_and_not_the_key() {
    let desk = desk("internal");
    put_to_work(&desk);
    let before = desk.run(&["events", "--json"]).stdout;
    let shown = record(&desk.run(&["agent", "test", "Reader", "--json"]));
    assert!(
        shown["sent"].as_str().unwrap().contains("# Goal"),
        "{shown}"
    );
    assert!(
        shown["received"]
            .as_str()
            .unwrap()
            .contains("the best there is")
    );
    assert!(
        shown["aside"]
            .as_str()
            .unwrap()
            .contains("millionths of EUR")
    );
    assert!(!shown.to_string().contains(KEY));
    assert_eq!(desk.run(&["events", "--json"]).stdout, before);
}

#[test]
fn a_key_that_others_can_read_is_not_used() {
    let desk = desk("internal");
    put_to_work(&desk);
    let key = desk.data().join("small.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = words(&desk.run(&["agent", "test", "Reader"]));
    assert!(refused.contains("chmod 600"), "{refused}");
}
