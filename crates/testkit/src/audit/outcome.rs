//! Outcomes as the auditor sees them: money, counts, and who decided what.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entry::{Entry, count, moment, number, texts};
use super::ledger::Move;
use super::party::is_person;
use super::{Findings, Picture};

/// An outcome.
#[derive(Debug, Default)]
pub(super) struct OutcomeModel {
    pub(super) phase: &'static str,
    pub(super) accountable: String,
    pub(super) asset: String,
    pub(super) has_playbook: bool,
    pub(super) deadline_ms: Option<i64>,
    /// Pre-approvals in force.
    pub(super) terms: BTreeMap<u64, Value>,
    pub(super) purse: BTreeMap<&'static str, i128>,
    pub(super) progress: BTreeMap<&'static str, i128>,
    pub(super) plan: u64,
}

impl OutcomeModel {
    pub(super) fn is_closed(&self) -> bool {
        ["delivered", "cancelled"].contains(&self.phase)
    }

    fn add(&mut self, sum: &'static str, minor: i128) {
        *self.purse.entry(sum).or_default() += minor;
    }

    fn count(&mut self, what: &'static str, number: i128) {
        *self.progress.entry(what).or_default() += number;
    }

    pub(super) fn sum(&self, sum: &str) -> i128 {
        self.purse.get(sum).copied().unwrap_or(0)
    }

    fn counted(&self, what: &str) -> i128 {
        self.progress.get(what).copied().unwrap_or(0)
    }
}

/// What the accountable person alone decides.
const DECISIONS: [&str; 6] = [
    "pre_approved",
    "pre_approval_revoked",
    "started",
    "paused",
    "resumed",
    "cancel_requested",
];

pub(super) fn take_in(picture: &mut Picture, entry: &Entry<'_>, findings: &mut Findings) {
    let id = entry.stream;
    let mut model = picture.outcomes.remove(id).unwrap_or_default();
    let decides = entry.principal == model.accountable && is_person(picture, entry.principal);
    if DECISIONS.contains(&entry.name) {
        findings.require(decides, 10, || {
            format!("{} decided '{}' of {id}", entry.principal, entry.name)
        });
    }
    let mut expected = Vec::new();
    match entry.name {
        "created" => create(&mut model, entry),
        "funded" => {
            let minor = number(&entry.data["amount"]);
            model.add("funded", minor);
            model.add("available", minor);
            let key = (id.to_owned(), entry.text("funder").to_owned());
            let promised = picture.promised.entry(key).or_default();
            *promised -= minor;
            findings.require(*promised >= 0, 3, || {
                format!("{id} took in {minor} that nobody gave")
            });
        }
        "pre_approved" => {
            let terms = entry.data["terms"].clone();
            model.terms.insert(count(&entry.data["number"]), terms);
        }
        "pre_approval_revoked" => {
            model.terms.remove(&count(&entry.data["number"]));
        }
        "plan_changed" => change_plan(&mut model, entry, decides, findings),
        "started" | "resumed" => model.phase = "running",
        "paused" => model.phase = "paused",
        "cancel_requested" => model.phase = "cancelling",
        "became_overdue" => {
            let is_late = model.deadline_ms.is_some_and(|due| entry.at_ms >= due);
            findings.require(is_late, 4, || format!("{id} became overdue too early"));
        }
        "task_settled" => settle(picture, &mut model, entry, findings),
        "signed_off" => sign(&model, entry, decides, findings),
        "closed" => expected = close(&mut model, entry),
        _ => {}
    }
    let is_closing = entry.name == "closed";
    picture.ledger.book(entry, expected, findings);
    if is_closing {
        check_closed(picture, &model, entry, findings);
    }
    check_purse(&model, id, findings);
    picture.outcomes.insert(id.to_owned(), model);
}

fn create(model: &mut OutcomeModel, entry: &Entry<'_>) {
    model.phase = "planned";
    entry.text("accountable").clone_into(&mut model.accountable);
    entry.text("asset").clone_into(&mut model.asset);
    model.has_playbook = entry.data["playbook"].is_object();
    model.deadline_ms = moment(&entry.data["deadline"]);
}

fn change_plan(
    model: &mut OutcomeModel,
    entry: &Entry<'_>,
    decides: bool,
    findings: &mut Findings,
) {
    let held = number(&entry.data["held"]);
    model.add("available", -held);
    model.add("held", held);
    model.count("open", number(&entry.data["added"]));
    model.count("weight", number(&entry.data["weight"]));
    model.plan += 1;
    let is_carried_on = entry.is_by_engine() && model.has_playbook;
    findings.require(decides || is_carried_on, 10, || {
        format!("{} changed the plan of {}", entry.principal, entry.stream)
    });
    findings.require(count(&entry.data["plan"]) == model.plan, 8, || {
        format!("the plan of {} is not version {}", entry.stream, model.plan)
    });
}

