//! Rebuilding what follows from the events.

use std::sync::Arc;

use consort_engine::doctor::{Code, rebuild};
use consort_kernel::time::Timestamp;
use consort_store::{StateQuery, StateRow, StoreError};

use crate::examine::report;
use crate::fixture::{START, Story, running, stories, task};
use crate::tampered::Tampered;

fn states(story: &Story) -> Vec<StateRow> {
    let query = StateQuery {
        limit: usize::MAX,
        ..StateQuery::default()
    };
    story.store.states(&query).unwrap()
}

#[test]
fn a_whole_network_is_left_as_it_is() {
    for story in stories() {
        let before = (
            states(&story),
            story.store.due(Timestamp::from_millis(i64::MAX), 99),
        );
        let rebuilt = rebuild(story.store.as_ref()).unwrap();
        assert_eq!((rebuilt.states, rebuilt.left.len()), (0, 0));
        let after = (
            states(&story),
            story.store.due(Timestamp::from_millis(i64::MAX), 99),
        );
        assert_eq!(before.0, after.0);
        assert_eq!(before.1.unwrap(), after.1.unwrap());
        assert_eq!(report(&story).problems, []);
    }
}

#[test]
fn changed_states_are_folded_anew() {
    for story in stories() {
        let before = states(&story);
        let mut changed = before.clone();
        for row in &mut changed {
            row.status = "other".to_owned();
            row.body = "{}".to_owned();
            row.form = 0;
        }
        story.store.rebuild(&changed).unwrap();
        assert!(report(&story).rebuildable);
        let rebuilt = rebuild(story.store.as_ref()).unwrap();
        assert_eq!(rebuilt.states, before.len() as u64);
        assert_eq!(states(&story), before);
        assert_eq!(report(&story).problems, []);
    }
}

#[test]
fn lost_timers_are_set_again_and_extended_leases_keep_their_time() {
    for story in stories() {
        let end = Timestamp::from_millis(i64::MAX);
        let held = task(running(), "held");
        let until = START.plus_millis(9_000_000);
        story.store.extend_leases(&[(held, 1, until)]).unwrap();
        let timers = story.store.due(end, 99).unwrap();
        // Timers of leases stay, for a lease without its timer is over.
        let leases: Vec<_> = timers
            .iter()
            .filter(|timer| timer.kind == consort_kernel::effect::TimerKind::Lease)
            .cloned()
            .collect();
        story.store.rebuild_timers(&leases).unwrap();
        let problems = report(&story).problems;
        assert!(!problems.is_empty());
        assert!(problems.iter().all(|it| it.code == Code::TimerDiffers));
        rebuild(story.store.as_ref()).unwrap();
        assert_eq!(report(&story).problems, []);
        assert_eq!(story.store.lease(held).unwrap(), Some((1, until)));
        let again = story.store.due(end, 99).unwrap();
        assert_eq!(again.len(), timers.len());
        assert!(again.iter().any(|timer| timer.due_at == until));
    }
}

#[test]
fn nothing_is_rebuilt_from_a_damaged_record() {
    for story in stories() {
        let mut store = Tampered::new(Arc::clone(&story.store));
        store.events = Some(Arc::new(|rows| {
            rows.pop();
        }));
        let before = states(&story);
        assert!(matches!(rebuild(&store), Err(StoreError::Damaged(_))));
        assert_eq!(states(&story), before);
    }
}
