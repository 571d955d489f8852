//! Git, run with limits and without anybody's configuration.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::process::{End, Ended, Host, Program};

/// The branch on which a snapshot's one commit stands.
pub const BRANCH: &str = "consort";
/// How long one step of Git's may take.
const TIMEOUT: Duration = Duration::from_mins(2);
/// How much memory Git may take, in mebibytes.
const MEMORY_MIB: u32 = 2048;
/// How much of what Git prints is read, in bytes.
const PRINTED_BYTES_MAX: usize = 1024 * 1024;
/// Commits of snapshots have the same author and moment, so that one tree gives one commit.
const AUTHOR: [(&str, &str); 6] = [
    ("GIT_AUTHOR_DATE", "@0 +0000"),
    ("GIT_AUTHOR_EMAIL", "consort@localhost"),
    ("GIT_AUTHOR_NAME", "Consort"),
    ("GIT_COMMITTER_DATE", "@0 +0000"),
    ("GIT_COMMITTER_EMAIL", "consort@localhost"),
    ("GIT_COMMITTER_NAME", "Consort"),
];

/// Why a repository could not be used.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// Git refused.
    #[error("git {step}: {said}")]
    Git {
        /// What it was asked to do.
        step: String,
        /// What it said.
        said: String,
    },
    /// It is too large to be given to contributors.
    #[error("its snapshot takes more than {max_mib} MiB; {hint}")]
    TooLarge {
        /// The most that is taken, in mebibytes.
        max_mib: usize,
        /// What may help.
        hint: &'static str,
    },
    /// The system got in the way.
    #[error("it could not be worked on: {0}")]
    Io(#[from] io::Error),
}

/// Runs Git in a folder of its own; what is in there is all that it has.
pub(super) fn git(
    host: &Host,
    folder: &Path,
    arguments: &[&str],
) -> Result<String, RepositoryError> {
    let ended = run(host, folder, arguments)?;
    if ended.end == End::Code(0) {
        return Ok(String::from_utf8_lossy(&ended.printed).trim().to_owned());
    }
    Err(RepositoryError::Git {
        step: arguments.join(" "),
        said: match ended.last_complaint() {
            Some(said) => said.to_owned(),
            None => ended.end.words(TIMEOUT),
        },
    })
}

/// The same, whatever comes of it.
pub(super) fn run(host: &Host, folder: &Path, arguments: &[&str]) -> io::Result<Ended> {
    let mut command = vec!["git".to_owned()];
    command.extend(arguments.iter().map(|it| (*it).to_owned()));
    let mut environment: BTreeMap<String, String> = AUTHOR
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    environment.insert("GIT_CONFIG_NOSYSTEM".to_owned(), "1".to_owned());
    let program = Program {
        command,
        environment,
        timeout: TIMEOUT,
        memory_mib: MEMORY_MIB,
        network: false,
    };
    host.run(&program, folder, b"", PRINTED_BYTES_MAX)
}
