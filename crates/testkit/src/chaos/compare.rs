//! What was acknowledged, held against what the database has.
//!
//! It reads the feed as plain JSON and shares no code with what wrote it. The auditor looks at the rules of the
//! feed itself; here it is about what people and programs outside were told.

use std::collections::BTreeMap;

use consort_store::{Store, TransferQuery};
use serde_json::Value;

use super::acknowledged::{Acknowledged, Hold, Life};
use super::stage::PRICE;

/// How many rows are read at a time.
const PAGE: usize = 10_000;
/// Events that end a hold.
const ENDS: &[&str] = &["submitted", "released", "lease_expired"];

/// What the record says of a task.
#[derive(Debug, Default)]
struct Recorded {
    opened: u64,
    /// Who claimed it, under which lease, in order.
    claimed: Vec<(String, u64)>,
    /// Who holds it, as far as it was read.
    held: Option<u64>,
    submitted: Vec<u64>,
    /// Who reviewed it, under which lease.
    reviewed: Vec<(String, u64)>,
    accepted: Vec<u64>,
    /// How many rows say that it is accepted.
    acceptances: u64,
    /// What was paid for it, each payment.
    paid: Vec<i64>,
}

/// The record, task by task, with what is wrong in itself.
#[derive(Debug, Default)]
pub(super) struct Record {
    tasks: BTreeMap<String, Recorded>,
    /// What all transfers come to, by asset and account.
    balances: BTreeMap<(String, String), i128>,
    pub(super) events: u64,
    pub(super) transfers: u64,
    pub(super) found: Vec<String>,
}

impl Record {
    /// Reads all of it.
    pub(super) fn read(store: &dyn Store) -> anyhow::Result<Self> {
        let mut record = Self::default();
        loop {
            let rows = store.feed(record.events, PAGE)?;
            let Some(last) = rows.last() else {
                break;
            };
            record.events = last.position;
            for row in &rows {
                record.take_in(&serde_json::from_str(&row.event.body)?);
            }
        }
        for acceptance in store.acceptances(None, usize::MAX)? {
            let task = acceptance.task.to_string();
            record.tasks.entry(task).or_default().acceptances += 1;
        }
        record.read_transfers(store)?;
        let kept = store.balances()?;
        let kept = kept.iter().map(|((account, asset), amount)| {
            let key = (asset.to_string(), account.to_string());
            (key, i128::from(amount.minor()))
        });
        record.compare_balances(&kept.collect());
        Ok(record)
    }

    fn read_transfers(&mut self, store: &dyn Store) -> anyhow::Result<()> {
        let mut query = TransferQuery {
            limit: PAGE,
            ..TransferQuery::default()
        };
        loop {
            let rows = store.transfers(&query)?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            query.after = last.position;
            for row in &rows {
                let transfer = &row.write.transfer;
                let [from, to, asset] = [
                    transfer.from.to_string(),
                    transfer.to.to_string(),
                    transfer.asset.to_string(),
                ];
                let minor = transfer.amount.minor();
                self.transfer(&row.write.stream.to_string(), [&from, &to, &asset], minor);
            }
        }
    }

    /// Books a transfer that a stream's event led to.
    fn transfer(&mut self, stream: &str, [from, to, asset]: [&str; 3], minor: i64) {
        self.transfers += 1;
        for (account, minor) in [(from, -i128::from(minor)), (to, i128::from(minor))] {
            let key = (asset.to_owned(), account.to_owned());
            *self.balances.entry(key).or_default() += minor;
        }
        if to.starts_with("payable:") {
            let task = self.tasks.entry(stream.to_owned()).or_default();
            task.paid.push(minor);
        }
    }

