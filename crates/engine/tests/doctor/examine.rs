//! A network in which nothing is wrong.

use std::sync::Arc;

use consort_engine::doctor::{Report, examine};
use consort_kernel::command::Body;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::stream::StreamId;

use crate::fixture::{Story, anna, ben, running, stories};

/// What the doctor says of a story, with all that it can look at.
pub(crate) fn report(story: &Story) -> Report {
    examine(
        story.store.as_ref(),
        Some(&story.artefacts),
        Some(&story.signers()),
        &mut |_, _| {},
    )
    .unwrap()
}

#[test]
fn an_honest_network_is_clean() {
    for story in stories() {
        let report = report(&story);
        assert_eq!(report.problems, []);
        assert!(report.is_clean() && !report.rebuildable);
        let log = story.store.log().unwrap();
        assert_eq!((report.events, report.log_root), (log.size(), log.root()));
        // Three contributors, the network, the organisation, two outcomes and five tasks.
        assert_eq!((report.streams, report.outcomes), (12, 2));
        assert_eq!(report.checkpoints, 2);
        assert!(report.transfers > 10, "{} transfers", report.transfers);
        assert_eq!(report.notes, Vec::<String>::new());
    }
}

#[test]
fn a_network_that_works_on_meanwhile_is_clean() {
    for mut story in stories() {
        let (store, artefacts) = (Arc::clone(&story.store), story.artefacts.clone());
        let signers = story.signers();
        let before = store.log().unwrap();
        let mut goes_on = |_, _| {
            let reason = "It is not needed any more.".to_owned();
            let cancel = OutcomeCommand::Cancel { reason };
            story.ask(anna(), Body::Outcome(running(), cancel));
        };
        let report = examine(
            store.as_ref(),
            Some(&artefacts),
            Some(&signers),
            &mut goes_on,
        )
        .unwrap();
        assert_eq!((report.problems, report.notes), (Vec::new(), Vec::new()));
        assert_eq!(
            (report.events, report.log_root),
            (before.size(), before.root())
        );
        assert!(store.log().unwrap().size() > before.size());
    }
}

#[test]
fn an_empty_network_is_clean() {
    let store = consort_store::memory::MemoryStore::new();
    let report = examine(&store, None, None, &mut |_, _| {}).unwrap();
    assert_eq!((report.events, report.problems.len()), (0, 0));
}

#[test]
fn progress_ends_at_the_size_of_the_log() {
    let story = stories().remove(0);
    let mut last = (0, 0);
    examine(story.store.as_ref(), None, None, &mut |done, of| {
        assert!(done >= last.0 && done <= of);
        last = (done, of);
    })
    .unwrap();
    let size = story.store.log().unwrap().size();
    assert_eq!(last, (size, size));
}

#[test]
fn a_name_that_is_not_kept_is_told_of_and_not_broken() {
    for story in stories() {
        let subject = StreamId::Contributor(ben());
        story.store.erase_personal(subject).unwrap();
        let report = report(&story);
        assert_eq!(report.problems, []);
        let [note] = report.notes.as_slice() else {
            panic!("{:?}", report.notes);
        };
        assert!(
            note.starts_with("1 names are not kept") && note.contains(&subject.to_string()),
            "{note}"
        );
    }
}

#[test]
fn an_artefact_that_nobody_refers_to_is_counted_and_no_problem() {
    for story in stories() {
        story.artefacts.put(b"forgotten").unwrap();
        let report = report(&story);
        assert_eq!(report.problems, []);
        assert_eq!(report.notes, ["1 artefacts are referred to by nothing."]);
    }
}

#[test]
fn a_lease_that_a_heartbeat_extended_is_as_it_should_be() {
    use crate::fixture::{START, task};
    for story in stories() {
        let held = task(running(), "held");
        let until = START.plus_millis(9_000_000);
        let stale = story.store.extend_leases(&[(held, 1, until)]).unwrap();
        assert_eq!(stale, []);
        assert_eq!(report(&story).problems, []);
    }
}

#[test]
fn what_timers_asked_for_has_no_receipt_and_is_clean() {
    const DAY_MS: i64 = 86_400_000;
    for mut story in stories() {
        let before = story.store.log().unwrap().size();
        story.wait(2 * DAY_MS);
        story.wait(9 * DAY_MS);
        assert!(story.store.log().unwrap().size() > before + 3);
        let report = report(&story);
        assert_eq!((report.problems, report.notes), (Vec::new(), Vec::new()));
    }
}

#[test]
fn a_cancelled_outcome_is_clean() {
    for mut story in stories() {
        let reason = "It is not needed any more.".to_owned();
        story.ask(
            anna(),
            Body::Outcome(running(), OutcomeCommand::Cancel { reason }),
        );
        let report = report(&story);
        assert_eq!((report.problems, report.notes), (Vec::new(), Vec::new()));
        let archive = crate::archive::archive(&story, running());
        let report = crate::archive::check(&archive).unwrap();
        assert_eq!(
            (report.problems, report.state),
            (Vec::new(), Some("cancelled"))
        );
    }
}
