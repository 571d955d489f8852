//! The agenda says the same whoever asks: the process that works, one that looks on, and one that begins.

use std::sync::Arc;

use consort_engine::Engine;
use consort_engine::agenda::Turn;
use consort_engine::artefact::Artefacts;
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::Cause;
use consort_kernel::id::{OutcomeId, TaskId};
use consort_kernel::task::{Phase, Reason, SignOff, Task, TaskCommand};
use consort_store::Store;
use consort_store::memory::MemoryStore;

use crate::fixture::{ADA, AGENT, Act, OUTCOME, Story, id, made, round, spec};

/// All that the agenda says.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    turns: [Vec<TaskId>; 2],
    parts: [bool; 2],
    done: [Vec<TaskId>; 2],
    to_do: Vec<TaskId>,
    to_sign: Vec<OutcomeId>,
    latest: Vec<OutcomeId>,
}

fn ids(tasks: Vec<Task>) -> Vec<TaskId> {
    tasks.into_iter().map(|task| task.id).collect()
}

fn said(engine: &Engine) -> Said {
    let both = [ADA, AGENT];
    let latest = engine.latest_outcomes(AGENT, Some("running"), (None, 10), |_| false);
    Said {
        turns: both.map(|who| ids(engine.tasks_for(who, &Turn::ALL, 100).unwrap())),
        parts: both.map(|who| engine.takes_part(who, OUTCOME).unwrap()),
        done: both.map(|who| ids(engine.done_lately(who).unwrap())),
        to_do: engine.tasks_to_do([AGENT].into_iter()).unwrap(),
        to_sign: engine.outcomes_to_sign(ADA).unwrap(),
        latest: latest.unwrap().into_iter().map(|it| it.id).collect(),
    }
}

/// Somebody else over the same store.
fn another(story: &Story, disk: &Arc<MemoryStore>) -> Arc<Engine> {
    let artefacts = Artefacts::open(story.engine.artefacts().folder()).unwrap();
    let disk: Arc<dyn Store> = disk.clone();
    Engine::start(disk, artefacts, story.clock.clone(), false).unwrap()
}

#[test]
fn whoever_works_looks_on_or_begins_finds_the_same_in_it() {
    let disk = Arc::new(MemoryStore::new());
    let specs = ["a", "b", "c"].map(spec).to_vec();
    let acts = vec![Act::HandOver("not for me"), Act::Fail("timeout")];
    let story = Story::over(disk.clone(), specs, acts);
    let looks_on = another(&story, &disk);
    let dispatcher = story.dispatcher();
    let agree = || {
        let worker = said(&story.engine);
        assert_eq!(said(&looks_on), worker);
        assert_eq!(said(&another(&story, &disk)), worker);
        worker
    };
    assert_eq!(agree().turns, [[], []]);
    for _ in 0..4 {
        round(&dispatcher);
        agree();
        story.clock.advance(1_500);
    }
    let waits = agree();
    assert!(!waits.turns[0].is_empty() && waits.parts[1], "{waits:?}");

    let by_ada = |task: TaskId, command: TaskCommand| {
        let by = Principal::Contributor(ADA);
        story.engine.execute(by, Body::Task(task, command)).unwrap();
    };
    let judged = story
        .engine
        .tasks_for(ADA, &[Turn::Judge], 10)
        .unwrap()
        .into_iter()
        .find(|task| matches!(task.phase, Phase::Signing(_)))
        .unwrap();
    let lease = judged.lease_number;
    let sign = SignOff {
        lease,
        opened: vec![made()],
        reason: "fit".to_owned(),
        submission: made(),
        unmet: Vec::new(),
    };
    by_ada(judged.id, TaskCommand::SignOff(Box::new(sign)));
    let after = agree();
    assert_eq!(after.done[1], [judged.id]);

    let other = [id("a"), id("b"), id("c")].into_iter().find_map(|it| {
        let task = story.engine.task(it).unwrap().unwrap();
        matches!(task.phase, Phase::Signing(_)).then_some(task)
    });
    if let Some(task) = other {
        let reasons = vec![Reason {
            criterion: task.spec.instructions.criteria[0].key.clone(),
            text: "shorter".to_owned(),
        }];
        by_ada(
            task.id,
            TaskCommand::RequestChanges {
                cause: Cause::Communication,
                lease: task.lease_number,
                reasons,
            },
        );
        agree();
    }
}
