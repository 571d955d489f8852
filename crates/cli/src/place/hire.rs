//! Hiring: the drivers of the agents that work in this process.
//!
//! Built-in agents need nothing. Any other agent names its driver in its profile, and the operator's
//! configuration says what that is. One that is not configured here takes no work here.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use consort_agents::builtin::{FAMILY, Tools};
use consort_agents::model::{Model, ModelTrial, Provider};
use consort_agents::trial::Trial;
use consort_engine::clock::SystemClock;
use consort_engine::runner::{Driver, Drivers};
use consort_kernel::contributor::{Contributor, Nature};
use consort_kernel::state::State;

use super::Place;
use crate::configuration::Configuration;
use crate::exit::usage;

/// The drivers of all agents that can work here, and a word on each that cannot.
pub(crate) fn drivers(
    place: &Place,
    configuration: &Configuration,
) -> Result<(Drivers, Vec<String>)> {
    let engine = &place.engine;
    let mut drivers = Drivers::default();
    let mut words = Vec::new();
    let tools = Arc::new(Tools);
    let mut models = BTreeMap::new();
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
            Some(driver) => match hired(place, configuration, &mut models, driver) {
                Ok((hired, built_on)) if built_on == *family => {
                    drivers.add_limited(agent.id, hired, at_once);
                }
                Ok((_, built_on)) => words.push(format!(
                    "{} takes no work here: it was added as of the family '{family}', and '{driver}' \
                     is now of '{built_on}'; add it anew under another name",
                    name()?,
                )),
                Err(error) => words.push(format!("{} takes no work here: {error:#}", name()?)),
            },
        }
    }
    Ok((drivers, words))
}

/// What a profile names as its driver, and what that is built on. One model is one for all its agents.
fn hired(
    place: &Place,
    configuration: &Configuration,
    models: &mut BTreeMap<String, Arc<Model>>,
    driver: &str,
) -> Result<(Arc<dyn Driver>, String)> {
    if let Some(command) = configuration.commands.driver(driver) {
        let family = command.family().to_owned();
        return Ok((Arc::new(command), family));
    }
    if let Some(model) = models.get(driver) {
        return Ok((Arc::clone(model) as _, model.family().to_owned()));
    }
    let Some(settings) = configuration.models.ready(driver) else {
        return Err(anyhow!("its driver '{driver}' is not in the configuration"));
    };
    let settings = settings?;
    let journal = place.spending()?;
    let endpoint = Arc::new(Provider::new(&settings)?);
    let model = Arc::new(Model::new(
        settings,
        endpoint,
        journal,
        Arc::new(SystemClock),
    ));
    let family = model.family().to_owned();
    models.insert(driver.to_owned(), Arc::clone(&model));
    Ok((model, family))
}

/// An agent to be tried out.
pub(crate) fn trial(
    place: &Place,
    configuration: &Configuration,
    agent: &Contributor,
) -> Result<Box<dyn Trial>> {
    let Some(driver) = &agent.profile.driver else {
        return Err(usage(
            "only agents that work by a command or a model of the configuration can be tried out",
        ));
    };
    if let Some(command) = configuration.commands.driver(driver) {
        return Ok(Box::new(command));
    }
    let Some(settings) = configuration.models.ready(driver) else {
        return Err(usage(format!(
            "its driver '{driver}' is not in the configuration"
        )));
    };
    let settings = settings?;
    let endpoint = Arc::new(Provider::new(&settings)?);
    let meter = place.spending()?;
    let clock = Arc::new(SystemClock);
    let trial = ModelTrial::new(settings, endpoint, meter, clock, agent.id);
    Ok(Box::new(trial))
}
