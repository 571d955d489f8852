//! `[mail]`: the mail server by which people are told what needs them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use consort_post::notice::Setup;
use consort_post::{Encryption, Mail as Server};
use serde::Deserialize;

use super::key::Key;
use crate::exit::usage;

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    encryption: Encrypted,
    user: Option<String>,
    key_env: Option<String>,
    key_file: Option<PathBuf>,
    from: String,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encrypted {
    /// From its first byte on.
    #[default]
    Tls,
    /// After both agreed to.
    StartTls,
    /// Not at all.
    None,
}

/// The mail server, without what lets us in there.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    server: Server,
    key: Key,
}

impl Mail {
    /// The mail server, if its table is in order.
    pub(super) fn new(file: &Path, table: &Table) -> Result<Self> {
        let problem = |what: &str| usage(format!("{}: [mail] {what}", file.display()));
        if table.host.is_empty()
            || table
                .host
                .contains(|it: char| it.is_whitespace() || it == '/')
        {
            return Err(problem("needs a host, as in host = \"mail.example.org\""));
        }
        let key = Key::of(file, table.key_env.as_deref(), table.key_file.as_deref());
        let key = key.map_err(problem)?;
        if table.user.is_none() != matches!(key, Key::None) {
            return Err(problem(
                "needs a user and a password together: user, and key_env or key_file",
            ));
        }
        let (encryption, usual) = match table.encryption {
            Encrypted::Tls => (Encryption::Tls, 465),
            Encrypted::StartTls => (Encryption::StartTls, 587),
            Encrypted::None => (Encryption::None, 25),
        };
        Ok(Self {
            server: Server {
                host: table.host.clone(),
                port: table.port.unwrap_or(usual),
                encryption,
                user: table.user.clone(),
                password: None,
                from: table.from.clone(),
            },
            key,
        })
    }
}

/// How people are told by mail and chat, with what lets us in at the mail server; links begin with this
/// address.
pub(crate) fn ready(mail: Option<&Mail>, url: &str) -> Result<Setup> {
    let mail = match mail {
        Some(mail) => Some(Server {
            password: mail.key.read().context("[mail]")?,
            ..mail.server.clone()
        }),
        None => None,
    };
    let setup = Setup {
        mail,
        url: url.to_owned(),
    };
    setup
        .check()
        .map_err(|error| usage(format!("[mail] {error}")))?;
    Ok(setup)
}

#[cfg(test)]
mod tests {
    use super::super::{Configuration, FILE};
    use super::ready;

    const URL: &str = "https://consort.example";

    fn read(text: &str) -> anyhow::Result<Configuration> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join(FILE), text).expect("the file can be written");
        Configuration::read(folder.path())
    }

    fn mail(rest: &str) -> String {
        format!("[mail]\nhost = \"mail.example.org\"\nfrom = \"Consort <c@example.org>\"\n{rest}")
    }

    #[test]
    fn a_mail_server_that_is_not_in_order_says_where() {
        for (text, expected) in [
            ("[mail]\nfrom = \"c@example.org\"".to_owned(), "host"),
            (
                "[mail]\nhost = \"\"\nfrom = \"c@example.org\"".to_owned(),
                "needs a host",
            ),
            ("[mail]\nhost = \"a\"".to_owned(), "from"),
            (mail("encryption = \"ssl\""), "starttls"),
            (mail("user = \"u\""), "together"),
            (mail("key_env = \"A\""), "together"),
            (
                mail("user = \"u\"\nkey_env = \"A\"\nkey_file = \"b\""),
                "in one place",
            ),
            (mail("password = \"p\""), "password"),
        ] {
            let error = read(&text).map(|_| ()).expect_err(&text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[cfg(feature = "post")]
    #[test]
    fn what_mail_cannot_be_sent_by_is_refused_before_anything_is_served() {
        for (text, expected) in [
            (mail("encryption = \"none\""), "this machine alone"),
            (
                mail("").replace("Consort <c@example.org>", "nobody"),
                "nobody",
            ),
        ] {
            let read = read(&text).expect("the table is in order");
            let error = ready(read.mail.as_ref(), URL).map(|_| ()).expect_err(&text);
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
        let read = read(&mail("encryption = \"starttls\"")).expect("it is in order");
        let setup = ready(read.mail.as_ref(), URL).expect("it can be used");
        assert_eq!(setup.mail.expect("it is there").port, 587);
    }

    #[cfg(not(feature = "post"))]
    #[test]
    fn a_build_that_sends_nothing_says_so() {
        let read = read(&mail("")).expect("the table is in order");
        let error = ready(read.mail.as_ref(), URL)
            .map(|_| ())
            .expect_err("it cannot send");
        assert!(error.to_string().contains("--features full"), "{error}");
        assert!(ready(None, URL).is_ok());
    }

    #[cfg(all(feature = "post", unix))]
    #[test]
    fn the_password_is_read_when_it_is_needed_and_shows_nowhere() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let text = mail("user = \"u\"\nkey_file = \"mail.key\"");
        std::fs::write(folder.path().join(FILE), text).expect("the file can be written");
        let read = Configuration::read(folder.path()).expect("it is in order");
        let key = folder.path().join("mail.key");
        std::fs::write(&key, "canary\n").expect("the key can be written");
        let open = |mode| {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&key, mode).expect("it is ours");
            ready(read.mail.as_ref(), URL)
        };
        let error = open(0o644).map(|_| ()).expect_err("others can read it");
        assert!(format!("{error:#}").contains("chmod 600"), "{error:#}");
        let setup = open(0o600).expect("it can be read");
        assert!(!format!("{setup:?}").contains("canary"));
        let password = setup.mail.and_then(|it| it.password);
        assert_eq!(password.as_deref(), Some("canary"));
    }
}
