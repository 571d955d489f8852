//! Decisions about an organisation: who its members are, and what becomes of its money.

use std::collections::BTreeSet;

use super::{DEPOSIT_MAX, MEMBERS_MAX, Organisation, OrganisationCommand, OrganisationEvent, Role};
use crate::command::{Context, Principal};
use crate::contributor::Contributor;
use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};
use crate::money::{Amount, Asset};
use crate::outcome::FUNDERS_MAX;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;

/// Decides a command to an organisation.
pub fn decide(
    rows: &dyn Rows,
    id: OrganisationId,
    command: &OrganisationCommand,
    context: &Context<'_>,
) -> Result<OrganisationEvent, Rejection> {
    let Some(organisation) = rows.organisation(id) else {
        return match command {
            OrganisationCommand::Found { name, owner } => Ok(OrganisationEvent::Founded {
                name: *name,
                owner: *owner,
            }),
            OrganisationCommand::Deposit { .. }
            | OrganisationCommand::Fund { .. }
            | OrganisationCommand::SetRoles { .. }
            | OrganisationCommand::TakeRefund { .. } => {
                Err(Rejection::NotFound(StreamId::Organisation(id)))
            }
        };
    };
    match command {
        OrganisationCommand::Found { .. } => Err(Rejection::Exists(StreamId::Organisation(id))),
        OrganisationCommand::Deposit {
            amount,
            asset,
            reference,
        } => {
            moves_money(organisation, context.principal)?;
            can_be_kept(organisation, *amount, *asset)?;
            let reference = crate::text::said("reference", reference)?;
            Ok(OrganisationEvent::Deposited {
                amount: *amount,
                asset: *asset,
                reference,
            })
        }
        OrganisationCommand::Fund {
            amount,
            asset,
            outcome,
        } => {
            moves_money(organisation, context.principal)?;
            positive(*amount)?;
            takes_funds(rows, id, *outcome, *asset)?;
            has_funds(organisation, *amount, *asset)?;
            Ok(OrganisationEvent::Funded {
                amount: *amount,
                asset: *asset,
                outcome: *outcome,
            })
        }
        OrganisationCommand::SetRoles {
            reason,
            roles,
            task,
            who,
        } => {
            let wanted = (*who, roles, *task);
            set_roles(rows, organisation, context.principal, wanted, reason)
        }
        OrganisationCommand::TakeRefund {
            amount,
            asset,
            outcome,
        } => {
            context.engine_only()?;
            Ok(OrganisationEvent::RefundTaken {
                amount: *amount,
                asset: *asset,
                outcome: *outcome,
            })
        }
    }
}

fn set_roles(
    rows: &dyn Rows,
    organisation: &Organisation,
    principal: Principal,
    (who, roles, task): (ContributorId, &BTreeSet<Role>, Option<TaskId>),
    reason: &str,
) -> Result<OrganisationEvent, Rejection> {
    let by = names_members(rows, organisation, principal)?;
    can_be_member(rows, organisation, who, roles)?;
    if let Some(task) = task {
        can_be_guest(rows, organisation.id, task, roles)?;
    }
    Ok(OrganisationEvent::RolesSet {
        by,
        reason: crate::text::said("reason", reason)?,
        roles: roles.clone(),
        task,
        who,
    })
}

fn has_funds(organisation: &Organisation, needed: Amount, asset: Asset) -> Result<(), Rejection> {
    let available = organisation.funds_of(asset);
    if needed <= available {
        return Ok(());
    }
    Err(Rejection::NotEnoughMoney {
        account: format!("funds:{}", organisation.id),
        asset,
        available,
        needed,
    })
}

fn moves_money(organisation: &Organisation, principal: Principal) -> Result<(), Rejection> {
    match principal {
        Principal::Contributor(id) if organisation.has_role(id, &[Role::Owner, Role::Finance]) => {
            Ok(())
        }
        Principal::Contributor(_) | Principal::Engine => Err(Rejection::NotAllowed {
            who: principal.to_string(),
            why: "an owner of the organisation, or who does its finance, moves its money",
        }),
    }
}

