//! The auditor: reads what a store holds and says which of the ten rules it breaks.
//!
//! It shares no code with the simulator, the engine or the rules of the kernel: it reads the feed
//! as plain JSON, keeps its own picture of every stream, does its own sums and hashes, and compares
//! the rows with them. The one exception is the reason of an offer, which it asks the engine to
//! make again, for that is what is promised.
//!
//! Rule 0 stands for the software itself being broken: a panic, a refusal by the store, an end that
//! does not come.

mod answers;
mod apart;
mod entry;
mod ledger;
mod outcome;
mod party;
mod rows;
mod settlement;
mod standing;
mod task;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::id::TaskId;
use consort_store::{FeedRow, Store, TransferQuery};
use serde_json::Value;

use answers::Answers;
use entry::Entry;
use ledger::Ledger;
use outcome::OutcomeModel;
use party::{ContributorModel, NetworkModel, OrganisationModel};
use standing::Shown;
use task::TaskModel;
use tree::Tree;

/// How many events are read at a time.
const PAGE: usize = 10_000;
/// How many tasks' offers are made again at the end: each reads the whole feed.
const WHY_MAX: usize = 5;

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The number of the rule; 0 where the software itself is broken.
    pub rule: u8,
    /// The position of the feed at which it was seen.
    pub position: u64,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            rule,
            position,
            what,
        } = self;
        write!(out, "rule {rule} at event {position}: {what}")
    }
}

/// What was found, in the order in which it was found.
#[derive(Debug, Default)]
struct Findings {
    position: u64,
    violations: Vec<Violation>,
}

impl Findings {
    fn add(&mut self, rule: u8, what: impl Into<String>) {
        self.violations.push(Violation {
            rule,
            position: self.position,
            what: what.into(),
        });
    }

    fn require(&mut self, holds: bool, rule: u8, what: impl FnOnce() -> String) {
        if !holds {
            self.add(rule, what());
        }
    }
}

/// The picture of everything that the feed tells.
#[derive(Debug, Default)]
struct Picture {
    network: NetworkModel,
    contributors: BTreeMap<String, ContributorModel>,
    organisations: BTreeMap<String, OrganisationModel>,
    outcomes: BTreeMap<String, OutcomeModel>,
    tasks: BTreeMap<String, TaskModel>,
    ledger: Ledger,
    /// The version of each stream, and when it was recorded, in milliseconds since 1970.
    versions: BTreeMap<String, (u64, i64)>,
    /// Commands that stand for timers.
    timers: BTreeSet<String>,
    /// Money that organisations gave and outcomes have not taken in, by outcome and funder.
    promised: BTreeMap<(String, String), i128>,
    /// What tasks show about who did them, and their records have not taken in.
    shown: Vec<Shown>,
    /// What settled tasks still ask of others: the task, and whom it asks.
    due: Vec<Due>,
    accepted: u64,
    /// How many events there are of each kind, as in `task.claimed`.
    kinds: BTreeMap<String, u64>,
}

/// What an event asks of another stream.
#[derive(Debug)]
enum Due {
    /// The dependent does not wait for the task any more.
    Unblocked(String, String),
    /// The dependent is settled, because the task will never be accepted.
    Dropped(String, String),
    /// The task knows that somebody took another one of its group.
    Apart(String, String),
    /// The outcome has taken in how the task was settled.
    Counted(String),
}

/// Watches a store from its first event.
#[derive(Debug, Default)]
pub struct Auditor {
    findings: Findings,
    picture: Picture,
    tree: Tree,
    answers: Answers,
    transfers: u64,
    refusals: usize,
    /// Whether nobody tells which commands stand for timers.
    finds_timers: bool,
}

impl Auditor {
    /// One that watches what servers of other processes left: nobody tells it which commands stood for
    /// timers, and it finds them by what they do.
    pub fn of_servers() -> Self {
        Self {
            finds_timers: true,
            ..Self::default()
        }
    }

    /// What was found.
    pub fn violations(&self) -> &[Violation] {
        &self.findings.violations
    }

    /// How many tasks were accepted.
    pub const fn accepted(&self) -> u64 {
        self.picture.accepted
    }

    /// How many events there are of each kind, as in `task.claimed`.
    pub const fn kinds(&self) -> &BTreeMap<String, u64> {
        &self.picture.kinds
    }

    /// The software itself is broken.
    pub fn broke(&mut self, what: String) {
        self.findings.add(0, what);
    }

