//! Beginning an outcome: stated, funded, signed for in advance, planned and started.
//!
//! Each step looks at what is there before it does anything, so that beginning again after a crash
//! goes on where it stopped and does nothing twice.

use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::money::Amount;
use consort_kernel::organisation::OrganisationCommand;
use consort_kernel::outcome::{Charter, Outcome, OutcomeCommand, Phase, PreApproval};
use consort_kernel::rejection::Rejection;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{TaskCommand, TaskSpec};
use consort_store::StoreError;

use super::plan::add_tasks;
use crate::{Engine, EngineError};

/// How often it is tried to fund an outcome out of money that others take at the same time.
const FUNDINGS_MAX: u32 = 32;

/// What an outcome begins with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Its identifier.
    pub id: OutcomeId,
    /// What is wanted.
    pub charter: Charter,
    /// What it starts with.
    pub start: Start,
    /// The tasks, each after those that it needs.
    pub tasks: Vec<TaskSpec>,
    /// Why the plan is as it is.
    pub reason: String,
    /// A task that waits for one contributor alone from the start, where there is one.
    pub reserved: Option<Reserved>,
}

/// A task that waits for one contributor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// The task.
    pub task: TaskId,
    /// Whom it waits for.
    pub whose: ContributorId,
    /// Why.
    pub reason: String,
}

/// What an outcome that is planned starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// What it is funded with, out of its organisation's money.
    pub funds: Amount,
    /// What shows that the organisation has the money; it is recorded as a deposit where its funds
    /// do not suffice.
    pub reference: String,
    /// The signature given in advance, where there is one.
    pub pre_approval: Option<PreApproval>,
}

/// Begins an outcome as its accountable person, or goes on with beginning it.
pub fn begin(engine: &Engine, beginning: &Beginning) -> Result<(), EngineError> {
    let outcome = state(engine, beginning)?;
    if outcome.phase != Phase::Planned {
        return Ok(());
    }
    let (id, person) = (beginning.id, person(&outcome));
    prepare(engine, &outcome, &beginning.start)?;
    add_tasks(engine, id, person, &beginning.tasks, &beginning.reason)?;
    if let Some(reserved) = &beginning.reserved {
        reserve(engine, reserved, person)?;
    }
    ask(engine, &outcome, OutcomeCommand::Start)
}

/// States an outcome with its plan as its accountable person, with the money that its tasks reserve, and leaves it
/// there: nothing is signed for or handed out before it is [started](start). What somebody dropped from the plan is
/// not added again.
pub fn plan(engine: &Engine, beginning: &Beginning) -> Result<(), EngineError> {
    let outcome = state(engine, beginning)?;
    if outcome.phase != Phase::Planned {
        return Ok(());
    }
    let (id, person) = (beginning.id, person(&outcome));
    fund(engine, &outcome, &beginning.start)?;
    add_tasks(engine, id, person, &beginning.tasks, &beginning.reason)
}

/// Starts an outcome that is planned as its accountable person, or goes on with starting it.
pub fn start(engine: &Engine, id: OutcomeId, start: &Start) -> Result<(), EngineError> {
    let outcome = expect(engine, id)?;
    if outcome.phase != Phase::Planned {
        return Ok(());
    }
    prepare(engine, &outcome, start)?;
    ask(engine, &outcome, OutcomeCommand::Start)
}

fn person(outcome: &Outcome) -> Principal {
    Principal::Contributor(outcome.charter.accountable)
}

fn ask(engine: &Engine, outcome: &Outcome, command: OutcomeCommand) -> Result<(), EngineError> {
    let body = Body::Outcome(outcome.id, command);
    engine.execute(person(outcome), body).map(|_| ())
}

