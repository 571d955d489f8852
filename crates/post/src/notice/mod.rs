//! Notices: people are told by mail or chat what needs them, at once or in a digest, and not at night.
//!
//! What needs somebody is asked of whoever knows the rights, by [`Needed`]: when it is noted and again
//! when it is sent, so that what was dealt with meanwhile is told to nobody. What is sent says what waits
//! and leads to its page; whoever opens that has done nothing yet.

mod chat;
mod courier;
mod hours;
mod key;
mod letter;
mod look;
mod office;
mod wish;

pub use courier::Courier;
pub use key::Kind;
pub use office::{BY_HAND_MAX, Office, Setup, Shown};
pub use wish::{ChatAddress, ChatForm, Failing, MailAddress, Moment, Quiet, When, Wishes};

use consort_kernel::id::ContributorId;
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::PostError;

/// Something that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Why.
    pub kind: Kind,
    /// What tells this time from others of the same kind and thing, as a number of a lease.
    pub occasion: String,
    /// What it is called; nothing where that may leave the network with nobody.
    pub title: Option<String>,
    /// What the outcome is called, where it is about a part of one and may be told.
    pub outcome: Option<String>,
    /// Since when, where no event tells of it: it is told to addresses that were there by then.
    pub since: Option<Timestamp>,
    /// By when it is wanted.
    pub due: Option<Timestamp>,
    /// The page, from the server's address on.
    pub path: String,
}

/// Knows what needs somebody, as far as they may see it.
pub trait Needed: Send + Sync {
    /// What of a thing needs whom of these.
    fn needs(
        &self,
        subject: StreamId,
        among: &[ContributorId],
    ) -> Result<Vec<(ContributorId, Need)>, PostError>;

    /// Where somebody is named in discussions and has not read it, with the outcome.
    fn mentions(&self, who: ContributorId) -> Result<Vec<(StreamId, Need)>, PostError>;
}
