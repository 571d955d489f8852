//! Two lanes over one store, each with a cache of its own: defects that the simulator found once,
//! told as short stories.
#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot be told this way has failed"
)]

use std::sync::Arc;

use consort_engine::doctor::{examine, rebuild};
use consort_engine::lane::{Answer, Lane, LaneError, Work};
use consort_engine::{reaction, routing, timer};
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::contributor::Profile;
use consort_kernel::id::{CommandId, ContributorId, NetworkId, OrganisationId, OutcomeId, TaskId};
use consort_kernel::network::Policy;
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::state::State;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Risk, Task, TaskCommand, TaskSpec};
use consort_kernel::time::Timestamp;
use consort_store::memory::MemoryStore;
use consort_store::{StateQuery, Store};
use consort_testkit::fixture::{self, Asked, START};

const NETWORK: NetworkId = NetworkId::from_bits(1);
const ORGANISATION: OrganisationId = OrganisationId::from_bits(2);
const OUTCOME: OutcomeId = OutcomeId::from_bits(3);
const ADA: ContributorId = ContributorId::from_bits(4);
const BEN: ContributorId = ContributorId::from_bits(5);

struct Story {
    store: Arc<dyn Store>,
    lanes: [Lane; 2],
    now: Timestamp,
    commands: u128,
}

impl Story {
    /// A running outcome of Ada's with these tasks; both lanes have room for so many events.
    fn new(tasks: Vec<TaskSpec>, batch_events_max: usize) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let lanes = [(); 2].map(|()| {
            let lane = Lane::open(Arc::clone(&store), NETWORK, false).unwrap();
            lane.with_batch_events_max(batch_events_max)
        });
        let mut told = Self {
            store,
            lanes,
            now: START,
            commands: 0,
        };
        let charter = fixture::charter(ORGANISATION, ADA);
        let start = Body::Outcome(OUTCOME, OutcomeCommand::Start);
        for (by, asked) in [
            (ADA, fixture::found_network(NETWORK, ADA, Policy::default())),
            (
                ADA,
                fixture::add_person(ADA, fixture::able(5), Profile::default()),
            ),
            (
                BEN,
                fixture::add_person(BEN, fixture::able(5), Profile::default()),
            ),
            (ADA, fixture::found_organisation(ORGANISATION, ADA)),
            (ADA, fixture::deposit(ORGANISATION, 50_000)),
            (ADA, fixture::create_outcome(OUTCOME, charter)),
            (ADA, fixture::fund(ORGANISATION, OUTCOME, 20_000)),
        ] {
            told.ask(0, by, asked).unwrap();
            told.react(0);
        }
        told.ask(0, ADA, fixture::add_tasks(OUTCOME, tasks))
            .unwrap();
        told.ask(0, ADA, start.into()).unwrap();
        told
    }

    fn ask(&mut self, lane: usize, by: ContributorId, asked: Asked) -> Result<Answer, LaneError> {
        self.commands += 1;
        let id = CommandId::new(self.now, self.commands);
        let command: Command = asked.by(Principal::Contributor(by), id);
        let mut replies = self.lanes[lane].step(&[Work::Command(command)], self.now);
        replies.remove(0)
    }

    fn of_task(&mut self, lane: usize, by: ContributorId, command: TaskCommand) {
        self.ask(lane, by, Body::Task(task(), command).into())
            .unwrap();
    }

    fn react(&mut self, lane: usize) {
        loop {
            let work = reaction::waiting(self.store.as_ref(), 100).unwrap();
            if work.is_empty() {
                return;
            }
            for reply in self.lanes[lane].step(&work, self.now) {
                reply.unwrap();
            }
        }
    }

    fn due(&self) -> Vec<Work> {
        timer::due(self.store.as_ref(), self.now, 100).unwrap()
    }

    fn state(&self) -> Task {
        let rows = self.store.load(&[StreamId::Task(task())]).unwrap();
        match serde_json::from_str(&rows[0].body).unwrap() {
            State::Task(task) => *task,
            other => panic!("{other:?}"),
        }
    }
}

