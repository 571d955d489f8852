//! `[sign_in.NAME]`: identity providers by which people come in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use consort_web::IdentityProvider;
use serde::Deserialize;

use super::key::Key;
use crate::exit::usage;

/// The longest name of a provider: it stands in addresses.
const NAME_MAX: usize = 32;
/// The longest text on a button, in letters.
const LABEL_MAX: usize = 40;
/// The longest that an answer may be waited for, in seconds: somebody waits for it.
const TIMEOUT_S_MAX: u32 = 60;

/// A provider, as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// What people read on its button.
    label: String,
    /// Its address, exactly as it writes it itself.
    issuer: String,
    /// What this server is called there.
    client_id: String,
    /// The variable of the environment that has the key.
    key_env: Option<String>,
    /// The file that has the key; only its owner may read it.
    key_file: Option<PathBuf>,
    /// Where there are any, only people with a confirmed e-mail address in one of these come in by it.
    #[serde(default)]
    domains: Vec<String>,
    /// How long one of its answers is waited for, in seconds.
    #[serde(default = "Table::timeout_default")]
    timeout_s: u32,
}

impl Table {
    const fn timeout_default() -> u32 {
        10
    }

    /// The provider, without a key; or what is wrong.
    fn provider(&self, name: &str) -> Result<IdentityProvider, &'static str> {
        let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if name.is_empty() || name.len() > NAME_MAX || !name.bytes().all(is_plain) {
            return Err("needs a name of small letters, digits and hyphens, 32 at most");
        }
        let label = self.label.trim();
        if label.is_empty() || label.chars().count() > LABEL_MAX {
            return Err("needs a label of 1 to 40 letters, for its button");
        }
        if !(self.issuer.starts_with("https://") || self.issuer.starts_with("http://")) {
            return Err("needs an issuer that begins with https://");
        }
        if self.client_id.trim().is_empty() {
            return Err("needs a client_id: what this server is called there");
        }
        if self
            .domains
            .iter()
            .any(|it| it.contains('@') || !it.contains('.'))
        {
            return Err("needs domains as in domains = [\"example.org\"]");
        }
        if !(1..=TIMEOUT_S_MAX).contains(&self.timeout_s) {
            return Err("needs a timeout_s of 1 to 60 seconds");
        }
        Ok(IdentityProvider {
            name: name.to_owned(),
            label: label.to_owned(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.trim().to_owned(),
            client_secret: None,
            domains: self.domains.clone(),
            timeout: Duration::from_secs(u64::from(self.timeout_s)),
        })
    }
}

/// The identity providers by which people come in.
#[derive(Clone, Default)]
pub(crate) struct SignIn {
    providers: Vec<(IdentityProvider, Key)>,
}

impl SignIn {
    pub(super) fn new(file: &Path, tables: &BTreeMap<String, Table>) -> Result<Self> {
        let mut providers = Vec::new();
        let mut issuers = BTreeSet::new();
        for (name, table) in tables {
            let problem =
                |what: &str| usage(format!("{}: [sign_in.{name}] {what}", file.display()));
            let provider = table.provider(name).map_err(problem)?;
            if !issuers.insert(table.issuer.clone()) {
                return Err(problem("has the issuer of another: one of them is enough"));
            }
            let key = Key::of(file, table.key_env.as_deref(), table.key_file.as_deref());
            let key = key.map_err(problem)?;
            providers.push((provider, key));
        }
        Ok(Self { providers })
    }

    /// The providers with their keys, which are read now.
    pub(crate) fn ready(&self) -> Result<Vec<IdentityProvider>> {
        let mut ready = Vec::new();
        for (provider, key) in &self.providers {
            let key = key.read().map_err(|error| {
                error.context(format!("[sign_in.{}] cannot be used", provider.name))
            })?;
            ready.push(IdentityProvider {
                client_secret: key,
                ..provider.clone()
            });
        }
        Ok(ready)
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.providers.iter().map(|(provider, _)| &provider.name);
        out.debug_list().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{Configuration, FILE};

    fn provider(name: &str, rest: &str) -> String {
        let issuer = "https://id.example.org";
        format!("[sign_in.\"{name}\"]\nlabel = \"Id\"\nissuer = \"{issuer}\"\n{rest}\n")
    }

    fn read(text: &str) -> Result<Configuration> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join(FILE), text).expect("the file can be written");
        Configuration::read(folder.path())
    }

    #[test]
    fn a_provider_that_is_not_in_order_says_where() {
        let client = "client_id = \"c\"";
        for (text, expected) in [
            (
                provider("a", "client_id = \"\""),
                "[sign_in.a] needs a client_id",
            ),
            (provider("A b", client), "small letters"),
            (
                provider("a", &format!("{client}\ndomains = [\"a@b.c\"]")),
                "domains",
            ),
            (
                provider("a", &format!("{client}\ntimeout_s = 0")),
                "timeout_s",
            ),
            (
                provider("a", &format!("{client}\nkey_env = \"A\"\nkey_file = \"b\"")),
                "in one place",
            ),
            (
                provider("a", &format!("{client}\nclient_secret = \"s\"")),
                "client_secret",
            ),
            (
                provider("a", client).replace("https://", "ftp://"),
                "https://",
            ),
            (provider("a", client).replace("\"Id\"", "\" \""), "label"),
            (
                [provider("a", client), provider("b", client)].concat(),
                "[sign_in.b] has the issuer",
            ),
        ] {
            let error = read(&text).map(|_| ()).expect_err(&text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_key_is_read_when_it_is_needed_and_shows_nowhere() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let text = provider("work", "client_id = \"c\"\nkey_file = \"work.key\"");
        std::fs::write(folder.path().join(FILE), text).expect("the file can be written");
        let read = Configuration::read(folder.path()).expect("it is in order");
        let missing = read
            .sign_in
            .ready()
            .map(|_| ())
            .expect_err("there is no key");
        assert!(missing.to_string().contains("[sign_in.work]"), "{missing}");
        let key = folder.path().join("work.key");
        std::fs::write(&key, "canary\n").expect("the key can be written");
        let open = |mode| {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&key, mode).expect("it is ours");
            read.sign_in.ready()
        };
        let error = open(0o644).map(|_| ()).expect_err("others can read it");
        assert!(format!("{error:#}").contains("chmod 600"), "{error:#}");
        let ready = open(0o600).expect("it can be read");
        assert_eq!(ready[0].client_secret.as_deref(), Some("canary"));
        assert_eq!(ready[0].timeout, Duration::from_secs(10));
        assert_eq!(format!("{:?}", read.sign_in), "[\"work\"]");
    }
}
