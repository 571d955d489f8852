//! The command line: what may be asked, with an example for each.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::asked::Asked;
use crate::backup::{Backup, Restore};
use crate::bench::BenchVerb;
use crate::contributor::{AgentVerb, ContributorVerb};
use crate::doctor::Doctor;
use crate::events::Events;
use crate::ledger::LedgerVerb;
use crate::outcome::OutcomeVerb;
use crate::playbook::PlaybookVerb;
use crate::run::Run;
use crate::task::TaskVerb;

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
    /// Outcomes: what is wanted, and how far it is.
    #[command(subcommand)]
    Outcome(OutcomeVerb),
    /// Tasks: the work itself.
    #[command(subcommand)]
    Task(TaskVerb),
    /// People and agents.
    #[command(subcommand)]
    Contributor(ContributorVerb),
    /// Agents alone.
    #[command(subcommand)]
    Agent(AgentVerb),
    /// Playbooks: reusable plans.
    #[command(subcommand)]
    Playbook(PlaybookVerb),
    /// The ledger: obligations.
    #[command(subcommand)]
    Ledger(LedgerVerb),
    /// What happened, in order.
    Events(Events),
    /// Reads the whole record again and compares all that follows from it.
    Doctor(Doctor),
    /// Copies the data while it is in use.
    Backup(Backup),
    /// Puts a copy in place of the data.
    Restore(Restore),
    /// Measures what this machine makes of it.
    #[command(subcommand)]
    Bench(BenchVerb),
    /// Prints a script that completes command lines.
    Completions(Completions),
}

/// Completions.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  consort completions bash > ~/.local/share/bash-completion/completions/consort"
)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(crate) fn print(&self, out: &mut dyn std::io::Write) {
        clap_complete::generate(self.shell, &mut Arguments::command(), "consort", out);
    }
}

impl Command {
    /// Carries the command out in the process that owns the data directory.
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Run(run) => run.run(asked),
            Self::Outcome(verb) => verb.carry_out(asked),
            Self::Task(verb) => verb.carry_out(asked),
            Self::Contributor(verb) => verb.carry_out(asked),
            Self::Agent(verb) => verb.carry_out(asked),
            Self::Playbook(verb) => verb.carry_out(asked),
            Self::Ledger(verb) => verb.carry_out(asked),
            Self::Events(events) => events.carry_out(asked),
            Self::Doctor(doctor) => doctor.carry_out(asked),
            Self::Backup(backup) => backup.carry_out(asked),
            Self::Restore(restore) => restore.carry_out(asked),
            Self::Bench(verb) => verb.carry_out(&asked.place.directory, asked.json, asked.console),
            Self::Completions(completions) => {
                completions.print(&mut asked.console.out);
                Ok(())
            }
        }
    }
}