fn settle(
    picture: &mut Picture,
    model: &mut OutcomeModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    let id = entry.text("task");
    let minor = |field: &str| number(&entry.data[field]);
    for (sum, field) in [
        ("paid", "paid"),
        ("fees", "fee"),
        ("taxes", "tax"),
        ("available", "released"),
    ] {
        model.add(sum, minor(field));
        model.add("held", -minor(field));
    }
    model.count("open", -1);
    let weight = minor("weight");
    let was_accepted = entry.data["accepted"] == Value::Bool(true);
    if was_accepted {
        model.count("accepted", 1);
        model.count("accepted_weight", weight);
    } else {
        model.count("dropped", 1);
        model.count("weight", -weight);
    }
    let Some(task) = picture.tasks.get_mut(id) else {
        return findings.add(3, format!("{id} was settled and never opened"));
    };
    findings.require(!task.is_counted, 2, || format!("{id} was settled twice"));
    task.is_counted = true;
    let lines = ["paid", "fee", "tax", "released"].map(minor);
    findings.require(task.settled == Some((was_accepted, lines)), 3, || {
        format!(
            "{id} settled as {:?}, and was counted as {lines:?}",
            task.settled
        )
    });
}

fn sign(model: &OutcomeModel, entry: &Entry<'_>, decides: bool, findings: &mut Findings) {
    let has_opened = !texts(&entry.data["conclusion"]["opened"]).is_empty();
    let named = entry.text("by") == model.accountable;
    let holds = match entry.data["in_advance"].as_u64() {
        None => decides && has_opened && named,
        Some(number) => model.terms.get(&number).is_some_and(|terms| {
            let in_time = moment(&terms["expires_at"]).is_some_and(|until| entry.at_ms <= until);
            let covers = terms["risk_max"] == "medium" && terms["gates"] == Value::Bool(true);
            named && in_time && covers && entry.is_by_engine()
        }),
    };
    findings.require(holds, 5, || {
        format!(
            "{} was signed by {} without the right to",
            entry.stream, entry.principal
        )
    });
    let is_done = model.counted("open") == 0 && model.counted("accepted") > 0;
    findings.require(is_done && model.phase == "running", 10, || {
        format!("{} was signed while it is {}", entry.stream, model.phase)
    });
}

fn close(model: &mut OutcomeModel, entry: &Entry<'_>) -> Vec<Move> {
    let was_delivered = entry.data["delivered"] == Value::Bool(true);
    model.phase = if was_delivered {
        "delivered"
    } else {
        "cancelled"
    };
    let refunds = entry.data["refunds"].as_object();
    let mut expected = Vec::new();
    for (funder, amount) in refunds.into_iter().flatten() {
        let minor = number(amount);
        model.add("available", -minor);
        model.add("refunded", minor);
        expected.push(Move {
            purpose: "refund",
            from: format!("escrow:{}", entry.stream),
            to: format!("funds:{funder}"),
            asset: model.asset.clone(),
            minor,
        });
    }
    expected
}

/// A closed outcome has nothing left: no escrow, no hold, no open task.
fn check_closed(
    picture: &Picture,
    model: &OutcomeModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    let id = entry.stream;
    let promised: i128 = picture
        .promised
        .iter()
        .filter(|((outcome, _), _)| outcome == id)
        .map(|(_, minor)| minor)
        .sum();
    // What was given meanwhile is on its way, and goes back when it arrives.
    let left = picture
        .ledger
        .balance(&format!("escrow:{id}"), &model.asset)
        - promised;
    findings.require(left == 0, 3, || {
        format!("{left} is left in {id}, which closed")
    });
    let open = picture
        .tasks
        .iter()
        .find(|(_, task)| task.outcome == id && !task.is_settled());
    findings.require(open.is_none() && model.counted("open") == 0, 3, || {
        format!("{id} closed with {open:?} open")
    });
    for sum in ["available", "held"] {
        findings.require(model.sum(sum) == 0, 3, || {
            format!("{id} closed with {} {sum}", model.sum(sum))
        });
    }
}

fn check_purse(model: &OutcomeModel, id: &str, findings: &mut Findings) {
    let parts = ["available", "held", "paid", "fees", "taxes", "refunded"];
    let sum: i128 = parts.iter().map(|part| model.sum(part)).sum();
    findings.require(sum == model.sum("funded"), 3, || {
        format!("the purse of {id} does not add up: {:?}", model.purse)
    });
    let is_short = model.purse.values().any(|minor| *minor < 0);
    findings.require(!is_short, 3, || {
        format!("the purse of {id} is short: {:?}", model.purse)
    });
}