/// The outcome, stated if it is not yet.
fn state(engine: &Engine, beginning: &Beginning) -> Result<Outcome, EngineError> {
    let (id, charter) = (beginning.id, &beginning.charter);
    if engine.outcome(id)?.is_none() {
        let person = Principal::Contributor(charter.accountable);
        let create = OutcomeCommand::Create(Box::new(charter.clone()));
        engine.execute(person, Body::Outcome(id, create))?;
    }
    expect(engine, id)
}

/// Funds an outcome and signs for it in advance, as far as that is not done.
fn prepare(engine: &Engine, outcome: &Outcome, start: &Start) -> Result<(), EngineError> {
    fund(engine, outcome, start)?;
    match &start.pre_approval {
        Some(terms) if !outcome.pre_approvals.values().any(|given| given == terms) => {
            let terms = Box::new(terms.clone());
            ask(engine, outcome, OutcomeCommand::PreApprove(terms))
        }
        Some(_) | None => Ok(()),
    }
}

/// Nobody else is offered it: nothing is offered before the outcome starts.
fn reserve(engine: &Engine, reserved: &Reserved, person: Principal) -> Result<(), EngineError> {
    let task = engine.task(reserved.task)?;
    let whose = task.and_then(|task| task.escalated).map(|(_, to)| to);
    if whose == Some(reserved.whose) {
        return Ok(());
    }
    let command = TaskCommand::Reassign {
        reason: reserved.reason.clone(),
        to: Some(reserved.whose),
    };
    engine.execute(person, Body::Task(reserved.task, command))?;
    Ok(())
}

fn fund(engine: &Engine, outcome: &Outcome, start: &Start) -> Result<(), EngineError> {
    let (organisation, asset) = (outcome.charter.organisation, outcome.charter.asset);
    let person = person(outcome);
    let Some(missing) = start.funds.checked_sub(outcome.purse.funded) else {
        return Ok(());
    };
    if !missing.is_positive() {
        return Ok(());
    }
    let ask = |command| engine.execute(person, Body::Organisation(organisation, command));
    let mut turns = 0;
    loop {
        let funder = engine.organisation(organisation)?;
        let available = funder.map_or(Amount::ZERO, |it| it.funds_of(asset));
        let short = missing.checked_sub(available);
        if let Some(amount) = short.filter(|short| short.is_positive()) {
            let reference = start.reference.clone();
            ask(OrganisationCommand::Deposit {
                amount,
                asset,
                reference,
            })?;
        }
        let given = ask(OrganisationCommand::Fund {
            amount: missing,
            asset,
            outcome: outcome.id,
        });
        turns += 1;
        match given {
            // Another outcome that begins at the same time was given what was there.
            Err(error) if is_short(&error) && turns < FUNDINGS_MAX => {}
            Err(error) => return Err(error),
            Ok(_) => return Ok(()),
        }
    }
}

const fn is_short(error: &EngineError) -> bool {
    matches!(error.rejection(), Some(Rejection::NotEnoughMoney { .. }))
}

pub(super) fn expect(engine: &Engine, id: OutcomeId) -> Result<Outcome, EngineError> {
    let missing = || StoreError::Damaged(format!("{id} is not there"));
    Ok(engine.outcome(id)?.ok_or_else(missing)?)
}

impl Engine {
    /// An outcome as it is.
    pub fn outcome(&self, id: OutcomeId) -> Result<Option<Outcome>, EngineError> {
        match self.state(StreamId::Outcome(id))? {
            Some(State::Outcome(outcome)) => Ok(Some(*outcome)),
            Some(_) | None => Ok(None),
        }
    }

    /// A contributor's name, unless it was erased.
    pub fn name_of(&self, id: ContributorId) -> Result<Option<String>, EngineError> {
        self.name(StreamId::Contributor(id))
    }

    /// The name of a contributor or an organisation, unless it was erased.
    pub fn name(&self, subject: StreamId) -> Result<Option<String>, EngineError> {
        let values = self.store().personal(subject)?;
        Ok(values
            .into_iter()
            .find(|value| value.field == "name")
            .map(|value| value.value))
    }
}
