//! Decisions about the network.

use super::{Network, NetworkCommand, NetworkEvent};
use crate::command::{Context, Principal};
use crate::id::NetworkId;
use crate::rejection::Rejection;
use crate::stream::StreamId;

/// Decides a command to the network.
pub fn decide(
    network: Option<&Network>,
    id: NetworkId,
    command: &NetworkCommand,
    context: &Context<'_>,
) -> Result<NetworkEvent, Rejection> {
    let Some(network) = network else {
        return match command {
            NetworkCommand::Found { policy, steward } => {
                policy.check()?;
                Ok(NetworkEvent::Founded {
                    policy: policy.clone(),
                    steward: *steward,
                })
            }
            NetworkCommand::ChangePolicy { .. }
            | NetworkCommand::Stop { .. }
            | NetworkCommand::Release { .. } => Err(Rejection::NotFound(StreamId::Network(id))),
        };
    };
    if matches!(command, NetworkCommand::Found { .. }) {
        return Err(Rejection::Exists(StreamId::Network(id)));
    }
    steward_only(network, context.principal)?;
    match command {
        NetworkCommand::Found { .. } => Err(Rejection::Exists(StreamId::Network(id))),
        NetworkCommand::ChangePolicy { policy, reason } => {
            policy.check()?;
            if policy.version != network.policy.version + 1 {
                return Err(Rejection::invalid(
                    "version",
                    format!("the next version is {}", network.policy.version + 1),
                ));
            }
            Ok(NetworkEvent::PolicyChanged {
                policy: policy.clone(),
                reason: given_reason(reason)?,
            })
        }
        NetworkCommand::Stop { reason, switch } => Ok(NetworkEvent::Stopped {
            reason: given_reason(reason)?,
            switch: *switch,
        }),
        NetworkCommand::Release { reason, switch } => Ok(NetworkEvent::Released {
            reason: given_reason(reason)?,
            switch: *switch,
        }),
    }
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
    crate::text::required("reason", reason)
}
