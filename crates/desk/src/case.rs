//! A case: an outcome with all that is needed to carry it on and to deliver it.

use std::collections::BTreeMap;

use consort_engine::Engine;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::Outcome;

use crate::{DeskError, Given};

/// An outcome that was begun from a playbook.
pub struct Case<'a> {
    /// The engine that has it.
    pub engine: &'a Engine,
    /// Which.
    pub id: OutcomeId,
    /// What it was given.
    pub given: Given,
    /// What models cost beside what is paid, by currency, in millionths of its unit.
    pub models_micro: BTreeMap<String, u64>,
}

impl<'a> Case<'a> {
    /// The case of an outcome, as its own record tells it.
    pub fn open(engine: &'a Engine, id: OutcomeId) -> Result<Self, DeskError> {
        let outcome = engine.outcome(id)?.ok_or(DeskError::Unknown(id))?;
        Ok(Self {
            engine,
            id,
            given: Given::of(engine, &outcome)?,
            models_micro: BTreeMap::new(),
        })
    }

    /// The outcome as it is.
    pub fn outcome(&self) -> Result<Outcome, DeskError> {
        self.engine
            .outcome(self.id)?
            .ok_or(DeskError::Unknown(self.id))
    }

    /// The name of its accountable person.
    pub fn accountable(&self) -> Result<String, DeskError> {
        let id = self.outcome()?.charter.accountable;
        Ok(self.engine.name_of(id)?.unwrap_or_else(|| id.to_string()))
    }
}
