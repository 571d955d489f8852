//! Standing as the auditor sees it: every change rests on something that a task shows, counts once,
//! and comes to the numbers that the auditor finds by itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::entry::{Entry, count, moment, number, text};
use super::task::TaskModel;
use super::{Findings, Picture};

/// The rule that is checked here.
const ALGORITHM: &str = "standing/1";
/// How far the kernel's whole numbers may be from those computed here, in millionths of a result.
const TOLERANCE: f64 = 60.0;
/// In how many steps evidence halves.
const STEPS: f64 = 64.0;

/// Something that a task shows about who did it.
#[derive(Debug)]
pub(super) struct Shown {
    contributor: String,
    task: String,
    lease: u64,
    evidence: Value,
    /// The position of the event that shows it.
    position: u64,
}

/// What a contributor's record says about one capability.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Track {
    as_of_ms: i64,
    bad: f64,
    good: f64,
}

/// What is declared: the capabilities, with their tracks, and the position of the declaration.
#[derive(Debug, Default)]
pub(super) struct Record {
    declared_at: u64,
    tracks: BTreeMap<String, Track>,
}

impl Record {
    /// Takes in a declaration. Tracks are kept of what is declared again.
    pub(super) fn declare(&mut self, entry: &Entry<'_>) {
        self.declared_at = entry.position;
        let before = std::mem::take(&mut self.tracks);
        let declared = entry.data["capabilities"].as_object();
        for capability in declared.into_iter().flatten().map(|(key, _)| key) {
            let new = Track {
                as_of_ms: entry.at_ms,
                ..Track::default()
            };
            let track = before.get(capability).copied().unwrap_or(new);
            self.tracks.insert(capability.clone(), track);
        }
    }
}

/// Notes what an event of a task shows; `task` is as it was before the event.
pub(super) fn show(picture: &mut Picture, task: &TaskModel, entry: &Entry<'_>) {
    let cause = &entry.data["cause"];
    let mut shown: Vec<(&str, Value)> = Vec::new();
    match entry.name {
        "accepted" => {
            let evidence = json!({ "accepted": entry.data["settlement"]["met_ppm"] });
            if let Some(drafter) = &task.drafter {
                shown.push((&drafter.id, evidence.clone()));
            }
            shown.push((&task.holder.id, evidence));
        }
        "changes_requested" => {
            let is_rejected = entry.data["to_another"] == Value::Bool(true);
            let kind = if is_rejected { "rejected" } else { "sent_back" };
            shown.push((&task.holder.id, json!({ kind: cause })));
        }
        "lease_expired" => shown.push((&task.holder.id, json!({ "lease_expired": cause }))),
        "failed" if entry.data["performer"].is_array() => {
            let cause = &entry.data["performer"][1];
            shown.push((&task.holder.id, json!({ "failed": cause })));
        }
        _ => {}
    }
    for (contributor, evidence) in shown {
        if weigh(&evidence) != (0.0, 0.0) {
            picture.shown.push(Shown {
                contributor: contributor.to_owned(),
                task: entry.stream.to_owned(),
                lease: task.lease,
                evidence,
                position: entry.position,
            });
        }
    }
}

/// For and against, in millionths of a result.
fn weigh(evidence: &Value) -> (f64, f64) {
    let fields = evidence.as_object();
    let Some((kind, value)) = fields.and_then(|fields| fields.iter().next()) else {
        return (0.0, 0.0);
    };
    if kind == "accepted" {
        let met = value.as_f64().unwrap_or(0.0);
        return (met, 1e6 - met);
    }
    let whole = match kind.as_str() {
        "failed" | "rejected" => 1e6,
        "lease_expired" | "sent_back" => 5e5,
        _ => 0.0,
    };
    let share = match value.as_str() {
        Some("capability") => 1.0,
        Some("communication") => 0.25,
        _ => 0.0,
    };
    (0.0, whole * share)
}

/// A change of standing: it rests on what a task showed, once, and comes to the right numbers.
pub(super) fn change(picture: &mut Picture, entry: &Entry<'_>, findings: &mut Findings) {
    let id = entry.stream;
    let (task, evidence) = (entry.text("task"), &entry.data["evidence"]);
    let lease = count(&entry.data["lease"]);
    let place = picture.shown.iter().position(|shown| {
        shown.contributor == id
            && shown.task == task
            && shown.lease == lease
            && shown.evidence == *evidence
    });
    match place {
        Some(place) => {
            picture.shown.swap_remove(place);
        }
        None => findings.add(
            7,
            format!("the standing of {id} changed by {evidence}, which {task} does not show"),
        ),
    }
    let known = picture.tasks.get(task);
    let capability = entry.text("capability");
    let is_right = known.is_some_and(|known| {
        text(&known.spec, "capability") == capability && known.accountable == entry.text("with")
    });
    findings.require(is_right && entry.text("algorithm") == ALGORITHM, 7, || {
        format!("the standing of {id} changed in '{capability}' by {task}")
    });
    let half_life = picture.network.policies.get(&entry.policy);
    let half_life_ms = half_life.map_or(0, |policy| number(&policy["half_life_ms"]));
    let record = picture.contributors.entry(id.to_owned()).or_default();
    let Some(track) = record.record.tracks.get_mut(capability) else {
        return findings.add(7, format!("{id} has no '{capability}' to stand in"));
    };
    let given = &entry.data["track"];
    let after = moved(*track, entry.at_ms, half_life_ms, weigh(evidence));
    *track = Track {
        as_of_ms: moment(&given["as_of"]).unwrap_or(i64::MIN),
        bad: approximate(number(&given["bad"])),
        good: approximate(number(&given["good"])),
    };
    let is_close = (after.good - track.good).abs() <= TOLERANCE
        && (after.bad - track.bad).abs() <= TOLERANCE
        && (after.as_of_ms - track.as_of_ms).abs() <= 1;
    findings.require(is_close, 7, || {
        format!("the standing of {id} is {track:?} after {evidence}, and should be {after:?}")
    });
}

/// A track as it is after evidence that came at a moment.
fn moved(track: Track, at_ms: i64, half_life_ms: i128, (good, bad): (f64, f64)) -> Track {
    let elapsed_ms = i128::from(at_ms - track.as_of_ms).max(0);
    let steps = elapsed_ms * 64 / half_life_ms.max(1);
    let passed_ms = i64::try_from(steps * half_life_ms / 64).unwrap_or(i64::MAX);
    let left = (-approximate(steps) / STEPS).exp2();
    Track {
        as_of_ms: track.as_of_ms.saturating_add(passed_ms),
        bad: track.bad * left + bad,
        good: track.good * left + good,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the numbers of a run are far below 2^53"
)]
fn approximate(number: i128) -> f64 {
    number as f64
}

/// With no reaction waiting, everything that was shown is taken in. What is not declared has no
/// record, and a declaration meanwhile may have taken it away for a time.
pub(super) fn all_taken_in(picture: &mut Picture, findings: &mut Findings) {
    for shown in std::mem::take(&mut picture.shown) {
        let capability = picture
            .tasks
            .get(&shown.task)
            .map(|task| text(&task.spec, "capability").to_owned());
        let record = picture.contributors.get(&shown.contributor);
        let could = record.zip(capability).is_some_and(|(it, capability)| {
            it.record.declared_at < shown.position && it.record.tracks.contains_key(&capability)
        });
        findings.require(!could, 7, || {
            format!(
                "{} shows {} about {}, whose standing does not say so",
                shown.task, shown.evidence, shown.contributor
            )
        });
    }
}
