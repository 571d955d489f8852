//! Stop switches: for one agent and for all. What is under way when one is pulled comes to nothing.

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::ContributorCommand;
use consort_kernel::network::{NetworkCommand, Switch};
use consort_kernel::task::{Phase, TaskCommand};
use consort_testkit::fixture::submission;

use crate::fixture::{ADA, AGENT, Act, Story, id, round};

fn by_ada(story: &Story, body: Body) {
    let by = Principal::Contributor(ADA);
    story.engine.execute(by, body).unwrap();
}

fn pull(story: &Story) {
    let network = story.engine.network();
    let command = NetworkCommand::Stop {
        reason: "to be looked into".to_owned(),
        switch: Switch::Agents,
    };
    by_ada(story, Body::Network(network, command));
}

fn suspend(story: &Story) {
    let reason = "to be looked into".to_owned();
    let command = ContributorCommand::Suspend { reason };
    by_ada(story, Body::Contributor(AGENT, command));
}

/// What the agent made is handed in after the switch was pulled.
fn hand_in_late(story: &Story) -> bool {
    let command = TaskCommand::Submit {
        lease: 1,
        submission: submission("too late"),
    };
    let by = Principal::Contributor(AGENT);
    let handed_in = story.engine.execute(by, Body::Task(id("a"), command));
    handed_in.is_ok()
}

#[test]
fn while_all_agents_are_stopped_nothing_is_begun_and_nothing_is_taken_in() {
    let story = Story::new(&["a"], vec![Act::Fail("timeout")]);
    let dispatcher = story.dispatcher();
    round(&dispatcher);
    pull(&story);
    assert!(!hand_in_late(&story));
    story.clock.advance(500);
    assert_eq!(round(&dispatcher), []);
    assert_eq!(story.calls(), 1);
    assert!(matches!(story.task("a").phase, Phase::Leased(_)));
}

#[test]
fn an_agent_that_is_suspended_gives_back_what_it_holds() {
    let story = Story::new(&["a"], vec![Act::Fail("timeout")]);
    let dispatcher = story.dispatcher();
    round(&dispatcher);
    suspend(&story);
    assert!(!hand_in_late(&story));
    story.clock.advance(500);
    round(&dispatcher);
    assert_eq!(story.calls(), 1);
    assert!(!matches!(story.task("a").phase, Phase::Leased(_)));
}
