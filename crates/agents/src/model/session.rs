//! One task in a model's hands: what was said so far and what it took.
//!
//! A session outlives a wait: when the model may not be asked again at once, it is kept until the
//! runner comes back with the same lease, so that nothing is paid for twice.

use std::collections::BTreeMap;

use consort_kernel::id::TaskId;
use serde::{Deserialize, Serialize};

use super::prompt::Asked;
use super::settings::Usage;

/// How many sessions are kept; beyond it the oldest task's is forgotten, which costs its calls anew.
const KEPT_MAX: usize = 256;

/// One task in a model's hands.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) asked: Asked,
    pub(super) repairs: u32,
    pub(super) calls: Vec<Call>,
    /// What the model said last.
    pub(super) last: Option<String>,
}

/// What one call took; it is handed in with the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What it might have cost, in millionths of the currency's unit.
    pub cap_micro: u64,
    /// What it is charged at.
    pub charged_micro: u64,
    /// How that came about.
    pub note: String,
    /// Tokens sent, as reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens sent that had been kept, as reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<u64>,
    /// Tokens answered, as reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
}

impl Call {
    pub(super) fn new(
        cap_micro: u64,
        charged_micro: u64,
        note: &str,
        usage: Option<Usage>,
    ) -> Self {
        Self {
            cap_micro,
            charged_micro,
            note: note.to_owned(),
            input_tokens: usage.map(|usage| usage.input),
            cached_tokens: usage.map(|usage| usage.cached),
            output_tokens: usage.map(|usage| usage.output),
        }
    }
}

/// The sessions that wait, by task, each with the lease that it belongs to.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    kept: BTreeMap<TaskId, (u64, Session)>,
}

impl Sessions {
    /// The session of a task under this lease, if one waits.
    pub(super) fn take(&mut self, task: TaskId, lease: u64) -> Option<Session> {
        let (of, session) = self.kept.remove(&task)?;
        (of == lease).then_some(session)
    }

    /// Keeps a session until its task comes back.
    pub(super) fn keep(&mut self, task: TaskId, lease: u64, session: Session) {
        if self.kept.len() >= KEPT_MAX {
            self.kept.pop_first();
        }
        self.kept.insert(task, (lease, session));
    }
}
