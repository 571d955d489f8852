//! The rows beside the feed: states, leases, timers, acceptances and refusals, compared with what
//! the events come to.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::effect::Acceptance;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;
use consort_store::{StateRow, Store};
use serde_json::Value;

use super::entry::{count, number, text};
use super::{Findings, Picture};

/// The one command that may be rejected when it follows from an event: a signature in advance
/// that does not fit any more leaves the task waiting for a signature.
const MAY_BE_REFUSED: &str = "accept_in_advance";

/// How many states are read at a time.
const PAGE: usize = 1_000;

/// The states of the streams that have new events.
pub(super) fn compare(
    picture: &Picture,
    store: &dyn Store,
    touched: &BTreeSet<String>,
    findings: &mut Findings,
) {
    let streams: Vec<StreamId> = touched.iter().filter_map(|id| id.parse().ok()).collect();
    let mut rows = Vec::new();
    for page in streams.chunks(PAGE) {
        let Ok(found) = store.load(page) else {
            return findings.add(8, "the states cannot be read");
        };
        rows.extend(found);
    }
    findings.require(rows.len() == touched.len(), 8, || {
        format!("{} of {} states are there", rows.len(), touched.len())
    });
    let is_accepted = |id: &String| picture.tasks.get(id).is_some_and(|task| task.is_accepted);
    if touched.iter().any(is_accepted) {
        compare_acceptances(picture, store, touched, findings);
    }
    for row in rows {
        let id = row.stream.to_string();
        let version = picture.versions.get(&id).map(|(version, _)| *version);
        findings.require(Some(row.version) == version, 8, || {
            format!(
                "the state of {id} has version {} and not {version:?}",
                row.version
            )
        });
        let Ok(body) = serde_json::from_str::<Value>(&row.body) else {
            findings.add(8, format!("the state of {id} is not JSON"));
            continue;
        };
        compare_task(picture, store, &row, &body["task"], findings);
        compare_outcome(picture, &row, &body["outcome"], findings);
        compare_party(picture, &id, &body, findings);
    }
}

fn compare_task(
    picture: &Picture,
    store: &dyn Store,
    row: &StateRow,
    body: &Value,
    findings: &mut Findings,
) {
    let id = row.stream.to_string();
    let (Some(task), StreamId::Task(stored)) = (picture.tasks.get(&id), row.stream) else {
        return;
    };
    let parent = row.parent.map(|parent| parent.to_string());
    let unmet: Vec<&String> = task.unmet.iter().collect();
    let stored_unmet = body["unmet"].as_array().map_or(0, Vec::len);
    let is_same = row.status == task.phase
        && parent.as_ref() == Some(&task.outcome)
        && count(&body["lease_number"]) == task.lease
        && count(&body["offer_number"]) == task.offers
        && stored_unmet == unmet.len()
        && count(&body["unnamed"]) == task.unnamed
        && phase_word(&body["phase"]) == task.phase;
    findings.require(is_same, 8, || {
        format!(
            "{id} is {} after its events, and its state is {body}",
            task.phase
        )
    });
    let lease = store.lease(stored).ok().flatten().map(|(number, _)| number);
    let expected = (task.phase == "leased").then_some(task.lease);
    findings.require(lease == expected, 2, || {
        format!("the lease of {id} is {lease:?}, and its events say {expected:?}")
    });
}

fn phase_word(phase: &Value) -> &str {
    let name = phase.as_object().and_then(|fields| fields.keys().next());
    phase
        .as_str()
        .or(name.map(String::as_str))
        .unwrap_or_default()
}

/// The acceptances of the tasks that have new events, and how many there are of all.
fn compare_acceptances(
    picture: &Picture,
    store: &dyn Store,
    touched: &BTreeSet<String>,
    findings: &mut Findings,
) {
    let Ok(all) = store.acceptances(None, usize::MAX) else {
        return findings.add(2, "the acceptances cannot be read");
    };
    let accepted = u64::try_from(all.len()).unwrap_or(u64::MAX);
    findings.require(accepted == picture.accepted, 2, || {
        format!(
            "there are {accepted} acceptances of {} tasks",
            picture.accepted
        )
    });
    let mut by_task: BTreeMap<String, Vec<Acceptance>> = BTreeMap::new();
    for one in all {
        by_task.entry(one.task.to_string()).or_default().push(one);
    }
    for id in touched {
        let Some(task) = picture.tasks.get(id).filter(|task| task.is_accepted) else {
            continue;
        };
        let of_task = by_task.get(id).map_or(&[][..], Vec::as_slice);
        let holds = match of_task {
            [one] => {
                one.lease == task.lease
                    && one.submission.to_string() == task.handed.submission
                    && one.approver.to_string() == task.accountable
            }
            _ => false,
        };
        findings.require(holds, 2, || {
            format!(
                "{id} has the acceptances {of_task:?}, under lease {}",
                task.lease
            )
        });
    }
}

