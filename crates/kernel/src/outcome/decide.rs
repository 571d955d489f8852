//! Decisions about an outcome.

use super::{
    Charter, Outcome, OutcomeCommand, OutcomeEvent, PRE_APPROVALS_MAX, Phase, PreApproval, close,
    plan, resume,
};
use crate::command::Context;
use crate::contributor::Contributor;
use crate::event::Event;
use crate::id::{ContributorId, OutcomeId};
use crate::organisation::Role;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;
use crate::task::{CRITERIA_MAX, Risk};

/// The events of several streams that one decision makes; all are of the outcome's shard.
pub(super) type Decision = Result<Events, Rejection>;

/// Events of several streams, in order.
pub(super) type Events = Vec<(StreamId, Event)>;

/// Decides a command to an outcome.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each variant: a table, not a flow"
)]
pub fn decide(
    rows: &dyn Rows,
    id: OutcomeId,
    command: &OutcomeCommand,
    context: &Context<'_>,
) -> Decision {
    let one = |event| Ok(vec![(StreamId::Outcome(id), Event::Outcome(event))]);
    let Some(outcome) = rows.outcome(id) else {
        let OutcomeCommand::Create(charter) = command else {
            return Err(Rejection::NotFound(StreamId::Outcome(id)));
        };
        check_charter(rows, charter, context)?;
        return one(OutcomeEvent::Created(charter.clone()));
    };
    match command {
        OutcomeCommand::Create(_) => Err(Rejection::Exists(StreamId::Outcome(id))),
        OutcomeCommand::ReceiveFunds {
            amount,
            asset,
            funder,
        } => {
            context.engine_only()?;
            if *asset != outcome.charter.asset {
                return Err(Rejection::OtherAsset {
                    expected: outcome.charter.asset,
                    given: *asset,
                });
            }
            Ok(close::received(outcome, *amount, *funder))
        }
        OutcomeCommand::PreApprove(terms) => one(pre_approve(rows, outcome, terms, context)?),
        OutcomeCommand::RevokePreApproval { number, reason } => {
            accountable(rows, outcome, context)?;
            if !outcome.pre_approvals.contains_key(number) {
                return Err(Rejection::invalid(
                    "number",
                    "there is no such pre-approval in force",
                ));
            }
            let reason = crate::text::said("reason", reason)?;
            one(OutcomeEvent::PreApprovalRevoked {
                number: *number,
                reason,
            })
        }
        OutcomeCommand::ChangePlan { add, drop, reason } => {
            plan::change(rows, outcome, add, drop, reason, context)
        }
        OutcomeCommand::Start => one(start(rows, outcome, context)?),
        OutcomeCommand::Pause { reason } => {
            accountable(rows, outcome, context)?;
            match outcome.phase {
                Phase::Running => one(OutcomeEvent::Paused {
                    reason: crate::text::said("reason", reason)?,
                }),
                Phase::Planned
                | Phase::Paused
                | Phase::Cancelling
                | Phase::Delivered
                | Phase::Cancelled => Err(outcome.wrong_phase("running")),
            }
        }
        OutcomeCommand::Resume { reason } => {
            signatory(rows, outcome, context)?;
            match outcome.phase {
                Phase::Paused => one(OutcomeEvent::Resumed {
                    reason: crate::text::said("reason", reason)?,
                }),
                Phase::Planned
                | Phase::Running
                | Phase::Cancelling
                | Phase::Delivered
                | Phase::Cancelled => Err(outcome.wrong_phase("paused")),
            }
        }
        OutcomeCommand::Cancel { reason } => {
            accountable(rows, outcome, context)?;
            close::cancel(outcome, reason)
        }
        OutcomeCommand::SpreadCancellation { after } => {
            context.engine_only()?;
            Ok(close::spread(rows, outcome, *after))
        }
        OutcomeCommand::SpreadResumption { after } => {
            context.engine_only()?;
            Ok(resume::spread(rows, outcome, *after))
        }
        OutcomeCommand::SettleTask(settled) => {
            context.engine_only()?;
            Ok(close::settle(outcome, settled))
        }
        OutcomeCommand::NoteOverdue => {
            context.engine_only()?;
            let passed = outcome
                .charter
                .deadline
                .is_some_and(|deadline| context.now >= deadline);
            if outcome.overdue || !passed {
                return Ok(Vec::new());
            }
            one(OutcomeEvent::BecameOverdue {})
        }
        OutcomeCommand::SignOff(conclusion) => {
            let by = signatory(rows, outcome, context)?;
            close::sign_off(outcome, by, conclusion)
        }
        OutcomeCommand::CloseInAdvance { number } => {
            context.engine_only()?;
            close::close_in_advance(rows, outcome, *number, context)
        }
    }
}