/// Who says what its members do: an owner, or a steward of the network where no owner is left to ask.
fn names_members(
    rows: &dyn Rows,
    organisation: &Organisation,
    principal: Principal,
) -> Result<ContributorId, Rejection> {
    let not_allowed = || Rejection::NotAllowed {
        who: principal.to_string(),
        why: "an owner of the organisation, or a steward, says what its members do",
    };
    let Principal::Contributor(id) = principal else {
        return Err(not_allowed());
    };
    let by = rows.contributor(id);
    let may_decide = by.is_some_and(|it| it.is_person() && it.suspension.is_none());
    let is_steward = rows
        .network()
        .is_some_and(|network| network.stewards.contains(&id));
    if may_decide && (is_steward || organisation.has_role(id, &[Role::Owner])) {
        return Ok(id);
    }
    Err(not_allowed())
}

/// Whether somebody can have these roles.
fn can_be_member(
    rows: &dyn Rows,
    organisation: &Organisation,
    who: ContributorId,
    roles: &BTreeSet<Role>,
) -> Result<(), Rejection> {
    let contributor = rows
        .contributor(who)
        .ok_or(Rejection::NotFound(StreamId::Contributor(who)))?;
    check_nature(contributor, roles)?;
    if who == organisation.owner && !roles.contains(&Role::Owner) {
        return Err(Rejection::invalid(
            "roles",
            "whoever founded an organisation stays an owner of it",
        ));
    }
    let is_known =
        organisation.members.contains_key(&who) || organisation.guests.contains_key(&who);
    let is_new = !roles.is_empty() && !is_known;
    if is_new && organisation.members.len() + organisation.guests.len() >= MEMBERS_MAX {
        return Err(Rejection::LimitReached {
            what: "members",
            limit: MEMBERS_MAX,
        });
    }
    Ok(())
}

/// Whether somebody can have these roles for this task alone. A task never changes its organisation, so an
/// older view of it will do.
fn can_be_guest(
    rows: &dyn Rows,
    id: OrganisationId,
    task: TaskId,
    roles: &BTreeSet<Role>,
) -> Result<(), Rejection> {
    if rows.task(task).is_none_or(|it| it.organisation != id) {
        return Err(Rejection::NotFound(StreamId::Task(task)));
    }
    if roles.is_empty() {
        return Err(Rejection::invalid(
            "roles",
            "whoever has no role has none for a task either: leave the task out",
        ));
    }
    match roles.iter().find(|role| !role.is_for_one_task()) {
        Some(role) => Err(Rejection::invalid(
            "roles",
            format!("nobody is {} for one task alone", role.name()),
        )),
        None => Ok(()),
    }
}

fn check_nature(contributor: &Contributor, roles: &BTreeSet<Role>) -> Result<(), Rejection> {
    match roles.iter().find(|role| role.is_for_people()) {
        Some(role) if !contributor.is_person() => Err(Rejection::invalid(
            "roles",
            format!("a person is needed as {}", role.name()),
        )),
        _ => Ok(()),
    }
}

/// Whether the outcome can take the money. What leaves the organisation has to arrive: a refusal
/// afterwards would strand it in escrow. An outcome neither goes away nor changes its asset, so an
/// older view of it will do; a race for the last places of the funders does no harm.
fn takes_funds(
    rows: &dyn Rows,
    funder: OrganisationId,
    outcome: OutcomeId,
    asset: Asset,
) -> Result<(), Rejection> {
    let outcome = rows
        .outcome(outcome)
        .ok_or(Rejection::NotFound(StreamId::Outcome(outcome)))?;
    if asset != outcome.charter.asset {
        return Err(Rejection::OtherAsset {
            expected: outcome.charter.asset,
            given: asset,
        });
    }
    if outcome.funders.len() >= FUNDERS_MAX && !outcome.funders.contains_key(&funder) {
        return Err(Rejection::LimitReached {
            what: "funders",
            limit: FUNDERS_MAX,
        });
    }
    Ok(())
}

/// Money comes in from outside here alone, so this bound keeps every later sum within 64 bits.
fn can_be_kept(organisation: &Organisation, amount: Amount, asset: Asset) -> Result<(), Rejection> {
    positive(amount)?;
    let sum = organisation.funds_of(asset).checked_add(amount);
    if amount > DEPOSIT_MAX || sum.is_none() {
        return Err(Rejection::invalid(
            "amount",
            format!("at most {DEPOSIT_MAX} minor units are set aside at a time"),
        ));
    }
    Ok(())
}

fn positive(amount: Amount) -> Result<(), Rejection> {
    if amount.is_positive() {
        return Ok(());
    }
    Err(Rejection::invalid("amount", "more than zero is expected"))
}
