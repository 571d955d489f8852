//! A client as a program should be one: it keeps a connection, and where an answer is lost it sends the same
//! under the same key again, to another server if its own is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// How many servers there are.
pub(super) const SERVERS: usize = 3;
/// How long an answer is waited for: longer than a server waits for its database, so that a request that is
/// given up may still be carried out.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long a client rests before it sends again.
const REST: Duration = Duration::from_millis(50);

/// By what somebody comes in.
#[derive(Debug, Clone)]
pub(super) enum Pass {
    /// A token.
    Token(String),
    /// A session, as the cookie that a browser sends.
    Session(String),
}

/// Where the servers listen at present: a port, or 0 while one is away.
#[derive(Debug, Default)]
pub(super) struct Ports([AtomicU16; SERVERS]);

impl Ports {
    pub(super) fn set(&self, server: usize, port: u16) {
        self.0[server].store(port, Ordering::SeqCst);
    }

    pub(super) fn of(&self, server: usize) -> u16 {
        self.0[server].load(Ordering::SeqCst)
    }
}

/// How often something had to be sent again, and why.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// No answer came.
    pub(super) lost: AtomicU64,
    /// The answer said to try again.
    pub(super) put_off: AtomicU64,
}

/// Something to send.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) path: String,
    pub(super) pass: Pass,
    pub(super) key: String,
    pub(super) body: Value,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Answer {
    /// The stable word of the problem that it is, if it is one.
    pub(super) fn problem(&self) -> &str {
        let kind = self.body["type"].as_str().unwrap_or_default();
        kind.rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}

/// One after the other, over a connection that is made anew where it breaks.
pub(super) struct Client {
    ports: Arc<Ports>,
    troubles: Arc<Troubles>,
    server: usize,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// One that begins at a server.
    pub(super) fn new(ports: &Arc<Ports>, troubles: &Arc<Troubles>, server: usize) -> Self {
        Self {
            ports: Arc::clone(ports),
            troubles: Arc::clone(troubles),
            server: server % SERVERS,
            connection: None,
        }
    }

    /// Goes to the next server, whatever becomes of this one.
    pub(super) fn move_on(&mut self) {
        self.connection = None;
        self.server = (self.server + 1) % SERVERS;
    }

    /// Sends until a server has given an answer of its own. Whatever was not answered is sent as it was.
    pub(super) async fn ask(&mut self, ask: &Ask) -> Answer {
        loop {
            match timeout(PATIENCE, self.once(ask)).await {
                Ok(Ok(answer)) if is_final(answer.status) => return answer,
                Ok(Ok(_)) => {
                    self.troubles.put_off.fetch_add(1, Ordering::Relaxed);
                }
                // It was never sent.
                Ok(Err(Unanswered::NotReached)) => {}
                Ok(Err(Unanswered::Lost)) | Err(_) => {
                    self.troubles.lost.fetch_add(1, Ordering::Relaxed);
                }
            }
            self.move_on();
            sleep(REST).await;
        }
    }

    async fn once(&mut self, ask: &Ask) -> Result<Answer, Unanswered> {
        let mut connection = match self.connection.take() {
            Some(connection) if !connection.is_closed() => connection,
            _ => self.connect().await.ok_or(Unanswered::NotReached)?,
        };
        let request = ask.request().expect("it is made of what headers may hold");
        let told = connection.send_request(request).await;
        let (parts, body) = told.map_err(|_| Unanswered::Lost)?.into_parts();
        let body = body.collect().await.map_err(|_| Unanswered::Lost)?;
        self.connection = Some(connection);
        Ok(Answer {
            status: parts.status,
            body: serde_json::from_slice(&body.to_bytes()).unwrap_or_default(),
        })
    }

    async fn connect(&self) -> Option<SendRequest<Full<Bytes>>> {
        let port = self.ports.of(self.server);
        if port == 0 {
            return None;
        }
        let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        // How a connection ended shows at the next request.
        tokio::spawn(async move { connection.await.ok() });
        Some(sender)
    }

    /// Comes in by a link, as a browser does; gives the session.
    pub(super) async fn enter(&mut self, link: &str) -> Result<Pass> {
        let mut connection = self.connect().await.context("no server is there")?;
        let request = Request::post(format!("/enter/{link}")).header(HOST, "localhost");
        let answer = connection.send_request(request.body(Full::default())?);
        let answer = answer.await?;
        let cookie = answer.headers().get(SET_COOKIE);
        let cookie = cookie.context("a link that was just made lets in")?;
        let session = cookie.to_str()?.split(';').next().unwrap_or_default();
        Ok(Pass::Session(session.to_owned()))
    }
}

impl Ask {
    fn request(&self) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.path)
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", &self.key);
        request = match &self.pass {
            Pass::Token(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            Pass::Session(cookie) => request.header(COOKIE, cookie),
        };
        request.body(Full::new(Bytes::from(self.body.to_string())))
    }
}

/// Why there is no answer.
enum Unanswered {
    /// Nothing was sent.
    NotReached,
    /// Whether it was carried out is not known.
    Lost,
}

/// Whether an answer is a server's last word: what broke on its side, and what came too often, is sent again.
fn is_final(status: StatusCode) -> bool {
    !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS
}