    /// What the database keeps has to be what its transfers come to, and in each asset nothing in all.
    fn compare_balances(&mut self, kept: &BTreeMap<(String, String), i128>) {
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for ((asset, _), minor) in kept {
            *sums.entry(asset).or_default() += minor;
        }
        for (asset, sum) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
            self.found.push(format!("all of {asset} comes to {sum}"));
        }
        let moved = |it: &BTreeMap<(String, String), i128>| {
            let moved = it.iter().filter(|(_, minor)| **minor != 0);
            moved.map(|(key, minor)| (key.clone(), *minor)).collect()
        };
        let (kept, ours): (BTreeMap<_, _>, BTreeMap<_, _>) = (moved(kept), moved(&self.balances));
        if kept != ours {
            let what = format!("balances are {kept:?}, and the transfers come to {ours:?}");
            self.found.push(what);
        }
    }

    /// Takes in one event, as it is stored.
    fn take_in(&mut self, event: &Value) {
        let Some((name, data)) = event["event"]["task"]
            .as_object()
            .and_then(|it| it.iter().next())
        else {
            return;
        };
        let id = event["stream"].as_str().unwrap_or_default();
        let task = self.tasks.entry(id.to_owned()).or_default();
        let lease = number(&data["lease"]);
        match name.as_str() {
            "opened" => task.opened += 1,
            "claimed" => {
                if let Some(held) = task.held {
                    let what =
                        format!("{id} was claimed under {lease} while it was held under {held}");
                    self.found.push(what);
                }
                let last = task.claimed.last().map_or(0, |(_, last)| *last);
                if lease <= last {
                    let what = format!("{id} was claimed under {lease} after {last}");
                    self.found.push(what);
                }
                let who = data["holder"]["id"].as_str().unwrap_or_default();
                task.claimed.push((who.to_owned(), lease));
                task.held = Some(lease);
            }
            "reviewed" => {
                let who = data["review"]["by"]["id"].as_str().unwrap_or_default();
                task.reviewed.push((who.to_owned(), lease));
            }
            "accepted" => task.accepted.push(lease),
            name if ENDS.contains(&name) => {
                if task.held != Some(lease) {
                    let held = task.held;
                    let what =
                        format!("{id}: {name} came under {lease}, and it was held under {held:?}");
                    self.found.push(what);
                }
                task.held = None;
                if name == "submitted" {
                    task.submitted.push(lease);
                }
            }
            _ => {}
        }
    }

    /// Compares what was acknowledged with it; gives everything that is wrong.
    pub(super) fn compare(mut self, acknowledged: &Acknowledged) -> Vec<String> {
        let mut found = std::mem::take(&mut self.found);
        for (id, life) in &acknowledged.lives {
            let nothing = Recorded::default();
            let task = self.tasks.get(id).unwrap_or(&nothing);
            found.extend(lost(id, life, task));
            found.extend(overlaps(id, &life.holds));
        }
        for (id, task) in &self.tasks {
            found.extend(paid_wrongly(id, task));
        }
        found
    }
}

/// What of a life was acknowledged and is not there.
fn lost(id: &str, life: &Life, task: &Recorded) -> Vec<String> {
    let mut found = Vec::new();
    if life.is_created && task.opened != 1 {
        found.push(format!(
            "{id} was created, and opened {} times",
            task.opened
        ));
    }
    for Hold { who, lease, .. } in &life.holds {
        if !task.claimed.contains(&(who.clone(), *lease)) {
            found.push(format!(
                "{id} was given to {who} under {lease}, and is not on record"
            ));
        }
    }
    for lease in &life.handed_in {
        if !task.submitted.contains(lease) {
            found.push(format!(
                "{id} was handed in under {lease}, and is not on record"
            ));
        }
    }
    if let Some(review) = &life.reviewed
        && !task.reviewed.contains(review)
    {
        found.push(format!(
            "{id} was reviewed as {review:?}, and is not on record"
        ));
    }
    if let Some(lease) = life.accepted
        && (task.accepted != [lease] || task.acceptances != 1)
    {
        found.push(format!(
            "{id} was accepted under {lease}; on record are {:?}, and {} acceptances",
            task.accepted, task.acceptances
        ));
    }
    found
}

/// Two who held a task at a time, by the clock of those whom it was given to.
fn overlaps(id: &str, holds: &[Hold]) -> Vec<String> {
    let mut holds: Vec<&Hold> = holds.iter().collect();
    holds.sort_by_key(|hold| hold.lease);
    let pairs = holds.windows(2);
    let overlapping =
        pairs.filter(|pair| pair[0].lease == pair[1].lease || pair[1].from < pair[0].until);
    overlapping
        .map(|pair| format!("{id} was held twice at a time: {pair:?}"))
        .collect()
}

/// A task is paid once, when it is accepted, and what it costs.
fn paid_wrongly(id: &str, task: &Recorded) -> Option<String> {
    let is_right = match task.accepted.len() {
        0 => task.paid.is_empty() && task.acceptances == 0,
        1 => task.acceptances == 1 && task.paid == [PRICE],
        _ => false,
    };
    (!is_right).then(|| {
        format!(
            "{id} was accepted under {:?}, with {} acceptances, and paid {:?}",
            task.accepted, task.acceptances, task.paid
        )
    })
}

