//! Sending over HTTP.
//!
//! It sends once and says what happened. It follows no redirect (the receiver would have it ask somebody
//! else), reads no environment, and keeps nothing of what is answered but the status: the answer of a host
//! that should not have been asked shows to nobody.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};

use super::public::{is_nearby, is_public};
use super::sign::signatures;
use super::{Message, Outcome};
use crate::{PostError, Reach};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long all of one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an answer is read, so that the receiver need not break off; none of it is kept.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// The longest address.
const ADDRESS_BYTES_MAX: usize = 2_000;
/// How a host is told of that may not be reached.
const NOT_PUBLIC: &str = "the address leads to no public host";

/// Sends over HTTP.
pub(crate) struct Sender {
    client: Client,
    reach: Reach,
}

impl Sender {
    /// A sender that reaches public hosts and those that are named.
    pub(crate) fn new(reach: &Reach) -> Result<Self, PostError> {
        let failed =
            |error: &dyn Display| PostError::Misused(format!("nothing can be sent: {error}"));
        // Whoever came first set the same; the outcome is the same either way.
        rustls::crypto::CryptoProvider::install_default(rustls::crypto::ring::default_provider())
            .ok();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .no_gzip()
            .connect_timeout(CONNECT_TIMEOUT)
            .dns_resolver(Arc::new(Public(reach.clone())))
            // Connections belong to the runtime of one attempt.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Self {
            client,
            reach: reach.clone(),
        })
    }

    /// Sends a signed event once.
    pub(crate) fn send(&self, address: &str, message: &Message) -> Outcome {
        let reply = self.post(address, |request| {
            request
                .header(CONTENT_TYPE, "application/cloudevents+json")
                .header("webhook-id", &message.id)
                .header("webhook-timestamp", message.at_s.to_string())
                .header("webhook-signature", signatures(message))
                .body(message.body.clone())
        });
        match reply {
            Reply::Answered(status, _) if status.is_success() => Outcome::Arrived(told(status)),
            Reply::Answered(StatusCode::GONE, _) => Outcome::Gone(told(StatusCode::GONE)),
            Reply::Answered(status, asked) => Outcome::Failed(told(status), asked),
            Reply::None(why) => Outcome::Failed(why, None),
        }
    }

    /// Sends a message to a chat once, as JSON.
    pub(crate) fn tell(&self, address: &str, body: String) -> Outcome {
        let reply = self.post(address, |request| {
            request.header(CONTENT_TYPE, "application/json").body(body)
        });
        match reply {
            Reply::Answered(status, asked) => said_by_chat(status, asked),
            Reply::None(why) => Outcome::Failed(why, None),
        }
    }

    /// Sends once, and gives what was answered.
    fn post(&self, address: &str, with: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Reply {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build();
        let Ok(runtime) = runtime else {
            return failed("this machine has no room for another connection");
        };
        let reply = runtime.block_on(async {
            let sent = tokio::time::timeout(TIMEOUT, self.try_once(address, with));
            sent.await.unwrap_or_else(|_| {
                failed(&format!("no answer within {} seconds", TIMEOUT.as_secs()))
            })
        });
        // A name that is still looked up is waited for by nobody.
        runtime.shutdown_background();
        reply
    }

    async fn try_once(
        &self,
        address: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Reply {
        // The rules may have changed since the address was given.
        let url = match checked(address, &self.reach) {
            Ok(url) => url,
            Err(why) => return failed(&why),
        };
        match with(self.client.post(url)).send().await {
            Ok(response) => answered(response).await,
            Err(error) if is_refused(&error) => failed(NOT_PUBLIC),
            Err(error) if error.is_connect() => failed("no connection came about"),
            Err(_) => failed("the connection broke off before it was answered"),
        }
    }
}

/// What came back.
enum Reply {
    /// An answer, and for how long the receiver wants to be left alone.
    Answered(StatusCode, Option<i64>),
    /// None, and why.
    None(String),
}

fn failed(why: &str) -> Reply {
    Reply::None(why.to_owned())
}

fn told(status: StatusCode) -> String {
    format!("answered {}", status.as_u16())
}

/// What the answer of a chat means: it knows the address no more, wants us to come back, or does not want
/// this.
fn said_by_chat(status: StatusCode, asked: Option<i64>) -> Outcome {
    let told = told(status);
    match status {
        _ if status.is_success() => Outcome::Arrived(told),
        StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::NOT_FOUND
        | StatusCode::GONE => Outcome::Gone(told),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            Outcome::Failed(told, asked)
        }
        _ if status.is_client_error() => Outcome::Refused(told),
        _ => Outcome::Failed(told, asked),
    }
}

