//! Accepting: only under a named person's signature, given now or in advance within limits.

use std::collections::BTreeSet;

use super::decide::{Events, wrong_phase};
use super::review::under_judgment;
use super::{Approval, Handed, Phase, Settlement, SignOff, Task, TaskEvent};
use crate::command::Context;
use crate::contributor::Contributor;
use crate::id::ContributorId;
use crate::money::{Amount, Fraction};
use crate::network::{Policy, Switch};
use crate::outcome::is_suspended;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;

/// Signs what was handed in: it is accepted, whole or by the weight of the criteria that are met.
pub(super) fn sign_off(
    rows: &dyn Rows,
    task: &Task,
    sign: &SignOff,
    context: &Context<'_>,
) -> Events {
    let handed = ready_to_sign(rows, task, sign.lease)?;
    let by = signer(rows, task, handed, context)?;
    if handed.submission.content != sign.submission {
        return Err(Rejection::Changed(task.id));
    }
    if !sign.opened.contains(&handed.submission.content) {
        return Err(Rejection::NotOpened {
            missing: vec![handed.submission.content.to_string()],
        });
    }
    let approval = Approval::SignedOff {
        by,
        opened: sign.opened.clone(),
        reason: crate::text::said("reason", &sign.reason)?,
        reviewed_it_too: reviewed_by(handed, by),
    };
    let settlement = settle(task, handed, approval, &sign.unmet, context.policy)?;
    Ok(vec![TaskEvent::Accepted {
        lease: sign.lease,
        settlement,
    }])
}

/// Accepts under a signature given in advance, if one covers the case. Where none does, nothing
/// happens: the task waits for a signature.
pub(super) fn in_advance(
    rows: &dyn Rows,
    task: &Task,
    lease: u64,
    context: &Context<'_>,
) -> Events {
    context.engine_only()?;
    let Phase::Signing(handed) = &task.phase else {
        return Ok(Vec::new());
    };
    let rule = context.policy.review_rule(task.spec.risk);
    if handed.lease.number != lease || !rule.in_advance {
        return Ok(Vec::new());
    }
    let outcome = rows
        .outcome(task.outcome)
        .ok_or(Rejection::NotFound(StreamId::Outcome(task.outcome)))?;
    let amount = handed.lease.agreed;
    let by = outcome.charter.accountable;
    let covering = outcome.pre_approval_for(amount, task.spec.risk, task.spec.gate, context.now);
    // A reviewer who passed it on, or a signer who must be another, wants somebody to look.
    let waits = is_suspended(rows, by)
        || pays(task, handed, by, amount)
        || handed.asks_for_decision()
        || (rule.separate_signer && reviewed_by(handed, by));
    let Some((number, _)) = covering.filter(|_| !waits) else {
        return Ok(Vec::new());
    };
    let handed = ready_to_sign(rows, task, lease)?;
    let approval = Approval::InAdvance {
        by,
        number,
        reviewed_it_too: reviewed_by(handed, by),
    };
    let settlement = settle(task, handed, approval, &[], context.policy)?;
    Ok(vec![TaskEvent::Accepted { lease, settlement }])
}

/// Looks again for a signature given in advance, after a pause or a stop is over. Where something
/// else stops it, nothing happens: its end is another reason to look again, or somebody signs.
pub(super) fn reconsider(rows: &dyn Rows, task: &Task, context: &Context<'_>) -> Events {
    context.engine_only()?;
    let lease = task.handed().map(|handed| handed.lease.number);
    let again = lease.map(|lease| in_advance(rows, task, lease, context));
    Ok(again.and_then(Result::ok).unwrap_or_default())
}

/// What can be signed: the outcome runs, nothing is stopped, the checks hold and the reviews
/// suffice.
fn ready_to_sign<'a>(rows: &dyn Rows, task: &'a Task, lease: u64) -> Result<&'a Handed, Rejection> {
    let handed = under_judgment(task, lease)?;
    let Phase::Signing(_) = &task.phase else {
        return Err(wrong_phase(task, "checked and reviewed"));
    };
    super::claim::outcome_is_running(rows, task)?;
    if rows
        .network()
        .is_some_and(|network| network.stopped.contains(&Switch::Payouts))
    {
        return Err(Rejection::Stopped("payouts"));
    }
    let failed = handed.checks.iter().find(|check| !check.passed);
    if let Some(check) = failed {
        return Err(Rejection::invalid(
            "checks",
            format!("'{}' does not hold", check.criterion),
        ));
    }
    Ok(handed)
}

