//! The operator's configuration: `consort.toml` in the data directory.
//!
//! It names what may run here: programs that check work, commands that do it, models, and repositories
//! that may be changed; how people come in, and by which server they get mail. No command line, playbook or contributor can put anything into it. Each of its
//! tables is one file here.

mod commands;
mod key;
mod mail;
mod models;
mod programs;
mod repositories;
mod server;
mod sign_in;
mod webhooks;

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use consort_agents::process::{Host, Program};
use consort_post::Reach;
use serde::Deserialize;

use crate::exit::usage;

pub(crate) use commands::Commands;
pub(crate) use mail::{Mail, ready as ready_notices};
pub(crate) use models::Models;
pub(crate) use programs::Programs;
pub(crate) use repositories::Repositories;
pub(crate) use server::{Server, public_url};
pub(crate) use sign_in::SignIn;

/// The configuration's name in the data directory.
pub(crate) const FILE: &str = "consort.toml";
/// The longest configuration that is read, in bytes.
const BYTES_MAX: u64 = 1024 * 1024;

/// What the operator configured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    /// The programs that may make checks.
    pub(crate) programs: Programs,
    /// The commands that agents may be.
    pub(crate) commands: Commands,
    /// The repositories that may be changed.
    pub(crate) repositories: Repositories,
    /// The models that agents may work by.
    pub(crate) models: Models,
    /// How the server listens.
    pub(crate) server: Server,
    /// Where webhooks may lead beside public hosts.
    pub(crate) reach: Reach,
    /// The mail server by which people are told what needs them, where there is one.
    pub(crate) mail: Option<Mail>,
    /// The identity providers by which people come in.
    pub(crate) sign_in: SignIn,
}

/// The file, table by table.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Tables {
    programs: BTreeMap<String, programs::Table>,
    commands: BTreeMap<String, commands::Table>,
    repositories: BTreeMap<String, repositories::Table>,
    models: BTreeMap<String, models::Table>,
    server: server::Table,
    webhooks: webhooks::Table,
    mail: Option<mail::Table>,
    sign_in: BTreeMap<String, sign_in::Table>,
}

/// What every table of a program says about how it is run.
#[derive(Debug, Clone, Copy)]
struct Limits<'a> {
    command: &'a [String],
    environment: &'a BTreeMap<String, String>,
    timeout_s: u32,
    memory_mib: u32,
    network: bool,
}

impl Configuration {
    /// Reads the configuration of a data directory; without one nothing is configured.
    pub(crate) fn read(directory: &Path) -> Result<Self> {
        let file = directory.join(FILE);
        let tables: Tables = toml::from_str(&text(&file)?)
            .map_err(|error| usage(format!("{} is not in order: {error}", file.display())))?;
        let mail = tables.mail.as_ref().map(|table| Mail::new(&file, table));
        let host = Host::new(std::env::var_os("PATH"));
        let repositories = Repositories::new(&file, host.clone(), &tables.repositories)?;
        Ok(Self {
            programs: Programs::new(&file, &repositories, &tables.programs)?,
            commands: Commands::new(&file, host, &tables.commands)?,
            repositories,
            models: Models::new(&file, &tables.models)?,
            server: Server::new(&file, &tables.server)?,
            reach: webhooks::reach(&file, &tables.webhooks)?,
            mail: mail.transpose()?,
            sign_in: SignIn::new(&file, &tables.sign_in)?,
        })
    }
}

impl Limits<'_> {
    /// The program, if it is in order.
    fn program(self, file: &Path, table: &str, name: &str) -> Result<Program> {
        let problem = if self.command.first().is_none_or(String::is_empty) {
            "needs a command, as in command = [\"checkers/shape.py\"]"
        } else if self.timeout_s == 0 || self.memory_mib == 0 {
            "needs a time and memory above 0"
        } else {
            return Ok(Program {
                command: self.command.to_vec(),
                environment: self.environment.clone(),
                timeout: Duration::from_secs(u64::from(self.timeout_s)),
                memory_mib: self.memory_mib,
                network: self.network,
            });
        };
        Err(usage(format!(
            "{}: [{table}.{name}] {problem}",
            file.display()
        )))
    }
}

fn text(file: &PathBuf) -> Result<String> {
    let mut text = String::new();
    match std::fs::File::open(file) {
        Ok(open) => {
            open.take(BYTES_MAX)
                .read_to_string(&mut text)
                .with_context(|| format!("{} cannot be read", file.display()))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", file.display()));
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(rest: &str) -> String {
        format!(
            "[models.a]\nkind = \"openai\"\nmodel = \"m\"\nfamily = \"f\"\nclass = \"public\"\n{rest}"
        )
    }

    #[test]
    fn a_configuration_that_is_not_in_order_says_where() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join(FILE);
        for (text, expected) in [
            ("[programs.a]\ncommand = []", "[programs.a] needs a command"),
            ("[commands.a]\ncommand = []", "[commands.a] needs a command"),
            ("[programs.a]\ncommand = [\"x\"]\ntimeout_s = 0", "above 0"),
            ("[programs.a]\ncommand = [\"x\"]\ncolour = 1", "colour"),
            (
                "[commands.a]\ncommand = [\"x\"]\nai = \"magic\"",
                "generated",
            ),
            (
                "[commands.a]\ncommand = [\"x\"]\nfamily = \" \"",
                "[commands.a]",
            ),
            (
                "[repositories.a]\npath = \"x\"\nchecks = [[]]",
                "[repositories.a] needs a command",
            ),
            (
                "[programs.repository-checks]\ncommand = [\"x\"]",
                "another name",
            ),
            ("[models.a]\nkind = \"openai\"", "url"),
            (&model("url = \"ftp://x\"\nfree = true"), "https://"),
            (&model("url = \"http://x\""), "needs its prices and caps"),
            (
                &model("url = \"http://x\"\nfree = true\nkey = \"sk\""),
                "key",
            ),
            (
                &model("url = \"http://x\"\nfree = true\nkey_env = \"A\"\nkey_file = \"b\""),
                "in one place",
            ),
            (
                &model("url = \"http://x\"\nfree = true\nat_once = 0"),
                "above 0",
            ),
            ("[server]\nport = 1", "port"),
            ("[server]\npublic_url = \"here\"", "[server] 'here'"),
            ("[server]\ndrain_seconds = 900", "600"),
            ("[webhooks]\nallowed_hosts = [\"http://a\"]", "no host"),
            ("[webhooks]\nallowed_hosts = [\"a:80\"]", "no host"),
            ("[webhooks]\nallowed_hosts = [\"\"]", "no host"),
            ("[program.a]\ncommand = [\"x\"]", "program"),
            ("[programs.a", "consort.toml"),
        ] {
            std::fs::write(&file, text).expect("the file can be written");
            let error = Configuration::read(folder.path()).map(|_| ());
            let error = error.expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
