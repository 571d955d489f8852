//! States in words, each with a picture of its own.

use consort_kernel::outcome;
use consort_kernel::task::{self, Task};
use maud::{Markup, html as markup};

use super::Icon;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    /// It is done.
    Done,
    /// Somebody is at it.
    Busy,
    /// It waits for the visitor.
    Mine,
    /// It waits for somebody.
    Wait,
    /// It went wrong.
    Bad,
    /// It has not begun, or will not.
    Idle,
}

impl Tone {
    /// The name of its style.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Done => "is-done",
            Self::Busy => "is-busy",
            Self::Mine => "is-mine",
            Self::Wait => "is-wait",
            Self::Bad => "is-bad",
            Self::Idle => "is-idle",
        }
    }

    /// Its picture.
    pub(crate) const fn icon(self) -> Icon {
        match self {
            Self::Done => Icon::Done,
            Self::Busy => Icon::Busy,
            Self::Mine => Icon::Mine,
            Self::Wait => Icon::Wait,
            Self::Bad => Icon::Bad,
            Self::Idle => Icon::Idle,
        }
    }
}

/// A state with its picture.
pub(crate) fn chip(tone: Tone, words: &str) -> Markup {
    markup! { span class={ "chip " (tone.class()) } { (tone.icon().show()) (words) } }
}

/// How a task stands, in words.
pub(crate) const fn of_task(task: &Task) -> (Tone, &'static str) {
    match &task.phase {
        task::Phase::Blocked => (Tone::Idle, "Waits for others"),
        task::Phase::Ready if task.escalated.is_some() => (Tone::Wait, "Escalated"),
        task::Phase::Ready if task.returned.is_some() => (Tone::Bad, "Sent back"),
        task::Phase::Ready => (Tone::Wait, "Looking for somebody"),
        task::Phase::Offered(_) => (Tone::Wait, "Offered"),
        task::Phase::Leased(_) => (Tone::Busy, "Under way"),
        task::Phase::Checking(_) => (Tone::Busy, "Being checked"),
        task::Phase::Reviewing(_) => (Tone::Wait, "In review"),
        task::Phase::Signing(_) => (Tone::Wait, "Waits for a signature"),
        task::Phase::Accepted(_, settled) if settled.net.is_positive() => {
            (Tone::Done, "Accepted and paid")
        }
        task::Phase::Accepted(..) => (Tone::Done, "Accepted"),
        task::Phase::Failed { .. } => (Tone::Bad, "Given up"),
        task::Phase::Cancelled { .. } => (Tone::Idle, "Cancelled"),
    }
}

/// How an outcome stands, in words.
pub(crate) const fn of_outcome(phase: outcome::Phase) -> (Tone, &'static str) {
    match phase {
        outcome::Phase::Planned => (Tone::Idle, "Planned"),
        outcome::Phase::Running => (Tone::Busy, "Running"),
        outcome::Phase::Paused => (Tone::Wait, "Paused"),
        outcome::Phase::Cancelling => (Tone::Wait, "Being cancelled"),
        outcome::Phase::Delivered => (Tone::Done, "Delivered"),
        outcome::Phase::Cancelled => (Tone::Idle, "Cancelled"),
    }
}
