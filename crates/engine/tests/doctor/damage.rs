//! Damage to the events, the states and what stands beside them is found and named.

use consort_kernel::digest::Digest;
use std::sync::Arc;

use consort_engine::checkpoint::{Key, Signers, sign};
use consort_engine::doctor::{Code, Problem, Report, examine};
use consort_kernel::effect::{Timer, TimerKind};
use consort_kernel::log::{Checkpoint, Frontier, leaf_hash};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::fixture::{Story, anna, delivered, stories, task};
use crate::tampered::Tampered;

/// A change of what a store reads.
pub(crate) type Tamper = fn(&mut Tampered);

pub(crate) fn report(story: &Story, tamper: impl Fn(&mut Tampered)) -> Report {
    let mut tampered = Tampered::new(Arc::clone(&story.store));
    tamper(&mut tampered);
    let (artefacts, signers) = (&story.artefacts, story.signers());
    examine(&tampered, Some(artefacts), Some(&signers), &mut |_, _| {}).unwrap()
}

pub(crate) fn codes(problems: &[Problem]) -> Vec<Code> {
    let mut codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Expects exactly these kinds of problems, on every store.
pub(crate) fn check(name: &str, tamper: Tamper, mut expected: Vec<Code>) {
    expected.sort_unstable();
    for story in stories() {
        let report = report(&story, tamper);
        assert_eq!(codes(&report.problems), expected, "{name}: {report:#?}");
        for problem in &report.problems {
            assert!(!problem.text.is_empty() && !problem.subject.is_empty());
        }
        let is_derived = expected.iter().any(|code| code.is_derived());
        let is_damaged = expected.iter().any(|code| code.is_of_the_record());
        assert_eq!(report.rebuildable, is_derived && !is_damaged, "{name}");
    }
}

#[test]
fn a_changed_event_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            let row = rows
                .iter_mut()
                .find(|row| row.event.body.contains("\"amount\":\"20000\""));
            let body = &mut row.unwrap().event.body;
            *body = body.replace("\"amount\":\"20000\"", "\"amount\":\"90000\"");
        }));
    };
    check(
        "a larger deposit",
        tamper,
        vec![
            Code::LogDiffers,
            Code::CheckpointDiffers,
            Code::StateDiffers,
            Code::TransferChanged,
            Code::FundsDiffer,
        ],
    );
}

#[test]
fn an_event_that_is_written_in_another_way_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            rows[3].event.body = rows[3].event.body.replacen(':', ": ", 1);
        }));
    };
    let expected = vec![
        Code::EventNotCanonical,
        Code::LogDiffers,
        Code::CheckpointDiffers,
    ];
    check("a space", tamper, expected);
}

#[test]
fn an_event_that_cannot_be_read_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| rows[0].event.body = "{}".to_owned()));
    };
    let codes = |story: &Story| codes(&report(story, tamper).problems);
    for story in stories() {
        let found = codes(&story);
        assert!(found.contains(&Code::EventUnreadable) && found.contains(&Code::LogDiffers));
    }
}

#[test]
fn swapped_events_are_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            let body = std::mem::take(&mut rows[1].event.body);
            let other = std::mem::replace(&mut rows[4].event.body, body);
            rows[1].event.body = other;
        }));
    };
    for story in stories() {
        let found = codes(&report(&story, tamper).problems);
        assert!(found.contains(&Code::EventMisplaced) && found.contains(&Code::LogDiffers));
    }
}

#[test]
fn a_deleted_tail_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            rows.pop();
        }));
    };
    for story in stories() {
        let found = codes(&report(&story, tamper).problems);
        for code in [Code::FeedGap, Code::CheckpointDiffers] {
            assert!(found.contains(&code), "{found:?}");
        }
    }
}

#[test]
fn a_deleted_tail_is_found_by_the_checkpoints_when_the_log_was_made_to_fit() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            rows.pop();
        }));
        let mut log = Frontier::default();
        let rows = store.inner.feed(0, usize::MAX).unwrap();
        for row in &rows[..rows.len() - 1] {
            log.append(leaf_hash(row.event.body.as_bytes()));
        }
        store.log = Some(Arc::new(move |kept| *kept = log.clone()));
    };
    for story in stories() {
        let found = codes(&report(&story, tamper).problems);
        assert!(found.contains(&Code::CheckpointDiffers), "{found:?}");
    }
}

