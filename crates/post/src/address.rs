//! Where may be sent to: hosts in public, and those that the operator names.
//!
//! Whoever names an address would otherwise have the server ask its own neighbours. What a name leads to
//! is looked at when a connection is made, for it may lead elsewhere by then.

use std::collections::BTreeSet;

/// The hosts that may be reached beside those in public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    hosts: BTreeSet<String>,
}

impl Reach {
    /// Public hosts, and these beside them, as they stand in addresses.
    pub fn with(hosts: impl IntoIterator<Item = String>) -> Self {
        let hosts = hosts.into_iter().map(|host| plain(&host)).collect();
        Self { hosts }
    }

    /// Whether the operator named a host: it may be anywhere, and need not have TLS.
    pub fn names(&self, host: &str) -> bool {
        self.hosts.contains(&plain(host))
    }
}

/// A host without what may stand around it.
fn plain(host: &str) -> String {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_however_it_is_written() {
        let reach = Reach::with(["Localhost".to_owned(), "[::1]".to_owned()]);
        for (host, expected) in [
            ("localhost", true),
            ("LOCALHOST.", true),
            ("[::1]", true),
            ("::1", true),
            ("localhost.example", false),
            ("127.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(reach.names(host), expected, "{host}");
        }
    }
}
