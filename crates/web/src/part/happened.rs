//! What happened, in words: one line of a timeline for each event that people care about.

use consort_kernel::event::{Envelope, Event};
use consort_kernel::id::ContributorId;
use consort_kernel::outcome::OutcomeEvent;
use consort_kernel::task::{Approval, TaskEvent, Verdict};
use consort_kernel::time::Timestamp;
use maud::{Markup, html as markup};

use super::{Icon, People, in_words, when};
use crate::server::Failure;

/// A line of a timeline.
pub(crate) struct Happened {
    /// When.
    pub(crate) at: Timestamp,
    icon: Icon,
    tone: &'static str,
    /// Who did it, where somebody did.
    who: Option<ContributorId>,
    /// What, after their name.
    what: String,
    /// What else is to be said.
    more: Option<String>,
}

impl Happened {
    /// What an event tells people; nothing where it is of the machinery alone.
    pub(crate) fn of(envelope: &Envelope) -> Option<Self> {
        let (icon, tone, who, what, more) = match &envelope.event {
            Event::Task(event) => of_task(event)?,
            Event::Outcome(event) => of_outcome(event)?,
            Event::Contributor(_) | Event::Network(_) | Event::Organisation(_) => return None,
        };
        Some(Self {
            at: envelope.recorded_at,
            icon,
            tone,
            who,
            what,
            more,
        })
    }

    /// The line in words alone.
    pub(crate) fn words(&self, people: &People<'_>) -> Result<String, Failure> {
        Ok(match self.who {
            Some(who) => format!("{} {}", people.name(who)?, self.what),
            None => self.what.clone(),
        })
    }

    /// The line, with what it is about, if that is not plain from where it stands.
    pub(crate) fn show(&self, people: &People<'_>, about: &Markup) -> Result<Markup, Failure> {
        let who = self.who.map(|id| people.name(id)).transpose()?;
        Ok(markup! {
            li {
                (when(self.at)) (self.icon.toned(self.tone))
                p { @if let Some(who) = who { b { (who) } " " } (self.what) (about) }
                @if let Some(more) = &self.more { small { (more) } }
            }
        })
    }
}

type Line = (
    Icon,
    &'static str,
    Option<ContributorId>,
    String,
    Option<String>,
);

fn quoted(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| format!("“{}”", text.trim()))
}

#[expect(clippy::too_many_lines, reason = "a row for each event")]
fn of_task(event: &TaskEvent) -> Option<Line> {
    let line = |icon, tone, who, what: &str, more| Some((icon, tone, who, what.to_owned(), more));
    match event {
        TaskEvent::Offered { to, .. } => line(Icon::Offer, "", Some(*to), "was offered it", None),
        TaskEvent::NobodyFound { .. } => line(
            Icon::Risk,
            "is-wait",
            None,
            "Nobody was found who can do it",
            None,
        ),
        TaskEvent::Declined { by, .. } => line(Icon::Idle, "", Some(*by), "said no", None),
        TaskEvent::Claimed { holder, .. } => line(Icon::Busy, "", Some(holder.id), "took it", None),
        TaskEvent::LeaseExpired { holder, .. } => line(
            Icon::Risk,
            "is-wait",
            Some(*holder),
            "had it too long; it is free again",
            None,
        ),
        TaskEvent::Released { note, .. } => {
            line(Icon::Undo, "", None, "It was given back", quoted(note))
        }
        TaskEvent::Asked { by, text } => line(
            Icon::Question,
            "",
            Some(*by),
            "asked something",
            quoted(text),
        ),
        TaskEvent::Answered { by, text, .. } => {
            line(Icon::Question, "", Some(*by), "answered", quoted(text))
        }
        TaskEvent::Submitted { submission, .. } => line(
            Icon::Task,
            "",
            None,
            "It was handed in",
            submission
                .provenance
                .made_with
                .as_ref()
                .map(|it| format!("Made with {it}")),
        ),
        TaskEvent::Checked { checks, .. } => checked(checks),
        TaskEvent::Reviewed { review, .. } => Some(reviewed(review)),
        TaskEvent::ChangesRequested { by, reasons, .. } => {
            let reasons: Vec<&str> = reasons.iter().map(|it| it.text.as_str()).collect();
            let what = if by.is_some() {
                "asked for changes"
            } else {
                "It went back by itself"
            };
            let told = in_words(&reasons.join("; "));
            line(Icon::Back, "is-bad", *by, what, quoted(&told))
        }
        TaskEvent::ChangesAdded { by, reasons } => {
            let reasons: Vec<&str> = reasons.iter().map(|it| it.text.as_str()).collect();
            let what = "said what else has to change";
            line(
                Icon::Back,
                "is-bad",
                Some(*by),
                what,
                quoted(&reasons.join("; ")),
            )
        }
        TaskEvent::Escalated { to, why, .. } => line(
            Icon::Escalate,
            "is-wait",
            Some(*to),
            "has to see to it",
            quoted(why),
        ),
        TaskEvent::Extended { by, reason, .. } => line(
            Icon::Calendar,
            "",
            Some(*by),
            "gave more time",
            quoted(reason),
        ),
        TaskEvent::Reassigned { by, reason, .. } => line(
            Icon::People,
            "",
            Some(*by),
            "gave it to somebody else",
            quoted(reason),
        ),
        TaskEvent::Accepted { settlement, .. } => {
            let (how, why) = match &settlement.approval {
                Approval::InAdvance { .. } => ("signed in advance, not opened", None),
                Approval::SignedOff { reason, .. } => ("signed it", quoted(reason)),
            };
            let paid = if settlement.net.is_positive() {
                "; it is paid"
            } else {
                ""
            };
            line(
                Icon::Done,
                "is-done",
                Some(settlement.approval.by()),
                &format!("{how}{paid}"),
                why,
            )
        }
        TaskEvent::Failed { by, reason, .. } => {
            line(Icon::Bad, "is-bad", Some(*by), "gave it up", quoted(reason))
        }
        TaskEvent::Cancelled { reason } => {
            line(Icon::Idle, "", None, "It was cancelled", quoted(reason))
        }
        TaskEvent::Opened(_)
        | TaskEvent::DependentLinked { .. }
        | TaskEvent::DependencyMet { .. }
        | TaskEvent::OfferLapsed { .. }
        | TaskEvent::KeptApart { .. }
        | TaskEvent::Noted { .. }
        | TaskEvent::Drafted { .. } => None,
    }
}

