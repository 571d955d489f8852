//! Tasks as the auditor sees them: who held them under which number, what was handed in, and how
//! it was judged.

use std::collections::BTreeSet;

use serde_json::Value;

use super::entry::{Entry, count, moment, number, text, texts};
use super::ledger::Move;
use super::party::class_rank;
use super::{Due, Findings, Picture, apart, settlement, standing};

/// How far a clock may be off, and go back, before a time-out counts as too early.
const TOLERANCE_MS: i64 = 5_000;

/// Where nothing is handed in, and somebody can have it.
const OPEN: [&str; 3] = ["ready", "offered", "leased"];

/// Somebody who did or judged a task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Party {
    pub(super) id: String,
    pub(super) family: Option<String>,
    pub(super) payee: String,
}

impl Party {
    fn read(value: &Value) -> Self {
        Self {
            id: text(value, "id").to_owned(),
            family: value["family"].as_str().map(str::to_owned),
            payee: text(value, "payee").to_owned(),
        }
    }
}

/// What was handed in.
#[derive(Debug, Default)]
pub(super) struct Handed {
    pub(super) submission: String,
    pub(super) reviews_needed: usize,
    pub(super) checks: Vec<(String, bool)>,
    /// Who reviewed, whether they accept, and which criteria they found unmet.
    pub(super) reviews: Vec<(Party, bool, Vec<String>)>,
}

/// A task.
#[derive(Debug, Default)]
pub(super) struct TaskModel {
    pub(super) phase: &'static str,
    pub(super) outcome: String,
    pub(super) accountable: String,
    escalation: Vec<String>,
    pub(super) spec: Value,
    pub(super) asset: String,
    class: usize,
    automatic: Vec<String>,
    pub(super) unmet: BTreeSet<String>,
    /// How many more it waits for, where they are too many to be named.
    pub(super) unnamed: u64,
    /// Those of them that came.
    pub(super) met: BTreeSet<String>,
    pub(super) apart: BTreeSet<String>,
    /// Who ever took it.
    pub(super) takers: BTreeSet<String>,
    dependents: Vec<String>,
    /// The number of the latest lease.
    pub(super) lease: u64,
    /// Who holds it, or held it when it was handed in.
    pub(super) holder: Party,
    pub(super) agreed: i128,
    until_ms: i64,
    /// The number of the latest offer.
    pub(super) offers: u64,
    pub(super) offered_to: String,
    pub(super) drafter: Option<Party>,
    pub(super) handed: Handed,
    /// How often what was handed in went back.
    sent_back: u32,
    /// Whose turn it is alone, once it was escalated.
    pub(super) asked: Option<String>,
    /// Who was named to have it next.
    named: Option<String>,
    /// Whether nobody was found who can have it.
    pub(super) nobody_found: bool,
    /// By when somebody has to be found, take it, judge it or decide about it.
    due_ms: i64,
    pub(super) is_accepted: bool,
    /// Whether it was accepted, and what was paid, taken as fee and tax, and released.
    pub(super) settled: Option<(bool, [i128; 4])>,
    /// Whether its outcome knows.
    pub(super) is_counted: bool,
}

impl TaskModel {
    pub(super) fn is_settled(&self) -> bool {
        ["accepted", "failed", "cancelled"].contains(&self.phase)
    }

    fn waits_for_nothing(&self) -> bool {
        self.unmet.is_empty() && self.unnamed == 0
    }

    pub(super) fn is_handed_in(&self) -> bool {
        ["checking", "reviewing", "signing"].contains(&self.phase)
    }

    pub(super) fn price(&self) -> i128 {
        number(&self.spec["price"])
    }

    pub(super) fn risk(&self) -> &str {
        text(&self.spec, "risk")
    }

