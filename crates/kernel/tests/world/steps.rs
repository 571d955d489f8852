//! The steps of a task's life, each as one call.

use consort_kernel::command::Body;
use consort_kernel::contributor::Cause;
use consort_kernel::digest::Digest;
use consort_kernel::event::Event;
use consort_kernel::id::{ContributorId, OutcomeId, TaskId};
use consort_kernel::outcome::OutcomeCommand;
use consort_kernel::rejection::Rejection;
use consort_kernel::task::{Check, Judgment, Reason, SignOff, TaskCommand, TaskSpec, Verdict};

use super::{World, submission};

type Answer = Result<Vec<Event>, Rejection>;

impl World {
    /// Asks something of an outcome, as its accountable person.
    pub(crate) fn ask_outcome(&mut self, outcome: OutcomeId, command: OutcomeCommand) -> Answer {
        let accountable = self.result(outcome).charter.accountable;
        self.by(accountable, Body::Outcome(outcome, command))
    }

    /// Adds tasks to a plan.
    pub(crate) fn plan(&mut self, outcome: OutcomeId, add: Vec<TaskSpec>) -> Answer {
        self.change_plan(outcome, add, Vec::new())
    }

    /// Changes a plan.
    pub(crate) fn change_plan(
        &mut self,
        outcome: OutcomeId,
        add: Vec<TaskSpec>,
        drop: Vec<TaskId>,
    ) -> Answer {
        let reason = "The plan says so.".to_owned();
        self.ask_outcome(outcome, OutcomeCommand::ChangePlan { add, drop, reason })
    }

    /// Asks something of a task.
    pub(crate) fn ask_task(
        &mut self,
        who: ContributorId,
        task: TaskId,
        command: TaskCommand,
    ) -> Answer {
        self.by(who, Body::Task(task, command))
    }

    /// Takes a task.
    pub(crate) fn claim(&mut self, who: ContributorId, task: TaskId) -> Answer {
        self.ask_task(who, task, TaskCommand::Claim)
    }

    /// Hands a task in under the current lease.
    pub(crate) fn submit(&mut self, who: ContributorId, task: TaskId, text: &str) -> Answer {
        let command = TaskCommand::Submit {
            lease: self.lease(task),
            submission: submission(text),
        };
        self.ask_task(who, task, command)
    }

    /// Takes a task and hands it in.
    pub(crate) fn deliver(&mut self, who: ContributorId, task: TaskId) {
        self.claim(who, task).expect("the task can be taken");
        self.submit(who, task, "the work")
            .expect("it can be handed in");
    }

    /// The number of the latest lease.
    pub(crate) fn lease(&self, task: TaskId) -> u64 {
        self.work(task).lease_number
    }

    /// Reviews what was handed in, in favour.
    pub(crate) fn approve(&mut self, who: ContributorId, task: TaskId) -> Answer {
        let judgment = judgment(self, task, Verdict::Accept);
        self.review(who, task, judgment)
    }

    /// Reviews what was handed in.
    pub(crate) fn review(
        &mut self,
        who: ContributorId,
        task: TaskId,
        judgment: Judgment,
    ) -> Answer {
        self.ask_task(who, task, TaskCommand::Review(Box::new(judgment)))
    }

    /// What a signature on the present submission looks like.
    pub(crate) fn signature(&self, task: TaskId) -> SignOff {
        let content = self.content(task);
        SignOff {
            lease: self.lease(task),
            opened: vec![content],
            reason: "It answers the question.".to_owned(),
            submission: content,
            unmet: Vec::new(),
        }
    }

    /// Signs as the accountable person.
    pub(crate) fn sign(&mut self, task: TaskId) -> Answer {
        let signature = self.signature(task);
        let accountable = self.work(task).accountable;
        self.sign_as(accountable, task, signature)
    }

    /// Signs as anybody.
    pub(crate) fn sign_as(
        &mut self,
        who: ContributorId,
        task: TaskId,
        signature: SignOff,
    ) -> Answer {
        self.ask_task(who, task, TaskCommand::SignOff(Box::new(signature)))
    }

    /// Takes, hands in and signs: for tasks that need no review.
    pub(crate) fn finish(&mut self, who: ContributorId, task: TaskId) {
        self.deliver(who, task);
        self.sign(task).expect("it can be signed");
    }

    /// Records what the automatic checks found, in order.
    pub(crate) fn check(&mut self, task: TaskId, passed: &[bool]) -> Answer {
        let work = self.work(task);
        let keys = work.automatic_criteria().map(|criterion| &criterion.key);
        let checks = keys
            .zip(passed)
            .map(|(key, passed)| Check {
                criterion: key.clone(),
                evidence: None,
                passed: *passed,
                summary: "It was looked at.".to_owned(),
            })
            .collect();
        let lease = self.lease(task);
        self.engine(Body::Task(
            task,
            TaskCommand::RecordChecks { checks, lease },
        ))
    }

    /// The digest of what was handed in, or of nothing.
    pub(crate) fn content(&self, task: TaskId) -> Digest {
        let handed = self.work(task).handed();
        handed.map_or(Digest::of(b""), |handed| handed.submission.content)
    }
}

/// A judgment on what is handed in now; work that goes back is found to be incomplete.
pub(crate) fn judgment(world: &World, task: TaskId, verdict: Verdict) -> Judgment {
    let sends_back = matches!(verdict, Verdict::RequestChanges | Verdict::Reject);
    Judgment {
        cause: sends_back.then_some(Cause::Capability),
        gap_note: "Nothing was missed.".to_owned(),
        lease: world.lease(task),
        reasons: sends_back.then(|| reason("complete")).into_iter().collect(),
        submission: world.content(task),
        verdict,
    }
}

/// A reason for a criterion.
pub(crate) fn reason(criterion: &str) -> Reason {
    Reason {
        criterion: criterion.to_owned(),
        text: "A page is missing.".to_owned(),
    }
}