fn checked(checks: &[consort_kernel::task::Check]) -> Option<Line> {
    let failed: Vec<&str> = checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| check.summary.as_str())
        .collect();
    let what = match (checks.len(), failed.len()) {
        (0, _) => return None,
        (1, 0) => "The check holds".to_owned(),
        (count, 0) => format!("All {count} checks hold"),
        (count, failed) => format!("{failed} of {count} checks failed"),
    };
    let (icon, tone) = if failed.is_empty() {
        (Icon::Check, "is-done")
    } else {
        (Icon::Bad, "is-bad")
    };
    Some((
        icon,
        tone,
        None,
        what,
        quoted(&in_words(&failed.join("; "))),
    ))
}

fn reviewed(review: &consort_kernel::task::Review) -> Line {
    let (icon, tone, what) = match review.verdict {
        Verdict::Accept => (Icon::Review, "is-done", "reviewed it and found it good"),
        Verdict::RequestChanges => (Icon::Back, "is-bad", "reviewed it and wants changes"),
        Verdict::Reject => (
            Icon::Bad,
            "is-bad",
            "reviewed it and wants somebody else to do it",
        ),
        Verdict::Escalate => (
            Icon::Escalate,
            "is-wait",
            "reviewed it and leaves the decision open",
        ),
    };
    let missed = quoted(&review.gap_note).map(|note| format!("What it misses: {note}"));
    (icon, tone, Some(review.by.id), what.to_owned(), missed)
}

#[expect(clippy::too_many_lines, reason = "a row for each event")]
fn of_outcome(event: &OutcomeEvent) -> Option<Line> {
    let line = |icon, tone, who, what: &str, more| Some((icon, tone, who, what.to_owned(), more));
    match event {
        OutcomeEvent::Created(charter) => line(
            Icon::Outcome,
            "",
            Some(charter.accountable),
            "stated the outcome",
            None,
        ),
        OutcomeEvent::Funded { .. } => line(Icon::Money, "", None, "It was funded", None),
        OutcomeEvent::PreApproved { terms, .. } => line(
            Icon::Sign,
            "",
            None,
            "Something was signed in advance",
            quoted(&terms.reason),
        ),
        OutcomeEvent::PreApprovalRevoked { reason, .. } => line(
            Icon::Undo,
            "",
            None,
            "A signature in advance was taken back",
            quoted(reason),
        ),
        OutcomeEvent::PlanChanged {
            added,
            dropped,
            reason,
            ..
        } => {
            let what = match (added, dropped.len()) {
                (added, 0) => format!("{} came into the plan", tasks(added)),
                (0, dropped) => format!("{} went out of the plan", tasks(dropped)),
                (added, dropped) => {
                    format!("{} came into the plan, {dropped} went out", tasks(added))
                }
            };
            line(Icon::Plus, "", None, &what, quoted(reason))
        }
        OutcomeEvent::Started {} => line(Icon::Busy, "is-busy", None, "Work began", None),
        OutcomeEvent::Paused { reason } => line(
            Icon::Pause,
            "is-wait",
            None,
            "It was paused",
            quoted(reason),
        ),
        OutcomeEvent::Resumed { reason } => {
            line(Icon::Busy, "is-busy", None, "It goes on", quoted(reason))
        }
        OutcomeEvent::CancelRequested { reason } => line(
            Icon::Bad,
            "is-bad",
            None,
            "It was cancelled",
            quoted(reason),
        ),
        OutcomeEvent::BecameOverdue {} => {
            line(Icon::Risk, "is-wait", None, "Its day has passed", None)
        }
        OutcomeEvent::SignedOff { by, conclusion, .. } => line(
            Icon::Sign,
            "is-done",
            Some(*by),
            "signed the outcome",
            quoted(&conclusion.reason),
        ),
        OutcomeEvent::Closed { delivered, .. } => {
            let what = if *delivered {
                "It is delivered, and its escrow is zero"
            } else {
                "It is closed, and its escrow is zero"
            };
            line(Icon::Lock, "is-done", None, what, None)
        }
        OutcomeEvent::CancellationSpread { .. }
        | OutcomeEvent::ResumptionSpread { .. }
        | OutcomeEvent::TaskSettled(_) => None,
    }
}

/// So many tasks.
fn tasks(count: impl std::fmt::Display) -> String {
    let count = count.to_string();
    if count == "1" {
        "1 task".to_owned()
    } else {
        format!("{count} tasks")
    }
}
