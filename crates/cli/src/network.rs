//! `consort network`: the two switches that stop something for everybody.

use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use consort_kernel::command::Body;
use consort_kernel::network::{NetworkCommand, Switch};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;

use crate::asked::Asked;

/// What a switch stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// All agents: none is offered anything, and what they hand in is not taken in.
    Agents,
    /// All payouts: nothing is accepted, so nothing is paid.
    Payouts,
}

impl What {
    const fn switch(self) -> Switch {
        match self {
            Self::Agents => Switch::Agents,
            Self::Payouts => Switch::Payouts,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Agents => "all agents",
            Self::Payouts => "all payouts",
        }
    }
}

/// The network as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum NetworkVerb {
    /// Tells what is stopped.
    #[command(after_help = "Example:\n  consort network show")]
    Show,
    /// Stops something for everybody, as a steward; it holds from the next commit on.
    #[command(
        after_help = "Example:\n  consort network stop agents --reason \"a model answers nonsense\""
    )]
    Stop {
        /// What.
        what: What,
        /// Why; everybody may read it.
        #[arg(long)]
        reason: String,
    },
    /// Lets it go on, as a steward.
    #[command(after_help = "Example:\n  consort network release agents --reason \"it is mended\"")]
    Release {
        /// What.
        what: What,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

impl NetworkVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Show => show(asked),
            Self::Stop { what, reason } => {
                let command = NetworkCommand::Stop {
                    reason: reason.clone(),
                    switch: what.switch(),
                };
                change(asked, command)?;
                asked.done(&format!("{} are stopped", what.words()))
            }
            Self::Release { what, reason } => {
                let command = NetworkCommand::Release {
                    reason: reason.clone(),
                    switch: what.switch(),
                };
                change(asked, command)?;
                asked.done(&format!("{} go on", what.words()))
            }
        }
    }
}

fn change(asked: &Asked<'_>, command: NetworkCommand) -> Result<()> {
    let id = asked.engine().network();
    asked.execute(Body::Network(id, command))
}

fn show(asked: &mut Asked<'_>) -> Result<()> {
    let id = asked.engine().network();
    let state = asked.engine().state(StreamId::Network(id))?;
    let is_stopped = |what: What| match &state {
        Some(State::Network(network)) => network.stopped.contains(&what.switch()),
        Some(_) | None => false,
    };
    let (agents, payouts) = (is_stopped(What::Agents), is_stopped(What::Payouts));
    let told = serde_json::json!({
        "id": id, "agents_stopped": agents, "payouts_stopped": payouts,
    });
    let word = |stopped| if stopped { "stopped" } else { "go on" };
    asked.print(&told, |_| {
        vec![
            id.to_string(),
            format!("agents   {}", word(agents)),
            format!("payouts  {}", word(payouts)),
        ]
    })
}
