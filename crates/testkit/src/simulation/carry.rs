//! The network between those who ask and the lanes: it delays, repeats, reorders and garbles, and
//! answers get lost on their way back. Timers, reactions and offers are carried here, too.

use consort_engine::lane::{Answer, Lane, LaneError, Work};
use consort_engine::{reaction, timer};
use consort_kernel::command::{Body, Command, Principal};
use consort_kernel::rejection::Rejection;
use consort_kernel::task::TaskCommand;
use consort_kernel::time::Timestamp;

use super::plant::Plant;
use super::world::World;
use crate::fixture::Asked;

/// How often something is sent that has to arrive before the story goes on.
const INSISTENCE: usize = 200;
/// How many timers or reactions are taken at a time.
const PAGE: usize = 12;

/// A command on its way.
#[derive(Debug, Clone)]
pub(super) struct Message {
    command: Command,
    arrives_ms: i64,
}

impl World {
    /// Sends a command into the network.
    pub(super) fn send(&mut self, principal: Principal, asked: Asked) {
        let command = self.command(principal, asked);
        self.post(&command);
    }

    pub(super) fn post(&mut self, command: &Command) {
        if self.random.chance(7) {
            self.mail_in(command, 600_000);
        }
        // The engine is not one to garble what it sends: its word is the software's own.
        if command.principal != Principal::Engine && self.random.chance(2) {
            // The same id with another body: whatever somebody else sent last.
            if let Some(other) = self.mail.last() {
                let body = other.command.body.clone();
                let personal = other.command.personal.clone();
                let garbled = Command {
                    body,
                    personal,
                    ..command.clone()
                };
                self.mail_in(&garbled, 60_000);
            }
        }
        let delay_ms = match self.random.below(20) {
            0 => 4_000_000,
            1..=4 => 90_000,
            _ => 1,
        };
        self.mail_in(command, delay_ms);
    }

    fn mail_in(&mut self, command: &Command, within_ms: i64) {
        let arrives_ms = self.clock_ms + self.random.between(0, within_ms);
        self.mail.push(Message {
            command: command.clone(),
            arrives_ms,
        });
    }

    /// Delivers what has arrived, in any order, in batches of any size, to any lane.
    pub(super) fn deliver_due(&mut self) {
        let now_ms = self.clock_ms;
        let (mut due, later): (Vec<Message>, Vec<Message>) = std::mem::take(&mut self.mail)
            .into_iter()
            .partition(|message| message.arrives_ms <= now_ms);
        self.mail = later;
        while !due.is_empty() && !self.is_over() {
            let count = 1 + self.random.below(5.min(due.len()));
            let batch: Vec<Command> = (0..count)
                .map(|_| {
                    let place = self.random.below(due.len());
                    due.swap_remove(place).command
                })
                .collect();
            self.deliver(&batch);
        }
    }

    fn deliver(&mut self, batch: &[Command]) {
        let lane = self.any_lane();
        if self.random.chance(1) {
            // It dies with what it was given; who asked will ask again.
            self.crash(lane);
            for command in batch {
                self.mail_in(command, 60_000);
            }
            return;
        }
        let work: Vec<Work> = batch.iter().cloned().map(Work::Command).collect();
        let at = self.moment(lane);
        let replies = self.step(lane, &work);
        if self.random.chance(3) {
            // It dies before it answers.
            self.crash(lane);
            for command in batch {
                self.mail_in(command, 60_000);
            }
            return;
        }
        for (command, reply) in batch.iter().zip(replies) {
            match reply {
                Ok(answer) => self.acknowledge(command, &answer),
                Err(LaneError::Rejected(why)) => {
                    *self.rejected.entry(why.code()).or_default() += 1;
                    // That an id was used for something else is found at the commit, which a lane
                    // that is only asked never makes.
                    if batch.len() == 1 && why != Rejection::IdReused {
                        self.question(command, at);
                    }
                }
                Err(error) => {
                    self.examine(&error);
                    if self.random.chance(80) {
                        self.mail_in(command, 120_000);
                    }
                }
            }
        }
    }

    /// Tells the auditor what was acknowledged.
    fn acknowledge(&mut self, command: &Command, answer: &Answer) {
        self.acknowledged += 1;
        let events = answer
            .events
            .iter()
            .map(|event| serde_json::to_value(event).expect("events are JSON"))
            .collect();
        self.auditor.acknowledged(
            self.eyes.as_ref(),
            &command.principal.to_string(),
            &command.id.to_string(),
            &command.digest().to_string(),
            events,
        );
    }