    /// Whether the reviews suffice.
    pub(super) fn is_reviewed(&self) -> bool {
        let accepting: Vec<&Party> = self
            .handed
            .reviews
            .iter()
            .filter(|(_, accepts, _)| *accepts)
            .map(|(by, _, _)| by)
            .collect();
        let needed = self.handed.reviews_needed;
        let is_alike = |by: &&Party| by.family.is_some() && by.family == self.holder.family;
        needed == 0 || (accepting.len() >= needed && !accepting.iter().all(is_alike))
    }

    /// It can be offered and taken again.
    pub(super) fn free(&mut self) {
        self.phase = "ready";
        self.nobody_found = false;
    }

    fn is_somebodys_turn(&self) -> bool {
        let waits = self.asked.is_some() || self.nobody_found;
        self.is_handed_in() || (["ready", "offered"].contains(&self.phase) && waits)
    }

    fn judged(&self) -> &'static str {
        let checked = |key: &String| self.handed.checks.iter().any(|(of, _)| of == key);
        if !self.automatic.iter().all(checked) {
            "checking"
        } else if self.is_reviewed() {
            "signing"
        } else {
            "reviewing"
        }
    }
}

pub(super) fn take_in(picture: &mut Picture, entry: &Entry<'_>, findings: &mut Findings) {
    let id = entry.stream;
    let mut task = picture.tasks.remove(id).unwrap_or_default();
    findings.require((entry.name == "opened") == task.phase.is_empty(), 8, || {
        format!("'{}' came to {id}, which is '{}'", entry.name, task.phase)
    });
    // A question may be answered when all is done.
    findings.require(!task.is_settled() || entry.name == "answered", 8, || {
        format!("'{}' came to {id}, which is {}", entry.name, task.phase)
    });
    standing::show(picture, &task, entry);
    let expected = match entry.name {
        "opened" => open(&mut task, entry),
        "offered" => offer(picture, &mut task, entry, findings),
        "claimed" => claim(picture, &mut task, entry, findings),
        "accepted" => settlement::accept(picture, &mut task, entry, findings),
        "failed" | "cancelled" => drop_task(picture, &mut task, entry, findings),
        "reviewed" => review(picture, &mut task, entry, findings),
        "dependency_met" => meet(picture, &mut task, entry, findings),
        "kept_apart" => {
            apart::keep_apart(picture, &mut task, entry, findings);
            Vec::new()
        }
        "nobody_found" | "escalated" | "extended" | "reassigned" => {
            turn(picture, &mut task, entry, findings);
            Vec::new()
        }
        _ => change(&mut task, entry, findings),
    };
    picture.ledger.book(entry, expected, findings);
    if task.is_settled() && entry.name != "answered" {
        let left = picture.ledger.balance(&format!("hold:{id}"), &task.asset);
        findings.require(left == 0, 3, || format!("{left} is still held for {id}"));
        picture.due.push(Due::Counted(id.to_owned()));
        for dependent in &task.dependents {
            let (id, dependent) = (id.to_owned(), dependent.clone());
            picture.due.push(match task.phase {
                "accepted" => Due::Unblocked(id, dependent),
                _ => Due::Dropped(id, dependent),
            });
        }
    }
    picture.tasks.insert(id.to_owned(), task);
}

fn open(task: &mut TaskModel, entry: &Entry<'_>) -> Vec<Move> {
    entry.text("outcome").clone_into(&mut task.outcome);
    entry.text("accountable").clone_into(&mut task.accountable);
    entry.text("asset").clone_into(&mut task.asset);
    task.escalation = texts(&entry.data["escalation"]);
    task.unmet = texts(&entry.data["unmet"]).into_iter().collect();
    task.unnamed = entry.data["unnamed"].as_u64().unwrap_or(0);
    task.apart = texts(&entry.data["apart"]).into_iter().collect();
    task.spec = entry.data["spec"].clone();
    let instructions = &task.spec["instructions"];
    let context = instructions["context"].as_array().into_iter().flatten();
    let classes = context.map(|item| class_rank(text(item, "class")));
    task.class = classes.max().unwrap_or(0);
    let criteria = instructions["criteria"].as_array().into_iter().flatten();
    let by_people = ["rubric", "judgment"];
    task.automatic = criteria
        .filter(|criterion| !by_people.contains(&text(&criterion["method"], "by")))
        .map(|criterion| text(criterion, "key").to_owned())
        .collect();
    task.phase = if task.waits_for_nothing() {
        "ready"
    } else {
        "blocked"
    };
    vec![Move {
        purpose: "hold",
        from: format!("escrow:{}", task.outcome),
        to: format!("hold:{}", entry.stream),
        asset: task.asset.clone(),
        minor: task.price(),
    }]
}

