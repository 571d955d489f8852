//! What the events of an archive have to come to: money adds up, somebody answers, and everything
//! that was handed in is there.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::canonical;
use consort_kernel::digest::Digest;
use consort_kernel::event::Event;
use consort_kernel::id::TaskId;
use consort_kernel::outcome::{Outcome, Phase};
use consort_kernel::task::{Task, TaskEvent};

use super::event::Line;
use super::gather::digests;
use super::report::Problems;
use super::story::Story;
use super::write::Moved;
use super::{ARTEFACTS, EVENTS, TRANSFERS};
use crate::doctor;

/// Compares the movements of money with those that follow from the events, and adds them up.
pub(super) fn money(text: &str, story: &Story, outcome: &Outcome, problems: &mut Problems) {
    let expected: Vec<Moved> = story.transfers.iter().cloned().map(Moved::from).collect();
    if canonical::write(&expected) != text {
        let text = "they are not those that follow from the events";
        problems.add(TRANSFERS, text);
    }
    let asset = outcome.charter.asset;
    let mut moved = doctor::Moved::new();
    for write in story
        .transfers
        .iter()
        .filter(|write| write.transfer.asset == asset)
    {
        let transfer = &write.transfer;
        *moved.entry(transfer.purpose).or_default() += i128::from(transfer.amount.minor());
    }
    let is_closed = matches!(outcome.phase, Phase::Delivered | Phase::Cancelled);
    if !is_closed {
        return;
    }
    for difference in doctor::differences(&outcome.purse, &moved, None) {
        problems.add(outcome.id, format!("its own sums differ: {difference}"));
    }
    let purse = &outcome.purse;
    if purse.available.minor() != 0 || purse.held.minor() != 0 {
        let left = asset.show(purse.available);
        problems.add(
            outcome.id,
            format!("it is closed, and its escrow has {left}"),
        );
    }
}

/// Looks for the person behind each signature.
pub(super) fn signatures(story: &Story, tasks: &BTreeMap<TaskId, Task>, problems: &mut Problems) {
    for (by, of) in &story.signed {
        if story.people.get(by) != Some(&true) {
            problems.add(
                of,
                format!("it was signed by {by}, who is no person of the network"),
            );
        }
    }
    if story.planned != tasks.len() as u64 {
        let text = format!(
            "{} tasks came into the plan, and the events of {} are here",
            story.planned,
            tasks.len()
        );
        problems.add(EVENTS, text);
    }
}

/// Looks for everything that was handed in.
pub(super) fn handed_in(lines: &[Line], kept: &BTreeSet<Digest>, problems: &mut Problems) {
    for line in lines {
        let Some(envelope) = line.envelope() else {
            continue;
        };
        let needed: Vec<Digest> = match &envelope.event {
            Event::Task(
                TaskEvent::Submitted { submission, .. } | TaskEvent::Drafted { submission, .. },
            ) => digests(submission).collect(),
            Event::Task(TaskEvent::Checked { checks, .. }) => {
                checks.iter().filter_map(|check| check.evidence).collect()
            }
            Event::Contributor(_)
            | Event::Network(_)
            | Event::Organisation(_)
            | Event::Outcome(_)
            | Event::Task(_) => Vec::new(),
        };
        for digest in needed.iter().filter(|digest| !kept.contains(digest)) {
            let text = format!("event {} refers to it, and it is missing", line.position);
            problems.add(format!("{ARTEFACTS}{digest}"), text);
        }
    }
}
