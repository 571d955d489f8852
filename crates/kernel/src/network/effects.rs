//! What follows from the network's events.

use super::{NetworkCommand, NetworkEvent, Switch};
use crate::command::Body;
use crate::effect::Effects;
use crate::id::{NetworkId, TaskId};
use crate::task::TaskCommand;

/// What follows from an event. When payouts go on, what a signature in advance would have accepted
/// meanwhile is looked at again.
pub(crate) fn effects(id: NetworkId, event: &NetworkEvent) -> Effects {
    let mut effects = Effects::default();
    let next_page = |after| Body::Network(id, NetworkCommand::SpreadRelease { after });
    match event {
        NetworkEvent::Released { switch, .. } => match switch {
            Switch::Payouts => effects.reactions.push(next_page(None)),
            Switch::Agents => {}
        },
        NetworkEvent::ReleaseSpread { more, tasks } => {
            let again = |task: &TaskId| Body::Task(*task, TaskCommand::Reconsider);
            effects.reactions.extend(tasks.iter().map(again));
            if *more {
                effects.reactions.push(next_page(tasks.last().copied()));
            }
        }
        NetworkEvent::Founded { .. }
        | NetworkEvent::PolicyChanged { .. }
        | NetworkEvent::Stopped { .. }
        | NetworkEvent::DutiesSet { .. } => {}
    }
    effects
}