fn compare_outcome(picture: &Picture, row: &StateRow, body: &Value, findings: &mut Findings) {
    let id = row.stream.to_string();
    let Some(outcome) = picture.outcomes.get(&id) else {
        return;
    };
    let sums = [
        "available",
        "fees",
        "funded",
        "held",
        "paid",
        "refunded",
        "taxes",
    ];
    let counts = ["accepted", "accepted_weight", "dropped", "open", "weight"];
    let is_same = row.status == outcome.phase
        && text(body, "phase") == outcome.phase
        && count(&body["plan_version"]) == outcome.plan
        && sums
            .iter()
            .all(|sum| number(&body["purse"][*sum]) == outcome.sum(sum))
        && counts.iter().all(|what| {
            let ours = outcome.progress.get(what).copied().unwrap_or(0);
            number(&body["progress"][*what]) == ours
        })
        && body["pre_approvals"].as_object().map(serde_json::Map::len) == Some(outcome.terms.len());
    findings.require(is_same, 8, || {
        format!("{id} comes to {outcome:?}, and its state is {body}")
    });
}

fn compare_party(picture: &Picture, id: &str, body: &Value, findings: &mut Findings) {
    if let Some(contributor) = picture.contributors.get(id) {
        let body = &body["contributor"];
        let is_same = body["suspension"].is_object() == contributor.is_suspended
            && super::party::class_rank(text(&body["profile"], "clearance"))
                == contributor.clearance
            && body["nature"]["agent"]["family"].as_str() == contributor.family.as_deref();
        findings.require(is_same, 8, || {
            format!("{id} comes to {contributor:?}, and its state is {body}")
        });
    }
    if let Some(organisation) = picture.organisations.get(id) {
        let body = &body["organisation"];
        let funds: BTreeMap<String, i128> = body["funds"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(asset, minor)| (asset.clone(), number(minor)))
            .collect();
        findings.require(funds == organisation.funds, 8, || {
            format!("{id} comes to {organisation:?}, and its state is {body}")
        });
    }
    if id.starts_with("net_") {
        let body = &body["network"];
        let version = body["policy"]["version"].as_u64();
        let stopped = body["stopped"].as_array().map(Vec::len);
        let is_same = version == Some(picture.network.version())
            && stopped == Some(picture.network.stopped.len());
        findings.require(is_same, 8, || format!("the network's state is {body}"));
    }
}

/// Whatever runs out has a timer: an offer, a lease, a review.
pub(super) fn compare_timers(picture: &Picture, store: &dyn Store, findings: &mut Findings) {
    let end_of_time = Timestamp::from_millis(i64::MAX);
    let Ok(timers) = store.due(end_of_time, usize::MAX) else {
        return findings.add(2, "the timers cannot be read");
    };
    let timers: BTreeSet<(String, &str, u64)> = timers
        .iter()
        .map(|timer| (timer.stream.to_string(), timer.kind.as_str(), timer.number))
        .collect();
    for (id, task) in &picture.tasks {
        let waits_for_decision = task.asked.is_some() || task.nobody_found;
        let (kind, number) = match task.phase {
            "offered" => ("offer", task.offers),
            "leased" => ("lease", task.lease),
            "checking" | "reviewing" | "signing" => ("review", task.lease),
            "ready" if waits_for_decision => ("review", task.lease),
            _ => continue,
        };
        let has_timer = timers.contains(&(id.clone(), kind, number));
        findings.require(has_timer, 2, || {
            format!("{id} is {}, and nothing ends {kind} {number}", task.phase)
        });
    }
}

/// What follows from an event is not refused.
pub(super) fn compare_refusals(store: &dyn Store, seen: &mut usize, findings: &mut Findings) {
    let Ok(refusals) = store.refusals(usize::MAX) else {
        return findings.add(1, "the refusals cannot be read");
    };
    for refusal in refusals.iter().skip(*seen) {
        let body: Value = serde_json::from_str(&refusal.body).unwrap_or_default();
        let may_be = body["body"]["task"][1][MAY_BE_REFUSED].is_object();
        findings.require(may_be, 1, || {
            format!(
                "what follows from an event was refused ({}): {body}",
                refusal.why
            )
        });
    }
    *seen = refusals.len();
}
