//! Changing the plan: tasks come in and go, and all their money moves at once.
//!
//! The plan has no cycles by construction: a task may only need tasks that are in the plan before
//! it, and needs are not changed afterwards. Its rank is one more than the highest rank it needs.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Decision, signatory};
use super::{Outcome, OutcomeEvent, PLAN_CHANGE_MAX, Phase, TASKS_MAX};
use crate::command::{Context, Principal};
use crate::event::Event;
use crate::id::{ContributorId, TaskId};
use crate::money::Amount;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;
use crate::task::{
    self, APART_GROUP_MAX, DEPENDENTS_MAX, NEEDS_NAMED_MAX, Opening, TaskEvent, TaskSpec,
};

/// Changes the plan. The accountable person does it, or the engine in carrying a playbook on.
pub(super) fn change(
    rows: &dyn Rows,
    outcome: &Outcome,
    add: &[TaskSpec],
    drop: &[TaskId],
    reason: &str,
    context: &Context<'_>,
) -> Decision {
    let by_playbook = context.principal == Principal::Engine
        && outcome.charter.playbook.is_some()
        && drop.is_empty();
    if !by_playbook {
        signatory(rows, outcome, context)?;
    }
    match outcome.phase {
        Phase::Planned | Phase::Running | Phase::Paused => {}
        Phase::Cancelling | Phase::Delivered | Phase::Cancelled => {
            return Err(outcome.wrong_phase("planned, running or paused"));
        }
    }
    if add.len() + drop.len() > PLAN_CHANGE_MAX {
        return Err(Rejection::LimitReached {
            what: "tasks in one change",
            limit: PLAN_CHANGE_MAX,
        });
    }
    if add.is_empty() && drop.is_empty() {
        return Err(Rejection::invalid(
            "add",
            "nothing changes: add tasks or drop some",
        ));
    }
    let reason = crate::text::said("reason", reason)?;
    check_dropped(rows, outcome, drop)?;
    let mut opened = Opened {
        coming: add.iter().map(|spec| (spec.key.as_str(), spec)).collect(),
        ..Opened::default()
    };
    for spec in add {
        opened.add(rows, outcome, spec)?;
    }
    let total = outcome.progress.open + outcome.progress.accepted + outcome.progress.dropped;
    if total + u32::try_from(add.len()).unwrap_or(u32::MAX) > TASKS_MAX {
        return Err(Rejection::LimitReached {
            what: "tasks",
            limit: TASKS_MAX as usize,
        });
    }
    if opened.held > outcome.purse.available {
        return Err(Rejection::NotEnoughMoney {
            account: format!("escrow:{}", outcome.id),
            asset: outcome.charter.asset,
            available: outcome.purse.available,
            needed: opened.held,
        });
    }
    let planned = OutcomeEvent::PlanChanged {
        added: u32::try_from(add.len()).expect("checked against the limit"),
        dropped: drop.to_vec(),
        held: opened.held,
        plan: outcome.plan_version + 1,
        reason,
        serves: opened.serves,
        weight: opened.weight,
    };
    let mut events = vec![(StreamId::Outcome(outcome.id), Event::Outcome(planned))];
    events.extend(opened.events);
    Ok(events)
}

fn check_dropped(rows: &dyn Rows, outcome: &Outcome, drop: &[TaskId]) -> Result<(), Rejection> {
    for task in drop {
        let known = rows.task(*task).filter(|task| task.outcome == outcome.id);
        if known.is_none() {
            return Err(Rejection::NotFound(StreamId::Task(*task)));
        }
    }
    Ok(())
}

fn check_serves(outcome: &Outcome, spec: &TaskSpec) -> Result<(), Rejection> {
    let criteria = &outcome.charter.criteria;
    let is_known = |key: &String| criteria.iter().any(|known| known.key == *key);
    match spec.serves.iter().find(|key| !is_known(key)) {
        Some(key) => Err(Rejection::invalid(
            format!("{}.serves", spec.key),
            format!("'{key}' is not a criterion of the outcome"),
        )),
        None => Ok(()),
    }
}

fn check_group(peers: &[TaskId]) -> Result<(), Rejection> {
    if peers.len() < APART_GROUP_MAX {
        return Ok(());
    }
    Err(Rejection::LimitReached {
        what: "tasks that are kept apart from each other",
        limit: APART_GROUP_MAX,
    })
}

/// The tasks that come in, as far as they were looked at.
#[derive(Default)]
struct Opened<'a> {
    /// All that come in by this change, by key.
    coming: BTreeMap<&'a str, &'a TaskSpec>,
    events: Vec<(StreamId, Event)>,
    ranks: BTreeMap<TaskId, u32>,
    held: Amount,
    serves: BTreeMap<String, u32>,
    weight: u64,
}

