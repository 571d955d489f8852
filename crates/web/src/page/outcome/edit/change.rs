//! What an edit makes of a plan: which tasks go, and which come in their place.
//!
//! A task of a plan is never altered: another one comes in its place, under a key of its own, and so
//! does everything that waits for it. Only what nobody has taken yet can be replaced. What the kernel
//! allows is the kernel's to say; this says it before it is asked, in words for whoever edits.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::id::TaskId;
use consort_kernel::task::{ContextSource, Phase, Task, TaskSpec};

/// What is wanted of a plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Edit {
    /// The keys of the tasks that go.
    pub(super) gone: BTreeSet<String>,
    /// The tasks that come.
    pub(super) come: Vec<TaskSpec>,
    /// What stands for a task that goes, in what needs it; nothing where it is needed no more.
    pub(super) instead: BTreeMap<String, Vec<String>>,
}

/// What the plan has to become.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// The tasks that come, each after those that it needs.
    pub(super) add: Vec<TaskSpec>,
    /// The tasks that go.
    pub(super) drop: Vec<TaskId>,
    /// Their keys.
    pub(super) dropped: Vec<String>,
}

/// Whether nobody has begun a task, so that another one can come in its place.
pub(super) const fn is_untouched(task: &Task) -> bool {
    matches!(
        task.phase,
        Phase::Blocked | Phase::Ready | Phase::Offered(_)
    )
}

/// A key like this one that no task has yet.
pub(super) fn fresh_key(key: &str, taken: &BTreeSet<String>) -> String {
    let base = match key.rsplit_once('-') {
        Some((base, number)) if number.parse::<u32>().is_ok() => base,
        _ => key,
    };
    let mut number: u32 = 2;
    loop {
        let fresh = format!("{base}-{number}");
        if !taken.contains(&fresh) {
            return fresh;
        }
        number += 1;
    }
}

/// Works an edit out over all tasks of a plan, or says why it cannot be.
pub(super) fn change(tasks: &[Task], edit: &Edit) -> Result<Change, String> {
    let mut taken: BTreeSet<String> = tasks.iter().map(|task| task.spec.key.clone()).collect();
    taken.extend(edit.come.iter().map(|spec| spec.key.clone()));
    let by_key: BTreeMap<&str, &Task> = tasks
        .iter()
        .map(|task| (task.spec.key.as_str(), task))
        .collect();
    let mut gone = edit.gone.clone();
    let mut instead = edit.instead.clone();
    let mut add = edit.come.clone();
    // Ranks grow along the needs, so what waits for something comes after it.
    let mut in_order: Vec<&Task> = tasks.iter().filter(|task| !task.is_settled()).collect();
    in_order.sort_by(|one, other| (one.rank, &one.spec.key).cmp(&(other.rank, &other.spec.key)));
    for task in in_order {
        let spec = &task.spec;
        if gone.contains(&spec.key) || !spec.needs.iter().any(|key| gone.contains(key)) {
            continue;
        }
        let mut follower = spec.clone();
        follower.key = fresh_key(&spec.key, &taken);
        follower.needs = mapped(&spec.needs, &gone, &instead);
        follower.apart_from = mapped(&spec.apart_from, &gone, &instead);
        map_context(&mut follower, &gone, &instead);
        taken.insert(follower.key.clone());
        gone.insert(spec.key.clone());
        instead.insert(spec.key.clone(), vec![follower.key.clone()]);
        add.push(follower);
    }
    let mut change = Change {
        add,
        ..Change::default()
    };
    for key in &gone {
        let Some(task) = by_key.get(key.as_str()) else {
            return Err(format!("there is no task '{key}' in this plan"));
        };
        if !is_untouched(task) {
            return Err(format!(
                "'{}' is under way or over, and stays as it is",
                task.spec.title
            ));
        }
        change.drop.push(task.id);
        change.dropped.push(key.clone());
    }
    for spec in &change.add {
        if let Some(all) = spec.needs.iter().find(|key| key.ends_with("[*]")) {
            let title = &spec.title;
            return Err(format!(
                "'{title}' needs too many tasks ('{all}') to be put in again"
            ));
        }
        if spec.instructions.context.is_empty() {
            let title = &spec.title;
            return Err(format!(
                "'{title}' would have no material left to work with"
            ));
        }
    }
    Ok(change)
}

fn mapped(
    keys: &[String],
    gone: &BTreeSet<String>,
    instead: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    let mut mapped: Vec<String> = Vec::new();
    for key in keys {
        let stand_in = if gone.contains(key) {
            instead.get(key).cloned().unwrap_or_default()
        } else {
            vec![key.clone()]
        };
        for one in stand_in {
            if !mapped.contains(&one) {
                mapped.push(one);
            }
        }
    }
    mapped
}

/// Has the material that came from a task come from what stands for it.
fn map_context(
    spec: &mut TaskSpec,
    gone: &BTreeSet<String>,
    instead: &BTreeMap<String, Vec<String>>,
) {
    let mut context = Vec::new();
    for item in &spec.instructions.context {
        match &item.source {
            ContextSource::Output(key) if gone.contains(key) => {
                for stand_in in instead.get(key).into_iter().flatten() {
                    let mut own = item.clone();
                    own.source = ContextSource::Output(stand_in.clone());
                    context.push(own);
                }
            }
            _ => context.push(item.clone()),
        }
    }
    spec.instructions.context = context;
}