/// What an answer says; the rest of it is read up to a bound, and let go.
async fn answered(mut response: Response) -> Reply {
    let status = response.status();
    let asked = retry_after_ms(response.headers());
    let mut read = 0;
    while read < ANSWER_BYTES_MAX
        && let Ok(Some(chunk)) = response.chunk().await
    {
        read += chunk.len();
    }
    Reply::Answered(status, asked)
}

/// For how long a receiver wants to be left alone, where it says so in seconds.
fn retry_after_ms(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds: u32 = text.parse().ok()?;
    Some(i64::from(seconds) * 1_000)
}

/// Fails where an address may not be sent to.
pub(crate) fn check(address: &str, reach: &Reach) -> Result<(), PostError> {
    checked(address, reach)
        .map(|_| ())
        .map_err(PostError::Misused)
}

fn checked(address: &str, reach: &Reach) -> Result<Url, String> {
    let url = Url::parse(address)
        .ok()
        .filter(|_| address.len() <= ADDRESS_BYTES_MAX);
    let url = url.ok_or("an address was expected, as in https://receiver.example/consort")?;
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() {
        return Err("the address names no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address has a password in it; what is sent is signed instead".to_owned());
    }
    let is_named = reach.names(host);
    match url.scheme() {
        "https" => {}
        "http" if is_named => {}
        _ => return Err("the address has to begin with https://".to_owned()),
    }
    // A name that leads nowhere else is told of at once, and not first when something is sent.
    if !is_named && is_nearby(host) {
        return Err(NOT_PUBLIC.to_owned());
    }
    // An address in numbers is not looked up, so it is looked at here.
    let literal = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    if !is_named && literal.is_ok_and(|address| !is_public(address)) {
        return Err(NOT_PUBLIC.to_owned());
    }
    Ok(url)
}

/// Looks names up, and gives what leads to public hosts.
struct Public(Reach);

/// A name leads nowhere that may be reached.
#[derive(Debug, thiserror::Error)]
#[error("{NOT_PUBLIC}")]
struct Refused;

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let is_named = self.0.names(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let may_be_reached = |it: &SocketAddr| is_named || is_public(it.ip());
            let found: Vec<SocketAddr> = found.filter(may_be_reached).collect();
            if found.is_empty() {
                return Err(Refused.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// Whether a connection was not made because its host may not be reached.
fn is_refused(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(it) = cause {
        if it.is::<Refused>() {
            return true;
        }
        cause = it.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_and_encrypted_or_named_by_the_operator() {
        let reach = Reach::with(["localhost".to_owned(), "10.0.0.7".to_owned()]);
        for (address, expected) in [
            ("https://receiver.example/consort?x=1", true),
            ("https://1.1.1.1:8443/", true),
            ("http://localhost:9/", true),
            ("http://10.0.0.7/", true),
            ("http://receiver.example/", false),
            ("https://10.0.0.8/", false),
            ("https://127.0.0.1/", false),
            ("https://0x7f.1/", false),
            ("https://2130706433/", false),
            ("https://[::1]/", false),
            ("https://[::ffff:10.0.0.8]/", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://ada:secret@receiver.example/", false),
            ("https://hooks.localhost/", false),
            ("https://LOCALHOST.:8443/", true),
            ("https://metadata.google.internal/", false),
            ("https://internal/", false),
            ("https://printer.local/", false),
            ("https://localhost.example/", true),
            ("https://local.example/", true),
            ("ftp://receiver.example/", false),
            ("file:///etc/passwd", false),
            ("receiver.example", false),
            ("", false),
        ] {
            let answer = check(address, &reach);
            assert_eq!(answer.is_ok(), expected, "{address}: {answer:?}");
        }
        let refused = check("https://localhost/", &Reach::default());
        assert!(refused.is_err(), "nobody named it");
        let long = format!("https://receiver.example/{}", "a".repeat(ADDRESS_BYTES_MAX));
        assert!(check(&long, &reach).is_err());
    }

    #[test]
    fn a_name_that_leads_to_this_machine_is_found_out_when_it_is_looked_up() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let look_up = |reach: Reach| {
            let name = "localhost".parse().unwrap();
            runtime.block_on(Public(reach).resolve(name)).is_ok()
        };
        assert!(!look_up(Reach::default()));
        assert!(look_up(Reach::with(["localhost".to_owned()])));
    }

    #[test]
    fn a_wait_is_read_where_it_is_a_number_of_seconds() {
        for (text, expected) in [
            ("120", Some(120_000)),
            (" 5 ", Some(5_000)),
            ("-1", None),
            ("99999999999", None),
            ("soon", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, text.parse().unwrap());
            assert_eq!(retry_after_ms(&headers), expected, "{text}");
        }
        assert_eq!(retry_after_ms(&HeaderMap::new()), None);
    }
}
