//! The runner's threads: they finish what is in hand, and nothing else.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError};

use consort_engine::runner::{Commission, Driver, Drivers, Failure, Product, Runner, Settings};

use crate::fixture::{AGENT, Story, product};

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
