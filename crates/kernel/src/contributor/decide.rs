//! Decisions about a contributor's record.

use std::collections::BTreeMap;

use super::{
    CAPABILITIES_MAX, Contributor, ContributorCommand, ContributorEvent, Evidence, Nature, Profile,
    Tie,
};
use crate::command::{Context, Principal};
use crate::id::{ContributorId, TaskId};
use crate::rejection::Rejection;
use crate::reputation::ALGORITHM;
use crate::state::Rows;
use crate::stream::StreamId;

/// Decides a command to a contributor's record; nothing comes of one that changes nothing.
pub fn decide(
    rows: &dyn Rows,
    id: ContributorId,
    command: &ContributorCommand,
    context: &Context<'_>,
) -> Result<Option<ContributorEvent>, Rejection> {
    let Some(contributor) = rows.contributor(id) else {
        return match command {
            ContributorCommand::Add {
                capabilities,
                name,
                nature,
                profile,
            } => {
                check_nature(rows, id, nature, context)?;
                check_profile(capabilities, profile)?;
                check_driver(nature, profile)?;
                Ok(Some(ContributorEvent::Added {
                    capabilities: capabilities.clone(),
                    name: *name,
                    nature: nature.clone(),
                    profile: profile.clone(),
                }))
            }
            ContributorCommand::Declare { .. }
            | ContributorCommand::Suspend { .. }
            | ContributorCommand::Reinstate { .. }
            | ContributorCommand::SetPayout { .. }
            | ContributorCommand::Introduce { .. }
            | ContributorCommand::RecordResult { .. }
            | ContributorCommand::RecordTie { .. } => {
                Err(Rejection::NotFound(StreamId::Contributor(id)))
            }
        };
    };
    decide_existing(rows, contributor, command, context)
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm for each variant: a table, not a flow"
)]
fn decide_existing(
    rows: &dyn Rows,
    contributor: &Contributor,
    command: &ContributorCommand,
    context: &Context<'_>,
) -> Result<Option<ContributorEvent>, Rejection> {
    let id = contributor.id;
    match command {
        ContributorCommand::Add { .. } => Err(Rejection::Exists(StreamId::Contributor(id))),
        ContributorCommand::Declare {
            capabilities,
            profile,
        } => {
            self_or_operator(contributor, context.principal)?;
            check_profile(capabilities, profile)?;
            check_driver(&contributor.nature, profile)?;
            keeps_driver(contributor, profile, context.principal)?;
            Ok(Some(ContributorEvent::Declared {
                capabilities: capabilities.clone(),
                profile: profile.clone(),
            }))
        }
        ContributorCommand::Suspend { reason } => {
            let by = deciding_person(rows, context.principal)?;
            if contributor.suspension.is_some() {
                return Err(wrong_phase(id, "suspended", "active"));
            }
            let reason = crate::text::said("reason", reason)?;
            Ok(Some(ContributorEvent::Suspended { by, reason }))
        }
        ContributorCommand::Reinstate { reason } => {
            let by = deciding_person(rows, context.principal)?;
            if contributor.suspension.is_none() {
                return Err(wrong_phase(id, "active", "suspended"));
            }
            let reason = crate::text::said("reason", reason)?;
            Ok(Some(ContributorEvent::Reinstated { by, reason }))
        }
        ContributorCommand::SetPayout { details } => {
            themselves(contributor, context.principal)?;
            Ok(Some(ContributorEvent::PayoutSet { details: *details }))
        }
        ContributorCommand::Introduce { to } => {
            let by = introducer(rows, contributor, *to, context.principal)?;
            Ok(Some(ContributorEvent::Tied {
                by: Some(by),
                task: None,
                tie: Tie::Introduced,
                to: *to,
            }))
        }
        ContributorCommand::RecordResult {
            capability,
            evidence,
            lease,
            task,
            with,
        } => {
            context.engine_only()?;
            let Some(skill) = contributor.skills.get(capability) else {
                // Standing in a capability that is not declared has nowhere to go.
                return Ok(worked_with(id, *evidence, *task, *with));
            };
            let weight = evidence.weight();
            if weight.is_nothing() {
                return Ok(None);
            }
            let half_life_ms = context.policy.half_life();
            Ok(Some(ContributorEvent::StandingChanged {
                algorithm: ALGORITHM.to_owned(),
                capability: capability.clone(),
                evidence: *evidence,
                lease: *lease,
                task: *task,
                track: skill.track.with(weight, context.now, half_life_ms),
                with: *with,
            }))
        }
        ContributorCommand::RecordTie { task, tie, to } => {
            context.engine_only()?;
            if *to == id {
                return Ok(None);
            }
            Ok(Some(ContributorEvent::Tied {
                by: None,
                task: *task,
                tie: *tie,
                to: *to,
            }))
        }
    }
}

/// That something was accepted ties the two, even where no standing comes of it.
fn worked_with(
    id: ContributorId,
    evidence: Evidence,
    task: TaskId,
    with: ContributorId,
) -> Option<ContributorEvent> {
    let has_tied = evidence.is_accepted() && with != id;
    has_tied.then_some(ContributorEvent::Tied {
        by: None,
        task: Some(task),
        tie: Tie::WorkedWith,
        to: with,
    })
}

