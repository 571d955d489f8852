//! What the servers acknowledged, as the clients wrote it down, and what they answered that nobody expects.

use std::collections::BTreeMap;
use std::time::Duration;

/// A task's life, as far as it was acknowledged.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Life {
    pub(super) is_created: bool,
    /// Every claim that was answered.
    pub(super) holds: Vec<Hold>,
    /// Under which leases it was handed in.
    pub(super) handed_in: Vec<u64>,
    /// Who reviewed it, under which lease.
    pub(super) reviewed: Option<(String, u64)>,
    /// Under which lease it was accepted and paid.
    pub(super) accepted: Option<u64>,
}

/// Somebody held a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) who: String,
    pub(super) lease: u64,
    /// When they knew that they held it, since the beginning.
    pub(super) from: Duration,
    /// When they last sent what was acknowledged under it: until then nobody else can have had it.
    pub(super) until: Duration,
}

/// Everything that was acknowledged, by task.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    pub(super) lives: BTreeMap<String, Life>,
    /// Requests that were answered as done, those sent twice among them.
    pub(super) commands: u64,
    /// Requests that were sent again on purpose.
    pub(super) repeated: u64,
    /// Leases that ran out while their holders waited, or that somebody let go.
    pub(super) stale: u64,
    /// Answers that nobody should get.
    pub(super) unexpected: Vec<String>,
}

impl Acknowledged {
    pub(super) fn of(&mut self, task: &str) -> &mut Life {
        self.commands += 1;
        self.lives.entry(task.to_owned()).or_default()
    }

    /// Notes a claim that was answered. The same claim may be answered twice.
    pub(super) fn claimed(&mut self, task: &str, who: &str, lease: u64, now: Duration) {
        let holds = &mut self.of(task).holds;
        let is_known = holds.iter().any(|it| it.who == who && it.lease == lease);
        if !is_known {
            holds.push(Hold {
                who: who.to_owned(),
                lease,
                from: now,
                until: now,
            });
        }
    }

    /// Notes that something sent at this moment was taken under a lease.
    pub(super) fn held(&mut self, task: &str, lease: u64, sent: Duration) {
        for hold in &mut self.of(task).holds {
            if hold.lease == lease {
                hold.until = hold.until.max(sent);
            }
        }
    }

    /// How many lives were lived to their end.
    pub(super) fn accepted(&self) -> usize {
        let lives = self.lives.values();
        lives.filter(|life| life.accepted.is_some()).count()
    }

    /// Tasks that were created and are not accepted.
    pub(super) fn open(&self) -> impl Iterator<Item = (&String, &Life)> {
        let lives = self.lives.iter();
        lives.filter(|(_, life)| life.accepted.is_none())
    }
}
