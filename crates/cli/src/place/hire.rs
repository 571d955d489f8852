//! Hiring: the drivers of the agents that work in this process.
//!
//! Built-in agents need nothing. Any other agent names its driver in its profile, and the operator's
//! configuration says what that is. One that is not configured here takes no work here.

use std::sync::Arc;

use anyhow::Result;
use consort_agents::builtin::{FAMILY, Tools};
use consort_agents::trial::Trial;
use consort_engine::Engine;
use consort_engine::runner::Drivers;
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::state::State;

use crate::configuration::Configuration;
use crate::exit::usage;

/// The drivers of all agents that can work here, and a word on each that cannot.
pub(crate) fn drivers(
    engine: &Engine,
    configuration: &Configuration,
) -> Result<(Drivers, Vec<String>)> {
    let mut drivers = Drivers::default();
    let mut words = Vec::new();
    let tools = Arc::new(Tools);
    for state in engine.all("contributor")? {
        let State::Contributor(agent) = state else {
            continue;
        };
        let Nature::Agent { family, .. } = &agent.nature else {
            continue;
        };
        let at_once = usize::from(agent.profile.concurrency);
        let name = || {
            engine
                .name_of(agent.id)
                .map(|name| name.unwrap_or_else(|| agent.id.to_string()))
        };
        match &agent.profile.driver {
            None if family == FAMILY => drivers.add(agent.id, Arc::clone(&tools) as _),
            None => {}
            Some(driver) => match configuration.commands.driver(driver) {
                Some(command) if command.family() == family => {
                    drivers.add_limited(agent.id, Arc::new(command), at_once);
                }
                Some(command) => words.push(format!(
                    "{} takes no work here: it was added as of the family '{family}', and '{driver}' \
                     is now of '{}'; add it anew under another name",
                    name()?,
                    command.family()
                )),
                None => words.push(format!(
                    "{} takes no work here: its driver '{driver}' is not in the configuration",
                    name()?
                )),
            },
        }
    }
    Ok((drivers, words))
}

/// An agent to be tried out.
pub(crate) fn trial(configuration: &Configuration, agent: &Contributor) -> Result<Box<dyn Trial>> {
    let Some(driver) = &agent.profile.driver else {
        return Err(usage(
            "only agents that work by a command of the configuration can be tried out",
        ));
    };
    match configuration.commands.driver(driver) {
        Some(command) => Ok(Box::new(command)),
        None => Err(usage(format!(
            "its driver '{driver}' is not in the configuration"
        ))),
    }
}