    /// A command stands for a timer that fell due.
    pub fn fired(&mut self, command: &str) {
        self.picture.timers.insert(command.to_owned());
    }

    /// A command was rejected, and would not have been by who knows the rows as they are.
    pub fn answered_from_stale_rows(&mut self, command: &str) {
        self.findings.add(
            1,
            format!("{command} was rejected on the word of stale rows"),
        );
    }

    /// A command was acknowledged with these events of its own.
    pub fn acknowledged(
        &mut self,
        store: &dyn Store,
        principal: &str,
        command: &str,
        digest: &str,
        events: Vec<Value>,
    ) {
        self.answers.acknowledged(
            store,
            [principal, command, digest],
            events,
            &mut self.findings,
        );
    }

    /// Looks at everything that is new, and compares the rows with it.
    pub fn inspect(&mut self, store: &dyn Store) {
        let mut touched: BTreeSet<String> = BTreeSet::new();
        // What an event moved is read before the event is looked at.
        let has_moved = self.read_transfers(store);
        loop {
            let Ok(rows) = store.feed(self.findings.position, PAGE) else {
                return self.findings.add(8, "the feed cannot be read");
            };
            let is_last = rows.len() < PAGE;
            self.read(rows, &mut touched);
            if is_last {
                break;
            }
        }
        self.picture.ledger.nothing_left(&mut self.findings);
        self.compare(store, &touched, has_moved);
    }

    fn read(&mut self, rows: Vec<FeedRow>, touched: &mut BTreeSet<String>) {
        for row in rows {
            let expected = self.findings.position + 1;
            self.findings.position = expected;
            let body = &row.event.body;
            self.tree.append(body.as_bytes());
            self.findings.require(row.position == expected, 8, || {
                format!("the feed goes on with {} at {expected}", row.position)
            });
            let Ok(value) = serde_json::from_str::<Value>(body) else {
                self.findings.add(8, "an event is not JSON");
                continue;
            };
            self.findings
                .require(in_order(&value).to_string().as_str() == body, 8, || {
                    "an event is not in canonical form".to_owned()
                });
            let Some(entry) = Entry::read(expected, &value) else {
                self.findings
                    .add(8, format!("an event cannot be read: {body}"));
                continue;
            };
            let stream = row.event.stream.to_string();
            let holds = stream == entry.stream && row.event.version == entry.version;
            self.findings.require(holds, 8, || {
                format!("{stream} has an event that says it is of {}", entry.stream)
            });
            touched.insert(stream);
            if self.finds_timers && entry.is_of_timer() {
                self.picture.timers.insert(entry.cause.to_owned());
            }
            self.take_in(&entry);
        }
    }

    /// Looks at the whole once more, when nothing is to come.
    pub fn conclude(&mut self, store: &dyn Store) {
        self.inspect(store);
        self.answers.check_all(store, &mut self.findings);
        let waiting = store.reactions(1).map_or(0, |rows| rows.len());
        self.findings.require(waiting == 0, 1, || {
            "something that follows from an event still waits".to_owned()
        });
        for (id, outcome) in &self.picture.outcomes {
            self.findings
                .require(outcome.is_closed(), 0, || format!("{id} is not closed"));
        }
        self.picture.ledger.all_settled(&mut self.findings);
        let offered = self.picture.tasks.iter();
        let mut offered: Vec<(u64, &String)> = offered
            .filter(|(_, task)| task.offers > 0)
            .map(|(id, task)| (task.offers, id))
            .collect();
        offered.sort_unstable_by(|one, other| other.cmp(one));
        for (_, id) in offered.into_iter().take(WHY_MAX) {
            make_again(store, id, &mut self.findings);
        }
    }

    fn read_transfers(&mut self, store: &dyn Store) -> bool {
        let mut has_moved = false;
        loop {
            let query = TransferQuery {
                after: self.transfers,
                limit: PAGE,
                ..TransferQuery::default()
            };
            let Ok(rows) = store.transfers(&query) else {
                self.findings.add(3, "the transfers cannot be read");
                return false;
            };
            has_moved |= !rows.is_empty();
            let is_last = rows.len() < PAGE;
            for row in rows {
                self.transfers = row.position;
                self.picture.ledger.take_in(&row.write);
            }
            if is_last {
                return has_moved;
            }
        }
    }

