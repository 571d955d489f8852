//! A scripted endpoint: a small server on loopback that answers each request as the test says.
//!
//! It speaks as much HTTP/1.1 as a client of one request a connection needs, and keeps what it was
//! sent.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use consort_agents::model::Kind;
use serde_json::{Value, json};

/// What the server does with its next request.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answers with these words of the model's, and this usage.
    Say(String, Usage),
    /// Answers with a status, headers and a body.
    Status(u16, &'static [(&'static str, &'static str)], String),
    /// Promises more than it sends, and hangs up.
    Cut,
    /// Says nothing until the client has gone.
    Stall,
}

/// The usage that the server reports.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Usage {
    Of(i64, i64),
    Missing,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: Value,
}

/// The server. It ends when it is dropped.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    acts: Arc<Mutex<VecDeque<Act>>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Answers requests in this wire shape as it is told, in order; after the last act every request
    /// meets status 500.
    pub(crate) fn start(kind: Kind, acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let acts = Arc::new(Mutex::new(VecDeque::from(acts)));
        let (kept, told) = (Arc::clone(&seen), Arc::clone(&acts));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let Some(request) = read(&stream) else {
                    return;
                };
                kept.lock().expect("no test panics here").push(request);
                let act = told.lock().expect("no test panics here").pop_front();
                answer(stream, kind, act);
            }
        });
        Self {
            port,
            seen,
            acts,
            thread: Some(thread),
        }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v1/", self.port)
    }

    /// What it was sent.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("no test panics here").clone()
    }

    /// What it was not asked for.
    pub(crate) fn left(&self) -> usize {
        self.acts.lock().expect("no test panics here").len()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A connection without a request ends the server.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Reads one request; nothing if there is none.
fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader
        .read_line(&mut first)
        .ok()
        .filter(|bytes| *bytes > 0)?;
    let mut head = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let lower = line.to_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        path: first.split(' ').nth(1)?.to_owned(),
        head,
        body: serde_json::from_slice(&body).ok()?,
    })
}

fn answer(mut stream: TcpStream, kind: Kind, act: Option<Act>) {
    match act {
        Some(Act::Say(text, usage)) => {
            let body = in_shape(kind, &text, usage).to_string();
            send(
                &mut stream,
                200,
                &[("content-type", "application/json")],
                &body,
            );
        }
        Some(Act::Status(status, headers, body)) => send(&mut stream, status, headers, &body),
        Some(Act::Cut) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                        content-length: 1000\r\n\r\n{\"choices\": [";
            stream.write_all(head.as_bytes()).ok();
        }
        Some(Act::Stall) => {
            // The client hangs up when its time is over, which ends this read.
            stream.read_to_end(&mut Vec::new()).ok();
        }
        None => send(&mut stream, 500, &[], "nothing more was told"),
    }
}

fn send(stream: &mut TcpStream, status: u16, headers: &[(&str, &str)], body: &str) {
    let mut text = format!("HTTP/1.1 {status} Told\r\nconnection: close\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").ok();
    }
    write!(text, "content-length: {}\r\n\r\n{body}", body.len()).ok();
    stream.write_all(text.as_bytes()).ok();
}

/// A recorded answer in each wire shape, with these words in it.
fn in_shape(kind: Kind, text: &str, usage: Usage) -> Value {
    match kind {
        Kind::OpenAi => {
            let mut body = json!({
                "id": "chatcmpl-1", "object": "chat.completion", "model": "small-1",
                "choices": [{"index": 0, "finish_reason": "stop",
                             "message": {"role": "assistant", "content": text}}],
            });
            if let Usage::Of(input, output) = usage {
                body["usage"] = json!({"prompt_tokens": input, "completion_tokens": output,
                                       "prompt_tokens_details": {"cached_tokens": 10}});
            }
            body
        }
        Kind::OpenAiResponses => {
            let mut body = json!({
                "id": "resp_1", "object": "response", "status": "completed", "model": "small-1",
                "output": [{"type": "message", "id": "msg_1", "role": "assistant",
                            "status": "completed",
                            "content": [{"type": "output_text", "text": text,
                                         "annotations": []}]}],
            });
            if let Usage::Of(input, output) = usage {
                body["usage"] = json!({"input_tokens": input, "output_tokens": output,
                                       "input_tokens_details": {"cached_tokens": 10}});
            }
            body
        }
        Kind::Anthropic => {
            let mut body = json!({
                "id": "msg_1", "type": "message", "role": "assistant", "model": "small-1",
                "content": [{"type": "text", "text": text}], "stop_reason": "end_turn",
            });
            if let Usage::Of(input, output) = usage {
                body["usage"] = json!({"input_tokens": input - 10, "output_tokens": output,
                                       "cache_read_input_tokens": 10});
            }
            body
        }
        Kind::Gemini => {
            let mut body = json!({
                "candidates": [{"content": {"role": "model", "parts": [{"text": text}]},
                                "finishReason": "STOP", "index": 0}],
                "modelVersion": "small-1",
            });
            if let Usage::Of(input, output) = usage {
                body["usageMetadata"] = json!({"promptTokenCount": input,
                    "candidatesTokenCount": output, "cachedContentTokenCount": 10,
                    "totalTokenCount": input + output});
            }
            body
        }
        Kind::Ollama => {
            let mut body = json!({
                "model": "small-1", "created_at": "2026-11-21T12:00:00Z", "done": true,
                "done_reason": "stop", "message": {"role": "assistant", "content": text},
            });
            if let Usage::Of(input, output) = usage {
                body["prompt_eval_count"] = json!(input);
                body["eval_count"] = json!(output);
                body["prompt_eval_cached_count"] = json!(10);
            }
            body
        }
    }
}