/// The accountable person, if that is who asks.
pub(super) fn accountable(
    rows: &dyn Rows,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<ContributorId, Rejection> {
    let by = context.contributor()?;
    let is_person = rows.contributor(by).is_some_and(Contributor::is_person);
    if by == outcome.charter.accountable && is_person {
        return Ok(by);
    }
    Err(Rejection::NotAllowed {
        who: context.principal.to_string(),
        why: "only the accountable person of the outcome decides this",
    })
}

/// The accountable person, if that is who asks and they are not suspended: who is may stop things,
/// but neither set them going nor sign.
pub(super) fn signatory(
    rows: &dyn Rows,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<ContributorId, Rejection> {
    let by = accountable(rows, outcome, context)?;
    if is_suspended(rows, by) {
        return Err(Rejection::NotAllowed {
            who: by.to_string(),
            why: "whoever is suspended decides and signs nothing; a steward can reinstate them",
        });
    }
    Ok(by)
}

/// Whether somebody is suspended.
pub(crate) fn is_suspended(rows: &dyn Rows, who: ContributorId) -> bool {
    rows.contributor(who)
        .is_some_and(|contributor| contributor.suspension.is_some())
}

fn check_charter(
    rows: &dyn Rows,
    charter: &Charter,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let Some(organisation) = rows.organisation(charter.organisation) else {
        return Err(Rejection::NotFound(StreamId::Organisation(
            charter.organisation,
        )));
    };
    let by = context.contributor()?;
    let may_state = organisation.has_role(by, &[Role::Owner, Role::Orchestrator]);
    if !may_state && by != charter.accountable {
        return Err(Rejection::NotAllowed {
            who: context.principal.to_string(),
            why: "an outcome is stated by an owner or orchestrator of its organisation, or its accountable person",
        });
    }
    for person in charter.escalation.iter().chain([&charter.accountable]) {
        if !rows
            .contributor(*person)
            .is_some_and(Contributor::is_person)
        {
            return Err(Rejection::invalid(
                "accountable",
                "a person of the network answers for an outcome and is asked when it is stuck",
            ));
        }
    }
    for (field, text) in [("title", &charter.title), ("objective", &charter.objective)] {
        crate::text::required(field, text)?;
    }
    crate::text::bounded("narrative", &charter.narrative)?;
    if charter.criteria.is_empty() {
        return Err(Rejection::invalid(
            "criteria",
            "at least one criterion says when it is done",
        ));
    }
    crate::task::check_criteria(&charter.criteria, CRITERIA_MAX)?;
    if charter
        .baseline
        .as_ref()
        .is_some_and(|baseline| baseline.confidence_percent > 100)
    {
        return Err(Rejection::invalid(
            "confidence_percent",
            "0 to 100 is expected",
        ));
    }
    if charter
        .deadline
        .is_some_and(|deadline| deadline <= context.now)
    {
        return Err(Rejection::invalid("deadline", "it has passed already"));
    }
    Ok(())
}

fn pre_approve(
    rows: &dyn Rows,
    outcome: &Outcome,
    terms: &PreApproval,
    context: &Context<'_>,
) -> Result<OutcomeEvent, Rejection> {
    signatory(rows, outcome, context)?;
    match outcome.phase {
        Phase::Planned | Phase::Running | Phase::Paused => {}
        Phase::Cancelling | Phase::Delivered | Phase::Cancelled => {
            return Err(outcome.wrong_phase("planned, running or paused"));
        }
    }
    crate::text::said("reason", &terms.reason)?;
    if terms.expires_at <= context.now {
        return Err(Rejection::invalid("expires_at", "it has passed already"));
    }
    if !context.policy.review_rule(terms.risk_max).in_advance {
        return Err(Rejection::RiskNeedsMore {
            risk: terms.risk_max,
            needs: "a sign-off given after the work was seen",
        });
    }
    if outcome.pre_approvals_given as usize >= PRE_APPROVALS_MAX {
        return Err(Rejection::LimitReached {
            what: "pre-approvals",
            limit: PRE_APPROVALS_MAX,
        });
    }
    debug_assert!(
        terms.risk_max < Risk::Critical,
        "the policy's check refuses such a rule"
    );
    Ok(OutcomeEvent::PreApproved {
        number: outcome.pre_approvals_given + 1,
        terms: Box::new(terms.clone()),
    })
}

fn start(
    rows: &dyn Rows,
    outcome: &Outcome,
    context: &Context<'_>,
) -> Result<OutcomeEvent, Rejection> {
    signatory(rows, outcome, context)?;
    if outcome.phase != Phase::Planned {
        return Err(outcome.wrong_phase("planned"));
    }
    if outcome.progress.open == 0 {
        return Err(Rejection::invalid(
            "plan",
            "there is no task yet: add one first",
        ));
    }
    let uncovered: Vec<String> = outcome
        .charter
        .criteria
        .iter()
        .map(|criterion| criterion.key.clone())
        .filter(|key| !outcome.served.contains_key(key))
        .collect();
    if uncovered.is_empty() {
        Ok(OutcomeEvent::Started {})
    } else {
        Err(Rejection::NotCovered {
            criteria: uncovered,
        })
    }
}
