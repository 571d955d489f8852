//! A build that sends nothing.

use super::{Mail, MailText, Message, Outcome, WHY_NONE};
use crate::{PostError, Reach};

/// There is none.
pub(crate) enum Sender {}

impl Sender {
    /// Says that there is none, and how to come by one.
    pub(crate) fn new(_: &Reach) -> Result<Self, PostError> {
        Err(PostError::Misused(WHY_NONE.unwrap_or_default().to_owned()))
    }

    /// Sends nothing.
    pub(crate) fn send(&self, _: &str, _: &Message) -> Outcome {
        match *self {}
    }

    /// Sends nothing.
    pub(crate) fn tell(&self, _: &str, _: String) -> Outcome {
        match *self {}
    }
}

/// There is none.
pub(crate) enum Mailer {}

impl Mailer {
    /// Says that there is none, and how to come by one.
    pub(crate) fn new(_: &Mail) -> Result<Self, PostError> {
        Err(PostError::Misused(WHY_NONE.unwrap_or_default().to_owned()))
    }

    /// Sends nothing.
    pub(crate) fn send(&self, _: &MailText) -> Outcome {
        match *self {}
    }
}

/// No address is in order where nothing is sent.
pub(crate) fn check_mail(_: &str) -> Result<(), PostError> {
    Err(PostError::Misused(WHY_NONE.unwrap_or_default().to_owned()))
}

/// No address is in order where nothing is sent.
pub(crate) fn check(_: &str, _: &Reach) -> Result<(), PostError> {
    Err(PostError::Misused(WHY_NONE.unwrap_or_default().to_owned()))
}
