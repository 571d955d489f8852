//! What a driver is given beside the task: schemas, what came back and why, and answers.

use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::task::{Method, TaskCommand};
use consort_testkit::fixture::criterion;

use crate::fixture::{ADA, AGENT, Act, Story, id, product, round, spec};

/// A schema that the driver's first result does not fit.
const SCHEMA: &[u8] = br#"{"type": "object", "required": ["reason"]}"#;

#[test]
fn a_driver_is_given_the_schemas_and_why_its_work_came_back() {
    let mut spec = spec("a");
    let method = Method::Schema(Digest::of(SCHEMA));
    spec.instructions.criteria.push(criterion("shape", method));
    let story = Story::with_specs(vec![spec], vec![]);
    story.engine.artefacts().put(SCHEMA).unwrap();
    let dispatcher = story.dispatcher();
    round(&dispatcher);
    {
        let given = story.driver.given.lock().unwrap();
        assert_eq!(given[0].schemas["shape"], SCHEMA);
        assert_eq!((given[0].reasons(), &given[0].earlier), (&[][..], &None));
    }
    // It is checked and comes back; whoever takes it next is told.
    while story.calls() < 2 {
        round(&dispatcher);
    }
    let given = story.driver.given.lock().unwrap();
    assert_eq!(given[1].reasons()[0].criterion, "shape");
    let handed_in = serde_json::to_vec(&product().content).unwrap();
    assert_eq!(given[1].earlier, Some(handed_in));
}

#[test]
fn a_driver_is_given_the_answers_to_its_questions() {
    let story = Story::new(&["a"], vec![Act::Fail("not yet")]);
    let dispatcher = story.dispatcher();
    round(&dispatcher);
    for text in ["Which year?", "Which currency?"] {
        let text = text.to_owned();
        let command = TaskCommand::Ask { lease: 1, text };
        let by = Principal::Contributor(AGENT);
        let body = Body::Task(id("a"), command);
        story.engine.execute(by, body).unwrap();
    }
    let command = TaskCommand::Answer {
        question: 1,
        text: "Euro.".to_owned(),
    };
    let body = Body::Task(id("a"), command);
    let by = Principal::Contributor(ADA);
    story.engine.execute(by, body).unwrap();
    story.clock.advance(500);
    round(&dispatcher);
    let given = story.driver.given.lock().unwrap();
    let answers: Vec<_> = given[1].answers().collect();
    assert_eq!(answers, [("Which currency?", "Euro.")]);
}
