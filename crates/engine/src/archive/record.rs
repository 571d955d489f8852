//! `record.json`: what the outcome is said to have come to, compared with its events.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::log::Checkpoint;
use consort_kernel::outcome::Outcome;
use consort_kernel::task::{Phase, Task};
use serde_json::{Value, json};

use super::RECORD;
use super::report::Problems;

/// The digests of what the record says was delivered.
pub(super) fn deliverables(record: &Value) -> BTreeSet<Digest> {
    let list = record["deliverables"].as_array();
    let digests = list.into_iter().flatten();
    digests
        .filter_map(|one| one["sha256"].as_str()?.parse().ok())
        .collect()
}

/// Compares a record with what the events came to.
pub(super) fn compare(
    record: &Value,
    outcome: &Outcome,
    tasks: &BTreeMap<TaskId, Task>,
    checkpoint: &Checkpoint,
    problems: &mut Problems,
) {
    let mut expect = |what: String, said: &Value, is: Value| {
        if *said != is {
            let text = format!("it says that {what} is {said}, and the events give {is}");
            problems.add(RECORD, text);
        }
    };
    let said = &record["outcome"];
    expect("outcome.id".to_owned(), &said["id"], json!(outcome.id));
    let state = json!(outcome.phase.as_str());
    expect("outcome.state".to_owned(), &said["state"], state);
    let said = &record["ledger"];
    for (name, is) in ledger(outcome) {
        expect(format!("ledger.{name}"), &said[name], is);
    }
    let nothing = Value::Null;
    let lines = record["tasks"].as_array().map_or(&[][..], Vec::as_slice);
    let count = json!(lines.len());
    let lines: BTreeMap<&str, &Value> = lines
        .iter()
        .filter_map(|line| Some((line["id"].as_str()?, line)))
        .collect();
    expect("the number of tasks".to_owned(), &count, json!(tasks.len()));
    for task in tasks.values() {
        let line = lines.get(task.id.to_string().as_str());
        let line = line.copied().unwrap_or(&nothing);
        for (pointer, is) in facts(task) {
            let said = line.pointer(pointer).unwrap_or(&nothing);
            expect(format!("{pointer} of {}", task.id), said, is);
        }
    }
    if record["events"] == json!(checkpoint.size) {
        let root = json!(checkpoint.root);
        expect("log_root".to_owned(), &record["log_root"], root);
    }
}

/// What a record says of an outcome's money.
fn ledger(outcome: &Outcome) -> [(&'static str, Value); 5] {
    let purse = &outcome.purse;
    let escrow = purse.available.minor().saturating_add(purse.held.minor());
    [
        ("funded_minor", json!(purse.funded.minor())),
        ("paid_minor", json!(purse.paid.minor())),
        ("fees_minor", json!(purse.fees.minor())),
        ("refunded_minor", json!(purse.refunded.minor())),
        ("escrow_minor", json!(escrow)),
    ]
}

/// What a record says of a task, and where in the task's line.
fn facts(task: &Task) -> [(&'static str, Value); 7] {
    let paid = match &task.phase {
        Phase::Accepted(_, settlement) => settlement.net.minor(),
        Phase::Blocked
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Leased(_)
        | Phase::Checking(_)
        | Phase::Reviewing(_)
        | Phase::Signing(_)
        | Phase::Failed { .. }
        | Phase::Cancelled { .. } => 0,
    };
    let holder = task.handed().map(|handed| handed.lease.holder.id);
    [
        ("/key", json!(task.spec.key)),
        ("/kind", json!(task.spec.kind)),
        ("/state", json!(task.phase.as_str())),
        ("/lease", json!(task.lease_number)),
        ("/attempts", json!(task.attempts_total)),
        ("/paid_minor", json!(paid)),
        ("/contributor/id", json!(holder)),
    ]
}
