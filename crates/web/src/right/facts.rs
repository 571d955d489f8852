//! What a decision rests on: gathered from the store, and all that a policy sees.

use std::collections::BTreeSet;

use consort_engine::Engine;
use consort_kernel::contributor::{Contributor, Nature, Offers};
use consort_kernel::id::{ContributorId, OrganisationId};
use consort_kernel::network::Duty;
use consort_kernel::organisation::{Organisation, Role};
use consort_kernel::outcome::Outcome;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Phase, Task};

use super::act::Act;
use crate::server::Failure;

/// Who asks, and how they came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asking {
    /// Who.
    pub(crate) who: ContributorId,
    /// Whether they came in by a browser; otherwise a token was shown.
    pub(crate) is_session: bool,
}

impl Asking {
    /// Somebody, as they would come in by a browser.
    pub(crate) const fn in_person(who: ContributorId) -> Self {
        Self {
            who,
            is_session: true,
        }
    }

    /// Somebody, where only sight matters: a session sees no more than a token.
    pub(crate) const fn sees(who: ContributorId) -> Self {
        Self {
            who,
            is_session: false,
        }
    }
}

/// What is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum About<'a> {
    /// The network.
    Network,
    /// An organisation.
    Organisation(OrganisationId),
    /// An outcome, and whether they have a part in it, where that was looked up.
    Outcome(&'a Outcome, bool),
    /// A task.
    Task(&'a Task),
    /// A person or an agent.
    Contributor(&'a Contributor),
}

/// The kind of what is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Network,
    Organisation,
    Outcome,
    Task,
    Contributor,
}

/// What somebody has to do with what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Relation {
    /// They answer for it.
    Accountable,
    /// They are asked when it is stuck.
    Escalation,
    /// They were offered it, hold, did or judged it.
    Involved,
    /// They do something for a task that rests on it, and for no other.
    Guest,
    /// They are here for one task alone, and for nothing else.
    Visiting,
    /// They answer for whoever has it or did it.
    AnswersForPerformer,
    /// It is they.
    Themselves,
    /// They answer for it, as an agent's operator.
    Operator,
}

/// The facts of one question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Facts {
    pub(crate) kind: Kind,
    pub(crate) is_person: bool,
    pub(crate) is_session: bool,
    pub(crate) is_cleared: bool,
    pub(crate) duties: BTreeSet<Duty>,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) relations: BTreeSet<Relation>,
}

impl Facts {
    /// Gathers what matters.
    pub(super) fn gather(
        engine: &Engine,
        asking: Asking,
        act: Act,
        about: About<'_>,
    ) -> Result<Self, Failure> {
        let who = asking.who;
        let state = engine.shared_state(StreamId::Contributor(who))?;
        let known = contributor(state.as_deref());
        let mut facts = Self {
            kind: about.kind(),
            is_person: known.is_some_and(Contributor::is_person),
            is_session: asking.is_session,
            is_cleared: true,
            duties: duties(engine, who)?,
            roles: BTreeSet::new(),
            relations: BTreeSet::new(),
        };
        let relate = |facts: &mut Self, relation, holds: bool| {
            if holds {
                facts.relations.insert(relation);
            }
        };
        if act.is_for_no_guest() {
            let was_guest = known.is_some_and(|it| it.profile.offers == Offers::Guest);
            let is_visiting = was_guest && facts.duties.is_empty() && !has_role(engine, who)?;
            relate(&mut facts, Relation::Visiting, is_visiting);
        }
        match about {
            About::Network => {}
            About::Organisation(id) => facts.roles = roles(engine, who, id)?,
            About::Outcome(outcome, is_involved) => {
                let charter = &outcome.charter;
                facts.roles = roles(engine, who, charter.organisation)?;
                relate(
                    &mut facts,
                    Relation::Accountable,
                    charter.accountable == who,
                );
                relate(
                    &mut facts,
                    Relation::Escalation,
                    charter.escalation.contains(&who),
                );
                relate(&mut facts, Relation::Involved, is_involved);
            }
            About::Task(task) => {
                let state = engine.shared_state(StreamId::Organisation(task.organisation))?;
                let party = organisation(state.as_deref());
                facts.roles = party
                    .map(|it| it.roles_for(who, task.id))
                    .unwrap_or_default();
                let is_guest = is_guest(engine, who, task, party)?;
                relate(&mut facts, Relation::Guest, is_guest);
                facts.is_cleared = is_cleared(known, task);
                relate(&mut facts, Relation::Accountable, task.accountable == who);
                relate(&mut facts, Relation::Escalation, is_asked(who, task));
                relate(&mut facts, Relation::Involved, takes_part(who, task));
                let answers = answers_for_performer(engine, who, task)?;
                relate(&mut facts, Relation::AnswersForPerformer, answers);
            }
            About::Contributor(it) => {
                relate(&mut facts, Relation::Themselves, it.id == who);
                let operates =
                    matches!(&it.nature, Nature::Agent { operator, .. } if *operator == who);
                relate(&mut facts, Relation::Operator, operates);
            }
        }
        Ok(facts)
    }
}

