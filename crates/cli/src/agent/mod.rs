//! `consort agent`: the agents, how they work, and who answers for them.

mod add;
mod trial;

use anyhow::Result;
use clap::Subcommand;

use crate::asked::Asked;
use crate::contributor;

/// Agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentVerb {
    /// Adds an agent that works by a command or a model of the configuration, or that comes by itself;
    /// who asks answers for it.
    Add(add::Add),
    /// Lists the agents and who answers for them.
    #[command(after_help = "Example:\n  consort agent list")]
    List,
    /// Prints the JSON Schema of what a command is given.
    #[command(after_help = "Example:\n  consort agent schema > command.schema.json")]
    Schema,
    /// Shows one of them, with standing as an interval.
    #[command(after_help = "Example:\n  consort agent show Summariser")]
    Show {
        /// The name or identifier.
        who: String,
    },
    /// Gives an agent a trial task and shows what went to and fro; free, and not on record.
    Test(trial::Test),
}

impl AgentVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Add(add) => add.carry_out(asked),
            Self::List => contributor::list(asked, |contributor| !contributor.is_person()),
            Self::Schema => Ok(asked
                .console
                .line(consort_agents::command::SCHEMA.trim_end())?),
            Self::Show { who } => contributor::show(asked, who),
            Self::Test(test) => test.carry_out(asked),
        }
    }
}