fn task() -> TaskId {
    TaskId::in_outcome(OUTCOME, "a")
}

#[test]
fn a_lane_that_does_not_know_of_a_lease_still_ends_it() {
    let mut story = Story::new(vec![fixture::spec("a")], 100);
    // The second lane sees the task while it is ready, and keeps that.
    let answer = Body::Task(task(), TaskCommand::Decline);
    story.ask(1, BEN, answer.into()).unwrap_err();
    story.of_task(0, BEN, TaskCommand::Claim);
    story.now = story.now.plus_millis(600_001);
    let due = story.due();
    story.lanes[1].step(&due, story.now);
    assert_eq!(story.state().phase.as_str(), "ready");
}

#[test]
fn a_heartbeat_after_the_timer_was_seen_keeps_the_lease() {
    let mut story = Story::new(vec![fixture::spec("a")], 100);
    story.of_task(0, BEN, TaskCommand::Claim);
    story.now = story.now.plus_millis(600_001);
    let due = story.due();
    assert_eq!(due.len(), 1);
    let until = story.now.plus_millis(5_000);
    story.store.extend_leases(&[(task(), 1, until)]).unwrap();
    for reply in story.lanes[0].step(&due, story.now) {
        assert_eq!(reply.unwrap().events, []);
    }
    assert_eq!(story.state().phase.as_str(), "leased");
    assert_eq!(story.due(), [], "the timer waits for the new deadline");
    story.now = until.plus_millis(1);
    let due = story.due();
    story.lanes[0].step(&due, story.now);
    assert_eq!(story.state().phase.as_str(), "ready");
}

#[test]
fn a_time_out_that_two_lanes_see_escalates_once() {
    let risky = TaskSpec {
        risk: Risk::High,
        ..fixture::spec("a")
    };
    let mut story = Story::new(vec![risky], 100);
    story.of_task(0, BEN, TaskCommand::Claim);
    story
        .ask(0, BEN, fixture::submit(task(), 1, fixture::submission("a")))
        .unwrap();
    story.now = story.now.plus_millis(6 * 24 * 3_600_000);
    let due = story.due();
    assert_eq!(due.len(), 1);
    for lane in 0..2 {
        let replies = story.lanes[lane].step(&due, story.now);
        assert!(replies[0].is_ok());
    }
    let history = story.store.history(StreamId::Task(task()), 0, 100).unwrap();
    let escalated = history
        .iter()
        .filter(|row| row.event.body.contains("\"escalated\""));
    assert_eq!(escalated.count(), 1);
}

#[test]
fn what_follows_is_found_again_where_another_lanes_clock_is_ahead() {
    let mut story = Story::new(vec![fixture::spec("a")], 100);
    story.now = story.now.plus_millis(2_000);
    story.of_task(0, BEN, TaskCommand::Claim);
    story.now = story.now.plus_millis(-2_000);
    let reason = "not needed".to_owned();
    let fail = TaskCommand::Fail {
        cause: None,
        reason,
    };
    story.of_task(1, ADA, fail);
    let report = examine(story.store.as_ref(), None, None, &mut |_, _| ()).unwrap();
    assert_eq!(report.problems, []);
}

#[test]
fn a_late_time_out_leaves_the_next_lease_its_timer() {
    let mut story = Story::new(vec![fixture::spec("a")], 100);
    story.of_task(0, BEN, TaskCommand::Claim);
    story.now = story.now.plus_millis(600_001);
    let late = story.due();
    story.lanes[0].step(&late, story.now);
    story.of_task(0, BEN, TaskCommand::Claim);
    story.lanes[1].step(&late, story.now);
    let timers = story
        .store
        .due(Timestamp::from_millis(i64::MAX), 100)
        .unwrap();
    assert_eq!(
        timers.iter().map(|timer| timer.number).collect::<Vec<_>>(),
        [2]
    );
}

