//! Beginning an outcome from a playbook: what the plan costs and takes, what is signed in advance, and
//! the start.

use consort_engine::Engine;
use consort_engine::outcome::{self, Beginning, Reserved, Start};
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId};
use consort_kernel::money::{Amount, Asset};
use consort_kernel::outcome::{Baseline, Charter, Outcome, PlaybookRef, PreApproval};
use consort_kernel::task::{Mode, Risk};
use consort_kernel::time::Timestamp;
use consort_playbook::Expansion;

use crate::{DeskError, Given};

/// How long a signature given in advance holds: an outcome with people in it may take days.
const PRE_APPROVAL_MS: i64 = 14 * 24 * 3_600_000;
/// About how many minutes a person needs for a task of theirs, and for a sign-off.
const MINUTES_EACH: u32 = 5;

/// What a plan may cost, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// If nothing comes of what waits for earlier results.
    pub least: i64,
    /// If all of it comes once.
    pub once: i64,
    /// Whether some of it comes as often as an earlier result has items, so that nobody can say yet
    /// what all of it costs.
    pub grows: bool,
}

/// What the plan of an outcome that was not started yet may cost, as it is now.
pub fn cost_of(engine: &Engine, planned: &Outcome) -> Result<Cost, DeskError> {
    let first = Cost::of(&Given::of(engine, planned)?.expansion()?);
    let tasks = engine.tasks_of(planned.id)?;
    let open = tasks.iter().filter(|task| !task.is_settled());
    let least = open.map(|task| task.spec.price.minor()).sum();
    Ok(Cost {
        least,
        once: least + (first.once - first.least),
        grows: first.grows,
    })
}

/// What was agreed to before anything starts.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// What is expected.
    pub baseline: Baseline,
    /// What is set aside; what is left of it comes back at the end.
    pub funds: Amount,
    /// The signature in advance.
    pub terms: PreApproval,
}

/// Whose outcome it is.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    /// Who answers for it.
    pub person: ContributorId,
    /// For which organisation.
    pub organisation: OrganisationId,
}

impl Cost {
    /// Of a plan, as far as it is known.
    pub fn of(expansion: &Expansion) -> Self {
        let least: i64 = expansion.tasks.iter().map(|task| task.price.minor()).sum();
        let later = expansion.later.iter().map(|later| later.price.minor());
        Self {
            least,
            once: least + later.sum::<i64>() + expansion.outcome.fee.minor(),
            grows: expansion.later.iter().any(|later| later.for_each),
        }
    }
}

impl Agreed {
    /// With what is set aside and signed in advance for a plan.
    pub fn on(expansion: &Expansion, funds: Amount, terms: PreApproval) -> Self {
        Self {
            baseline: Baseline {
                claimed_value: None,
                confidence_percent: 50,
                estimate: Amount::from_minor(Cost::of(expansion).once),
                minutes: minutes(expansion),
            },
            funds,
            terms,
        }
    }
}

/// About how many minutes of the person's own attention the plan takes, if what comes later comes
/// once.
pub fn minutes(expansion: &Expansion) -> u32 {
    let now = expansion.tasks.iter().map(|task| (task.gate, task.mode));
    let later = expansion.later.iter().map(|later| (later.gate, later.mode));
    let mine = now
        .chain(later)
        .filter(|(gate, mode)| *gate || *mode == Mode::Person)
        .count();
    u32::try_from(mine)
        .unwrap_or(u32::MAX)
        .saturating_mul(MINUTES_EACH)
}

/// What somebody who confirms a plan signs in advance: what is of low risk and no gate.
pub fn modest_terms(expansion: &Expansion, now: Timestamp) -> PreApproval {
    let prices = expansion.tasks.iter().map(|task| task.price);
    let later = expansion.later.iter().map(|later| later.price);
    PreApproval {
        amount_max: prices.chain(later).max().unwrap_or_default(),
        expires_at: now.plus_millis(PRE_APPROVAL_MS),
        gates: false,
        reason: "checked automatically; the result that rests on it is signed by me".to_owned(),
        risk_max: Risk::Low,
        source: None,
    }
}

/// States the outcome, funds it with practice money, signs in advance, plans and starts it.
pub fn begin(
    engine: &Engine,
    id: OutcomeId,
    owner: Owner,
    given: &Given,
    playbook: PlaybookRef,
    agreed: Agreed,
) -> Result<(), DeskError> {
    begin_reserved(engine, id, owner, given, playbook, (agreed, None))
}

/// The same, with a task that waits for one contributor alone.
pub(crate) fn begin_reserved(
    engine: &Engine,
    id: OutcomeId,
    owner: Owner,
    given: &Given,
    playbook: PlaybookRef,
    with: (Agreed, Option<Reserved>),
) -> Result<(), DeskError> {
    let beginning = beginning(engine, id, owner, given, playbook, with)?;
    Ok(outcome::begin(engine, &beginning)?)
}

/// States the outcome with its plan and the money for it, to be changed before it is started.
pub fn plan(
    engine: &Engine,
    id: OutcomeId,
    owner: Owner,
    given: &Given,
    playbook: PlaybookRef,
    agreed: Agreed,
) -> Result<(), DeskError> {
    let beginning = beginning(engine, id, owner, given, playbook, (agreed, None))?;
    Ok(outcome::plan(engine, &beginning)?)
}

/// Gives an outcome that was planned what it lacks of these funds in practice money, signs in advance as
/// [`modest_terms`] do, and starts it.
pub fn start(engine: &Engine, planned: &Outcome, funds: Amount) -> Result<(), DeskError> {
    let expansion = Given::of(engine, planned)?.expansion()?;
    let tasks = engine.tasks_of(planned.id)?;
    let prices = tasks.iter().map(|task| task.spec.price);
    let terms = modest_terms(&expansion, engine.now());
    let terms = PreApproval {
        amount_max: prices.chain([terms.amount_max]).max().unwrap_or_default(),
        ..terms
    };
    Ok(outcome::start(engine, planned.id, &with(funds, terms))?)
}

fn with(funds: Amount, terms: PreApproval) -> Start {
    Start {
        funds,
        reference: "practice money".to_owned(),
        pre_approval: Some(terms),
    }
}

fn beginning(
    engine: &Engine,
    id: OutcomeId,
    owner: Owner,
    given: &Given,
    playbook: PlaybookRef,
    (agreed, reserved): (Agreed, Option<Reserved>),
) -> Result<Beginning, DeskError> {
    let expansion = given.expansion()?;
    for artefact in expansion.artefacts.values() {
        engine.artefacts().put(&artefact.bytes)?;
    }
    let parts = &expansion.outcome;
    let now = engine.now();
    let reason = format!("playbook {} version {}", playbook.name, playbook.version);
    let charter = Charter {
        accountable: owner.person,
        asset: Asset::PRACTICE,
        baseline: Some(agreed.baseline),
        criteria: parts.criteria.clone(),
        deadline: parts
            .deadline_ms
            .map(|after| now.plus_millis(i64::try_from(after).unwrap_or(i64::MAX))),
        escalation: Vec::new(),
        narrative: parts.narrative.clone(),
        objective: parts.objective.clone(),
        organisation: owner.organisation,
        playbook: Some(playbook),
        title: given
            .text("question")
            .unwrap_or_else(|| parts.title.clone()),
    };
    Ok(Beginning {
        id,
        charter,
        start: with(agreed.funds, agreed.terms),
        tasks: expansion.tasks,
        reason,
        reserved,
    })
}
