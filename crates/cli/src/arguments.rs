//! The command line: what may be asked, with an example for each.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::run::Run;

/// Runs outcomes: broken into tasks, done by people and agents, checked, signed and paid.
#[derive(Debug, Parser)]
#[command(name = "consort", version, propagate_version = true, after_help = crate::exit::HELP)]
pub(crate) struct Arguments {
    /// The data directory; by default a folder of the user's.
    #[arg(long, global = true, value_name = "DIR", env = "CONSORT_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Who asks, by name; by default the user of this machine.
    #[arg(long = "as", global = true, value_name = "NAME", env = "CONSORT_AS")]
    pub(crate) person: Option<String>,
    /// Prints the result as JSON, and nothing else.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What may be asked.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs a playbook to its delivered outcome.
    Run(Run),
}
