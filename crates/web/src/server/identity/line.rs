//! The line to an identity provider: one question, one answer, within bounds.
//!
//! It follows no redirect and no proxy, repeats nothing, and reads no more than it has to.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use reqwest::Client;

use super::SetUp;

/// How long making a connection may take: a provider that is there answers within it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The most that an answer may have, in bytes; keys and settings of large providers have a tenth.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    /// The connection was not made, broke off, or took too long.
    #[error("no answer came: {0}")]
    Broken(#[from] reqwest::Error),
    /// The answer is too long.
    #[error("the answer has more than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
    /// The answer is none.
    #[error("the answer cannot be read")]
    Unread,
}

/// A line.
#[derive(Clone)]
pub(super) struct Line {
    client: Client,
}

impl Line {
    /// A line on which an answer is waited for so long. Nothing is sent yet.
    pub(super) fn new(timeout: Duration) -> Result<Self, SetUp> {
        // Whoever came first set the same; the outcome is the same either way.
        rustls::crypto::CryptoProvider::install_default(rustls::crypto::ring::default_provider())
            .ok();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .pool_max_idle_per_host(0)
            .build();
        let client = client.map_err(|error| SetUp(error.to_string()))?;
        Ok(Self { client })
    }

    /// Asks once.
    pub(super) async fn ask(self, request: HttpRequest) -> Result<HttpResponse, Silence> {
        let request = reqwest::Request::try_from(request)?;
        let mut response = self.client.execute(request).await?;
        let mut answer = HttpResponse::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        while let Some(piece) = response.chunk().await? {
            let body = answer.body_mut();
            if body.len() + piece.len() > ANSWER_BYTES_MAX {
                return Err(Silence::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        if answer.status().is_server_error() {
            return Err(Silence::Unread);
        }
        Ok(answer)
    }
}