#[test]
fn a_task_whose_lease_ran_out_can_be_given_up() {
    let mut story = Story::new(vec![fixture::spec("a")], 100);
    story.of_task(0, BEN, TaskCommand::Claim);
    story.now = story.now.plus_millis(600_001);
    let due = story.due();
    story.lanes[0].step(&due, story.now);
    let reason = "not needed".to_owned();
    story.of_task(
        0,
        ADA,
        TaskCommand::Fail {
            cause: None,
            reason,
        },
    );
    assert_eq!(story.state().phase.as_str(), "failed");
}

#[test]
fn a_reaction_that_another_lane_handled_is_no_damage() {
    let mut story = Story::new(vec![fixture::spec("a")], 1);
    let reason = "not needed".to_owned();
    story.of_task(
        0,
        ADA,
        TaskCommand::Fail {
            cause: None,
            reason,
        },
    );
    let waiting = reaction::waiting(story.store.as_ref(), 100).unwrap();
    assert!(!waiting.is_empty(), "the outcome has yet to hear of it");
    for lane in 0..2 {
        for reply in story.lanes[lane].step(&waiting, story.now) {
            reply.unwrap();
        }
    }
}

#[test]
fn a_reaction_to_what_a_lane_has_not_seen_is_no_damage() {
    let mut story = Story::new(vec![fixture::spec("other")], 1);
    // The second lane settles the only task, and keeps the outcome as it is then.
    let other = TaskId::in_outcome(OUTCOME, "other");
    let reason = "not needed".to_owned();
    let fail = Body::Task(
        other,
        TaskCommand::Fail {
            cause: None,
            reason,
        },
    );
    story.ask(1, ADA, fail.into()).unwrap();
    story.react(1);
    let again = vec![fixture::spec("a")];
    story
        .ask(0, ADA, fixture::add_tasks(OUTCOME, again))
        .unwrap();
    let reason = "not needed".to_owned();
    story.of_task(
        0,
        ADA,
        TaskCommand::Fail {
            cause: None,
            reason,
        },
    );
    let waiting = reaction::waiting(story.store.as_ref(), 100).unwrap();
    for reply in story.lanes[1].step(&waiting, story.now) {
        reply.unwrap();
    }
}

/// Two tasks of which nobody may do both, in lanes that store every reaction before they handle it.
fn compared() -> (Story, [TaskId; 2]) {
    let apart = |key: &str, from: &str| TaskSpec {
        apart_from: vec![from.to_owned()],
        ..fixture::spec(key)
    };
    let story = Story::new(vec![apart("a", "b"), apart("b", "a")], 1);
    let tasks = ["a", "b"].map(|key| TaskId::in_outcome(OUTCOME, key));
    (story, tasks)
}

#[test]
fn rule_6_two_lanes_do_not_give_two_tasks_of_a_group_to_one_contributor() {
    let (mut story, [first, second]) = compared();
    // The second lane has seen both tasks while nobody had them.
    for seen in [first, second] {
        let decline = Body::Task(seen, TaskCommand::Decline);
        story.ask(1, BEN, decline.into()).unwrap_err();
    }
    story
        .ask(0, BEN, Body::Task(first, TaskCommand::Claim).into())
        .unwrap();
    let waiting = reaction::waiting(story.store.as_ref(), 100).unwrap();
    assert!(!waiting.is_empty(), "the other task has yet to hear of it");
    let claim = Body::Task(second, TaskCommand::Claim);
    let refused = story.ask(1, BEN, claim.clone().into()).unwrap_err();
    assert!(format!("{refused:?}").contains("OwnWork"), "{refused:?}");
    story.react(1);
    story.ask(1, BEN, claim.clone().into()).unwrap_err();
    story.ask(1, ADA, claim.into()).unwrap();
    story.react(0);
    for task in [first, second] {
        assert_eq!(
            routing::why(story.store.as_ref(), task, None)
                .unwrap()
                .len(),
            0
        );
    }
}

