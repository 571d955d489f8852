//! What an outcome was given when it began: its playbook and the values of its inputs.
//!
//! It is kept as an artefact that the outcome's charter names, so that whoever carries the outcome on
//! expands the same playbook to the same keys.

use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{Outcome, PlaybookRef};
use consort_kernel::task::DataClass;
use consort_playbook::{Expansion, File, InputValue, Inputs, Known, Playbook, expand, parse};
use serde::{Deserialize, Serialize};

use crate::DeskError;

/// What an outcome was given.
#[derive(Debug, Clone)]
pub struct Given {
    /// The playbook.
    pub playbook: Playbook,
    /// The values of its inputs.
    pub inputs: Inputs,
    /// Files that were not read, with the reason.
    pub skipped: Vec<(String, String)>,
    text: String,
}

/// What is kept of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    playbook: String,
    inputs: Vec<(String, KeptValue)>,
    skipped: Vec<(String, String)>,
}

/// The value of an input, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeptValue {
    Folder(Vec<(String, Digest, DataClass)>),
    File(String, Digest, DataClass),
    Text(String),
    List(Vec<String>),
    Number(i64),
}

impl Given {
    /// A playbook's text with the values of its inputs; `what` names the playbook in an error.
    pub fn new(
        text: String,
        what: &str,
        inputs: Inputs,
        skipped: Vec<(String, String)>,
    ) -> Result<Self, DeskError> {
        let playbook = parse(&text).map_err(|problems| DeskError::problems(what, &problems))?;
        Ok(Self {
            playbook,
            inputs,
            skipped,
            text,
        })
    }

    /// The plan as far as the inputs alone allow.
    pub fn expansion(&self) -> Result<Expansion, DeskError> {
        expand(&self.playbook, &self.inputs, &Known::default())
            .map_err(|problems| DeskError::problems("the playbook with these inputs", &problems))
    }

    /// Keeps it; gives what a charter says of it.
    pub fn keep(&self, engine: &Engine) -> Result<PlaybookRef, DeskError> {
        let kept = Kept {
            playbook: self.text.clone(),
            inputs: self
                .inputs
                .iter()
                .map(|(name, value)| (name.clone(), value.into()))
                .collect(),
            skipped: self.skipped.clone(),
        };
        let bytes = serde_json::to_vec(&kept).expect("texts, lists and numbers are JSON");
        Ok(PlaybookRef {
            digest: self.playbook.digest,
            inputs: engine.artefacts().put(&bytes)?,
            name: self.playbook.name.clone(),
            version: self.playbook.version.to_string(),
        })
    }

    /// What this outcome was given.
    pub fn of(engine: &Engine, outcome: &Outcome) -> Result<Self, DeskError> {
        let id = outcome.id;
        let reference = outcome.charter.playbook.as_ref();
        let reference = reference.ok_or(DeskError::NoPlaybook(id))?;
        Self::kept(engine, id, reference.inputs)
    }

    /// What was kept under this digest, for this outcome.
    pub fn kept(engine: &Engine, id: OutcomeId, kept: Digest) -> Result<Self, DeskError> {
        let kept: Kept = serde_json::from_slice(&engine.artefacts().get(kept)?)
            .map_err(|error| DeskError::Unreadable(id, error.to_string()))?;
        let inputs = kept.inputs.iter();
        let inputs = inputs.map(|(name, value)| (name.clone(), value.into()));
        let what = "the playbook of the outcome";
        Self::new(kept.playbook, what, inputs.collect(), kept.skipped)
    }

    /// The text that was given for an input, if it is a text or a number.
    pub fn text(&self, input: &str) -> Option<String> {
        match self.inputs.get(input)? {
            InputValue::Text(text) => Some(text.clone()),
            InputValue::Number(number) => Some(number.to_string()),
            InputValue::Folder(_) | InputValue::File(_) | InputValue::List(_) => None,
        }
    }
}

impl From<&InputValue> for KeptValue {
    fn from(value: &InputValue) -> Self {
        let kept = |file: &File| (file.name.clone(), file.digest, file.class);
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
        let file = |name: &String, digest: &Digest, class: &DataClass| File {
            name: name.clone(),
            digest: *digest,
            class: *class,
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