/// Nothing is offered, taken or paid while its outcome does not run.
pub(super) fn check_running(
    picture: &Picture,
    task: &TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    let phase = picture
        .outcomes
        .get(&task.outcome)
        .map(|outcome| outcome.phase);
    findings.require(phase == Some("running"), 10, || {
        let Entry { stream, name, .. } = entry;
        format!("{stream} was {name} while its outcome is {phase:?}")
    });
}

/// Whether somebody may have, or judge, a task at this moment.
fn check_contributor(
    picture: &Picture,
    task: &TaskModel,
    who: &str,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    let Entry { stream, name, .. } = entry;
    let Some(contributor) = picture.contributors.get(who) else {
        return findings.add(
            10,
            format!("{stream} was {name} by {who}, who is not there"),
        );
    };
    findings.require(contributor.clearance >= task.class, 9, || {
        format!("{stream} was {name}: {who} may not see its material")
    });
    findings.require(!contributor.is_suspended, 10, || {
        format!("{stream} was {name}: {who} is suspended")
    });
    let is_stopped = contributor.family.is_some() && picture.network.is_stopped("agents");
    findings.require(!is_stopped, 10, || {
        format!("{stream} was {name}: {who} is an agent, and all are stopped")
    });
}

fn offer(
    picture: &Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) -> Vec<Move> {
    let to = entry.text("to");
    check_running(picture, task, entry, findings);
    check_contributor(picture, task, to, entry, findings);
    findings.require(!task.apart.contains(to), 6, || {
        format!(
            "{} was offered to {to}, whose work it looks at",
            entry.stream
        )
    });
    apart::check(picture, task, to, entry, findings);
    let decision = &entry.data["decision"];
    let leader = text(&decision["leading"][0], "contributor");
    let position = count(&decision["position"]);
    findings.require(leader == to && position < entry.position, 7, || {
        format!(
            "{} was offered to {to}, and its decision names {leader}",
            entry.stream
        )
    });
    let offered = count(&entry.data["number"]);
    findings.require(
        task.phase == "ready" && offered == task.offers + 1,
        2,
        || {
            format!(
                "offer {offered} of {} came while it is {}",
                entry.stream, task.phase
            )
        },
    );
    task.offers = offered;
    to.clone_into(&mut task.offered_to);
    task.until_ms = moment(&entry.data["until"]).unwrap_or(i64::MAX);
    task.phase = "offered";
    Vec::new()
}

