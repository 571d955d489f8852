//! What contributors do about tasks, each in their own way.

use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::Cause;
use consort_kernel::digest::Digest;
use consort_kernel::id::ContributorId;
use consort_kernel::money::Amount;
use consort_kernel::task::{
    Check, Handed, Judgment, Lease, Phase, SignOff, Task, TaskCommand, Verdict,
};

use super::population::Behaviour;
use super::world::World;
use crate::fixture;

/// How many leases are remembered, to work under them when they are over.
const OLD_LEASES_MAX: usize = 64;

impl World {
    /// Somebody does something.
    pub(super) fn act(&mut self) {
        let Some(outcome) = self.random.pick(&self.outcomes).copied() else {
            return;
        };
        match self.random.below(100) {
            0..=77 => {
                let tasks = self.open_tasks(outcome);
                for _ in 0..3 {
                    let task = self.random.pick(&tasks).copied();
                    if let Some(task) = task.and_then(|id| self.task(id)) {
                        self.act_on(&task);
                    }
                }
            }
            78..=87 => self.answer_for(outcome),
            88..=90 => self.move_money(outcome),
            91..=93 => self.look_after_the_network(),
            94..=95 => self.declare(),
            96..=97 => self.work_under_an_old_lease(),
            _ => self.talk_nonsense(outcome),
        }
    }

    pub(super) fn ask(&mut self, by: ContributorId, task: &Task, command: TaskCommand) {
        let body = Body::Task(task.id, command);
        self.send(Principal::Contributor(by), body.into());
    }

    fn act_on(&mut self, task: &Task) {
        let somebody = self.population.anybody(&mut self.random);
        if let Some(question) = task.questions.iter().position(|it| it.answer.is_none())
            && self.random.chance(10)
        {
            let question = u32::try_from(question).expect("few questions");
            let text = "On page two.".to_owned();
            self.ask(
                task.accountable,
                task,
                TaskCommand::Answer { question, text },
            );
        }
        if self.random.chance(4) {
            return self.decide_about(task, somebody);
        }
        match &task.phase {
            Phase::Blocked => {
                if self.random.chance(5) {
                    self.ask(somebody, task, TaskCommand::Claim);
                }
            }
            Phase::Ready => {
                if self.random.chance(60) {
                    let by = self.somebody_for(task);
                    self.ask(by, task, TaskCommand::Claim);
                }
            }
            Phase::Offered(offer) => self.answer_offer(task, offer.to, somebody),
            Phase::Leased(lease) => self.work(task, lease, somebody),
            Phase::Checking(handed) => self.check(task, handed),
            Phase::Reviewing(handed) => self.judge(task, handed, somebody),
            Phase::Signing(handed) => self.sign(task, handed, somebody),
            Phase::Accepted(..) | Phase::Failed { .. } | Phase::Cancelled { .. } => {}
        }
    }

    /// Somebody gives the task more time or to somebody else, or says what else has to change, mostly one who may.
    fn decide_about(&mut self, task: &Task, somebody: ContributorId) {
        let asked = task.escalated.map_or(task.accountable, |(_, to)| to);
        let by = match self.random.below(10) {
            0 => somebody,
            1..=5 => asked,
            _ => task.accountable,
        };
        let reason = "It has to go on.".to_owned();
        let command = match self.random.below(4) {
            3 => TaskCommand::AddChanges {
                reasons: vec![fixture::reason()],
            },
            0 => TaskCommand::Extend {
                reason,
                until: self.now().plus_millis(600_000),
            },
            1 => TaskCommand::Reassign { reason, to: None },
            _ => {
                let to = Some(self.somebody_for(task));
                TaskCommand::Reassign { reason, to }
            }
        };
        self.ask(by, task, command);
    }

    /// Whose turn it is, or somebody who looks as if they could do it, most of the time.
    fn somebody_for(&mut self, task: &Task) -> ContributorId {
        if let Some((_, asked)) = task.escalated
            && self.random.chance(50)
        {
            return asked;
        }
        let mut somebody = self.population.anybody(&mut self.random);
        for _ in 0..4 {
            let member = self.population.member(somebody);
            let level = member.and_then(|it| it.capabilities.get(&task.spec.capability));
            let is_fit = level.is_some_and(|level| *level >= task.spec.level)
                && !task.passed_over.contains(&somebody);
            if is_fit {
                break;
            }
            somebody = self.population.anybody(&mut self.random);
        }
        somebody
    }

