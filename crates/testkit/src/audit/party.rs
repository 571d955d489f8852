//! Contributors, organisations and the network, as the auditor sees them; and which events the
//! engine alone may cause, and which it may not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::entry::{Entry, number, text};
use super::ledger::Move;
use super::standing::{self, Record};
use super::{Findings, Picture};

/// The classes of material, the most open first.
const CLASSES: [&str; 4] = ["public", "internal", "confidential", "restricted"];

/// What only the engine causes.
const ENGINE_ONLY: [&str; 16] = [
    "task.offered",
    "task.nobody_found",
    "task.offer_lapsed",
    "task.kept_apart",
    "task.lease_expired",
    "task.checked",
    "task.dependency_met",
    "task.cancelled",
    "outcome.funded",
    "outcome.task_settled",
    "outcome.cancellation_spread",
    "outcome.resumption_spread",
    "outcome.became_overdue",
    "contributor.standing_changed",
    "organisation.refund_taken",
    "network.release_spread",
];

/// What the engine causes as well as others: it carries out what a person decided before.
const ENGINE_TOO: [&str; 9] = [
    "contributor.tied",
    "task.opened",
    "task.dependent_linked",
    "task.escalated",
    "task.changes_requested",
    "task.accepted",
    "outcome.closed",
    "outcome.signed_off",
    "outcome.plan_changed",
];

/// A person or an agent.
#[derive(Debug, Default)]
pub(super) struct ContributorModel {
    pub(super) family: Option<String>,
    pub(super) payee: Option<String>,
    pub(super) clearance: usize,
    pub(super) is_suspended: bool,
    pub(super) record: Record,
}

/// An organisation.
#[derive(Debug, Default)]
pub(super) struct OrganisationModel {
    pub(super) owner: String,
    /// What its members do for it.
    pub(super) members: BTreeMap<String, BTreeSet<String>>,
    pub(super) funds: BTreeMap<String, i128>,
}

impl OrganisationModel {
    fn has_role(&self, who: &str, role: &str) -> bool {
        let roles = self.members.get(who);
        roles.is_some_and(|roles| roles.contains(role))
    }

    fn set_roles(&mut self, entry: &Entry<'_>) {
        let roles = entry.data["roles"].as_array().into_iter().flatten();
        let roles = roles.filter_map(Value::as_str).map(str::to_owned).collect();
        // A guest of one task is no member, whatever they do there.
        let roles = match entry.data.get("task") {
            Some(_) => BTreeSet::new(),
            None => roles,
        };
        self.members.insert(entry.text("who").to_owned(), roles);
    }
}

/// The network.
#[derive(Debug, Default)]
pub(super) struct NetworkModel {
    pub(super) stewards: BTreeSet<String>,
    pub(super) stopped: BTreeSet<String>,
    /// The rules in force, and all that ever were, by version.
    pub(super) policy: Value,
    pub(super) policies: BTreeMap<u64, Value>,
}

impl NetworkModel {
    pub(super) fn version(&self) -> u64 {
        self.policy["version"].as_u64().unwrap_or(0)
    }

    pub(super) fn is_stopped(&self, switch: &str) -> bool {
        self.stopped.contains(switch)
    }

    /// The review rule for a risk, under the rules of a version.
    pub(super) fn review_rule(&self, version: u64, risk: &str) -> Value {
        let place = risk_rank(risk);
        self.policies
            .get(&version)
            .map_or(Value::Null, |policy| policy["reviews"][place].clone())
    }
}

pub(super) fn class_rank(class: &str) -> usize {
    CLASSES
        .iter()
        .position(|it| *it == class)
        .unwrap_or(CLASSES.len())
}

pub(super) fn risk_rank(risk: &str) -> usize {
    let risks = ["low", "medium", "high", "critical"];
    risks
        .iter()
        .position(|it| *it == risk)
        .unwrap_or(risks.len())
}

/// Whether the one who asked may cause an event of this kind at all.
pub(super) fn check_principal(entry: &Entry<'_>, findings: &mut Findings) {
    let what = format!("{}.{}", entry.kind, entry.name);
    let engine_only = ENGINE_ONLY.contains(&what.as_str());
    let engine_too = ENGINE_TOO.contains(&what.as_str());
    let holds = if entry.is_by_engine() {
        engine_only || engine_too
    } else {
        !engine_only
    };
    findings.require(holds, 10, || {
        format!(
            "'{what}' of {} was caused by {}",
            entry.stream, entry.principal
        )
    });
}