#[test]
fn tasks_that_are_kept_apart_are_examined_and_folded_anew_like_all_others() {
    let (mut story, [first, _]) = compared();
    let claim = Body::Task(first, TaskCommand::Claim);
    story.ask(0, BEN, claim.into()).unwrap();
    story.react(0);
    let kept = story.store.as_ref();
    let report = examine(kept, None, None, &mut |_, _| {}).unwrap();
    assert_eq!(report.problems, []);
    let query = StateQuery {
        limit: usize::MAX,
        ..StateQuery::default()
    };
    let before = kept.states(&query).unwrap();
    let mut lost = before.clone();
    for row in &mut lost {
        row.body = "{}".to_owned();
        row.fence = 0;
        row.form = 0;
    }
    kept.rebuild(&lost).unwrap();
    rebuild(kept).unwrap();
    assert_eq!(kept.states(&query).unwrap(), before);
}

impl Story {
    /// A question of Ben's, by somebody who has seen this version of the task.
    fn question(&mut self, text: &str, seen: u64) -> Command {
        self.commands += 1;
        let asked = TaskCommand::Ask {
            lease: 1,
            text: text.to_owned(),
        };
        let asked: Asked = Body::Task(task(), asked).into();
        Command {
            expected: Some(seen),
            ..asked.by(
                Principal::Contributor(BEN),
                CommandId::new(self.now, self.commands),
            )
        }
    }

    fn version(&self) -> u64 {
        self.store.load(&[StreamId::Task(task())]).unwrap()[0].version
    }
}

#[test]
fn of_two_who_saw_the_same_one_comes_through() {
    // Over one lane, over two of which each has the task in its cache, and in one batch.
    for (first, second, is_one_batch) in [(0, 0, false), (0, 1, false), (1, 0, false), (0, 0, true)]
    {
        let mut story = Story::new(vec![fixture::spec("a")], 100);
        story.of_task(0, BEN, TaskCommand::Claim);
        let decline = Body::Task(task(), TaskCommand::Decline);
        story.ask(1, BEN, decline.into()).unwrap_err();
        let seen = story.version();
        let [one, other] = ["Which?", "When?"].map(|text| story.question(text, seen));
        let work = [one, other].map(Work::Command);
        let replies = if is_one_batch {
            story.lanes[first].step(&work, story.now)
        } else {
            let mut replies = story.lanes[first].step(&work[..1], story.now);
            replies.extend(story.lanes[second].step(&work[1..], story.now));
            replies
        };
        assert!(replies[0].is_ok(), "{:?}", replies[0]);
        let moved = Rejection::Moved {
            stream: StreamId::Task(task()),
            seen,
            is: seen + 1,
        };
        assert_eq!(replies[1], Err(moved.into()));
        assert_eq!(story.state().questions.len(), 1);
        // Sent again, the first has the answer of the first time, whatever has been seen since.
        let again = story.lanes[second].step(&work[..1], story.now).remove(0);
        assert!(again.unwrap().repeated);
        assert_eq!(story.state().questions.len(), 1);
    }
}

#[test]
fn what_was_seen_is_no_part_of_what_is_asked() {
    let mut story = Story::new(vec![fixture::spec("a")], 100);
    story.of_task(0, BEN, TaskCommand::Claim);
    let seen = story.version();
    let question = story.question("Which?", seen);
    let later = Command {
        expected: Some(seen + 1),
        ..question.clone()
    };
    let unconditional = Command {
        expected: None,
        ..question.clone()
    };
    let other = Command {
        body: story.question("When?", seen).body,
        ..question.clone()
    };
    let now = story.now;
    let mut ask = |command| {
        story.lanes[0]
            .step(&[Work::Command(command)], now)
            .remove(0)
    };
    assert!(!ask(question).unwrap().repeated);
    for again in [later, unconditional] {
        assert!(ask(again).unwrap().repeated);
    }
    assert_eq!(ask(other), Err(Rejection::IdReused.into()));
}