    fn answer_offer(&mut self, task: &Task, to: ContributorId, somebody: ContributorId) {
        let behaviour = self.behaviour(to);
        match self.random.below(10) {
            0 => self.ask(somebody, task, TaskCommand::Claim),
            1 => self.ask(to, task, TaskCommand::Decline),
            2..=4 if behaviour == Behaviour::Slow => {}
            _ => self.ask(to, task, TaskCommand::Claim),
        }
    }

    fn behaviour(&self, id: ContributorId) -> Behaviour {
        self.population
            .member(id)
            .map_or(Behaviour::Honest, |member| member.behaviour)
    }

    fn work(&mut self, task: &Task, lease: &Lease, somebody: ContributorId) {
        let holder = lease.holder.id;
        if self.old_leases.len() < OLD_LEASES_MAX {
            self.old_leases.push((holder, task.id, lease.number));
        }
        let number = lease.number;
        if self.random.chance(4) {
            return self.hand_in(somebody, task, number, true);
        }
        match self.behaviour(holder) {
            Behaviour::Slow => {
                if self.random.chance(15) {
                    self.hand_in(holder, task, number, true);
                }
            }
            Behaviour::Wrong => {
                let is_good = self.random.chance(20);
                self.hand_in(holder, task, number, is_good);
            }
            Behaviour::Stale => {
                let off = u64::from(self.random.chance(50));
                self.hand_in(holder, task, number.saturating_sub(off), true);
            }
            Behaviour::Crashing => {
                if self.random.chance(40) {
                    self.hand_in(holder, task, number, true);
                }
            }
            Behaviour::Honest | Behaviour::Colluding => match self.random.below(20) {
                0 => {
                    let text = "Where is the annex?".to_owned();
                    self.ask(
                        holder,
                        task,
                        TaskCommand::Ask {
                            lease: number,
                            text,
                        },
                    );
                }
                1 => {
                    let note = self.content(holder, true);
                    self.ask(
                        holder,
                        task,
                        TaskCommand::Note {
                            lease: number,
                            note,
                        },
                    );
                }
                2 => {
                    let note = "Half of it is done.".to_owned();
                    self.ask(
                        holder,
                        task,
                        TaskCommand::Release {
                            lease: number,
                            note,
                        },
                    );
                }
                3..=5 => self.beat(task.id, number, task.spec.lease_ms),
                _ => self.hand_in(holder, task, number, true),
            },
        }
    }

    pub(super) fn hand_in(&mut self, by: ContributorId, task: &Task, lease: u64, is_good: bool) {
        let mut submission = fixture::submission("");
        submission.content = self.content(by, is_good);
        self.ask(by, task, TaskCommand::Submit { lease, submission });
    }

    fn work_under_an_old_lease(&mut self) {
        if let Some((by, task, lease)) = self.random.pick(&self.old_leases).copied()
            && let Some(task) = self.task(task)
        {
            self.hand_in(by, &task, lease, true);
        }
    }

    /// The automatic checks, as the engine records them.
    pub(super) fn check(&mut self, task: &Task, handed: &Handed) {
        let passed = !self.bad.contains(&handed.submission.content);
        let mut checks: Vec<Check> = task
            .automatic_criteria()
            .map(|criterion| Check {
                criterion: criterion.key.clone(),
                evidence: None,
                passed,
                summary: "Measured.".to_owned(),
            })
            .collect();
        if self.random.chance(3) {
            checks.pop();
        }
        let lease = handed.lease.number;
        let body = Body::Task(task.id, TaskCommand::RecordChecks { checks, lease });
        self.send(Principal::Engine, body.into());
    }

    fn judge(&mut self, task: &Task, handed: &Handed, somebody: ContributorId) {
        let holder = handed.lease.holder.id;
        let by = match self.behaviour(holder) {
            Behaviour::Colluding if self.random.chance(30) => holder,
            _ if self.random.chance(15) => task.accountable,
            _ if self.random.chance(10) => task.escalated.map_or(somebody, |(_, to)| to),
            _ => somebody,
        };
        let is_bad = self.bad.contains(&handed.submission.content);
        let verdict = match (self.behaviour(by), self.random.below(20)) {
            (Behaviour::Colluding, _) => Verdict::Accept,
            (_, 0) => Verdict::Reject,
            (_, 1) => Verdict::Escalate,
            (_, 2..=3) => Verdict::RequestChanges,
            _ if is_bad => Verdict::RequestChanges,
            _ => Verdict::Accept,
        };
        self.give_verdict(by, task, handed, verdict);
    }