/// The signer, if they may: the accountable person, who is not paid by it, and who for critical
/// work is not its reviewer.
fn signer(
    rows: &dyn Rows,
    task: &Task,
    handed: &Handed,
    context: &Context<'_>,
) -> Result<ContributorId, Rejection> {
    let by = context.contributor()?;
    let not_allowed = |why| {
        Err(Rejection::NotAllowed {
            who: by.to_string(),
            why,
        })
    };
    let is_person = rows.contributor(by).is_some_and(Contributor::is_person);
    if by != task.accountable || !is_person {
        return not_allowed("only the accountable person of the outcome signs");
    }
    if is_suspended(rows, by) {
        return not_allowed("whoever is suspended signs nothing; a steward can reinstate them");
    }
    if pays(task, handed, by, handed.lease.agreed) {
        return not_allowed("nobody signs for a payment to themselves");
    }
    if reviewed_by(handed, by) && context.policy.review_rule(task.spec.risk).separate_signer {
        return Err(Rejection::RiskNeedsMore {
            risk: task.spec.risk,
            needs: "a signer who is not one of its reviewers",
        });
    }
    Ok(by)
}

fn reviewed_by(handed: &Handed, person: ContributorId) -> bool {
    handed.reviews.iter().any(|review| review.by.id == person)
}

fn pays(task: &Task, handed: &Handed, person: ContributorId, amount: Amount) -> bool {
    let drafter = task.draft.as_ref().map(|(drafter, _)| drafter.payee);
    amount.is_positive() && (handed.lease.holder.payee == person || drafter == Some(person))
}

impl Task {
    /// The lines of the payment that a signature would make under a policy, of which nothing is recorded yet.
    ///
    /// # Errors
    ///
    /// Where nothing waits to be judged.
    pub fn payment(&self, by: ContributorId, policy: &Policy) -> Result<Settlement, Rejection> {
        let handed = under_judgment(self, self.lease_number)?;
        let approval = Approval::SignedOff {
            by,
            opened: Vec::new(),
            reason: String::new(),
            reviewed_it_too: reviewed_by(handed, by),
        };
        settle(self, handed, approval, &[], policy)
    }
}

/// The lines of the payment: what is agreed, by the weight of the criteria that are met.
fn settle(
    task: &Task,
    handed: &Handed,
    approval: Approval,
    unmet: &[String],
    policy: &Policy,
) -> Result<Settlement, Rejection> {
    let criteria = &task.spec.instructions.criteria;
    for key in unmet {
        if !criteria.iter().any(|criterion| criterion.key == *key) {
            return Err(Rejection::invalid(
                "unmet",
                format!("'{key}' is not a criterion"),
            ));
        }
    }
    let judged = handed.reviews.iter().flat_map(|review| &review.unmet);
    let unmet: BTreeSet<String> = judged.chain(unmet).cloned().collect();
    let weigh = |met_only: bool| -> u64 {
        criteria
            .iter()
            .filter(|criterion| !met_only || !unmet.contains(&criterion.key))
            .map(|criterion| u64::from(criterion.weight))
            .sum()
    };
    let (met, total) = (weigh(true), weigh(false).max(1));
    if met == 0 {
        return Err(Rejection::invalid(
            "unmet",
            "no criterion is met: request changes instead",
        ));
    }
    let met_ppm = u32::try_from(u128::from(met) * 1_000_000 / u128::from(total)).unwrap_or(0);
    let gross_minor = i128::from(handed.lease.agreed.minor()) * i128::from(met) / i128::from(total);
    let gross = Amount::from_minor(i64::try_from(gross_minor).expect("a share fits its whole"));
    let (fee, tax) = (share(policy.fee, gross), share(policy.tax, gross));
    let less = |from: Amount, amount: Amount| from.checked_sub(amount).expect("parts of a whole");
    Ok(Settlement {
        approval,
        fee,
        met_ppm,
        net: less(less(gross, fee), tax),
        released: less(task.spec.price, gross),
        tax,
        unmet,
    })
}

fn share(fraction: Fraction, gross: Amount) -> Amount {
    fraction.of(gross)
}
