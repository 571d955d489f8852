//! Beginning a run, or taking one up again.

use std::path::Path;

use anyhow::{Context as _, Result};
use consort_engine::outcome::{Beginning, Planned, begin as begin_outcome, grow as grow_plan};
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use consort_kernel::money::Asset;
use consort_kernel::outcome::{Charter, PlaybookRef};
use consort_playbook::{Expansion, InputValue, Inputs, Known, Playbook, expand, parse};
use serde::{Deserialize, Serialize};

use super::{Run, Session, input, plan};
use crate::asked::Asked;
use crate::console::Console;
use crate::exit::{not_found, usage};
use crate::interrupt;

/// The longest playbook that is read from a file, in bytes; the parser says the rest.
const PLAYBOOK_BYTES_MAX: u64 = 1024 * 1024;

/// What a run was given, kept as an artefact so that it can be taken up again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    /// The playbook's text.
    playbook: String,
    /// The values of its inputs.
    inputs: Vec<(String, KeptValue)>,
    /// Files that were not read, with the reason.
    skipped: Vec<(String, String)>,
}

/// The value of an input, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptValue {
    Folder(Vec<(String, Digest, consort_kernel::task::DataClass)>),
    File(String, Digest, consort_kernel::task::DataClass),
    Text(String),
    List(Vec<String>),
    Number(i64),
}

/// A run that has an outcome.
pub(super) struct Begun {
    pub(super) outcome: OutcomeId,
    pub(super) playbook: Playbook,
    pub(super) inputs: Inputs,
    pub(super) skipped: Vec<(String, String)>,
    pub(super) kept: Digest,
    pub(super) expansion: Expansion,
}

impl Begun {
    /// Whether the playbook has parts that wait for earlier results.
    pub(super) fn grows(&self) -> bool {
        !self.expansion.later.is_empty()
    }
}

/// Reads the inputs, shows the plan, asks for the first confirmation, and states the outcome.
pub(super) fn begun(session: &Session<'_>, run: &Run, asked: &mut Asked<'_>) -> Result<Begun> {
    let folder = asked.folder.clone();
    let console = &mut *asked.console;
    let engine = &session.place.engine;
    let path = run.playbook.as_deref().unwrap_or(Path::new("brief"));
    let text = playbook_text(path, &folder)?;
    let playbook =
        parse(&text).map_err(|problems| input::problems(&path.display().to_string(), &problems))?;
    if session.answers.is_none() && !console.interactive {
        return Err(usage(
            "nobody is at the terminal to confirm the plan and to sign: give --answers FILE, as in \
             --answers examples/brief.answers.yaml",
        ));
    }
    let mut inputted = input::collect(&playbook, &run.inputs, session.answers.as_ref(), console)?;
    let repositories = &session.configuration.repositories;
    let skipped = input::read_files(
        engine,
        &playbook,
        &mut inputted,
        &folder,
        repositories,
        console,
    )?;
    let inputs = inputted.values;
    let expansion = expand(&playbook, &inputs, &Known::default())
        .map_err(|problems| input::problems("the playbook with these inputs", &problems))?;
    let kept = Kept {
        playbook: text,
        inputs: inputs
            .iter()
            .map(|(name, value)| (name.clone(), value.into()))
            .collect(),
        skipped: skipped.clone(),
    };
    let kept = engine.artefacts().put(&serde_json::to_vec(&kept)?)?;
    let outcome = OutcomeId::new(engine.now(), engine.random()?);
    let begun = Begun {
        outcome,
        playbook,
        inputs,
        skipped,
        kept,
        expansion,
    };
    start(session, &begun, console)?;
    Ok(begun)
}

/// Takes an outcome up again, from what was kept when it began.
pub(super) fn resumed(session: &Session<'_>, outcome: OutcomeId) -> Result<Begun> {
    interrupt::listen()?;
    let engine = &session.place.engine;
    let state = engine.outcome(outcome)?.ok_or_else(|| {
        not_found(format!(
            "{outcome} is not in {}",
            session.place.directory.display()
        ))
    })?;
    let reference = state
        .charter
        .playbook
        .ok_or_else(|| usage(format!("{outcome} was not begun by 'consort run'")))?;
    let kept: Kept = serde_json::from_slice(&engine.artefacts().get(reference.inputs)?)
        .context("what the run was given cannot be read")?;
    let playbook = parse(&kept.playbook)
        .map_err(|problems| input::problems("the playbook of the run", &problems))?;
    let inputs: Inputs = kept
        .inputs
        .iter()
        .map(|(name, value)| (name.clone(), value.into()))
        .collect();
    let expansion = expand(&playbook, &inputs, &Known::default())
        .map_err(|problems| input::problems("the playbook of the run", &problems))?;
    Ok(Begun {
        outcome,
        playbook,
        inputs,
        skipped: kept.skipped,
        kept: reference.inputs,
        expansion,
    })
}

