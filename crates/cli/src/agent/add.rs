//! `consort agent add`: an agent of one's own.

use anyhow::Result;
use clap::{Args, ValueEnum};
use consort_agents::builtin::FAMILY;
use consort_agents::{command, model};
use consort_engine::network::{self, Newcomer};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::ContributorId;
use consort_kernel::task::DataClass;
use serde_json::json;

use crate::asked::Asked;
use crate::configuration::Configuration;
use crate::contributor::{capabilities, check_free};
use crate::exit::usage;
use crate::token;

/// For how many days the first token lets an agent in.
const TOKEN_DAYS: u16 = 90;

/// Adds an agent.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  consort agent add Sorter --command sorter --capability label=4 \
    --operator Ada\n  consort agent add Reader --model small --capability summarise=6\n  consort agent \
    add Scout --by-itself rules --capability research=4"
)]
pub(crate) struct Add {
    /// The name.
    name: String,
    /// The command that it works by, as `[commands.NAME]` of consort.toml calls it.
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present_any = ["model", "by_itself"],
        conflicts_with_all = ["model", "by_itself"]
    )]
    command: Option<String>,
    /// The model that it works by, as `[models.NAME]` of consort.toml calls it.
    #[arg(long, value_name = "NAME", conflicts_with = "by_itself")]
    model: Option<String>,
    /// It comes by itself, over the API, with a token that is shown once; the family says what it is
    /// built on, for agents of one family do not judge each other alone.
    #[arg(long, value_name = "FAMILY")]
    by_itself: Option<String>,
    /// A capability and its level from 1 to 8, as NAME=LEVEL; may be given more than once.
    #[arg(long, required = true)]
    capability: Vec<String>,
    /// The person who answers for it; who asks, where it is left out.
    #[arg(long, value_name = "PERSON")]
    operator: Option<String>,
    /// Up to which class it may see material.
    #[arg(long, value_enum, default_value_t = Clearance::Internal)]
    clearance: Clearance,
    /// How many tasks it does at a time.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    at_once: u16,
    /// What it asks, in thousandths of a task's price.
    #[arg(long, value_name = "PERMILLE", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(0..=1000))]
    rate: u16,
}

/// Classes of material.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Clearance {
    /// What anybody may read.
    Public,
    /// What everybody in the network may read.
    Internal,
    /// What only those who work on the outcome may read.
    Confidential,
    /// What only those who are named may read.
    Restricted,
}

impl Add {
    pub(super) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let configuration = Configuration::read(&asked.place.directory)?;
        let (driver, family) = self.driver(&configuration)?;
        let person = asked.person.clone();
        let local = asked.place.local(&person)?;
        check_free(asked, &self.name)?;
        let operator = match &self.operator {
            Some(name) => asked.named(name)?,
            None => local.person,
        };
        if operator != local.person {
            return Err(usage(format!(
                "whoever answers for an agent adds it: consort --as {} agent add {} …",
                self.operator.as_deref().unwrap_or_default(),
                self.name
            )));
        }
        let engine = asked.engine();
        let id = ContributorId::new(engine.now(), engine.random()?);
        let newcomer = Newcomer {
            name: self.name.clone(),
            nature: Nature::Agent { family, operator },
            capabilities: capabilities(&self.capability)?,
            profile: Profile {
                clearance: self.clearance.into(),
                concurrency: self.at_once,
                driver,
                rate_permille: self.rate,
                ..Profile::default()
            },
        };
        network::add(engine, id, &newcomer)?;
        if self.by_itself.is_some() {
            return self.introduce(asked, id);
        }
        let isolated = self.command.is_none() || configuration.commands.keeps_network();
        asked.done(&format!(
            "{} is {id}; see how it does with: consort agent test {}{}",
            self.name,
            self.name,
            if isolated {
                ""
            } else {
                "\nthis system has no namespaces to use: the network cannot be kept from commands"
            }
        ))
    }
}

impl Add {
    /// What it works by here, and what that is built on.
    fn driver(&self, configuration: &Configuration) -> Result<(Option<String>, String)> {
        if let Some(name) = &self.command {
            let settings = configuration.commands.settings(name)?;
            let driver = format!("{}{name}", command::DRIVER);
            return Ok((Some(driver), settings.family.clone()));
        }
        if let Some(name) = &self.model {
            let settings = configuration.models.settings(name)?;
            let driver = format!("{}{name}", model::DRIVER);
            return Ok((Some(driver), settings.family.clone()));
        }
        match &self.by_itself {
            Some(family) if family != FAMILY => Ok((None, family.clone())),
            Some(_) => Err(usage(format!(
                "the family '{FAMILY}' is that of the built-in agents: name what yours is built on"
            ))),
            None => Err(usage(
                "an agent works by a --command, by a --model, or --by-itself",
            )),
        }
    }

    /// Gives an agent that comes by itself its token.
    fn introduce(&self, asked: &mut Asked<'_>, id: ContributorId) -> Result<()> {
        let (token, until) = token::fresh(asked, id, "its first token", TOKEN_DAYS)?;
        let name = &self.name;
        let told = json!({ "id": id, "token": token, "until": until });
        asked.print(&told, |_| {
            vec![
                format!("{name} is {id}. Its token, shown this once, lets it in until {until}:"),
                String::new(),
                format!("  {token}"),
                String::new(),
                "While 'consort serve' runs, try: curl -H \"Authorization: Bearer TOKEN\" \
                 http://localhost:7070/api/v1/me"
                    .to_owned(),
                "examples/agents has short agents that claim, work and hand in.".to_owned(),
            ]
        })
    }
}

impl From<Clearance> for DataClass {
    fn from(clearance: Clearance) -> Self {
        match clearance {
            Clearance::Public => Self::Public,
            Clearance::Internal => Self::Internal,
            Clearance::Confidential => Self::Confidential,
            Clearance::Restricted => Self::Restricted,
        }
    }
}
