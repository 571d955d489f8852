//! The models of the configuration, for the pages that show them with what they cost.

use std::sync::Arc;

use anyhow::Result;
use consort_agents::model::{Caps, DRIVER, Journal, Settings};
use consort_kernel::id::OutcomeId;
use consort_web::{Model, Models};

use crate::configuration::Configuration;
use crate::place::{Place, spending};

/// What is shown of them.
struct Shown {
    models: Vec<Model>,
    spending: Arc<Journal>,
}

/// What the pages show; nothing where there are no models.
pub(super) fn shown(
    place: &Place,
    configuration: &Configuration,
) -> Result<Option<Arc<dyn Models>>> {
    let models: Vec<Model> = configuration.models.all().map(model).collect();
    if models.is_empty() {
        return Ok(None);
    }
    let spending = place.spending()?;
    Ok(Some(Arc::new(Shown { models, spending })))
}

fn model(settings: &Settings) -> Model {
    let (prices, caps) = (&settings.prices, settings.caps);
    let is_free = prices.input_micro == 0 && prices.output_micro == 0;
    let Caps {
        task_micro,
        agent_micro,
        outcome_micro,
    } = caps;
    let caps = [task_micro, agent_micro, outcome_micro]
        .map(|micro| spending::shown(&[(prices.currency.clone(), micro)].into()));
    let host = settings.url.split_once("://").map_or("", |(_, rest)| rest);
    Model {
        name: settings.name.clone(),
        driver: format!("{DRIVER}{}", settings.name),
        model: settings.model.clone(),
        host: host.split('/').next().unwrap_or_default().to_owned(),
        family: settings.family.clone(),
        class_max: settings.class_max,
        per_minute: settings.rates.per_minute,
        caps: (!is_free).then_some(caps),
    }
}

impl Models for Shown {
    fn all(&self) -> Vec<Model> {
        self.models.clone()
    }

    fn spent_on(&self, outcome: OutcomeId) -> Vec<String> {
        let spent = self.spending.of_outcome(outcome).into_iter();
        spent
            .map(|(currency, micro)| spending::shown(&[(currency, micro)].into()))
            .collect()
    }
}
