//! A receiver on this machine: it answers as it is told, and verifies as a receiver should.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Requests, Sender, channel};
use std::thread::JoinHandle;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) at_s: i64,
    pub(crate) signature: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// A receiver that answers as often as it was told, and then is gone.
pub(crate) struct Receiver {
    address: SocketAddr,
    requests: Requests<Request>,
    thread: JoinHandle<()>,
}

impl Receiver {
    /// One that gives these answers in turn: a status line, and what stands in its head.
    pub(crate) fn with(answers: &[&str]) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), answers)
    }

    /// The same at an address.
    pub(crate) fn at(address: SocketAddr, answers: &[&str]) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Vec<String> = answers.iter().map(|&it| it.to_owned()).collect();
        let (sender, requests) = channel();
        let thread = std::thread::spawn(move || {
            for answer in answers {
                let (stream, _) = listener.accept().unwrap();
                serve(&stream, &answer, &sender);
            }
        });
        Self {
            address,
            requests,
            thread,
        }
    }

    pub(crate) const fn socket(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What came in, once every answer was given.
    pub(crate) fn all(self) -> Vec<Request> {
        self.thread.join().unwrap();
        self.requests.try_iter().collect()
    }
}

fn serve(mut stream: &TcpStream, answer: &str, sender: &Sender<Request>) {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    assert_eq!(head[0], "POST /hook HTTP/1.1");
    let header = |name: &str| {
        let mut named = head[1..].iter().filter_map(|line| line.split_once(": "));
        let found = named.find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap()
    };
    let mut body = vec![0; header("content-length").parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    sender
        .send(Request {
            id: header("webhook-id"),
            at_s: header("webhook-timestamp").parse().unwrap(),
            signature: header("webhook-signature"),
            content_type: header("content-type"),
            body: String::from_utf8(body).unwrap(),
        })
        .unwrap();
    let end = if answer.contains("content-length") {
        ""
    } else {
        "content-length: 0\r\n"
    };
    // Whoever asked may have gone by then.
    write!(stream, "HTTP/1.1 {answer}\r\n{end}\r\n").ok();
}

impl Request {
    /// Whether one of the signatures was made with this secret.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD
            .decode(secret.strip_prefix("whsec_").unwrap())
            .unwrap();
        let signed = format!("{}.{}.{}", self.id, self.at_s, self.body);
        self.signature.split(' ').any(|one| {
            let code = STANDARD.decode(one.strip_prefix("v1,").unwrap()).unwrap();
            let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.chain_update(&signed).verify_slice(&code).is_ok()
        })
    }
}