pub(super) fn take_in_contributor(
    picture: &mut Picture,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    picture.ledger.book(entry, Vec::new(), findings);
    let is_steward =
        picture.network.stewards.contains(entry.principal) && is_person(picture, entry.principal);
    let model = picture
        .contributors
        .entry(entry.stream.to_owned())
        .or_default();
    match entry.name {
        "added" | "declared" => {
            let nature = &entry.data["nature"];
            if entry.name == "added" {
                model.family = nature["agent"]["family"].as_str().map(str::to_owned);
            }
            let profile = &entry.data["profile"];
            model.payee = profile["payee"].as_str().map(str::to_owned);
            model.clearance = class_rank(text(profile, "clearance"));
            model.record.declare(entry);
        }
        "suspended" | "reinstated" => {
            model.is_suspended = entry.name == "suspended";
            let by = entry.text("by");
            findings.require(is_steward && by == entry.principal, 7, || {
                format!(
                    "{} was {} by {by}, who is no steward",
                    entry.stream, entry.name
                )
            });
        }
        "standing_changed" => standing::change(picture, entry, findings),
        "tied" => check_tie(picture, entry, findings),
        _ => {}
    }
}

/// Ties follow from what tasks show; only an introduction is made by somebody.
fn check_tie(picture: &Picture, entry: &Entry<'_>, findings: &mut Findings) {
    let is_introduction = entry.text("tie") == "introduced";
    let by = entry.text("by");
    let holds = if is_introduction {
        let is_apart = by != entry.stream && by != entry.text("to");
        by == entry.principal && is_apart && is_person(picture, by)
    } else {
        entry.is_by_engine() && picture.tasks.contains_key(entry.text("task"))
    };
    findings.require(holds && entry.stream != entry.text("to"), 10, || {
        format!(
            "{} was tied to {} by {}",
            entry.stream,
            entry.text("to"),
            entry.principal
        )
    });
}

pub(super) fn is_person(picture: &Picture, id: &str) -> bool {
    picture
        .contributors
        .get(id)
        .is_some_and(|contributor| contributor.family.is_none())
}

pub(super) fn take_in_organisation(
    picture: &mut Picture,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    let id = entry.stream;
    let minor = number(&entry.data["amount"]);
    let asset = entry.text("asset").to_owned();
    let outcome = entry.text("outcome").to_owned();
    let funds = format!("funds:{id}");
    let model = picture.organisations.entry(id.to_owned()).or_default();
    let has = |role| entry.principal == model.owner || model.has_role(entry.principal, role);
    let (is_owner, moves_money) = (has("owner"), has("owner") || has("finance"));
    if entry.name == "roles_set" {
        model.set_roles(entry);
        let is_steward = picture.network.stewards.contains(entry.principal);
        let holds = entry.text("by") == entry.principal
            && (is_owner || is_steward)
            && is_person(picture, entry.principal);
        findings.require(holds, 10, || {
            format!("{} named members of {id} and may not", entry.principal)
        });
        picture.ledger.book(entry, Vec::new(), findings);
        return;
    }
    let balance = model.funds.entry(asset.clone()).or_default();
    let moved = |purpose, from: String, to: String| Move {
        purpose,
        from,
        to,
        asset: asset.clone(),
        minor,
    };
    let (expected, has_right) = match entry.name {
        "founded" => {
            entry.text("owner").clone_into(&mut model.owner);
            model.funds.clear();
            (Vec::new(), true)
        }
        "deposited" => {
            *balance += minor;
            let transfer = moved("deposit", "clearing".to_owned(), funds);
            (vec![transfer], moves_money)
        }
        "funded" => {
            *balance -= minor;
            let key = (outcome.clone(), id.to_owned());
            *picture.promised.entry(key).or_default() += minor;
            let transfer = moved("fund", funds, format!("escrow:{outcome}"));
            (vec![transfer], moves_money)
        }
        _ => {
            *balance += minor;
            (Vec::new(), entry.is_by_engine())
        }
    };
    findings.require(has_right, 10, || {
        format!("{} moved the money of {id}", entry.principal)
    });
    picture.ledger.book(entry, expected, findings);
}

pub(super) fn take_in_network(picture: &mut Picture, entry: &Entry<'_>, findings: &mut Findings) {
    picture.ledger.book(entry, Vec::new(), findings);
    let network = &mut picture.network;
    let is_steward = network.stewards.contains(entry.principal);
    match entry.name {
        "founded" => {
            network.stewards.insert(entry.text("steward").to_owned());
        }
        "duties_set" => {
            let who = entry.text("who").to_owned();
            let duties = entry.data["duties"].as_array().into_iter().flatten();
            if duties.into_iter().any(|duty| duty == "steward") {
                network.stewards.insert(who);
            } else {
                network.stewards.remove(&who);
            }
        }
        "stopped" => {
            network.stopped.insert(entry.text("switch").to_owned());
        }
        "released" => {
            network.stopped.remove(entry.text("switch"));
        }
        _ => {}
    }
    if let Some(version) = entry.data["policy"]["version"].as_u64() {
        findings.require(version == network.version() + 1, 8, || {
            format!("the rules go from {} to {version}", network.version())
        });
        network.policy = entry.data["policy"].clone();
        network.policies.insert(version, network.policy.clone());
    }
    let is_follow_up = entry.name == "release_spread";
    findings.require(
        entry.name == "founded" || is_follow_up || is_steward,
        10,
        || format!("{} changed the network and is no steward", entry.principal),
    );
}