#[test]
fn a_deleted_event_is_found() {
    let tamper: Tamper = |store| {
        store.events = Some(Arc::new(|rows| {
            let second = |row: &consort_store::FeedRow| row.event.version == 2;
            let place = rows.iter().position(second).unwrap();
            rows.remove(place);
        }));
    };
    for story in stories() {
        let found = codes(&report(&story, tamper).problems);
        for code in [Code::FeedGap, Code::StreamGap] {
            assert!(found.contains(&code), "{found:?}");
        }
    }
}

#[test]
fn another_root_is_found() {
    let tamper: Tamper = |store| {
        store.log = Some(Arc::new(|log| {
            let mut subtrees = log.subtrees().to_vec();
            subtrees[0] = leaf_hash(b"forged");
            *log = Frontier::from_parts(log.size(), subtrees).unwrap();
        }));
    };
    check("another root", tamper, vec![Code::LogDiffers]);
}

#[test]
fn a_changed_state_is_found_with_the_place_where_it_differs() {
    let tamper: Tamper = |store| {
        store.states = Some(Arc::new(|rows| {
            let first = StreamId::Task(task(delivered(), "first"));
            let row = rows.iter_mut().find(|row| row.stream == first).unwrap();
            row.body = row.body.replace("\"attempts\":2", "\"attempts\":1");
        }));
    };
    check("a changed state", tamper, vec![Code::StateDiffers]);
    let problem = &report(&stories()[0], tamper).problems[0];
    assert!(problem.text.contains("'/task/attempts'"), "{problem:?}");
    assert_eq!(problem.subject, task(delivered(), "first").to_string());
}

#[test]
fn what_a_state_is_listed_by_is_compared_too() {
    let changes: [Tamper; 3] = [
        |store| store.states = Some(Arc::new(|rows| rows[0].fence = 0)),
        |store| store.states = Some(Arc::new(|rows| rows[0].status = "other".to_owned())),
        |store| {
            let parent = StreamId::Contributor(anna());
            store.states = Some(Arc::new(move |rows| rows[0].parent = Some(parent)));
        },
    ];
    for tamper in changes {
        check("a column", tamper, vec![Code::StateDiffers]);
    }
}

#[test]
fn states_and_events_that_miss_each_other_are_found() {
    let gone: Tamper = |store| {
        store.states = Some(Arc::new(|rows| {
            rows.remove(0);
        }));
    };
    check("no state", gone, vec![Code::StateMissing]);
    let old: Tamper = |store| {
        store.states = Some(Arc::new(|rows| {
            let row = rows.iter_mut().find(|row| row.version > 3).unwrap();
            row.version -= 1;
        }));
    };
    check("an old state", old, vec![Code::StateStale]);
    let orphan: Tamper = |store| {
        store.states = Some(Arc::new(|rows| {
            let mut row = rows[0].clone();
            row.stream = StreamId::Task(task(delivered(), "never planned"));
            rows.push(row);
        }));
    };
    check("no events", orphan, vec![Code::StateWithoutEvents]);
}

#[test]
fn a_state_in_an_older_form_is_told_of_and_is_no_problem() {
    for story in stories() {
        let report = report(&story, |store| {
            store.states = Some(Arc::new(|rows| rows[0].form = 0));
        });
        assert_eq!(report.problems, []);
        assert!(report.rebuildable);
        assert!(report.notes[0].contains("another form"), "{report:?}");
    }
}

#[test]
fn timers_that_differ_from_the_states_are_found() {
    let gone: Tamper = |store| {
        store.timers = Some(Arc::new(|rows| {
            rows.retain(|timer| timer.kind != TimerKind::Review);
        }));
    };
    check("no timer", gone, vec![Code::TimerDiffers]);
    let late: Tamper = |store| {
        store.timers = Some(Arc::new(|rows| {
            let mut timers = rows.iter_mut();
            let deadline = timers.find(|timer| timer.kind == TimerKind::Deadline);
            let deadline = deadline.unwrap();
            deadline.due_at = deadline.due_at.plus_millis(1);
        }));
    };
    check("a late timer", late, vec![Code::TimerDiffers]);
    let more: Tamper = |store| {
        store.timers = Some(Arc::new(|rows| {
            rows.push(Timer {
                stream: StreamId::Task(task(delivered(), "first")),
                kind: TimerKind::Lease,
                number: 2,
                due_at: Timestamp::from_millis(0),
            });
        }));
    };
    check("one too many", more, vec![Code::TimerDiffers]);
}