fn claim(
    picture: &mut Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) -> Vec<Move> {
    let id = entry.stream;
    let holder = Party::read(&entry.data["holder"]);
    check_running(picture, task, entry, findings);
    check_contributor(picture, task, &holder.id, entry, findings);
    let lease = count(&entry.data["lease"]);
    findings.require(lease == task.lease + 1, 2, || {
        format!(
            "{id} was taken under lease {lease} after lease {}",
            task.lease
        )
    });
    let is_free = match task.phase {
        "ready" => true,
        "offered" => task.offered_to == holder.id || entry.at_ms > task.until_ms,
        _ => false,
    };
    findings.require(is_free, 2, || {
        format!("{id} was taken by {} while it is {}", holder.id, task.phase)
    });
    let is_turn = task.asked.as_ref().is_none_or(|asked| *asked == holder.id);
    findings.require(is_turn, 10, || {
        format!(
            "{} took {id}, and it is the turn of {:?}",
            holder.id, task.asked
        )
    });
    findings.require(holder.id == entry.principal, 10, || {
        format!("{} took {id} for {}", entry.principal, holder.id)
    });
    findings.require(!task.apart.contains(&holder.id), 6, || {
        format!("{} took {id}, which looks at their work again", holder.id)
    });
    apart::check(picture, task, &holder.id, entry, findings);
    let known = picture.contributors.get(&holder.id);
    let is_same = known.is_some_and(|known| {
        let payee = known.payee.as_ref().unwrap_or(&holder.id);
        known.family == holder.family && *payee == holder.payee
    });
    findings.require(is_same, 8, || format!("{id} names its holder wrongly"));
    task.agreed = number(&entry.data["agreed"]);
    findings.require((0..=task.price()).contains(&task.agreed), 3, || {
        format!("{id} has {} for {}", task.price(), task.agreed)
    });
    task.lease = lease;
    task.takers.insert(holder.id.clone());
    task.holder = holder;
    apart::must_be_told(picture, task, entry);
    task.until_ms = moment(&entry.data["until"]).unwrap_or(i64::MAX);
    task.phase = "leased";
    Vec::new()
}

fn drop_task(
    picture: &Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) -> Vec<Move> {
    let by = entry.text("by");
    let has_right = match entry.name {
        "failed" => by == entry.principal && by == task.accountable,
        _ => entry.is_by_engine() && entry.correlation.is_some(),
    };
    findings.require(has_right, 10, || {
        format!("{} {} by {}", entry.stream, entry.name, entry.principal)
    });
    findings.require(!picture.timers.contains(entry.cause), 10, || {
        format!("{} was {} by a timer", entry.stream, entry.name)
    });
    task.phase = if entry.name == "failed" {
        "failed"
    } else {
        "cancelled"
    };
    let price = task.price();
    task.settled = Some((false, [0, 0, 0, price]));
    vec![Move {
        purpose: "release",
        from: format!("hold:{}", entry.stream),
        to: format!("escrow:{}", task.outcome),
        asset: task.asset.clone(),
        minor: price,
    }]
}

fn review(
    picture: &Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) -> Vec<Move> {
    let id = entry.stream;
    let review = &entry.data["review"];
    let by = Party::read(&review["by"]);
    check_lease(task, entry, findings);
    check_contributor(picture, task, &by.id, entry, findings);
    findings.require(by.id == entry.principal, 10, || {
        format!("{} reviewed {id} in the name of {}", entry.principal, by.id)
    });
    let is_own = by.id == task.holder.id
        || task
            .drafter
            .as_ref()
            .is_some_and(|drafter| drafter.id == by.id);
    findings.require(!is_own, 6, || {
        format!("{} reviewed their own work, {id}", by.id)
    });
    let is_second = task
        .handed
        .reviews
        .iter()
        .any(|(other, _, _)| other.id == by.id);
    findings.require(!is_second, 6, || format!("{} reviewed {id} twice", by.id));
    findings.require(["reviewing", "signing"].contains(&task.phase), 2, || {
        format!("{id} was reviewed while it is {}", task.phase)
    });
    let accepts = text(review, "verdict") == "accept";
    task.handed
        .reviews
        .push((by, accepts, texts(&review["unmet"])));
    task.phase = task.judged();
    Vec::new()
}

fn meet(
    picture: &Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) -> Vec<Move> {
    let dependency = entry.text("dependency");
    let needed = picture.tasks.get(dependency);
    // Where they are too many to be named, each of those that name this one comes once.
    let names_it = || needed.is_some_and(|it| it.dependents.iter().any(|id| id == entry.stream));
    let is_awaited = if task.unnamed > 0 {
        task.unnamed -= 1;
        names_it() && task.met.insert(dependency.to_owned())
    } else {
        task.unmet.remove(dependency)
    };
    let is_met = needed.is_some_and(|it| it.is_accepted) && is_awaited;
    findings.require(is_met, 8, || {
        format!("{} does not wait for {dependency}", entry.stream)
    });
    task.apart.extend(texts(&entry.data["by"]));
    if task.waits_for_nothing() {
        task.phase = "ready";
    }
    Vec::new()
}

