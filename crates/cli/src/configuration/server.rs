//! `[server]`: where the server listens, and how the world sees it.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

use crate::exit::usage;

/// How long what is being answered may take once the server is asked to end, in seconds.
const DRAIN_SECONDS: u32 = 30;
/// The longest that may be asked for.
const DRAIN_SECONDS_MAX: u32 = 600;

/// The table.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Table {
    listen: Option<SocketAddr>,
    admin: Option<SocketAddr>,
    public_url: Option<String>,
    trusted_proxies: Vec<IpAddr>,
    drain_seconds: Option<u32>,
    passwords: bool,
    signatures_need_proof: Option<bool>,
}

/// How the server listens; what the command line says goes before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// Where the pages and the API are.
    pub(crate) listen: Option<SocketAddr>,
    /// Where figures are, if anywhere.
    pub(crate) admin: Option<SocketAddr>,
    /// What people and programs elsewhere type to come here, without a slash at its end.
    pub(crate) public_url: Option<String>,
    /// Proxies that are believed whom they ask for.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// How long what is being answered may take once the server ends, in seconds.
    pub(crate) drain_seconds: u32,
    /// Whether people may come in by passwords.
    pub(crate) passwords: bool,
    /// Whether nobody signs by their session alone; where nothing is said, nobody does where the server
    /// offers something to show it by.
    pub(crate) signatures_need_proof: Option<bool>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: None,
            admin: None,
            public_url: None,
            trusted_proxies: Vec::new(),
            drain_seconds: DRAIN_SECONDS,
            passwords: false,
            signatures_need_proof: None,
        }
    }
}

impl Server {
    pub(super) fn new(file: &Path, table: &Table) -> Result<Self> {
        let problem = |what: String| usage(format!("{}: [server] {what}", file.display()));
        let public_url = table.public_url.as_deref().map(public_url).transpose();
        let drain_seconds = table.drain_seconds.unwrap_or(DRAIN_SECONDS);
        if drain_seconds > DRAIN_SECONDS_MAX {
            return Err(problem(format!(
                "drain_seconds is {DRAIN_SECONDS_MAX} at the most"
            )));
        }
        Ok(Self {
            listen: table.listen,
            admin: table.admin,
            public_url: public_url.map_err(problem)?,
            trusted_proxies: table.trusted_proxies.clone(),
            drain_seconds,
            passwords: table.passwords,
            signatures_need_proof: table.signatures_need_proof,
        })
    }
}

/// An address that others come by: a scheme and a host, and nothing after them.
pub(crate) fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim().trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .unwrap_or_default();
    let is_host =
        |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || !host.chars().all(is_host) {
        return Err(format!(
            "'{text}' is no address that others can come by: a scheme and a host were expected, as in \
             https://consort.example.org"
        ));
    }
    Ok(url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_a_scheme_and_a_host() {
        for (text, expected) in [
            (
                "https://consort.example.org/",
                Some("https://consort.example.org"),
            ),
            ("http://10.0.0.7:8080", Some("http://10.0.0.7:8080")),
            (
                "https://[2001:db8::1]:443",
                Some("https://[2001:db8::1]:443"),
            ),
            ("consort.example.org", None),
            ("https://", None),
            ("https://a/b", None),
            ("https://a\"onclick", None),
            ("ftp://a", None),
        ] {
            assert_eq!(public_url(text).ok().as_deref(), expected, "{text}");
        }
    }
}