#[cfg(test)]
mod tests {
    use consort_kernel::digest::Digest;
    use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId};
    use consort_kernel::money::{Amount, Asset};
    use consort_kernel::task::{
        ContextItem, Criterion, DataClass, Instructions, Method, Mode, Opening, Risk, TaskEvent,
    };
    use consort_kernel::time::Timestamp;

    use super::*;

    fn spec(key: &str, needs: &[&str]) -> TaskSpec {
        let item = |name: &str, source| ContextItem {
            class: DataClass::Internal,
            expires_at: None,
            name: name.to_owned(),
            source,
        };
        let mut context = vec![item("paper", ContextSource::Artefact(Digest::of(b"x")))];
        for need in needs {
            context.push(item("before", ContextSource::Output((*need).to_owned())));
        }
        TaskSpec {
            apart_from: Vec::new(),
            capability: "writing".to_owned(),
            gate: false,
            instructions: Instructions {
                constraints: vec!["short".to_owned()],
                context,
                criteria: vec![Criterion {
                    key: "kind".to_owned(),
                    method: Method::Judgment,
                    text: "It is kind.".to_owned(),
                    weight: 1,
                }],
                goal: "Write.".to_owned(),
            },
            key: key.to_owned(),
            kind: "draft".to_owned(),
            lease_ms: 60_000,
            level: 3,
            mode: Mode::Either,
            needs: needs.iter().map(|it| (*it).to_owned()).collect(),
            price: Amount::from_minor(100),
            risk: Risk::Low,
            serves: Vec::new(),
            title: key.to_owned(),
            weight: 1,
        }
    }

    fn task(key: &str, needs: &[&str], rank: u32) -> Task {
        let outcome = OutcomeId::from_bits(1);
        let id = TaskId::in_outcome(outcome, key);
        let opening = Opening {
            accountable: ContributorId::from_bits(1),
            apart: Vec::new(),
            asset: Asset::PRACTICE,
            escalation: Vec::new(),
            organisation: OrganisationId::from_bits(1),
            outcome,
            peers: Vec::new(),
            rank,
            spec: spec(key, needs),
            unmet: needs
                .iter()
                .map(|key| TaskId::in_outcome(outcome, key))
                .collect(),
            unnamed: 0,
        };
        Task::apply(
            None,
            id,
            &TaskEvent::Opened(Box::new(opening)),
            Timestamp::from_millis(0),
        )
        .unwrap()
    }

    fn keys(change: &Change) -> Vec<(&str, Vec<&str>)> {
        let add = change.add.iter();
        add.map(|spec| {
            (
                spec.key.as_str(),
                spec.needs.iter().map(String::as_str).collect(),
            )
        })
        .collect()
    }

    #[test]
    fn what_waits_for_a_changed_task_waits_for_what_stands_for_it() {
        let plan = [
            task("a", &[], 0),
            task("b", &["a"], 1),
            task("c", &["b"], 2),
            task("d", &[], 0),
        ];
        let edit = Edit {
            gone: ["a".to_owned()].into(),
            come: vec![spec("a-2", &[])],
            instead: [("a".to_owned(), vec!["a-2".to_owned()])].into(),
        };
        let change = change(&plan, &edit).unwrap();
        assert_eq!(
            keys(&change),
            [("a-2", vec![]), ("b-2", vec!["a-2"]), ("c-2", vec!["b-2"])]
        );
        assert_eq!(change.dropped, ["a", "b", "c"]);
        let source = &change.add[1].instructions.context[1].source;
        assert_eq!(*source, ContextSource::Output("a-2".to_owned()));
    }

    #[test]
    fn what_needs_a_task_that_was_split_needs_both_parts() {
        let plan = [task("a", &[], 0), task("b", &["a"], 1)];
        let edit = Edit {
            gone: ["a".to_owned()].into(),
            come: vec![spec("a-2", &[]), spec("a-3", &[])],
            instead: [("a".to_owned(), vec!["a-2".to_owned(), "a-3".to_owned()])].into(),
        };
        let change = change(&plan, &edit).unwrap();
        assert_eq!(keys(&change)[2], ("b-2", vec!["a-2", "a-3"]));
        assert_eq!(change.add[2].instructions.context.len(), 3);
    }

    #[test]
    fn what_needs_a_task_that_goes_is_done_without_it() {
        let plan = [task("a", &[], 0), task("b", &["a"], 1)];
        let edit = Edit {
            gone: ["a".to_owned()].into(),
            ..Edit::default()
        };
        assert_eq!(keys(&change(&plan, &edit).unwrap()), [("b-2", vec![])]);
        let unknown = Edit {
            gone: ["x".to_owned()].into(),
            ..Edit::default()
        };
        assert!(change(&plan, &unknown).is_err());
    }

    #[test]
    fn a_fresh_key_is_like_the_old_one_and_nobody_has_it() {
        let taken: BTreeSet<String> = ["a".to_owned(), "a-2".to_owned()].into();
        assert_eq!(fresh_key("a", &taken), "a-3");
        assert_eq!(fresh_key("a-2", &taken), "a-3");
        assert_eq!(fresh_key("second-review", &taken), "second-review-2");
    }
}
