//! The command line: what may be asked, with an example for each.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::agent::AgentVerb;
use crate::asked::Asked;
use crate::backup::{Backup, Restore};
use crate::bench::BenchVerb;
use crate::contributor::ContributorVerb;
use crate::database::Migrate;
use crate::demo::Demo;
use crate::doctor::Doctor;
use crate::events::Events;
use crate::exit::HELP;
use crate::ledger::LedgerVerb;
use crate::network::NetworkVerb;
use crate::outcome::OutcomeVerb;
use crate::playbook::PlaybookVerb;
use crate::run::Run;
use crate::serve::{Serve, SignIn};
use crate::task::TaskVerb;
use crate::token::TokenVerb;

/// Runs outcomes: broken into tasks, done by people and agents, checked, signed and paid.
#[derive(Debug, Parser)]
#[command(name = "consort", version, propagate_version = true, after_help = HELP)]
pub(crate) struct Arguments {
    /// The data directory; by default a folder of the user's.
    #[arg(long, global = true, value_name = "DIR", env = "CONSORT_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// The PostgreSQL database that keeps the network, by its URL; without it, a file in the data
    /// directory does.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "CONSORT_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// The folder of artefacts, which all servers on one database share; by default it lies in the
    /// data directory.
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "CONSORT_ARTEFACTS",
        requires = "database"
    )]
    pub(crate) artefacts: Option<PathBuf>,
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
    /// Shows what Consort does, with example people, practice money and real documents.
    Demo(Demo),
    /// Serves pages over the data directory, and has its agents work.
    Serve(Serve),
    /// Makes a link that lets somebody into the pages, once.
    SignIn(SignIn),
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
    /// Tokens: what lets programs in.
    #[command(subcommand)]
    Token(TokenVerb),
    /// Playbooks: reusable plans.
    #[command(subcommand)]
    Playbook(PlaybookVerb),
    /// The ledger: obligations.
    #[command(subcommand)]
    Ledger(LedgerVerb),
    /// The network as a whole: what is stopped for everybody.
    #[command(subcommand)]
    Network(NetworkVerb),
    /// What happened, in order.
    Events(Events),
    /// Reads the whole record again and compares all that follows from it.
    Doctor(Doctor),
    /// Copies the data while it is in use.
    Backup(Backup),
    /// Puts a copy in place of the data.
    Restore(Restore),
    /// Moves a network into a PostgreSQL database.
    Migrate(Migrate),
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

impl Arguments {
    /// What this process was asked; a wrong command line is told and ends it.
    pub(crate) fn of_process() -> Self {
        let mut matches = with_exit_codes(Self::command()).get_matches();
        Self::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| error.exit())
    }
}

/// The same command with the exit codes below each example.
fn with_exit_codes(command: clap::Command) -> clap::Command {
    let example = command.get_after_help().map(ToString::to_string);
    let command = command.mut_subcommands(with_exit_codes);
    match example {
        Some(example) if example != HELP => command.after_help(format!("{example}\n\n{HELP}")),
        _ => command.after_help(HELP),
    }
}

impl Command {
    /// Carries the command out in the process that owns the data directory.
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Demo(demo) => demo.show(None, asked.console),
            Self::Serve(serve) => serve.carry_out(asked),
            Self::SignIn(link) => link.carry_out(asked),
            Self::Run(run) => run.run(asked),
            Self::Outcome(verb) => verb.carry_out(asked),
            Self::Task(verb) => verb.carry_out(asked),
            Self::Contributor(verb) => verb.carry_out(asked),
            Self::Agent(verb) => verb.carry_out(asked),
            Self::Token(verb) => verb.carry_out(asked),
            Self::Playbook(verb) => verb.carry_out(asked),
            Self::Ledger(verb) => verb.carry_out(asked),
            Self::Network(verb) => verb.carry_out(asked),
            Self::Events(events) => events.carry_out(asked),
            Self::Doctor(doctor) => doctor.carry_out(asked),
            Self::Backup(backup) => backup.carry_out(asked),
            Self::Restore(restore) => restore.carry_out(),
            Self::Migrate(migrate) => migrate.carry_out(asked.json, asked.console),
            Self::Bench(verb) => verb.carry_out(
                &asked.place.directory,
                asked.place.database(),
                asked.json,
                asked.console,
            ),
            Self::Completions(completions) => {
                completions.print(&mut asked.console.out);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The commands that do something, with their names as they are typed.
    fn leaves(command: &clap::Command, path: &str) -> Vec<(String, String)> {
        let path = format!("{path} {}", command.get_name());
        if command.has_subcommands() {
            let below = command.get_subcommands();
            return below.flat_map(|command| leaves(command, &path)).collect();
        }
        let help = command.get_after_help().map(ToString::to_string);
        vec![(path.trim().to_owned(), help.unwrap_or_default())]
    }

    #[test]
    fn every_command_has_an_example_of_itself_and_tells_its_exit_codes() {
        let leaves = leaves(&with_exit_codes(Arguments::command()), "");
        assert!(leaves.len() > 40, "{leaves:?}");
        for (path, help) in leaves {
            assert!(
                help.contains(&format!("Example:\n  {path}"))
                    || help.contains(&format!("Examples:\n  {path}")),
                "{path}: {help}"
            );
            assert!(help.contains("Exit codes:"), "{path}");
        }
    }

    #[test]
    fn the_command_line_fits_together() {
        Arguments::command().debug_assert();
    }
}