/// A lease number, which is stored as a text.
fn number(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_default();
    text.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    const TASK: &str = "tsk_1";

    /// A task's whole life, as it is recorded.
    fn events() -> Vec<Value> {
        vec![
            json!({ "opened": {} }),
            json!({ "claimed": { "holder": { "id": "ada" }, "lease": "1" } }),
            json!({ "lease_expired": { "lease": "1" } }),
            json!({ "claimed": { "holder": { "id": "ben" }, "lease": "2" } }),
            json!({ "submitted": { "lease": "2" } }),
            json!({ "reviewed": { "lease": "2", "review": { "by": { "id": "ada" } } } }),
            json!({ "accepted": { "lease": "2" } }),
        ]
    }

    fn record(events: &[Value]) -> Record {
        let mut record = Record::default();
        for event in events {
            record.take_in(&json!({ "stream": TASK, "event": { "task": event } }));
        }
        record.tasks.entry(TASK.to_owned()).or_default().acceptances = 1;
        record.transfer(TASK, ["hold:tsk_1", "payable:ben", "EUR"], PRICE);
        record
    }

    /// The same life, as it was acknowledged.
    fn acknowledged() -> Acknowledged {
        let mut acknowledged = Acknowledged::default();
        acknowledged.of(TASK).is_created = true;
        acknowledged.claimed(TASK, "ada", 1, Duration::from_secs(1));
        acknowledged.held(TASK, 1, Duration::from_secs(2));
        acknowledged.claimed(TASK, "ben", 2, Duration::from_secs(3));
        acknowledged.held(TASK, 2, Duration::from_secs(4));
        let life = acknowledged.of(TASK);
        life.handed_in.push(2);
        life.reviewed = Some(("ada".to_owned(), 2));
        life.accepted = Some(2);
        acknowledged
    }

    fn check(record: Record, acknowledged: &Acknowledged, wanted: &str) {
        let found = record.compare(acknowledged);
        let is_found = found.iter().any(|it| it.contains(wanted));
        assert!(is_found, "'{wanted}' is not among {found:?}");
    }

    #[test]
    fn a_life_that_is_all_there_is_not_complained_of() {
        let found = record(&events()).compare(&acknowledged());
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn whatever_was_acknowledged_and_is_gone_is_found() {
        for (gone, wanted) in [
            (0, "opened 0 times"),
            (3, "given to ben under 2"),
            (4, "handed in under 2"),
            (5, "reviewed as"),
            (6, "accepted under 2; on record are []"),
        ] {
            let mut events = events();
            events.remove(gone);
            check(record(&events), &acknowledged(), wanted);
        }
        check(Record::default(), &acknowledged(), "opened 0 times");
    }

    #[test]
    fn a_task_that_is_held_twice_on_record_is_found() {
        let mut events = events();
        // The first lease does not run out before the second begins.
        events.remove(2);
        check(
            record(&events),
            &acknowledged(),
            "while it was held under 1",
        );
    }

    #[test]
    fn a_lease_number_that_does_not_rise_is_found() {
        let mut events = events();
        events[3] = json!({ "claimed": { "holder": { "id": "ben" }, "lease": "1" } });
        check(record(&events), &acknowledged(), "claimed under 1 after 1");
    }

    #[test]
    fn two_who_were_told_that_they_hold_a_task_at_a_time_are_found() {
        let mut told = acknowledged();
        told.held(TASK, 1, Duration::from_secs(5));
        check(record(&events()), &told, "held twice at a time");
        let mut told = acknowledged();
        told.claimed(TASK, "eve", 2, Duration::from_secs(9));
        check(record(&events()), &told, "held twice at a time");
    }

    #[test]
    fn a_second_payment_or_acceptance_is_found() {
        let mut twice = record(&events());
        twice.transfer(TASK, ["hold:tsk_1", "payable:ben", "EUR"], PRICE);
        check(twice, &acknowledged(), "paid [250, 250]");
        let mut events = events();
        events.push(json!({ "accepted": { "lease": "2" } }));
        check(record(&events), &acknowledged(), "accepted under [2, 2]");
    }

    #[test]
    fn money_that_comes_from_nowhere_is_found() {
        let mut record = record(&events());
        let key = |account: &str| ("EUR".to_owned(), account.to_owned());
        let kept = [(key("hold:tsk_1"), -250), (key("payable:ben"), 251)];
        record.compare_balances(&kept.into());
        assert_eq!(record.found.len(), 2, "{:?}", record.found);
        assert_eq!(record.found[0], "all of EUR comes to 1");
    }
}
