//! The end of a run: nothing fails any more, everybody does what is right, and everything that was
//! begun has to come to its end.

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::Cause;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::{OutcomeCommand, Phase as OutcomePhase};
use consort_kernel::task::{Phase, Task, TaskCommand, Verdict};

use super::orders::conclusion;
use super::world::World;
use crate::fixture;

/// After so many rounds an outcome that is not delivered is cancelled.
const PATIENCE: usize = 40;
/// So many rounds more may it take to close it then.
const ROUNDS_MAX: usize = 90;
/// How often the follow-up is repeated within a round.
const FOLLOW_UPS_MAX: usize = 200;

impl World {
    /// Brings everything to its end, within so many rounds.
    pub(super) fn bring_to_an_end(&mut self) {
        if self.random.chance(50) {
            self.mail.clear();
        }
        self.clock_ms += 5_000_000;
        self.deliver_due();
        self.put_in_order();
        let patience = if self.random.chance(40) {
            0
        } else {
            self.random.below(PATIENCE)
        };
        for round in 0..ROUNDS_MAX {
            self.follow_up();
            let open: Vec<OutcomeId> = self
                .outcomes
                .clone()
                .into_iter()
                .filter(|id| !self.is_closed(*id))
                .collect();
            if open.is_empty() || self.is_over() {
                break;
            }
            for id in open {
                self.finish(id, round >= patience);
            }
            self.clock_ms += 60_000;
            self.deliver_due();
        }
        self.follow_up();
        for id in self.outcomes.clone() {
            if !self.is_over() && !self.is_closed(id) {
                self.auditor
                    .broke(format!("{id} could not be brought to its end"));
            }
        }
    }

    fn is_closed(&self, id: OutcomeId) -> bool {
        self.outcome(id).is_none_or(|outcome| {
            matches!(
                outcome.phase,
                OutcomePhase::Delivered | OutcomePhase::Cancelled
            )
        })
    }

    /// Runs stored reactions and due timers until there are none.
    fn follow_up(&mut self) {
        for _ in 0..FOLLOW_UPS_MAX {
            let lane = self.any_lane();
            let waits = self.eyes.reactions(1).is_ok_and(|rows| !rows.is_empty());
            let now = self.moment(lane);
            let due = self.eyes.due(now, 1).is_ok_and(|rows| !rows.is_empty());
            if (!waits && !due) || self.is_over() {
                return;
            }
            self.react(lane);
            self.fire(lane);
        }
        if !self.is_over() {
            self.auditor
                .broke("timers and reactions do not come to an end".to_owned());
        }
    }

    fn finish(&mut self, id: OutcomeId, gives_up: bool) {
        let Some(outcome) = self.outcome(id) else {
            return;
        };
        let reason = "it comes to its end".to_owned();
        let done = outcome.progress.open == 0 && outcome.progress.accepted > 0;
        match outcome.phase {
            OutcomePhase::Running if done => {
                self.order(&outcome, OutcomeCommand::SignOff(conclusion()));
            }
            OutcomePhase::Planned | OutcomePhase::Running | OutcomePhase::Paused
                if gives_up || outcome.progress.open == 0 =>
            {
                self.order(&outcome, OutcomeCommand::Cancel { reason });
            }
            OutcomePhase::Planned => self.order(&outcome, OutcomeCommand::Start),
            OutcomePhase::Paused => self.order(&outcome, OutcomeCommand::Resume { reason }),
            OutcomePhase::Running => {
                for task in self.open_tasks(id) {
                    if let Some(task) = self.task(task) {
                        self.help_on(&task);
                    }
                }
            }
            OutcomePhase::Cancelling | OutcomePhase::Delivered | OutcomePhase::Cancelled => {}
        }
    }

    /// Does the next right thing about a task, through the ordinary way.
    fn help_on(&mut self, task: &Task) {
        let somebody = self.population.anybody(&mut self.random);
        match &task.phase {
            Phase::Blocked
            | Phase::Accepted(..)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => {}
            Phase::Ready | Phase::Offered(_) => {
                for member in self.population.members.clone() {
                    if self.random.chance(40) {
                        self.ask(member.id, task, TaskCommand::Claim);
                    }
                }
                if self.random.chance(12) {
                    let reason = "nobody can do it".to_owned();
                    self.ask(
                        task.accountable,
                        task,
                        TaskCommand::Fail {
                            cause: None,
                            reason,
                        },
                    );
                }
            }
            Phase::Leased(lease) => self.hand_in(lease.holder.id, task, lease.number, true),
            Phase::Checking(handed) => self.check(task, handed),
            Phase::Reviewing(handed) => self.give_verdict(somebody, task, handed, Verdict::Accept),
            Phase::Signing(handed) => {
                self.sign_by(task.accountable, task, handed);
                if handed.checks.iter().any(|check| !check.passed) {
                    let command = TaskCommand::RequestChanges {
                        cause: Cause::Capability,
                        lease: handed.lease.number,
                        reasons: vec![fixture::reason()],
                    };
                    let body = Body::Task(task.id, command);
                    self.send(Principal::Contributor(task.accountable), body.into());
                }
            }
        }
    }
}