    pub(super) fn give_verdict(
        &mut self,
        by: ContributorId,
        task: &Task,
        handed: &Handed,
        verdict: Verdict,
    ) {
        let reasons = match verdict {
            Verdict::Accept if !self.random.chance(10) => Vec::new(),
            Verdict::Escalate => Vec::new(),
            Verdict::Accept | Verdict::RequestChanges | Verdict::Reject => vec![fixture::reason()],
        };
        let cause = self.any_cause();
        let judgment = Judgment {
            cause,
            gap_note: "Nothing was missed.".to_owned(),
            lease: self.perhaps_stale(handed.lease.number),
            reasons,
            submission: self.perhaps_other(handed.submission.content),
            verdict,
        };
        self.ask(by, task, TaskCommand::Review(Box::new(judgment)));
    }

    fn any_cause(&mut self) -> Option<Cause> {
        match self.random.below(6) {
            0 => Some(Cause::Communication),
            1 => Some(Cause::OutsideShock),
            2 => Some(Cause::ChangedExpectation),
            3 => Some(Cause::Capability),
            _ => None,
        }
    }

    fn sign(&mut self, task: &Task, handed: &Handed, somebody: ContributorId) {
        let lease = handed.lease.number;
        match self.random.below(20) {
            0 => {
                let reasons = vec![fixture::reason()];
                let cause = Cause::ChangedExpectation;
                let command = TaskCommand::RequestChanges {
                    cause,
                    lease,
                    reasons,
                };
                self.ask(task.accountable, task, command);
            }
            1 => {
                let reason = "It is not needed any more.".to_owned();
                let cause = self.any_cause();
                self.ask(task.accountable, task, TaskCommand::Fail { cause, reason });
            }
            2..=4 => self.judge(task, handed, somebody),
            5 => self.sign_by(somebody, task, handed),
            6..=15 => self.sign_by(task.accountable, task, handed),
            _ => {}
        }
    }

    pub(super) fn sign_by(&mut self, by: ContributorId, task: &Task, handed: &Handed) {
        let content = handed.submission.content;
        let opened = if self.random.chance(95) {
            vec![content]
        } else {
            Vec::new()
        };
        let keys = task.spec.instructions.criteria.iter();
        let unmet = keys
            .skip(1)
            .map(|criterion| criterion.key.clone())
            .filter(|_| self.random.chance(10))
            .collect();
        let sign = SignOff {
            lease: self.perhaps_stale(handed.lease.number),
            opened,
            reason: "It says what it should.".to_owned(),
            submission: self.perhaps_other(content),
            unmet,
        };
        self.ask(by, task, TaskCommand::SignOff(Box::new(sign)));
    }

    fn perhaps_stale(&mut self, lease: u64) -> u64 {
        lease.saturating_sub(u64::from(self.random.chance(4)))
    }

    fn perhaps_other(&mut self, content: Digest) -> Digest {
        if self.random.chance(2) {
            return Digest::of(b"something else");
        }
        content
    }

    /// Something that looks valid, from somebody who may not.
    pub(super) fn talk_nonsense(&mut self, outcome: consort_kernel::id::OutcomeId) {
        let by = self.population.anybody(&mut self.random);
        let tasks = self.tasks_where(outcome, |_| true);
        let Some(task) = self
            .random
            .pick(&tasks)
            .copied()
            .and_then(|id| self.task(id))
        else {
            return;
        };
        let dependency = self.random.pick(&tasks).copied().unwrap_or(task.id);
        let lease = task.lease_number;
        let reason = "nonsense".to_owned();
        let command = match self.random.below(9) {
            0 => TaskCommand::MeetDependency {
                by: vec![by],
                dependency,
            },
            1 => TaskCommand::Cancel { reason },
            2 => TaskCommand::AcceptInAdvance { lease },
            3 => TaskCommand::Expire { lease },
            4 => TaskCommand::Fail {
                cause: None,
                reason,
            },
            5 => TaskCommand::Decline,
            6 => TaskCommand::EscalateOverdue { lease },
            7 => {
                let amount = Amount::from_minor(1_000_000);
                let funds = consort_kernel::outcome::OutcomeCommand::ReceiveFunds {
                    amount,
                    asset: task.asset,
                    funder: task.organisation,
                };
                let body = Body::Outcome(outcome, funds);
                return self.send(Principal::Contributor(by), body.into());
            }
            _ => TaskCommand::LoseDependency { dependency },
        };
        self.ask(by, &task, command);
    }
}
