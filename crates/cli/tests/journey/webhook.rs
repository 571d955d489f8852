//! A server that tells a receiver on this machine what happens, and the example of the documentation, which
//! verifies it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::fixture::{Desk, record, repository, words};
use crate::server::Server;

const ROBIN: [&str; 2] = ["--as", "Robin Example"];

/// Asks the API with a body; gives the answer's.
fn ask(server: &Server, path: &str, token: &str, body: &Value) -> Value {
    let body = body.to_string();
    let host = server.url().replace("http://localhost", "127.0.0.1");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

/// Takes one request in: its headers by small letters, and its body.
fn take(listener: &TcpListener) -> (Value, String) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut headers = serde_json::Map::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.trim().split_once(": ") {
            headers.insert(name.to_lowercase(), value.into());
        }
    }
    let length = headers["content-length"].as_str().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
        .unwrap();
    (headers.into(), String::from_utf8(body).unwrap())
}

/// What the example of the documentation says of a request.
fn verify(secret: &str, headers: &Value, body: &str) -> String {
    let text = fs::read_to_string(repository().join("docs/webhooks.md")).unwrap();
    let (_, from) = text.split_once("```python\n").unwrap();
    let (example, _) = from.split_once("```").unwrap();
    let asked = json!({ "secret": secret, "headers": headers, "body": body });
    let ask = "import json, sys\nasked = json.load(sys.stdin)\n\
        print(is_from_consort(asked['secret'], asked['headers'], asked['body'].encode()))";
    let mut python = Command::new("python3")
        .args(["-c", &format!("{example}\n{ask}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(asked.to_string().as_bytes()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_receiver_is_told_and_the_example_of_the_documentation_verifies_it() {
    let desk = Desk::new();
    fs::create_dir_all(desk.data()).unwrap();
    fs::write(
        desk.data().join("consort.toml"),
        "[webhooks]\nallowed_hosts = [\"127.0.0.1\"]\n",
    )
    .unwrap();
    let serve = [&ROBIN[..], &["serve", "--listen", "127.0.0.1:0"]].concat();
    let server = Server::start(desk.consort(&serve));
    let make = [&ROBIN[..], &["token", "make", "Robin Example", "--json"]].concat();
    let token = record(&desk.run(&make));
    let token = token["token"].as_str().unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let wanted = json!({ "address": address, "events": ["contributor.added"] });
    let added = ask(&server, "/api/v1/webhooks", token, &wanted);
    let secret = added["secret"].as_str().unwrap();
    let ben = [
        "contributor",
        "add",
        "Ben Example",
        "--capability",
        "writing=5",
    ];
    let joined = desk.run(&[&ROBIN[..], &ben].concat());
    assert_eq!(joined.status.code(), Some(0), "{}", words(&joined));

    let (headers, body) = take(&listener);
    let entry: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(entry["type"], "consort.contributor.added");
    assert!(
        !body.contains("Ben"),
        "it says what happened to what, and no more"
    );
    assert_eq!(verify(secret, &headers, &body), "True");
    assert_eq!(
        verify(secret, &headers, &body.replace("added", "ended")),
        "False"
    );
    assert_eq!(verify("whsec_b3RoZXI=", &headers, &body), "False");
    let mut late = headers;
    late["webhook-timestamp"] = "1".into();
    assert_eq!(verify(secret, &late, &body), "False");

    let unnamed = json!({ "address": "http://localhost/hook" });
    let problem = ask(&server, "/api/v1/webhooks", token, &unnamed);
    assert_eq!(problem["type"], "/api/problems/invalid");
    assert_eq!(server.end(), Some(0));
}