#[test]
fn a_forged_checkpoint_is_found() {
    let forged = Key::from_seed("consort-other", &[9; 32]);
    for story in stories() {
        let log = story.store.log().unwrap();
        let note = sign(
            &Checkpoint {
                origin: story.key.public().name().to_owned(),
                size: log.size(),
                root: log.root(),
            },
            &forged,
        );
        let by_another = note.clone();
        let report = report(&story, |store| {
            let note = by_another.clone();
            store.checkpoints = Some(Arc::new(move |rows| {
                rows.last_mut().unwrap().2.clone_from(&note);
            }));
        });
        assert_eq!(codes(&report.problems), [Code::CheckpointForged]);
        let report = self::report(&story, |store| {
            store.checkpoints = Some(Arc::new(|rows| {
                let (_, root, note) = &mut rows[0];
                *root = leaf_hash(b"forged");
                *note = note.replace("\n\n", "1\n\n");
            }));
        });
        assert_eq!(
            codes(&report.problems),
            [Code::CheckpointDiffers, Code::CheckpointForged]
        );
    }
}

#[test]
fn whose_a_checkpoint_is_need_not_be_known_where_a_backup_was_restored() {
    let other = Signers::from(Key::from_seed("consort-other", &[9; 32]).public().clone());
    for story in stories() {
        let restored = |tampered: &mut Tampered| {
            tampered.identity = Some(Arc::new(|identity| identity.epoch = 2));
        };
        let mut tampered = Tampered::new(Arc::clone(&story.store));
        let before = examine(&tampered, None, Some(&other), &mut |_, _| {}).unwrap();
        assert_eq!(codes(&before.problems), [Code::CheckpointForged]);
        restored(&mut tampered);
        let report = examine(&tampered, None, Some(&other), &mut |_, _| {}).unwrap();
        assert_eq!(report.problems, []);
        assert!(report.notes[0].starts_with("2 checkpoints"), "{report:?}");
        // What a known key signed and was changed is forged there, too.
        let report = self::report(&story, |tampered| {
            restored(tampered);
            tampered.checkpoints = Some(Arc::new(|rows| {
                rows[0].2 = rows[0].2.replacen("\n\n", "1\n\n", 1);
            }));
        });
        assert_eq!(codes(&report.problems), [Code::CheckpointForged]);
    }
}

#[test]
fn changed_words_about_somebody_are_found() {
    let tamper: Tamper = |store| {
        store.personal = Some(Arc::new(|rows| {
            for row in rows {
                row.value.push('!');
            }
        }));
    };
    check("a changed name", tamper, vec![Code::PersonalDiffers]);
    let tamper: Tamper = |store| {
        store.personal = Some(Arc::new(|rows| {
            let payout = rows.iter_mut().filter(|row| row.field == "payout");
            for row in payout {
                row.value = "somebody else's account".to_owned();
            }
        }));
    };
    check("another account", tamper, vec![Code::PersonalDiffers]);
}

#[test]
fn a_missing_artefact_that_only_a_list_names_is_found() {
    for story in stories() {
        let name = Digest::of(b"the listed document").to_string();
        let file = story.artefacts.folder().join(&name[..2]).join(&name);
        std::fs::remove_file(&file).unwrap();
        let report = crate::examine::report(&story);
        assert_eq!(codes(&report.problems), [Code::ArtefactMissing]);
        assert_eq!(report.problems[0].subject, name);
    }
}

#[test]
fn missing_and_damaged_artefacts_are_found() {
    for story in stories() {
        let digest = story.artefacts.put(b"{\"points\":[]}").unwrap();
        let name = digest.to_string();
        let file = story.artefacts.folder().join(&name[..2]).join(&name);
        std::fs::write(&file, b"{\"points\":[1]}").unwrap();
        let report = crate::examine::report(&story);
        assert_eq!(codes(&report.problems), [Code::ArtefactDamaged]);
        std::fs::remove_file(&file).unwrap();
        let report = crate::examine::report(&story);
        assert_eq!(codes(&report.problems), [Code::ArtefactMissing]);
        assert_eq!(report.problems[0].subject, name);
        assert!(!report.rebuildable);
    }
}
