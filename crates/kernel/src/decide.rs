//! The one function that every command goes through, and what each command reads.

use crate::command::{Body, Command, Context, Principal};
use crate::contributor::{ContributorCommand, Nature};
use crate::effect::Effects;
use crate::event::Event;
use crate::id::TaskId;
use crate::money::{Account, Purpose, Transfer};
use crate::network::NetworkCommand;
use crate::organisation::{OrganisationCommand, OrganisationEvent};
use crate::outcome::OutcomeCommand;
use crate::personal::PersonalValue;
use crate::rejection::Rejection;
use crate::state::{Rows, State};
use crate::stream::StreamId;
use crate::task::TaskCommand;
use crate::time::Timestamp;
use crate::{contributor, network, organisation, outcome, task};

/// How a command relies on a row that it does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reliance {
    /// What matters in it must still hold at the commit.
    Guarded,
    /// It never changes in what matters, or may be a little old.
    Advisory,
}

/// Decides a command: events of the streams that it changes, in order, or why not.
///
/// A command that has nothing to change, as a timer that fires late, comes to no events.
///
/// ```
/// use consort_kernel::command::{Body, Command, Context, Principal};
/// use consort_kernel::decide::decide;
/// use consort_kernel::id::{CommandId, ContributorId, NetworkId, OutcomeId, TaskId};
/// use consort_kernel::network::{Network, NetworkCommand, Policy};
/// use consort_kernel::state::{Rows, State};
/// use consort_kernel::stream::StreamId;
/// use consort_kernel::time::Timestamp;
///
/// /// A place where nothing is yet.
/// struct Empty;
///
/// impl Rows for Empty {
///     fn state(&self, _: StreamId) -> Option<&State> {
///         None
///     }
///     fn network(&self) -> Option<&Network> {
///         None
///     }
///     fn tasks_of(&self, _: OutcomeId, _: Option<TaskId>, _: usize) -> Vec<TaskId> {
///         Vec::new()
///     }
///     fn unsigned(&self, _: Option<OutcomeId>, _: Option<TaskId>, _: usize) -> Vec<TaskId> {
///         Vec::new()
///     }
/// }
///
/// let now = Timestamp::from_millis(1_795_226_400_000);
/// let network = NetworkId::new(now, 1);
/// let steward = ContributorId::new(now, 2);
/// let policy = Policy::default();
/// let principal = Principal::Contributor(steward);
/// let found = NetworkCommand::Found { policy: Box::new(policy.clone()), steward };
/// let command = Command {
///     body: Body::Network(network, found),
///     expected: None,
///     id: CommandId::new(now, 3),
///     personal: Vec::new(),
///     principal,
/// };
/// let events = decide(&Empty, &command, &Context { now, principal, policy: &policy })?;
/// assert_eq!(events[0].0, StreamId::Network(network));
/// # Ok::<(), consort_kernel::rejection::Rejection>(())
/// ```
pub fn decide(
    rows: &dyn Rows,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<(StreamId, Event)>, Rejection> {
    check_personal(command)?;
    let target = command.body.target();
    match &command.body {
        Body::Contributor(id, body) => {
            let event = contributor::decide(rows, *id, body, context)?;
            Ok(event
                .map(|event| (target, Event::Contributor(event)))
                .into_iter()
                .collect())
        }
        Body::Network(id, body) => {
            let event = network::decide(rows, *id, body, context)?;
            Ok(event
                .map(|event| (target, Event::Network(event)))
                .into_iter()
                .collect())
        }
        Body::Organisation(id, body) => organisation::decide(rows, *id, body, context)
            .map(|event| vec![(target, Event::Organisation(event))]),
        Body::Outcome(id, body) => outcome::decide(rows, *id, body, context),
        Body::Task(id, body) => task::decide(rows, *id, body, context).map(|events| {
            events
                .into_iter()
                .map(|event| (target, Event::Task(event)))
                .collect()
        }),
    }
}

/// What follows from an event, apart from the state of its stream; `state` is as it is after it.
///
/// ```
/// use consort_kernel::decide::effects;
/// use consort_kernel::digest::Digest;
/// use consort_kernel::event::Event;
/// use consort_kernel::id::{ContributorId, OrganisationId};
/// use consort_kernel::money::{Account, Amount, Asset};
/// use consort_kernel::organisation::OrganisationEvent;
/// use consort_kernel::personal::PersonalValue;
/// use consort_kernel::state::State;
/// use consort_kernel::stream::StreamId;
/// use consort_kernel::time::Timestamp;
///
/// let now = Timestamp::from_millis(1_795_226_400_000);
/// let id = OrganisationId::new(now, 1);
/// let name = PersonalValue {
///     field: "name".to_owned(),
///     salt: Digest::of(b"random bits"),
///     value: "Ada Ltd".to_owned(),
/// };
/// let founded = OrganisationEvent::Founded {
///     name: name.commitment(),
///     owner: ContributorId::new(now, 2),
/// };
/// let deposited = Event::Organisation(OrganisationEvent::Deposited {
///     amount: Amount::from_minor(50_000),
///     asset: Asset::PRACTICE,
///     reference: "opening balance".to_owned(),
/// });
/// let stream = StreamId::Organisation(id);
/// let state = State::apply(None, stream, &Event::Organisation(founded), now)?;
/// let state = State::apply(Some(state), stream, &deposited, now)?;
/// let transfers = effects(&state, &deposited, now).transfers;
/// assert_eq!((transfers[0].from, transfers[0].to), (Account::Clearing, Account::Funds(id)));
/// # Ok::<(), consort_kernel::state::DoesNotFollow>(())
/// ```
pub fn effects(state: &State, event: &Event, at: Timestamp) -> Effects {
    match (state, event) {
        (State::Outcome(outcome), Event::Outcome(event)) => outcome::effects(outcome, event),
        (State::Task(task), Event::Task(event)) => task::effects(task, event, at),
        (State::Organisation(organisation), Event::Organisation(event)) => {
            organisation_effects(organisation.id, event)
        }
        (State::Network(network), Event::Network(event)) => network::effects(network.id, event),
        _ => Effects::default(),
    }
}

fn organisation_effects(id: crate::id::OrganisationId, event: &OrganisationEvent) -> Effects {
    let mut effects = Effects::default();
    match event {
        OrganisationEvent::Founded { .. }
        | OrganisationEvent::RolesSet { .. }
        | OrganisationEvent::RefundTaken { .. } => {}
        OrganisationEvent::Deposited { amount, asset, .. } => effects.transfers.push(Transfer {
            amount: *amount,
            asset: *asset,
            from: Account::Clearing,
            outcome: None,
            purpose: Purpose::Deposit,
            task: None,
            to: Account::Funds(id),
        }),
        OrganisationEvent::Funded {
            amount,
            asset,
            outcome,
        } => {
            effects.transfers.push(Transfer {
                amount: *amount,
                asset: *asset,
                from: Account::Funds(id),
                outcome: Some(*outcome),
                purpose: Purpose::Fund,
                task: None,
                to: Account::Escrow(*outcome),
            });
            let receive = OutcomeCommand::ReceiveFunds {
                amount: *amount,
                asset: *asset,
                funder: id,
            };
            effects.reactions.push(Body::Outcome(*outcome, receive));
        }
    }
    effects
}

/// The rows that a command looks at beside its target and the network, and how it relies on each.
/// `target` is the target's state, once it is known.
///
/// ```
/// use consort_kernel::command::{Body, Command, Principal};
/// use consort_kernel::decide::{Reliance, reads};
/// use consort_kernel::id::{CommandId, ContributorId, TaskId};
/// use consort_kernel::stream::StreamId;
/// use consort_kernel::task::TaskCommand;
/// use consort_kernel::time::Timestamp;
///
/// let now = Timestamp::from_millis(1_795_226_400_000);
/// let who = ContributorId::new(now, 1);
/// let claim = Command {
///     body: Body::Task(TaskId::from_bits(1), TaskCommand::Claim),
///     expected: None,
///     id: CommandId::new(now, 2),
///     personal: Vec::new(),
///     principal: Principal::Contributor(who),
/// };
/// // Once the task is known, its outcome comes to this.
/// assert_eq!(reads(&claim, None), [(StreamId::Contributor(who), Reliance::Guarded)]);
/// ```
pub fn reads(command: &Command, target: Option<&State>) -> Vec<(StreamId, Reliance)> {
    let mut reads = Vec::new();
    let asking = match command.principal {
        Principal::Contributor(id) => Some(StreamId::Contributor(id)),
        Principal::Engine => None,
    };
    reads.extend(asking.map(|stream| (stream, Reliance::Guarded)));
    match &command.body {
        Body::Contributor(_, ContributorCommand::Add { nature, .. }) => {
            if let Nature::Agent { operator, .. } = nature {
                reads.push((StreamId::Contributor(*operator), Reliance::Advisory));
            }
        }
        Body::Contributor(_, ContributorCommand::Introduce { to }) => {
            reads.push((StreamId::Contributor(*to), Reliance::Advisory));
        }
        Body::Organisation(_, OrganisationCommand::Fund { outcome, .. }) => {
            reads.push((StreamId::Outcome(*outcome), Reliance::Advisory));
        }
        Body::Organisation(_, OrganisationCommand::SetRoles { task, who, .. }) => {
            reads.push((StreamId::Contributor(*who), Reliance::Advisory));
            reads.extend(task.map(|task| (StreamId::Task(task), Reliance::Advisory)));
        }
        Body::Network(_, NetworkCommand::SetDuties { who, .. }) => {
            reads.push((StreamId::Contributor(*who), Reliance::Advisory));
        }
        Body::Contributor(..) | Body::Network(..) | Body::Organisation(..) => {}
        Body::Outcome(id, command) => match command {
            OutcomeCommand::Create(charter) => {
                reads.push((
                    StreamId::Organisation(charter.organisation),
                    Reliance::Advisory,
                ));
                let people = charter.escalation.iter().chain([&charter.accountable]);
                reads.extend(
                    people.map(|person| (StreamId::Contributor(*person), Reliance::Advisory)),
                );
            }
            OutcomeCommand::ChangePlan { add, drop, .. } => {
                // New tasks must not be there yet, and needed ones are linked to: a change of
                // either is seen at the commit, for both are written by it. One that is accepted
                // does not change any more.
                let keys = add.iter().flat_map(|spec| {
                    let named = spec.needs.iter().chain(&spec.apart_from);
                    named.chain([&spec.key])
                });
                let tasks = keys
                    .map(|key| TaskId::in_outcome(*id, key))
                    .chain(drop.iter().copied());
                reads.extend(tasks.map(|task| (StreamId::Task(task), Reliance::Advisory)));
            }
            OutcomeCommand::ReceiveFunds { .. }
            | OutcomeCommand::PreApprove(_)
            | OutcomeCommand::RevokePreApproval { .. }
            | OutcomeCommand::Start
            | OutcomeCommand::Pause { .. }
            | OutcomeCommand::Resume { .. }
            | OutcomeCommand::Cancel { .. }
            | OutcomeCommand::SpreadCancellation { .. }
            | OutcomeCommand::SpreadResumption { .. }
            | OutcomeCommand::SettleTask(_)
            | OutcomeCommand::NoteOverdue
            | OutcomeCommand::SignOff(_) => {}
            OutcomeCommand::CloseInAdvance { .. } => {
                if let Some(State::Outcome(outcome)) = target {
                    let by = StreamId::Contributor(outcome.charter.accountable);
                    reads.push((by, Reliance::Guarded));
                }
            }
        },
        Body::Task(_, command) => reads_of_task(command, target, &mut reads),
    }
    reads
}

fn reads_of_task(
    command: &TaskCommand,
    target: Option<&State>,
    reads: &mut Vec<(StreamId, Reliance)>,
) {
    let mut guarded = |stream| reads.push((stream, Reliance::Guarded));
    if let TaskCommand::Offer(decision) = command
        && let Some(chosen) = decision.chosen()
    {
        guarded(StreamId::Contributor(chosen));
    }
    if let TaskCommand::Reassign { to: Some(to), .. } = command {
        guarded(StreamId::Contributor(*to));
    }
    let Some(State::Task(task)) = target else {
        return;
    };
    if needs_outcome(command) {
        guarded(StreamId::Outcome(task.outcome));
    }
    if gives_to_one(command) {
        // Whoever has or did one task of a group may not have another one.
        for other in &task.peers {
            guarded(StreamId::Task(*other));
        }
    }
    if let TaskCommand::AcceptInAdvance { .. } | TaskCommand::Reconsider = command {
        guarded(StreamId::Contributor(task.accountable));
    }
}

/// Whether a command gives a task to somebody who must be able to have it.
const fn gives_to_one(command: &TaskCommand) -> bool {
    matches!(
        command,
        TaskCommand::Claim | TaskCommand::Offer(_) | TaskCommand::Reassign { to: Some(_), .. }
    )
}

/// Whether a reaction lists rows. It must not be decided before the event that asks for it is
/// committed: what others commit meanwhile, on the word of what was before, would be missing.
pub fn lists_rows(command: &Command) -> bool {
    matches!(
        &command.body,
        Body::Outcome(_, OutcomeCommand::SpreadResumption { .. })
            | Body::Network(_, NetworkCommand::SpreadRelease { .. })
    )
}

/// Whether the network's switches must still be as they were when this is committed.
pub fn guards_network(command: &Command) -> bool {
    match &command.body {
        Body::Task(_, command) => {
            needs_outcome(command)
                || matches!(
                    command,
                    TaskCommand::Review(_)
                        | TaskCommand::Submit { .. }
                        | TaskCommand::Reassign { to: Some(_), .. }
                )
        }
        Body::Contributor(
            _,
            ContributorCommand::Suspend { .. }
            | ContributorCommand::Reinstate { .. }
            | ContributorCommand::Introduce { .. },
        ) => true,
        Body::Contributor(..) | Body::Network(..) | Body::Organisation(..) | Body::Outcome(..) => {
            false
        }
    }
}

/// Whether a command to a task depends on its outcome running: nothing is offered, taken or paid
/// while it is paused, and a lease that runs out then is nobody's fault.
const fn needs_outcome(command: &TaskCommand) -> bool {
    match command {
        TaskCommand::Offer(_)
        | TaskCommand::ReportNobody(_)
        | TaskCommand::Claim
        | TaskCommand::Expire { .. }
        | TaskCommand::SignOff(_)
        | TaskCommand::AcceptInAdvance { .. }
        | TaskCommand::Reconsider => true,
        TaskCommand::MeetDependency { .. }
        | TaskCommand::LoseDependency { .. }
        | TaskCommand::Decline
        | TaskCommand::LapseOffer { .. }
        | TaskCommand::KeepApart { .. }
        | TaskCommand::Release { .. }
        | TaskCommand::Ask { .. }
        | TaskCommand::Answer { .. }
        | TaskCommand::Note { .. }
        | TaskCommand::Submit { .. }
        | TaskCommand::RecordChecks { .. }
        | TaskCommand::Review(_)
        | TaskCommand::RequestChanges { .. }
        | TaskCommand::AddChanges { .. }
        | TaskCommand::EscalateOverdue { .. }
        | TaskCommand::Extend { .. }
        | TaskCommand::Reassign { .. }
        | TaskCommand::Fail { .. }
        | TaskCommand::Cancel { .. } => false,
    }
}

/// Personal values must be what the body commits to.
fn check_personal(command: &Command) -> Result<(), Rejection> {
    let committed = match &command.body {
        Body::Contributor(_, ContributorCommand::Add { name, .. })
        | Body::Organisation(_, OrganisationCommand::Found { name, .. }) => Some(*name),
        Body::Contributor(_, ContributorCommand::SetPayout { details }) => Some(*details),
        Body::Contributor(..)
        | Body::Network(..)
        | Body::Organisation(..)
        | Body::Outcome(..)
        | Body::Task(..) => None,
    };
    let given: Vec<_> = command
        .personal
        .iter()
        .map(PersonalValue::commitment)
        .collect();
    if given != committed.into_iter().collect::<Vec<_>>() {
        return Err(Rejection::invalid(
            "personal",
            "the values are not what the body commits to",
        ));
    }
    for value in &command.personal {
        crate::text::required(&value.field, &value.value)?;
        if value.value.len() > crate::personal::VALUE_BYTES_MAX {
            return Err(Rejection::LimitReached {
                what: "bytes of a personal value",
                limit: crate::personal::VALUE_BYTES_MAX,
            });
        }
    }
    Ok(())
}
