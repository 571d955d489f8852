//! Why something is on the list of today, and what each kind is called.

use crate::part::Icon;

/// Why something is on the list; the order is that of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The outcome itself waits for their signature.
    Conclude,
    /// A result waits for their signature.
    SignOff,
    /// A result waits for their judgment, and for somebody else's signature.
    Review,
    /// Something is to be decided.
    Decision,
    /// Somebody asks.
    Question,
    /// It went up to them.
    Escalation,
    /// They hold it.
    Held,
    /// It was offered to them.
    Offer,
    /// A check sent it back, and they answer for it.
    WentBack,
    /// Somebody named them in a discussion.
    Mention,
}

impl Kind {
    pub(super) const fn icon(self) -> Icon {
        match self {
            Self::Conclude | Self::SignOff => Icon::Sign,
            Self::Review => Icon::Review,
            Self::Decision => Icon::Conflict,
            Self::Question | Self::Mention => Icon::Question,
            Self::Escalation => Icon::Escalate,
            Self::Held => Icon::Task,
            Self::WentBack => Icon::Back,
            Self::Offer => Icon::Offer,
        }
    }

    /// One for each word that addresses have.
    pub(super) const ALL: [Self; 9] = [
        Self::SignOff,
        Self::Review,
        Self::Decision,
        Self::Question,
        Self::Escalation,
        Self::Held,
        Self::Offer,
        Self::WentBack,
        Self::Mention,
    ];

    /// What programs and addresses call it.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Conclude | Self::SignOff => "sign-off",
            Self::Review => "review",
            Self::Decision => "decision",
            Self::Question => "question",
            Self::Escalation => "escalation",
            Self::Held => "held",
            Self::Offer => "offer",
            Self::WentBack => "went-back",
            Self::Mention => "mention",
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Conclude | Self::SignOff => "Sign-off",
            Self::Review => "Review",
            Self::Decision => "Decision",
            Self::Question => "Question",
            Self::Escalation => "Escalation",
            Self::Held => "You hold this",
            Self::Offer => "Offer",
            Self::WentBack => "Went back",
            Self::Mention => "Mention",
        }
    }

    pub(super) const fn tone(self) -> &'static str {
        match self {
            Self::Conclude | Self::SignOff => "tone is-mine",
            Self::Decision | Self::Review | Self::Escalation => "tone is-wait",
            Self::Question | Self::Held | Self::Offer | Self::WentBack | Self::Mention => "tone",
        }
    }
}
