//! `consort agent test`: a trial task, and everything that went to and fro.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use consort_agents::trial::Exchange;
use consort_engine::runner::{Commission, Material, commission};
use consort_kernel::contributor::Contributor;
use consort_kernel::digest::Digest;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{
    Criterion, DataClass, Instructions, Method, Mode, Opening, Risk, Task, TaskEvent, TaskSpec,
};
use serde::Serialize;
use serde_json::Value;

use crate::asked::Asked;
use crate::configuration::Configuration;
use crate::exit::{FAILED, not_found, usage, with_code};
use crate::place::hire;

/// How long the lease of a trial would be, in milliseconds; nothing holds it to that.
const LEASE_MS: u32 = 3_600_000;
/// What a trial gives to work on, unless something else is named.
const NOTE: &str = "The office on the third floor was cleaned on Monday. The windows were not.";

/// Tries an agent out.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  consort agent test Sorter --goal \"Choose a label\" \
    --material item=item.json"
)]
pub(crate) struct Test {
    /// The name or identifier.
    who: String,
    /// A task that is there, to be done without being taken or handed in.
    #[arg(long, value_name = "TASK", conflicts_with_all = ["goal", "material"])]
    task: Option<TaskId>,
    /// What the trial asks for.
    #[arg(
        long,
        default_value = "This is a trial: say in one JSON object what the note says."
    )]
    goal: String,
    /// What the trial gives to work on; may be given more than once.
    #[arg(long, value_name = "NAME=FILE")]
    material: Vec<String>,
}

/// What a trial showed.
#[derive(Debug, Serialize)]
struct Shown {
    agent: String,
    sent: Value,
    received: String,
    aside: String,
    failure: Option<String>,
    files: Vec<String>,
    made_with: Option<String>,
    took_ms: u128,
}

impl Test {
    pub(super) fn carry_out(&self, asked: &mut Asked<'_>) -> Result<()> {
        let id = asked.named(&self.who)?;
        let Some(State::Contributor(agent)) = asked.engine().state(StreamId::Contributor(id))?
        else {
            return Err(not_found(format!("{id} is not here")));
        };
        let configuration = Configuration::read(&asked.place.directory)?;
        let trial = hire::trial(asked.place, &configuration, &agent)?;
        let commission = match self.task {
            Some(task) => {
                let found = asked.engine().task(task)?;
                let task = found.ok_or_else(|| not_found(format!("{task} is not here")))?;
                commission(asked.engine(), task)?
            }
            None => self.commission(asked, &agent)?,
        };
        let began = std::time::Instant::now();
        let exchange = trial.trial(&commission);
        let shown = Shown::new(&self.who, exchange, began.elapsed().as_millis());
        asked.print(&shown, Shown::lines)?;
        match shown.failure {
            None => Ok(()),
            Some(failure) => Err(with_code(FAILED, format!("{} failed: {failure}", self.who))),
        }
    }

    /// A task that is nowhere on record.
    fn commission(&self, asked: &Asked<'_>, agent: &Contributor) -> Result<Commission> {
        let engine = asked.engine();
        let at = engine.now();
        let outcome = OutcomeId::new(at, engine.random()?);
        let capability = agent.skills.keys().next().cloned().unwrap_or_default();
        let opening = Opening {
            accountable: agent.id,
            apart: Vec::new(),
            asset: Asset::PRACTICE,
            escalation: Vec::new(),
            organisation: consort_kernel::id::OrganisationId::new(at, engine.random()?),
            outcome,
            peers: Vec::new(),
            rank: 0,
            spec: spec(&capability, &self.goal),
            unmet: Vec::new(),
            unnamed: 0,
        };
        let id = TaskId::in_outcome(outcome, &opening.spec.key);
        let opened = TaskEvent::Opened(Box::new(opening));
        let task = Task::apply(None, id, &opened, at).context("a task that is opened is there")?;
        Ok(Commission {
            task: Task {
                lease_number: 1,
                ..task
            },
            materials: self.materials(asked)?,
            schemas: BTreeMap::new(),
            earlier: None,
            at,
        })
    }

    fn materials(&self, asked: &Asked<'_>) -> Result<Vec<Material>> {
        let material = |name: &str, bytes: Vec<u8>| Material {
            name: name.to_owned(),
            class: DataClass::Internal,
            digest: Digest::of(&bytes),
            from_task: None,
            made_by: None,
            bytes,
        };
        if self.material.is_empty() {
            return Ok(vec![material("note", NOTE.as_bytes().to_vec())]);
        }
        let read = |one: &String| {
            let (name, file) = one
                .split_once('=')
                .ok_or_else(|| usage(format!("--material {one}: NAME=FILE was expected")))?;
            let path = asked.path(&PathBuf::from(file));
            let bytes = std::fs::read(&path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            Ok(material(name, bytes))
        };
        self.material.iter().map(read).collect()
    }
}

fn spec(capability: &str, goal: &str) -> TaskSpec {
    TaskSpec {
        apart_from: Vec::new(),
        capability: capability.to_owned(),
        gate: false,
        instructions: Instructions {
            constraints: vec!["Use nothing but the material.".to_owned()],
            context: Vec::new(),
            criteria: vec![Criterion {
                key: "useful".to_owned(),
                method: Method::Judgment,
                text: "Whoever reads it could go on with it.".to_owned(),
                weight: 1,
            }],
            goal: goal.to_owned(),
        },
        key: "trial".to_owned(),
        kind: capability.to_owned(),
        lease_ms: LEASE_MS,
        level: 1,
        mode: Mode::Ai,
        needs: Vec::new(),
        price: Amount::ZERO,
        risk: Risk::Low,
        serves: Vec::new(),
        title: "Trial".to_owned(),
        weight: 1,
    }
}

impl Shown {
    fn new(who: &str, exchange: Exchange, took_ms: u128) -> Self {
        let product = exchange.product.as_ref().ok();
        Self {
            agent: who.to_owned(),
            sent: serde_json::from_str(&exchange.sent)
                .unwrap_or_else(|_| Value::String(exchange.sent.clone())),
            received: exchange.received,
            aside: exchange.aside,
            failure: exchange.product.as_ref().err().map(ToString::to_string),
            files: product
                .map(|product| product.files.keys().cloned().collect())
                .unwrap_or_default(),
            made_with: product.map(|product| product.made_with.clone()),
            took_ms,
        }
    }

    fn lines(&self) -> Vec<String> {
        let sent = match &self.sent {
            Value::String(text) => text.clone(),
            other => format!("{other:#}"),
        };
        let mut lines = vec![format!("Sent to {}", self.agent)];
        lines.extend(indented(&sent));
        lines.push(format!("Received after {} ms", self.took_ms));
        lines.extend(indented(&self.received));
        if !self.aside.trim().is_empty() {
            lines.push("Said aside".to_owned());
            lines.extend(indented(&self.aside));
        }
        if !self.files.is_empty() {
            lines.push(format!("Files  {}", self.files.join(", ")));
        }
        if let Some(made_with) = &self.made_with {
            lines.push(format!("Made with {made_with}; nothing of it is on record"));
        }
        lines
    }
}

fn indented(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| format!("  {line}"))
}
