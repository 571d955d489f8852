//! `consort contributor`: who is here, what they can do, how well they did.

use std::collections::BTreeMap;

use anyhow::Result;
use clap::Subcommand;
use consort_engine::network::{self, Newcomer};
use consort_kernel::command::Body;
use consort_kernel::contributor::{Contributor, ContributorCommand, Nature, Profile};
use consort_kernel::id::ContributorId;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use serde_json::json;

use crate::asked::{Asked, table};
use crate::exit::{not_found, usage};

/// People and agents.
#[derive(Debug, Subcommand)]
pub(crate) enum ContributorVerb {
    /// Adds a person.
    #[command(
        after_help = "Example:\n  consort contributor add \"Ada\" --capability judge=6 --capability decide=5"
    )]
    Add {
        /// The name.
        name: String,
        /// A capability and its level from 1 to 8, as NAME=LEVEL; may be given more than once.
        #[arg(long)]
        capability: Vec<String>,
    },
    /// Lists everybody.
    #[command(after_help = "Example:\n  consort contributor list")]
    List,
    /// Shows one of them, with standing as an interval.
    #[command(after_help = "Example:\n  consort contributor show Researcher")]
    Show {
        /// The name or identifier.
        who: String,
    },
    /// Lets somebody work again; a steward decides, with a reason.
    #[command(
        after_help = "Example:\n  consort contributor reinstate Ada --reason \"it is settled\""
    )]
    Reinstate {
        /// The name or identifier.
        who: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Takes somebody out of work; a steward decides, with a reason that they are told.
    #[command(
        after_help = "Example:\n  consort contributor suspend Ada --reason \"a complaint is open\""
    )]
    Suspend {
        /// The name or identifier.
        who: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

impl ContributorVerb {
    pub(crate) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        match self {
            Self::Add { name, capability } => add(asked, name, capability),
            Self::List => list(asked, |_| true),
            Self::Show { who } => show(asked, who),
            Self::Reinstate { who, reason } => {
                let id = asked.named(who)?;
                let reason = reason.clone();
                asked.execute(Body::Contributor(
                    id,
                    ContributorCommand::Reinstate { reason },
                ))?;
                asked.done(&format!("{who} may work again"))
            }
            Self::Suspend { who, reason } => {
                let id = asked.named(who)?;
                let suspend = ContributorCommand::Suspend {
                    reason: reason.clone(),
                };
                asked.execute(Body::Contributor(id, suspend))?;
                asked.done(&format!("{who} is suspended and takes no new work"))
            }
        }
    }
}

fn add(asked: &mut Asked<'_>, name: &str, capabilities: &[String]) -> Result<()> {
    check_free(asked, name)?;
    let levels = self::capabilities(capabilities)?;
    let engine = asked.engine();
    let id = ContributorId::new(engine.now(), engine.random()?);
    let newcomer = Newcomer {
        name: name.to_owned(),
        nature: Nature::Person,
        capabilities: levels,
        profile: Profile::default(),
    };
    network::add(engine, id, &newcomer)?;
    asked.done(&format!("{name} is {id}"))
}

/// Refuses a name that somebody here has.
pub(crate) fn check_free(asked: &Asked<'_>, name: &str) -> Result<()> {
    if network::contributors(asked.engine())?.contains_key(name) {
        return Err(usage(format!(
            "'{name}' is here already; names tell people apart"
        )));
    }
    Ok(())
}

/// Levels by capability, from NAME=LEVEL.
pub(crate) fn capabilities(given: &[String]) -> Result<BTreeMap<String, u8>> {
    let mut levels = BTreeMap::new();
    for one in given {
        let level = one
            .split_once('=')
            .and_then(|(name, level)| Some((name, level.parse().ok()?)));
        let (capability, level): (&str, u8) =
            level.ok_or_else(|| usage(format!("--capability {one}: NAME=LEVEL was expected")))?;
        levels.insert(capability.to_owned(), level);
    }
    Ok(levels)
}

/// Lists those who are wanted.
pub(crate) fn list(asked: &mut Asked<'_>, wanted: impl Fn(&Contributor) -> bool) -> Result<()> {
    let mut rows = Vec::new();
    for state in asked.engine().all("contributor")? {
        let State::Contributor(contributor) = state else {
            continue;
        };
        if !wanted(&contributor) {
            continue;
        }
        let name = asked.engine().name_of(contributor.id)?;
        let answers = match &contributor.nature {
            Nature::Agent { operator, .. } => asked.engine().name_of(*operator)?,
            Nature::Person => name.clone(),
        };
        rows.push(json!({
            "id": contributor.id,
            "name": name,
            "kind": if contributor.is_person() { "person" } else { "agent" },
            "capabilities": contributor.skills.keys().collect::<Vec<_>>(),
            "answers": answers,
            "suspended": contributor.suspension.is_some(),
        }));
    }
    asked.print(&rows, |rows| {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("(erased)").to_owned();
        let cells = rows.iter().map(|row| {
            let capabilities = row["capabilities"].as_array().into_iter().flatten();
            let capabilities: Vec<String> = capabilities.map(text).collect();
            let suspended = if row["suspended"] == true {
                "suspended"
            } else {
                ""
            };
            vec![
                text(&row["name"]),
                text(&row["kind"]),
                capabilities.join(", "),
                format!("{} answers", text(&row["answers"])),
                suspended.to_owned(),
                text(&row["id"]),
            ]
        });
        table(&cells.collect::<Vec<_>>())
    })
}

/// Shows one of them.
pub(crate) fn show(asked: &mut Asked<'_>, who: &str) -> Result<()> {
    let id = asked.named(who)?;
    let Some(State::Contributor(contributor)) = asked.engine().state(StreamId::Contributor(id))?
    else {
        return Err(not_found(format!("{id} is not here")));
    };
    let name = asked
        .engine()
        .name_of(id)?
        .unwrap_or_else(|| "(erased)".to_owned());
    asked.print(&contributor, |contributor| {
        let kind = match &contributor.nature {
            Nature::Agent { family, .. } => format!("agent of the family {family}"),
            Nature::Person => "person".to_owned(),
        };
        let mut lines = vec![format!("{name}  {kind}  {}", contributor.id)];
        let mut rows = Vec::new();
        for (capability, skill) in &contributor.skills {
            let estimate = skill.track.estimate();
            let percent = |ppm: i64| format!("{}", ppm.clamp(0, 1_000_000) / 10_000);
            rows.push(vec![
                capability.clone(),
                format!("level {}", skill.level),
                format!(
                    "{} to {} % accepted",
                    percent(estimate.mean_ppm - estimate.deviation_ppm),
                    percent(estimate.mean_ppm + estimate.deviation_ppm)
                ),
                format!("from {} results", skill.track.results),
            ]);
        }
        lines.extend(table(&rows));
        lines.extend(
            contributor
                .suspension
                .as_ref()
                .map(|it| format!("suspended since {}: {}", it.at, it.reason)),
        );
        lines
    })
}
