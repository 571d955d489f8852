//! A client over one connection that is kept: it asks one thing after the other, as an agent does.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// By what somebody comes in.
#[derive(Debug, Clone)]
pub(in super::super) enum Pass {
    /// Nobody in particular.
    None,
    /// A token.
    Token(String),
    /// A session, as the cookie that a browser sends.
    Session(String),
}

/// What came back.
pub(in super::super) struct Answer {
    pub(in super::super) status: StatusCode,
    pub(in super::super) body: Bytes,
    pub(in super::super) took: Duration,
}

impl Answer {
    /// The body, where all went well.
    pub(in super::super) fn expect(self, what: &str) -> Result<Bytes> {
        if self.status.is_success() {
            return Ok(self.body);
        }
        let said = String::from_utf8_lossy(&self.body);
        Err(anyhow!("{what} was answered with {}: {said}", self.status))
    }
}

/// A connection.
pub(in super::super) struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    /// To this machine's port.
    pub(in super::super) async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // How a connection ended shows at the next request.
        tokio::spawn(async move { connection.await.ok() });
        Ok(Self(sender))
    }

    /// Reads a page.
    pub(in super::super) async fn get(&mut self, path: &str, pass: &Pass) -> Result<Answer> {
        self.send(Method::GET, path, pass, "", String::new()).await
    }

    /// Changes something, under a key.
    pub(in super::super) async fn post(
        &mut self,
        path: &str,
        pass: &Pass,
        key: &str,
        body: String,
    ) -> Result<Answer> {
        self.send(Method::POST, path, pass, key, body).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        pass: &Pass,
        key: &str,
        body: String,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json");
        request = match pass {
            Pass::None => request,
            Pass::Token(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            Pass::Session(cookie) => request.header(COOKIE, cookie),
        };
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Full::new(Bytes::from(body)))?;
        let began = Instant::now();
        let told = self.0.send_request(request).await;
        let (parts, body) = told
            .context("the server has stopped answering")?
            .into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: parts.status,
            body,
            took: began.elapsed(),
        })
    }
}