impl About<'_> {
    const fn kind(self) -> Kind {
        match self {
            Self::Network => Kind::Network,
            Self::Organisation(_) => Kind::Organisation,
            Self::Outcome(..) => Kind::Outcome,
            Self::Task(_) => Kind::Task,
            Self::Contributor(_) => Kind::Contributor,
        }
    }
}

fn contributor(state: Option<&State>) -> Option<&Contributor> {
    match state? {
        State::Contributor(it) => Some(it),
        State::Network(_) | State::Organisation(_) | State::Outcome(_) | State::Task(_) => None,
    }
}

fn organisation(state: Option<&State>) -> Option<&Organisation> {
    match state? {
        State::Organisation(it) => Some(it),
        State::Contributor(_) | State::Network(_) | State::Outcome(_) | State::Task(_) => None,
    }
}

fn duties(engine: &Engine, who: ContributorId) -> Result<BTreeSet<Duty>, Failure> {
    let state = engine.shared_state(StreamId::Network(engine.network()))?;
    Ok(match state.as_deref() {
        Some(State::Network(network)) => network.duties_of(who),
        _ => BTreeSet::new(),
    })
}

fn roles(
    engine: &Engine,
    who: ContributorId,
    id: OrganisationId,
) -> Result<BTreeSet<Role>, Failure> {
    let state = engine.shared_state(StreamId::Organisation(id))?;
    let party = organisation(state.as_deref());
    Ok(party.map(|it| it.roles_of(who)).unwrap_or_default())
}

/// Whether somebody has a role in any organisation.
fn has_role(engine: &Engine, who: ContributorId) -> Result<bool, Failure> {
    let all = engine.all("organisation")?;
    Ok(all
        .iter()
        .any(|state| matches!(state, State::Organisation(it) if !it.roles_of(who).is_empty())))
}

/// Whether the task for which somebody from outside has a role rests on this one.
fn is_guest(
    engine: &Engine,
    who: ContributorId,
    task: &Task,
    party: Option<&Organisation>,
) -> Result<bool, Failure> {
    let Some(guest) = party.and_then(|it| it.guests.get(&who)) else {
        return Ok(false);
    };
    let theirs = engine.task(guest.task)?;
    Ok(theirs
        .is_some_and(|it| it.outcome == task.outcome && it.spec.needs.contains(&task.spec.key)))
}

/// Whether they may see the material of a task.
fn is_cleared(known: Option<&Contributor>, task: &Task) -> bool {
    let context = &task.spec.instructions.context;
    let class = context.iter().map(|item| item.class).max();
    known.is_some_and(|it| class.is_none_or(|class| it.profile.clearance >= class))
}

fn is_asked(who: ContributorId, task: &Task) -> bool {
    task.escalation.contains(&who) || task.escalated.is_some_and(|(_, to)| to == who)
}

/// Whether somebody was offered, holds, did or judged a task, or it went up to them.
pub(crate) fn takes_part(who: ContributorId, task: &Task) -> bool {
    let holds = match &task.phase {
        Phase::Offered(offer) => offer.to == who,
        Phase::Leased(lease) => lease.holder.id == who,
        _ => false,
    };
    let did_it = task.handed().is_some_and(|handed| {
        handed.lease.holder.id == who || handed.reviews.iter().any(|it| it.by.id == who)
    });
    let was_asked = task.escalated.is_some_and(|(_, to)| to == who);
    let had_it = task.returned.as_ref().is_some_and(|it| it.performer == who);
    holds || did_it || was_asked || had_it
}

/// Whether somebody answers for the agent that has a task or did it.
fn answers_for_performer(
    engine: &Engine,
    who: ContributorId,
    task: &Task,
) -> Result<bool, Failure> {
    let performer = match &task.phase {
        Phase::Offered(offer) => Some(offer.to),
        Phase::Leased(lease) => Some(lease.holder.id),
        _ => task.handed().map(|handed| handed.lease.holder.id),
    };
    let Some(performer) = performer else {
        return Ok(false);
    };
    let state = engine.shared_state(StreamId::Contributor(performer))?;
    Ok(contributor(state.as_deref())
        .is_some_and(|it| matches!(it.nature, Nature::Agent { operator, .. } if operator == who)))
}