/// Whatever is handed in, found or decided belongs to the latest lease.
pub(super) fn check_lease(task: &TaskModel, entry: &Entry<'_>, findings: &mut Findings) {
    let lease = count(&entry.data["lease"]);
    findings.require(lease == task.lease, 2, || {
        let Entry { stream, name, .. } = entry;
        format!(
            "'{name}' of {stream} came under lease {lease}, and the latest is {}",
            task.lease
        )
    });
}

fn check_phase(task: &TaskModel, entry: &Entry<'_>, phases: &[&str], findings: &mut Findings) {
    findings.require(phases.contains(&task.phase), 8, || {
        format!(
            "'{}' came to {}, which is {}",
            entry.name, entry.stream, task.phase
        )
    });
}

fn check_holder(task: &TaskModel, entry: &Entry<'_>, findings: &mut Findings) {
    check_phase(task, entry, &["leased"], findings);
    findings.require(entry.principal == task.holder.id, 2, || {
        format!(
            "'{}' of {} came from {}",
            entry.name, entry.stream, entry.principal
        )
    });
}

fn check_late(due_ms: i64, entry: &Entry<'_>, findings: &mut Findings) {
    findings.require(entry.at_ms + TOLERANCE_MS >= due_ms, 4, || {
        format!("'{}' of {} came too early", entry.name, entry.stream)
    });
}

fn change(task: &mut TaskModel, entry: &Entry<'_>, findings: &mut Findings) -> Vec<Move> {
    const HANDED: [&str; 3] = ["checking", "reviewing", "signing"];
    match entry.name {
        "dependent_linked" => task.dependents.push(entry.text("dependent").to_owned()),
        "declined" | "offer_lapsed" => {
            check_phase(task, entry, &["offered"], findings);
            if entry.name == "offer_lapsed" {
                check_late(task.until_ms, entry, findings);
            }
            task.free();
        }
        "lease_expired" => {
            check_phase(task, entry, &["leased"], findings);
            check_lease(task, entry, findings);
            check_late(task.until_ms, entry, findings);
            findings.require(entry.text("holder") == task.holder.id, 8, || {
                format!("{} names its holder wrongly", entry.stream)
            });
            task.free();
        }
        "released" => {
            check_holder(task, entry, findings);
            check_lease(task, entry, findings);
            task.free();
        }
        "asked" | "noted" => check_holder(task, entry, findings),
        "answered" => {
            let by = entry.principal;
            let may = by == task.accountable || task.escalation.iter().any(|it| it == by);
            findings.require(may, 10, || format!("{by} answered for {}", entry.stream));
        }
        "drafted" | "submitted" => {
            check_holder(task, entry, findings);
            check_lease(task, entry, findings);
            hand_in(task, entry, findings);
        }
        "checked" => {
            check_phase(task, entry, &["checking"], findings);
            check_lease(task, entry, findings);
            let checks = entry.data["checks"].as_array().into_iter().flatten();
            task.handed.checks = checks
                .map(|check| (text(check, "criterion").to_owned(), check["passed"] == true))
                .collect();
            task.phase = task.judged();
        }
        "changes_requested" => {
            check_phase(task, entry, &HANDED, findings);
            check_lease(task, entry, findings);
            send_back(task, entry, findings);
        }
        "changes_added" => {
            check_phase(task, entry, &OPEN, findings);
            let by = entry.data["by"].as_str().unwrap_or_default();
            let may = by == task.accountable || task.asked.as_deref() == Some(by);
            findings.require(
                may && by == entry.principal && task.sent_back > 0,
                6,
                || format!("{by} added to what has to change of {}", entry.stream),
            );
        }
        other => findings.add(8, format!("'{other}' of a task is unknown")),
    }
    Vec::new()
}

