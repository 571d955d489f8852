//! How far a system can keep programs by themselves.
//!
//! Linux has namespaces: in one of its own a program has no network and nothing that it started
//! outlives it. Whether whoever runs Consort may make them depends on the machine, so it is tried.

use std::process::{Command, Stdio};

/// The program that makes namespaces; it comes with every Linux (util-linux).
const UNSHARE: &str = "/usr/bin/unshare";
/// Namespaces for which nobody has to be a superuser, and those that a superuser can make where the
/// others are switched off.
const WAYS: [&[&str]; 2] = [&["--user", "--map-current-user"], &[]];
/// Processes of its own, which end with the first of them.
const PROCESSES: [&str; 3] = ["--pid", "--fork", "--kill-child"];
/// A network of its own, with nobody in it.
const NETWORK: &str = "--net";

/// What a system can do to keep a program by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Namespaces: no network unless it is allowed, and everything that it started ends with it.
    Namespaces {
        /// Whether they begin with a namespace of users.
        of_users: bool,
    },
    /// A process group alone: the network cannot be kept from it, and its children are looked for.
    GroupOnly,
}

impl Isolation {
    /// Whether the network can be kept from a program.
    pub const fn keeps_network(self) -> bool {
        matches!(self, Self::Namespaces { .. })
    }

    /// The words before those of the program itself.
    pub(super) fn words(self, network: bool) -> Vec<String> {
        let way = match self {
            Self::Namespaces { of_users: true } => WAYS[0],
            Self::Namespaces { of_users: false } => WAYS[1],
            Self::GroupOnly => return Vec::new(),
        };
        let network = (!network).then_some(NETWORK);
        let words = [UNSHARE].iter().chain(way).chain(&PROCESSES);
        words
            .copied()
            .chain(network)
            .chain(["--"])
            .map(str::to_owned)
            .collect()
    }
}

/// Tries what the system lets do.
pub(super) fn probe() -> Isolation {
    let ways = [true, false].map(|of_users| Isolation::Namespaces { of_users });
    let works = |way: &Isolation| {
        let words = way.words(false);
        let status = Command::new(&words[0])
            .args(&words[1..])
            .args(["/bin/sh", "-c", "exit 0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let found = ways.into_iter().find(works);
    found.unwrap_or(Isolation::GroupOnly)
}