    /// Errors that say that the software is wrong, and not the world.
    fn examine(&mut self, error: &LaneError) {
        let text = error.to_string();
        let is_broken = match error {
            LaneError::Quarantined(_) => true,
            LaneError::Store(_) => text.contains("refused") || text.contains("damaged"),
            LaneError::Rejected(_) | LaneError::Busy => false,
        };
        if is_broken {
            self.auditor.broke(text);
        }
    }

    /// Whether a lane that knows nothing would have rejected it as well, at the same moment.
    fn question(&mut self, command: &Command, at: Timestamp) {
        if self.lanes.len() == 1 || !self.random.chance(20) {
            return;
        }
        let Ok(mut fresh) = Lane::open(self.read_only.clone(), self.network, true) else {
            return;
        };
        let replies = fresh.step(&[Work::Command(command.clone())], at);
        if !matches!(replies[..], [Err(LaneError::Rejected(_))]) {
            self.auditor
                .answered_from_stale_rows(&command.id.to_string());
        }
    }

    /// Sends something until it has been answered.
    pub(super) fn insist(&mut self, principal: Principal, asked: Asked) {
        let command = self.command(principal, asked);
        for _ in 0..INSISTENCE {
            let lane = self.any_lane();
            let replies = self.step(lane, &[Work::Command(command.clone())]);
            match replies.into_iter().next() {
                Some(Ok(answer)) => {
                    self.acknowledge(&command, &answer);
                    return;
                }
                Some(Err(LaneError::Rejected(_))) | None => return,
                Some(Err(error)) => self.examine(&error),
            }
            if self.is_over() {
                return;
            }
        }
    }

    /// Fires timers that are due. Between seeing and firing them, others may be quicker.
    pub(super) fn fire(&mut self, lane: usize) {
        let now = self.moment(lane);
        let Ok(mut due) = timer::due(self.eyes.as_ref(), now, PAGE) else {
            return;
        };
        if !self.is_ending && self.random.chance(20) {
            let other = self.any_lane();
            self.fire(other);
            self.act();
            self.deliver_due();
        }
        for work in &mut due {
            if let Work::Timer(_, command) = work {
                self.auditor.fired(&command.id.to_string());
                if self.plant == Some(Plant::AcceptedOnTimer) {
                    accept_in_place_of_escalating(command);
                }
            }
        }
        if !due.is_empty() {
            for reply in self.step(lane, &due).into_iter().filter_map(Result::err) {
                self.examine(&reply);
            }
        }
    }

    /// Handles stored reactions. Others may handle them meanwhile.
    pub(super) fn react(&mut self, lane: usize) {
        let Ok(work) = reaction::waiting(self.eyes.as_ref(), PAGE) else {
            return;
        };
        if self.random.chance(15) {
            let other = self.any_lane();
            self.react(other);
        }
        if !work.is_empty() {
            for reply in self.step(lane, &work).into_iter().filter_map(Result::err) {
                self.examine(&reply);
            }
        }
    }

    /// Decides on offers; some of them come late.
    pub(super) fn route(&mut self, lane: usize) {
        let now = self.moment(lane);
        let limit = 1 + self.random.below(8);
        let eyes = self.eyes.clone();
        let (directory, walk) = &mut self.routers[lane];
        let routed = walk.next(eyes.as_ref(), directory, now, limit);
        for offer in routed.map(|routed| routed.offers).unwrap_or_default() {
            if self.random.chance(80) {
                self.mail_in(&offer, 0);
            } else {
                self.post(&offer);
            }
        }
    }

    /// Moves the ends of leases whose holders are at work.
    pub(super) fn beat(&mut self, task: consort_kernel::id::TaskId, lease: u64, lease_ms: u32) {
        let until = self.now().plus_millis(i64::from(lease_ms));
        self.eyes.extend_leases(&[(task, lease, until)]).ok();
    }
}

fn accept_in_place_of_escalating(command: &mut Command) {
    if let Body::Task(task, TaskCommand::EscalateOverdue { lease }) = command.body {
        command.body = Body::Task(task, TaskCommand::AcceptInAdvance { lease });
    }
}