fn hand_in(task: &mut TaskModel, entry: &Entry<'_>, findings: &mut Findings) {
    if entry.name == "drafted" {
        let is_pair = text(&task.spec, "mode") == "pair" && task.drafter.is_none();
        findings.require(is_pair, 8, || format!("{} was drafted", entry.stream));
        task.drafter = Some(task.holder.clone());
        task.free();
        return;
    }
    task.handed = Handed {
        submission: text(&entry.data["submission"], "content").to_owned(),
        reviews_needed: usize::try_from(count(&entry.data["reviews_needed"])).unwrap_or(0),
        ..Handed::default()
    };
    task.due_ms = moment(&entry.data["review_due"]).unwrap_or(i64::MAX);
    task.phase = task.judged();
}

fn send_back(task: &mut TaskModel, entry: &Entry<'_>, findings: &mut Findings) {
    let by = entry.data["by"].as_str();
    let has_right = match by {
        None => entry.is_by_engine() && task.handed.checks.iter().any(|(_, passed)| !passed),
        Some(by) => {
            let is_reviewer = task
                .handed
                .reviews
                .iter()
                .any(|(other, _, _)| other.id == by);
            by == entry.principal && (by == task.accountable || is_reviewer)
        }
    };
    findings.require(has_right, 6, || {
        format!("{} was sent back by {by:?}", entry.stream)
    });
    task.sent_back += 1;
    task.free();
}

/// Whose turn it is changes: it goes up the chain, or those who may decide give it more time or to
/// somebody else.
fn turn(picture: &Picture, task: &mut TaskModel, entry: &Entry<'_>, findings: &mut Findings) {
    let id = entry.stream;
    match entry.name {
        "nobody_found" => {
            check_phase(task, entry, &["ready"], findings);
            check_running(picture, task, entry, findings);
            let leading = entry.data["decision"]["leading"].as_array();
            let is_news = !task.nobody_found && task.asked.is_none();
            findings.require(is_news && leading.is_some_and(Vec::is_empty), 7, || {
                format!("nobody was found for {id}, and somebody is there")
            });
            task.nobody_found = true;
            task.due_ms = moment(&entry.data["due"]).unwrap_or(i64::MAX);
        }
        "escalated" => {
            let to = entry.text("to");
            let chain = task.escalation.iter().chain([&task.accountable]);
            let known = chain
                .chain(&task.named)
                .chain(&task.asked)
                .any(|it| it == to);
            findings.require(known, 10, || format!("{id} went to {to}"));
            let is_for_time = entry.text("why").ends_with("in time");
            if entry.is_by_engine() && (task.is_handed_in() || is_for_time) {
                check_late(task.due_ms, entry, findings);
            }
            if task.phase == "offered" {
                task.phase = "ready";
            }
            task.nobody_found = false;
            task.asked = Some(to.to_owned());
            task.due_ms = moment(&entry.data["due"]).unwrap_or(i64::MAX);
        }
        "extended" => {
            check_decider(task, entry, findings);
            findings.require(task.is_somebodys_turn(), 8, || {
                format!("{id}, which is {}, was given more time", task.phase)
            });
            task.due_ms = moment(&entry.data["until"]).unwrap_or(i64::MAX);
        }
        _ => {
            check_decider(task, entry, findings);
            check_phase(task, entry, &OPEN, findings);
            task.free();
            task.asked = None;
            task.named = entry.data["to"].as_str().map(str::to_owned);
        }
    }
}

/// The accountable person, and whom it was escalated to, decide about a task that is stuck.
fn check_decider(task: &TaskModel, entry: &Entry<'_>, findings: &mut Findings) {
    let by = entry.text("by");
    let may = by == task.accountable || task.asked.as_deref() == Some(by);
    findings.require(may && by == entry.principal, 10, || {
        format!("{by} decided '{}' of {}", entry.name, entry.stream)
    });
}
