//! How events change a task.

use std::collections::BTreeSet;

use super::{
    Handed, Lease, NOTES_MAX, Offer, Opening, Performer, Phase, Question, Returned, Submission,
    Task, TaskEvent, Verdict,
};
use crate::id::{ContributorId, TaskId};
use crate::time::Timestamp;

impl Task {
    /// The state after an event that was recorded at `at`; nothing when the event cannot follow.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each variant: a table, not a flow"
    )]
    pub fn apply(this: Option<Self>, id: TaskId, event: &TaskEvent, at: Timestamp) -> Option<Self> {
        let Some(mut task) = this else {
            let TaskEvent::Opened(opening) = event else {
                return None;
            };
            return Some(Self::opened(id, opening));
        };
        match event {
            TaskEvent::Opened(_) => return None,
            TaskEvent::DependentLinked { dependent } => task.dependents.push(*dependent),
            TaskEvent::DependencyMet { by, dependency } => {
                task.apart.extend(by);
                task.unmet.remove(dependency);
                task.unnamed = task.unnamed.saturating_sub(1);
                if task.unmet.is_empty() && task.unnamed == 0 && task.phase == Phase::Blocked {
                    task.phase = Phase::Ready;
                }
            }
            TaskEvent::NobodyFound { .. } => task.nobody_found = true,
            TaskEvent::Offered {
                number, to, until, ..
            } => {
                task.offer_number = *number;
                task.phase = Phase::Offered(Offer {
                    number: *number,
                    to: *to,
                    until: *until,
                });
            }
            TaskEvent::Declined { by, .. } => {
                task.passed_over.insert(*by);
                task.free();
            }
            TaskEvent::OfferLapsed { .. } => {
                if let Phase::Offered(offer) = &task.phase {
                    task.passed_over.insert(offer.to);
                }
                task.free();
            }
            TaskEvent::KeptApart { from, .. } => {
                task.apart.insert(*from);
                if matches!(&task.phase, Phase::Offered(offer) if offer.to == *from) {
                    task.free();
                }
            }
            TaskEvent::Claimed {
                agreed,
                apart_from,
                holder,
                lease,
                until,
            } => {
                let holder = holder.clone();
                if !apart_from.is_empty() {
                    task.takers.insert(holder.id);
                }
                task.lease_number = *lease;
                task.attempts = task.attempts.saturating_add(1);
                task.attempts_total = task.attempts_total.saturating_add(1);
                task.phase = Phase::Leased(Lease {
                    agreed: *agreed,
                    holder,
                    number: *lease,
                    until: *until,
                });
            }
            TaskEvent::LeaseExpired { .. } | TaskEvent::Released { .. } => task.free(),
            TaskEvent::Drafted { submission, .. } => {
                let Phase::Leased(lease) = task.phase else {
                    return None;
                };
                task.draft = Some((lease.holder, submission.clone()));
                task.attempts = 0;
                task.phase = Phase::Ready;
                task.nobody_found = false;
            }
            TaskEvent::Submitted {
                reviews_needed,
                submission,
                ..
            } => {
                task.hand_in(*reviews_needed, submission, at)?;
            }
            TaskEvent::Checked { checks, .. } => {
                task.with_handed(|handed| handed.checks.clone_from(checks))?;
            }
            TaskEvent::Reviewed { review, .. } => {
                task.with_handed(|handed| handed.reviews.push(review.clone()))?;
            }
            TaskEvent::ChangesRequested { .. } => task.send_back(event)?,
            TaskEvent::ChangesAdded { reasons, .. } => {
                task.returned.as_mut()?.reasons.extend_from_slice(reasons);
            }
            TaskEvent::Escalated { step, to, .. } => task.escalate((*step, *to)),
            TaskEvent::Extended { .. } => {}
            TaskEvent::Reassigned { to, .. } => task.reassign(*to),
            TaskEvent::Accepted { settlement, .. } => {
                let handed = task.take_handed()?;
                task.phase = Phase::Accepted(handed, settlement.clone());
            }
            TaskEvent::Failed { reason, .. } => {
                task.phase = Phase::Failed {
                    reason: reason.clone(),
                };
            }
            TaskEvent::Cancelled { reason } => {
                task.phase = Phase::Cancelled {
                    reason: reason.clone(),
                };
            }
            TaskEvent::Asked { .. } | TaskEvent::Answered { .. } | TaskEvent::Noted { .. } => {
                task.talk(event)?;
            }
        }
        Some(task)
    }

    fn opened(id: TaskId, opening: &Opening) -> Self {
        let unmet: BTreeSet<TaskId> = opening.unmet.iter().copied().collect();
        Self {
            id,
            outcome: opening.outcome,
            organisation: opening.organisation,
            accountable: opening.accountable,
            escalation: opening.escalation.clone(),
            asset: opening.asset,
            spec: opening.spec.clone(),
            rank: opening.rank,
            phase: if unmet.is_empty() && opening.unnamed == 0 {
                Phase::Ready
            } else {
                Phase::Blocked
            },
            unmet,
            unnamed: opening.unnamed,
            dependents: Vec::new(),
            lease_number: 0,
            offer_number: 0,
            attempts: 0,
            attempts_total: 0,
            passed_over: BTreeSet::new(),
            apart: opening.apart.iter().copied().collect(),
            peers: opening.peers.clone(),
            escalated: None,
            nobody_found: false,
            takers: BTreeSet::new(),
            draft: None,
            returned: None,
            questions: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// It can be offered and taken again; whether there is somebody for it is an open question.
    fn free(&mut self) {
        self.phase = Phase::Ready;
        self.nobody_found = false;
    }

    /// It is somebody's turn. Whoever it was offered to before need not answer any more, and whose
    /// turn it is now is asked whatever they said before.
    fn escalate(&mut self, place: (u8, ContributorId)) {
        if matches!(self.phase, Phase::Offered(_)) {
            self.phase = Phase::Ready;
        }
        self.nobody_found = false;
        self.passed_over.remove(&place.1);
        if self.escalated.replace(place) != Some(place) {
            self.attempts = 0;
        }
    }

    /// It begins anew: for the one who is named, or for everybody.
    fn reassign(&mut self, to: Option<ContributorId>) {
        self.free();
        self.attempts = 0;
        self.escalated = None;
        match to {
            Some(to) => {
                self.passed_over.remove(&to);
            }
            None => self.passed_over.clear(),
        }
    }

    fn hand_in(
        &mut self,
        reviews_needed: u8,
        submission: &Submission,
        at: Timestamp,
    ) -> Option<()> {
        let Phase::Leased(lease) = &self.phase else {
            return None;
        };
        let handed = Handed {
            lease: lease.clone(),
            submission: submission.clone(),
            at,
            reviews_needed,
            checks: Vec::new(),
            reviews: Vec::new(),
        };
        self.phase = self.judged(Box::new(handed));
        Some(())
    }

    /// The phase of something that was handed in, from what was found about it so far.
    fn judged(&self, handed: Box<Handed>) -> Phase {
        let unchecked = self.automatic_criteria().any(|criterion| {
            handed
                .checks
                .iter()
                .all(|check| check.criterion != criterion.key)
        });
        if unchecked {
            Phase::Checking(handed)
        } else if handed.is_reviewed() {
            Phase::Signing(handed)
        } else {
            Phase::Reviewing(handed)
        }
    }

    fn take_handed(&mut self) -> Option<Box<Handed>> {
        match std::mem::replace(&mut self.phase, Phase::Ready) {
            Phase::Checking(handed) | Phase::Reviewing(handed) | Phase::Signing(handed) => {
                Some(handed)
            }
            Phase::Blocked
            | Phase::Ready
            | Phase::Offered(_)
            | Phase::Leased(_)
            | Phase::Accepted(..)
            | Phase::Failed { .. }
            | Phase::Cancelled { .. } => None,
        }
    }

    fn with_handed(&mut self, change: impl FnOnce(&mut Handed)) -> Option<()> {
        let mut handed = self.take_handed()?;
        change(&mut handed);
        self.phase = self.judged(handed);
        Some(())
    }

    fn send_back(&mut self, event: &TaskEvent) -> Option<()> {
        let TaskEvent::ChangesRequested {
            cause,
            reasons,
            to_another,
            ..
        } = event
        else {
            return None;
        };
        let handed = self.take_handed()?;
        let Performer { id, .. } = handed.lease.holder;
        if *to_another {
            self.passed_over.insert(id);
        }
        self.nobody_found = false;
        self.returned = Some(Returned {
            cause: *cause,
            performer: id,
            reasons: reasons.clone(),
            submission: handed.submission,
        });
        Some(())
    }

    fn talk(&mut self, event: &TaskEvent) -> Option<()> {
        if let TaskEvent::Asked { by, text } = event {
            self.questions.push(Question {
                by: *by,
                text: text.clone(),
                answer: None,
            });
        }
        if let TaskEvent::Answered { by, question, text } = event {
            self.questions.get_mut(*question as usize)?.answer = Some((*by, text.clone()));
        }
        if let TaskEvent::Noted { note, .. } = event {
            if self.notes.len() == NOTES_MAX {
                self.notes.remove(0);
            }
            self.notes.push(*note);
        }
        Some(())
    }
}

impl Handed {
    /// Whether some reviewer asks for somebody else's decision.
    pub fn asks_for_decision(&self) -> bool {
        self.reviews
            .iter()
            .any(|review| review.verdict == Verdict::Escalate)
    }
}
