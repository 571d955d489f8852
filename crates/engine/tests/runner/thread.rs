//! The runner's threads: they finish what is in hand, and nothing else.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError};

use consort_engine::runner::{Commission, Driver, Drivers, Failure, Product, Runner, Settings};

use consort_kernel::money::Amount;
use consort_kernel::outcome::Outcome;
use consort_testkit::fixture;

use crate::fixture::{AGENT, ORGANISATION, OUTCOME, Story, product};

/// A driver that says when it begins, and goes on when it is told to.
struct Gate {
    begun: Mutex<Sender<()>>,
    go_on: Mutex<Receiver<()>>,
}

impl Driver for Gate {
    fn perform(&self, _: &Commission) -> Result<Product, Failure> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.send(()).unwrap();
        drop(begun);
        let go_on = self.go_on.lock().unwrap_or_else(PoisonError::into_inner);
        go_on.recv().unwrap();
        Ok(product())
    }
}

#[test]
fn a_runner_that_is_stopped_finishes_what_is_in_hand_and_takes_nothing_more() {
    let story = Story::new(&["a", "b"], vec![]);
    let (begun, has_begun) = channel();
    let (go_on, told) = channel();
    let gate = Gate {
        begun: Mutex::new(begun),
        go_on: Mutex::new(told),
    };
    let mut drivers = Drivers::default();
    drivers.add(AGENT, Arc::new(gate));
    let runner = Runner::start(story.engine.clone(), drivers, Settings::default());
    has_begun.recv().unwrap();
    runner.wind_down();
    go_on.send(()).unwrap();
    runner.stop();
    let handed = ["a", "b"].map(|key| story.task(key).handed().is_some());
    assert_eq!(handed.iter().filter(|handed| **handed).count(), 1);
}

/// How often the outcome below is given money, beside what it began with.
const FUNDED: i64 = 2_000;

#[test]
fn whoever_saw_something_in_a_list_is_given_nothing_older_by_its_name() {
    let story = Story::new(&["a"], vec![]);
    let funded = |outcome: Outcome| outcome.purse.funded;
    let begun = funded(story.engine.outcome(OUTCOME).unwrap().unwrap());
    let all = begun.checked_add(Amount::from_minor(FUNDED)).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..FUNDED {
                story.ask(fixture::fund(ORGANISATION, OUTCOME, 1));
            }
        });
        loop {
            let is_over = writer.is_finished();
            let listed = story.engine.outcomes_with(&[], 1).unwrap().remove(0);
            let listed = funded(listed);
            let named = funded(story.engine.outcome(OUTCOME).unwrap().unwrap());
            assert!(named >= listed, "{named:?} after {listed:?}");
            if listed == all || is_over {
                assert_eq!(listed, all, "the writer went on to the end");
                break;
            }
        }
    });
}
