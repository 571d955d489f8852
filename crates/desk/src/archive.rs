//! An outcome in one file, for whoever checks it without this network.

use consort_engine::Engine;
use consort_engine::archive::{Export, Written, write};
use consort_engine::checkpoint::Key;
use consort_kernel::outcome::Outcome;
use consort_kernel::task::{DataClass, Phase, Task};
use serde_json::json;

use crate::DeskError;

/// The archive of an outcome as it is now, signed by the network's key. Material above `internal` is held back,
/// with its digest.
pub fn archive(
    engine: &Engine,
    key: &Key,
    outcome: &Outcome,
) -> Result<(Vec<u8>, Written), DeskError> {
    let record = record(outcome, &engine.tasks_of(outcome.id)?).to_string();
    let export = Export {
        outcome: outcome.id,
        record: &record,
        up_to: DataClass::Internal,
    };
    let mut bytes = Vec::new();
    let written = write(engine.store(), engine.artefacts(), key, &export, &mut bytes)?;
    Ok((bytes, written))
}

/// What the outcome came to, in the words of a run's record.
fn record(outcome: &Outcome, tasks: &[Task]) -> serde_json::Value {
    let lines: Vec<serde_json::Value> = tasks
        .iter()
        .map(|task| {
            let paid_minor = match &task.phase {
                Phase::Accepted(_, settlement) => settlement.net.minor(),
                _ => 0,
            };
            json!({
                "key": task.spec.key, "id": task.id, "kind": task.spec.kind,
                "state": task.phase.as_str(),
                "contributor": task.handed().map(|it| json!({ "id": it.lease.holder.id })),
                "lease": task.lease_number, "attempts": task.attempts_total,
                "paid_minor": paid_minor,
            })
        })
        .collect();
    let purse = &outcome.purse;
    let escrow = purse.available.checked_add(purse.held).unwrap_or_default();
    json!({
        "outcome": { "id": outcome.id, "state": outcome.phase.as_str() },
        "tasks": lines,
        "deliverables": [],
        "ledger": {
            "funded_minor": purse.funded.minor(), "paid_minor": purse.paid.minor(),
            "fees_minor": purse.fees.minor(), "refunded_minor": purse.refunded.minor(),
            "escrow_minor": escrow.minor(),
        },
    })
}