    fn take_in(&mut self, entry: &Entry<'_>) {
        let findings = &mut self.findings;
        let kind = format!("{}.{}", entry.kind, entry.name);
        *self.picture.kinds.entry(kind).or_default() += 1;
        let (version, at_ms) = self
            .picture
            .versions
            .entry(entry.stream.to_owned())
            .or_default();
        *version += 1;
        findings.require(*at_ms <= entry.at_ms, 8, || {
            format!("{} goes back in time at version {version}", entry.stream)
        });
        *at_ms = entry.at_ms;
        findings.require(*version == entry.version, 8, || {
            format!(
                "{} goes from version {version} to {}",
                entry.stream, entry.version
            )
        });
        self.answers.take_in(entry, findings);
        party::check_principal(entry, findings);
        match entry.kind {
            "task" => task::take_in(&mut self.picture, entry, findings),
            "outcome" => outcome::take_in(&mut self.picture, entry, findings),
            "contributor" => party::take_in_contributor(&mut self.picture, entry, findings),
            "organisation" => party::take_in_organisation(&mut self.picture, entry, findings),
            "network" => party::take_in_network(&mut self.picture, entry, findings),
            other => findings.add(8, format!("an event of '{other}' is unknown")),
        }
    }

    fn compare(&mut self, store: &dyn Store, touched: &BTreeSet<String>, has_moved: bool) {
        let findings = &mut self.findings;
        let root = store.log().map(|log| (log.size(), log.root().to_string()));
        let ours = (self.tree.size(), self.tree.root());
        findings.require(root.as_ref().is_ok_and(|root| *root == ours), 8, || {
            format!("the log says {root:?}, and its leaves come to {ours:?}")
        });
        if has_moved {
            self.picture.ledger.compare(store, findings);
        }
        rows::compare(&self.picture, store, touched, findings);
        rows::compare_timers(&self.picture, store, findings);
        self.answers
            .check_new(store, &self.picture.timers, findings);
        rows::compare_refusals(store, &mut self.refusals, findings);
        if store.reactions(1).is_ok_and(|waiting| waiting.is_empty()) {
            self.collect_due();
        }
    }

    /// With no reaction waiting, everything that an event asked of others has happened.
    fn collect_due(&mut self) {
        standing::all_taken_in(&mut self.picture, &mut self.findings);
        let picture = &mut self.picture;
        for due in std::mem::take(&mut picture.due) {
            let settled = |task: &str| picture.tasks.get(task).is_some_and(TaskModel::is_settled);
            let (is_done, what) = match &due {
                Due::Unblocked(task, dependent) => {
                    let waits = picture.tasks.get(dependent);
                    let waits = waits.is_some_and(|it| {
                        it.unmet.contains(task) || (it.unnamed > 0 && !it.met.contains(task))
                    });
                    (
                        !waits || settled(dependent),
                        format!("{dependent} still waits for {task}"),
                    )
                }
                Due::Dropped(task, dependent) => (
                    settled(dependent),
                    format!("{dependent} outlives {task}, which it needs"),
                ),
                Due::Apart(task, who) => {
                    let known = picture.tasks.get(task);
                    (
                        settled(task) || known.is_some_and(|it| it.apart.contains(who)),
                        format!("{task} does not know that {who} took another of its group"),
                    )
                }
                Due::Counted(task) => {
                    let counted = picture.tasks.get(task).is_some_and(|it| it.is_counted);
                    (
                        counted,
                        format!("{task} is settled, and its outcome does not know"),
                    )
                }
            };
            self.findings.require(is_done, 1, || what);
        }
        for ((outcome, funder), minor) in &picture.promised {
            self.findings.require(*minor == 0, 3, || {
                format!("{minor} that {funder} gave to {outcome} never arrived")
            });
        }
    }
}

/// Has the offers of a task decided again.
fn make_again(store: &dyn Store, id: &str, findings: &mut Findings) {
    let Ok(task) = id.parse::<TaskId>() else {
        return findings.add(7, format!("{id} is no task"));
    };
    match consort_engine::routing::why(store, task, None) {
        Ok(offers) => {
            for (number, why) in (1..).zip(offers) {
                findings.require(why.reproduced, 7, || {
                    format!("offer {number} of {id} comes out differently when made again")
                });
            }
        }
        Err(error) => findings.add(7, format!("why {id} was offered cannot be told: {error}")),
    }
}

/// The value with its members in the order of their names, whichever order its map keeps.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(in_order).collect(),
        Value::Object(members) => {
            let sorted: BTreeMap<&String, &Value> = members.iter().collect();
            let members = sorted.into_iter();
            members
                .map(|(name, value)| (name.clone(), in_order(value)))
                .collect()
        }
        plain => plain.clone(),
    }
}
