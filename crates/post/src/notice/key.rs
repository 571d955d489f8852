//! What a notice is about, as it is kept: its kind, the thing, and the occasion.

use consort_kernel::stream::StreamId;
use serde::{Deserialize, Serialize};

use super::Need;

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Something waits for their signature.
    SignOff,
    /// Somebody asks them, or something is to be decided by them.
    Question,
    /// It was offered to them.
    Offer,
    /// A result waits for their judgment.
    Review,
    /// What they did came back to them.
    Returned,
    /// It went up to them.
    Escalation,
    /// Somebody named them in a discussion.
    Mention,
}

impl Kind {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::SignOff,
        Self::Question,
        Self::Returned,
        Self::Review,
        Self::Escalation,
        Self::Offer,
        Self::Mention,
    ];

    /// Its name in forms and where it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignOff => "sign_off",
            Self::Question => "question",
            Self::Offer => "offer",
            Self::Review => "review",
            Self::Returned => "returned",
            Self::Escalation => "escalation",
            Self::Mention => "mention",
        }
    }

    /// What it is, where somebody chooses.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SignOff => "Sign-offs",
            Self::Question => "Questions and decisions",
            Self::Offer => "Offers",
            Self::Review => "Reviews",
            Self::Returned => "Changes asked for",
            Self::Escalation => "Escalations",
            Self::Mention => "Mentions in a discussion",
        }
    }

    /// What is asked of whoever is told.
    pub(crate) const fn asked(self) -> &'static str {
        match self {
            Self::SignOff => "Your signature is asked for",
            Self::Question => "Your answer is asked for",
            Self::Offer => "A task is offered to you",
            Self::Review => "Your review is asked for",
            Self::Returned => "Changes are asked for",
            Self::Escalation => "It waits for you to see to it",
            Self::Mention => "You are named in a discussion",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// The key of what needs somebody.
pub(super) fn key(subject: StreamId, need: &Need) -> String {
    format!("{}/{subject}/{}", need.kind.name(), need.occasion)
}

/// The kind and the thing that a key names.
pub(super) fn read(key: &str) -> Option<(Kind, StreamId)> {
    let (kind, rest) = key.split_once('/')?;
    let (subject, _) = rest.split_once('/')?;
    Some((Kind::named(kind)?, subject.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use consort_kernel::id::TaskId;

    use super::*;

    #[test]
    fn a_key_says_what_it_is_about() {
        let subject = StreamId::Task(TaskId::from_bits(7));
        for kind in Kind::ALL {
            let need = Need {
                kind,
                occasion: "lease-3".to_owned(),
                title: None,
                outcome: None,
                since: None,
                due: None,
                path: String::new(),
            };
            assert_eq!(read(&key(subject, &need)), Some((kind, subject)));
        }
        for wrong in ["", "offer", "offer/x/1", "odd/tsk_1/1", "offer/tsk_1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
