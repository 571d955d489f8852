//! Decisions about the network.

use std::collections::BTreeSet;

use super::{Duty, Network, NetworkCommand, NetworkEvent, STEWARDS_MAX, Switch};
use crate::command::{Context, Principal};
use crate::id::{ContributorId, NetworkId, TaskId};
use crate::outcome::FAN_OUT_PAGE;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;

/// Decides a command to the network; nothing comes of one that changes nothing.
pub fn decide(
    rows: &dyn Rows,
    id: NetworkId,
    command: &NetworkCommand,
    context: &Context<'_>,
) -> Result<Option<NetworkEvent>, Rejection> {
    let Some(network) = rows.network().filter(|network| network.id == id) else {
        return match command {
            NetworkCommand::Found { policy, steward } => {
                policy.check()?;
                Ok(Some(NetworkEvent::Founded {
                    policy: policy.clone(),
                    steward: *steward,
                }))
            }
            NetworkCommand::ChangePolicy { .. }
            | NetworkCommand::Stop { .. }
            | NetworkCommand::Release { .. }
            | NetworkCommand::SetDuties { .. }
            | NetworkCommand::SpreadRelease { .. } => {
                Err(Rejection::NotFound(StreamId::Network(id)))
            }
        };
    };
    let event = match command {
        NetworkCommand::Found { .. } => return Err(Rejection::Exists(StreamId::Network(id))),
        NetworkCommand::SpreadRelease { after } => {
            context.engine_only()?;
            return Ok(spread(rows, network, *after));
        }
        NetworkCommand::ChangePolicy { policy, reason } => {
            steward_only(network, context.principal)?;
            policy.check()?;
            if policy.version != network.policy.version + 1 {
                return Err(Rejection::invalid(
                    "version",
                    format!("the next version is {}", network.policy.version + 1),
                ));
            }
            NetworkEvent::PolicyChanged {
                policy: policy.clone(),
                reason: given_reason(reason)?,
            }
        }
        NetworkCommand::Stop { reason, switch } => {
            steward_only(network, context.principal)?;
            NetworkEvent::Stopped {
                reason: given_reason(reason)?,
                switch: *switch,
            }
        }
        NetworkCommand::SetDuties {
            duties,
            reason,
            who,
        } => {
            steward_only(network, context.principal)?;
            can_do(rows, network, *who, duties)?;
            NetworkEvent::DutiesSet {
                duties: duties.clone(),
                reason: given_reason(reason)?,
                who: *who,
            }
        }
        NetworkCommand::Release { reason, switch } => {
            steward_only(network, context.principal)?;
            NetworkEvent::Released {
                reason: given_reason(reason)?,
                switch: *switch,
            }
        }
    };
    Ok(Some(event))
}

/// Whether somebody can have these duties: a person, and one steward at least is left.
fn can_do(
    rows: &dyn Rows,
    network: &Network,
    who: ContributorId,
    duties: &BTreeSet<Duty>,
) -> Result<(), Rejection> {
    let contributor = rows
        .contributor(who)
        .ok_or(Rejection::NotFound(StreamId::Contributor(who)))?;
    if !contributor.is_person() {
        return Err(Rejection::invalid("who", "a person looks after a network"));
    }
    let mut stewards = network.stewards.clone();
    stewards.remove(&who);
    if stewards.is_empty() && !duties.contains(&Duty::Steward) {
        return Err(Rejection::invalid(
            "duties",
            "one steward at least looks after a network: name another first",
        ));
    }
    if stewards.len() >= STEWARDS_MAX || network.operators.len() >= STEWARDS_MAX {
        return Err(Rejection::LimitReached {
            what: "stewards and operators",
            limit: STEWARDS_MAX,
        });
    }
    Ok(())
}

/// Reaches the next page of tasks that only lack a signature, in whatever outcome.
fn spread(rows: &dyn Rows, network: &Network, after: Option<TaskId>) -> Option<NetworkEvent> {
    if network.stopped.contains(&Switch::Payouts) {
        return None;
    }
    let tasks = rows.unsigned(None, after, FAN_OUT_PAGE);
    let more = tasks.len() == FAN_OUT_PAGE;
    (!tasks.is_empty()).then_some(NetworkEvent::ReleaseSpread { more, tasks })
}

fn steward_only(network: &Network, principal: Principal) -> Result<(), Rejection> {
    match principal {
        Principal::Contributor(id) if network.stewards.contains(&id) => Ok(()),
        Principal::Contributor(_) | Principal::Engine => Err(Rejection::NotAllowed {
            who: principal.to_string(),
            why: "only a steward of the network changes its rules and switches",
        }),
    }
}

fn given_reason(reason: &str) -> Result<String, Rejection> {
    crate::text::said("reason", reason)
}