/// Who introduces the two, if they may: a person apart from both, who has had to do with both or
/// looks after the network. An introduction has to be worth something to who trusts it.
fn introducer(
    rows: &dyn Rows,
    contributor: &Contributor,
    to: ContributorId,
    principal: Principal,
) -> Result<ContributorId, Rejection> {
    let other = rows
        .contributor(to)
        .ok_or(Rejection::NotFound(StreamId::Contributor(to)))?;
    let not_allowed = || Rejection::NotAllowed {
        who: principal.to_string(),
        why: "a person who knows both, or a steward, introduces two others to each other",
    };
    let Principal::Contributor(id) = principal else {
        return Err(not_allowed());
    };
    let by = rows.contributor(id).ok_or_else(not_allowed)?;
    let knows = |it: &Contributor| by.ties.contains_key(&it.id) || it.ties.contains_key(&id);
    let is_steward = rows
        .network()
        .is_some_and(|network| network.stewards.contains(&id));
    let are_three = to != contributor.id && id != contributor.id && id != to;
    let may = by.is_person()
        && by.suspension.is_none()
        && (is_steward || (knows(contributor) && knows(other)));
    if are_three && may {
        return Ok(id);
    }
    Err(not_allowed())
}

fn check_nature(
    rows: &dyn Rows,
    id: ContributorId,
    nature: &Nature,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let Nature::Agent { family, operator } = nature else {
        return Ok(());
    };
    // Nobody is made to answer for an agent by somebody else.
    if context.principal != Principal::Contributor(*operator) {
        return Err(Rejection::NotAllowed {
            who: context.principal.to_string(),
            why: "whoever is to answer for an agent adds it",
        });
    }
    crate::text::required("family", family)?;
    let answers = rows
        .contributor(*operator)
        .is_some_and(Contributor::is_person);
    if *operator == id || !answers {
        return Err(Rejection::invalid(
            "operator",
            "a person of the network answers for an agent",
        ));
    }
    Ok(())
}

fn check_profile(capabilities: &BTreeMap<String, u8>, profile: &Profile) -> Result<(), Rejection> {
    if capabilities.len() > CAPABILITIES_MAX {
        return Err(Rejection::LimitReached {
            what: "capabilities",
            limit: CAPABILITIES_MAX,
        });
    }
    for (capability, level) in capabilities {
        crate::text::required("capability", capability)?;
        if !(1..=8).contains(level) {
            return Err(Rejection::invalid(
                capability,
                "a level from 1 to 8 is expected",
            ));
        }
    }
    let hours = profile.hours;
    if hours.from > 23 || !(1..=24).contains(&hours.hours) {
        return Err(Rejection::invalid(
            "hours",
            "they begin from 0 to 23 and last from 1 to 24",
        ));
    }
    if profile.concurrency == 0 {
        return Err(Rejection::invalid(
            "concurrency",
            "at least one task at a time is expected",
        ));
    }
    Ok(())
}

/// A person needs no driver, and a driver is named.
fn check_driver(nature: &Nature, profile: &Profile) -> Result<(), Rejection> {
    let Some(driver) = &profile.driver else {
        return Ok(());
    };
    if *nature == Nature::Person {
        return Err(Rejection::invalid("driver", "a person works without one"));
    }
    crate::text::required("driver", driver).map(|_| ())
}

/// What an agent is run by is not for the agent to choose: it would choose what it may do.
fn keeps_driver(
    contributor: &Contributor,
    profile: &Profile,
    principal: Principal,
) -> Result<(), Rejection> {
    let is_own = principal == Principal::Contributor(contributor.id);
    if is_own && profile.driver != contributor.profile.driver {
        return Err(Rejection::NotAllowed {
            who: principal.to_string(),
            why: "an agent's driver is changed by its operator",
        });
    }
    Ok(())
}

fn self_or_operator(contributor: &Contributor, principal: Principal) -> Result<(), Rejection> {
    let allowed = match (&contributor.nature, principal) {
        (_, Principal::Contributor(id)) if id == contributor.id => true,
        (Nature::Agent { operator, .. }, Principal::Contributor(id)) => *operator == id,
        (Nature::Person, Principal::Contributor(_)) | (_, Principal::Engine) => false,
    };
    if allowed {
        return Ok(());
    }
    Err(Rejection::NotAllowed {
        who: principal.to_string(),
        why: "a profile is declared by its contributor, or by the operator of an agent",
    })
}

/// Nobody says where somebody else's money goes, and an agent has none of its own.
fn themselves(contributor: &Contributor, principal: Principal) -> Result<(), Rejection> {
    let is_own = principal == Principal::Contributor(contributor.id);
    if is_own && contributor.nature == Nature::Person {
        return Ok(());
    }
    Err(Rejection::NotAllowed {
        who: principal.to_string(),
        why: "where somebody's money goes is said by that person alone",
    })
}

/// A restriction is decided by a person, never by software.
fn deciding_person(rows: &dyn Rows, principal: Principal) -> Result<ContributorId, Rejection> {
    let not_allowed = || Rejection::NotAllowed {
        who: principal.to_string(),
        why: "a person who is a steward decides about suspensions",
    };
    let Principal::Contributor(id) = principal else {
        return Err(not_allowed());
    };
    let is_person = rows.contributor(id).is_some_and(Contributor::is_person);
    let is_steward = rows
        .network()
        .is_some_and(|network| network.stewards.contains(&id));
    if is_person && is_steward {
        Ok(id)
    } else {
        Err(not_allowed())
    }
}

fn wrong_phase(id: ContributorId, is: &'static str, needed: &'static str) -> Rejection {
    Rejection::WrongPhase {
        stream: StreamId::Contributor(id),
        is,
        needed,
    }
}