/// The first stop: confirms the plan and its cost, then funds and starts it.
pub(super) fn start(session: &Session<'_>, begun: &Begun, console: &mut Console) -> Result<()> {
    let engine = &session.place.engine;
    let terms = plan::confirm(session, begun, console)?;
    for artefact in begun.expansion.artefacts.values() {
        engine.artefacts().put(&artefact.bytes)?;
    }
    let parts = &begun.expansion.outcome;
    let now = engine.now();
    let title = input::value_text(&begun.inputs, "question").unwrap_or_else(|| parts.title.clone());
    let charter = Charter {
        accountable: session.local.person,
        asset: Asset::PRACTICE,
        baseline: Some(plan::baseline(&begun.expansion)),
        criteria: parts.criteria.clone(),
        deadline: parts
            .deadline_ms
            .map(|after| now.plus_millis(i64::try_from(after).unwrap_or(i64::MAX))),
        escalation: Vec::new(),
        narrative: parts.narrative.clone(),
        objective: parts.objective.clone(),
        organisation: session.local.organisation,
        playbook: Some(PlaybookRef {
            digest: begun.playbook.digest,
            inputs: begun.kept,
            name: begun.playbook.name.clone(),
            version: begun.playbook.version.to_string(),
        }),
        title,
    };
    let beginning = Beginning {
        id: begun.outcome,
        charter,
        funds: plan::budget(session, &begun.expansion, console)?,
        reference: "practice money".to_owned(),
        pre_approval: Some(terms),
        tasks: begun.expansion.tasks.clone(),
        reason: format!(
            "playbook {} version {}",
            begun.playbook.name, begun.playbook.version
        ),
    };
    interrupt::listen()?;
    console.tell(&format!(
        "outcome {}\n  if this run ends in between: consort run --resume {}",
        begun.outcome, begun.outcome
    ))?;
    begin_outcome(engine, &beginning)?;
    Ok(())
}

/// Plans what earlier results make possible; tells whether tasks came in.
pub(super) fn grow(session: &Session<'_>, begun: &Begun) -> Result<bool> {
    match grow_plan(
        &session.place.engine,
        begun.outcome,
        &begun.playbook,
        &begun.inputs,
    )? {
        Planned::Tasks { added, .. } => Ok(added > 0),
        Planned::Problems(problems) => Err(input::problems("the playbook", &problems)),
    }
}

fn playbook_text(path: &Path, folder: &Path) -> Result<String> {
    if let Some(text) = path.to_str().and_then(consort_playbook::shipped::shipped) {
        return Ok(text.to_owned());
    }
    let path = &folder.join(path);
    let about = std::fs::metadata(path)
        .with_context(|| format!("the playbook {} cannot be read", path.display()))?;
    if about.len() > PLAYBOOK_BYTES_MAX {
        return Err(usage(format!(
            "{} is too long for a playbook",
            path.display()
        )));
    }
    std::fs::read_to_string(path)
        .with_context(|| format!("the playbook {} cannot be read", path.display()))
}

impl From<&InputValue> for KeptValue {
    fn from(value: &InputValue) -> Self {
        let kept = |file: &consort_playbook::File| (file.name.clone(), file.digest, file.class);
        match value {
            InputValue::Folder(files) => Self::Folder(files.iter().map(kept).collect()),
            InputValue::File(file) => Self::File(file.name.clone(), file.digest, file.class),
            InputValue::Text(text) => Self::Text(text.clone()),
            InputValue::List(items) => Self::List(items.clone()),
            InputValue::Number(number) => Self::Number(*number),
        }
    }
}

impl From<&KeptValue> for InputValue {
    fn from(kept: &KeptValue) -> Self {
        let file = |name: &String, digest: &Digest, class: &consort_kernel::task::DataClass| {
            consort_playbook::File {
                name: name.clone(),
                digest: *digest,
                class: *class,
            }
        };
        match kept {
            KeptValue::Folder(files) => Self::Folder(
                files
                    .iter()
                    .map(|(name, digest, class)| file(name, digest, class))
                    .collect(),
            ),
            KeptValue::File(name, digest, class) => Self::File(file(name, digest, class)),
            KeptValue::Text(text) => Self::Text(text.clone()),
            KeptValue::List(items) => Self::List(items.clone()),
            KeptValue::Number(number) => Self::Number(*number),
        }
    }
}