impl Opened<'_> {
    fn add(
        &mut self,
        rows: &dyn Rows,
        outcome: &Outcome,
        spec: &TaskSpec,
    ) -> Result<(), Rejection> {
        task::check_spec(spec)?;
        let id = TaskId::in_outcome(outcome.id, &spec.key);
        if rows.task(id).is_some() || self.ranks.contains_key(&id) {
            return Err(Rejection::Exists(StreamId::Task(id)));
        }
        check_serves(outcome, spec)?;
        let mut unmet = Vec::new();
        let mut apart = Vec::new();
        let mut rank = 0;
        let needed: BTreeSet<&String> = spec.needs.iter().collect();
        for key in &needed {
            let need = self.need(rows, outcome, spec, key, id)?;
            rank = rank.max(need.rank + 1);
            match need.met_by {
                None => unmet.push(need.id),
                Some(by) if spec.apart_from.contains(key) => apart.extend(by),
                Some(_) => {}
            }
        }
        let mut peers = Vec::new();
        let named: BTreeSet<&String> = spec.apart_from.iter().collect();
        for key in named.difference(&needed) {
            match self.kept_from(rows, outcome, spec, key)? {
                Kept::FromPeer(peer) => peers.push(peer),
                Kept::FromMakers(makers) => apart.extend(makers),
            }
        }
        check_group(&peers)?;
        self.held = self.held.checked_add(spec.price).ok_or_else(|| {
            Rejection::invalid(
                format!("{}.price", spec.key),
                "the sum is too large to be kept",
            )
        })?;
        self.weight += u64::from(spec.weight);
        for key in spec.serves.iter().collect::<BTreeSet<_>>() {
            *self.serves.entry(key.clone()).or_insert(0) += 1;
        }
        self.ranks.insert(id, rank);
        let mut unnamed = 0;
        if unmet.len() > NEEDS_NAMED_MAX {
            unnamed = u32::try_from(unmet.len()).expect("checked against the limit of needs");
            unmet.clear();
        }
        let opening = Opening {
            accountable: outcome.charter.accountable,
            apart,
            asset: outcome.charter.asset,
            escalation: outcome.charter.escalation.clone(),
            organisation: outcome.charter.organisation,
            outcome: outcome.id,
            peers,
            rank,
            spec: spec.folded(),
            unmet,
            unnamed,
        };
        let event = TaskEvent::Opened(Box::new(opening));
        self.events.push((StreamId::Task(id), Event::Task(event)));
        Ok(())
    }

    /// What it means that a task is kept apart from one that it does not need.
    fn kept_from(
        &self,
        rows: &dyn Rows,
        outcome: &Outcome,
        spec: &TaskSpec,
        key: &String,
    ) -> Result<Kept, Rejection> {
        let invalid =
            |why: String| Err(Rejection::invalid(format!("{}.apart_from", spec.key), why));
        let id = TaskId::in_outcome(outcome.id, key);
        if *key == spec.key {
            return invalid("no task is kept apart from itself".to_owned());
        }
        if let Some(other) = self.coming.get(key.as_str()) {
            if other.apart_from.contains(&spec.key) {
                return Ok(Kept::FromPeer(id));
            }
            return invalid(format!(
                "'{key}' comes in by the same change and does not name '{}' back",
                spec.key
            ));
        }
        match rows.task(id) {
            Some(task) if task.is_accepted() => Ok(Kept::FromMakers(task.makers())),
            Some(_) | None => invalid(format!(
                "'{key}' is neither among the tasks that it needs, nor accepted already, nor a task \
                 of the same change that names it back"
            )),
        }
    }

    fn need(
        &mut self,
        rows: &dyn Rows,
        outcome: &Outcome,
        spec: &TaskSpec,
        key: &str,
        dependent: TaskId,
    ) -> Result<Need, Rejection> {
        let id = TaskId::in_outcome(outcome.id, key);
        let unknown = || Rejection::UnknownDependency {
            task: spec.key.clone(),
            needs: key.to_owned(),
        };
        if let Some(rank) = self.ranks.get(&id).copied() {
            self.link(id, dependent);
            return Ok(Need {
                id,
                rank,
                met_by: None,
            });
        }
        let task = rows.task(id).ok_or_else(unknown)?;
        if task.is_accepted() {
            return Ok(Need {
                id,
                rank: task.rank,
                met_by: Some(task.makers()),
            });
        }
        if task.is_settled() {
            return Err(unknown());
        }
        if task.dependents.len() >= DEPENDENTS_MAX {
            return Err(Rejection::LimitReached {
                what: "dependents",
                limit: DEPENDENTS_MAX,
            });
        }
        self.link(id, dependent);
        Ok(Need {
            id,
            rank: task.rank,
            met_by: None,
        })
    }

    fn link(&mut self, needed: TaskId, dependent: TaskId) {
        let event = TaskEvent::DependentLinked { dependent };
        self.events
            .push((StreamId::Task(needed), Event::Task(event)));
    }
}

/// What a task is kept apart from, beside those that it needs.
enum Kept {
    /// Another task of its group: nobody does two of them.
    FromPeer(TaskId),
    /// Those who did a task that is accepted already.
    FromMakers(Vec<ContributorId>),
}

/// A task that another one needs.
struct Need {
    id: TaskId,
    rank: u32,
    /// Who did it, if it is accepted.
    met_by: Option<Vec<ContributorId>>,
}
