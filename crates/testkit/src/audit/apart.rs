//! Rule 6 for tasks that are kept apart: nobody has two tasks of a group, and nobody does again
//! what they did before.
//!
//! It goes by the keys in the plan and by who took what, and not by what tasks say about whom they
//! are kept from; that this follows, too, is a rule of its own.

use super::entry::{Entry, text, texts};
use super::task::TaskModel;
use super::{Due, Findings, Picture};

/// Other tasks of the outcome that a task is kept apart from, and whether they name it back.
fn others<'a>(
    picture: &'a Picture,
    task: &'a TaskModel,
) -> impl Iterator<Item = (&'a String, &'a TaskModel, bool)> {
    let key = text(&task.spec, "key");
    let named = texts(&task.spec["apart_from"]);
    let nothing = named.is_empty();
    let all = picture.tasks.iter().filter(move |_| !nothing);
    all.filter(move |(_, other)| {
        let is_named = named.iter().any(|name| name == text(&other.spec, "key"));
        is_named && other.outcome == task.outcome
    })
    .map(move |(id, other)| {
        let back = texts(&other.spec["apart_from"]);
        (id, other, back.iter().any(|name| name == key))
    })
}

/// Whoever is offered or takes a task has not had another one of its group, nor done one that it
/// looks at again.
pub(super) fn check(
    picture: &Picture,
    task: &TaskModel,
    who: &str,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    for (id, other, is_mutual) in others(picture, task) {
        let makers = [Some(&other.holder), other.drafter.as_ref()];
        let did = other.is_accepted && makers.into_iter().flatten().any(|maker| maker.id == who);
        let had = is_mutual && entry.name == "claimed" && other.takers.contains(who);
        findings.require(!did && !had, 6, || {
            format!("{} was {} by {who}, who had {id}", entry.stream, entry.name)
        });
    }
}

/// The other tasks of its group have to hear of who took one.
pub(super) fn must_be_told(picture: &mut Picture, task: &TaskModel, entry: &Entry<'_>) {
    let told: Vec<Due> = others(picture, task)
        .filter(|(_, other, is_mutual)| *is_mutual && !other.is_settled())
        .map(|(id, _, _)| Due::Apart(id.clone(), task.holder.id.clone()))
        .collect();
    debug_assert_eq!(entry.name, "claimed", "only who takes a task is kept apart");
    picture.due.extend(told);
}

/// A task hears that somebody took another one.
pub(super) fn keep_apart(
    picture: &Picture,
    task: &mut TaskModel,
    entry: &Entry<'_>,
    findings: &mut Findings,
) {
    let (from, other) = (entry.text("from"), entry.text("other"));
    let took = picture.tasks.get(other);
    let took = took.is_some_and(|other| other.takers.contains(from));
    findings.require(took, 6, || {
        format!(
            "{} is kept from {from}, who never took {other}",
            entry.stream
        )
    });
    task.apart.insert(from.to_owned());
    if task.phase == "offered" && task.offered_to == from {
        task.free();
    }
}
