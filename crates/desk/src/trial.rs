//! A trial: one free task for one agent, by the way that every task goes.

use consort_engine::Engine;
use consort_engine::outcome::Reserved;
use consort_kernel::contributor::Contributor;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::Amount;
use consort_playbook::{InputValue, Inputs};

use crate::begin::{Agreed, Owner, begin_reserved, modest_terms};
use crate::{DeskError, Given};

const PLAYBOOK: &str = include_str!("trial.yaml");
/// What stands there for what the agent can do.
const PLACEHOLDER: &str = "CAPABILITY";
/// The task of it.
const TASK: &str = "trial";
/// What the agent reads.
const NOTE: &str = "The lift in the town hall is out of order until Thursday. Whoever cannot climb the \
stairs finds the registry on the ground floor, to the left of the entrance.";

/// Begins a trial of an agent, whose operator answers for it; gives its task. Nothing is begun for an agent that
/// can do nothing.
pub fn begin_trial(
    engine: &Engine,
    owner: Owner,
    agent: &Contributor,
) -> Result<Option<TaskId>, DeskError> {
    let Some(capability) = agent.skills.keys().next() else {
        return Ok(None);
    };
    // A text of JSON is one of YAML.
    let capability = serde_json::Value::from(capability.as_str()).to_string();
    let text = PLAYBOOK.replace(PLACEHOLDER, &capability);
    let name = engine.name_of(agent.id).map_err(DeskError::Engine)?;
    let name = name.unwrap_or_else(|| agent.id.to_string());
    let inputs = [("note", NOTE.to_owned()), ("agent", name)];
    let inputs: Inputs = inputs
        .map(|(what, text)| (what.to_owned(), InputValue::Text(text)))
        .into();
    let given = Given::new(text, "the trial", inputs, Vec::new())?;
    let expansion = given.expansion()?;
    let terms = modest_terms(&expansion, engine.now());
    let agreed = Agreed::on(&expansion, Amount::ZERO, terms);
    let random = engine.random().map_err(DeskError::Engine)?;
    let id = OutcomeId::new(engine.now(), random);
    let reserved = Reserved {
        task: TaskId::in_outcome(id, TASK),
        whose: agent.id,
        reason: "it is the agent's trial".to_owned(),
    };
    let task = reserved.task;
    let playbook = given.keep(engine)?;
    begin_reserved(
        engine,
        id,
        owner,
        &given,
        playbook,
        (agreed, Some(reserved)),
    )?;
    Ok(Some(task))
}
