//! What leaves the network: webhooks, to programs that asked to be told what happens, and notices, to people
//! whom something needs.
//!
//! Nothing is decided here. What somebody may be told comes from whoever knows the rights, by [`Sight`] and
//! [`notice::Needed`]; what waits to be sent is durable, so what was noted once is sent at least once, whatever ends in the
//! middle. Builds without the feature `post` keep what there is and send nothing.

mod address;
pub mod notice;
mod running;
mod schedule;
mod send;
mod webhook;

pub use address::Reach;
pub use consort_engine::webhook::{Delivery, Webhook, Webhooks};
pub use running::Running;
pub use schedule::ATTEMPTS_MAX;
pub use send::{Encryption, Mail, WHY_NONE};
pub use webhook::{Courier, Office, WEBHOOKS_MAX, Which, standing};

use consort_engine::EngineError;
use consort_kernel::event::Envelope;
use consort_kernel::id::ContributorId;
use consort_kernel::rejection::Rejection;

/// Why something about webhooks or notices is not done.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// It is not there, or not theirs: the two look alike.
    #[error("there is nothing like it here")]
    NotHere,
    /// What was asked makes no sense, or goes too far.
    #[error("{0}")]
    Misused(String),
    /// It is not as it was when whoever asks saw it.
    #[error("it has changed since it was seen")]
    Moved,
    /// A rule refuses it.
    #[error(transparent)]
    Refused(#[from] Rejection),
    /// The engine or its store failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What was read cannot be understood.
    #[error("{0}")]
    Unreadable(String),
}

/// Knows what somebody may be told.
pub trait Sight: Send + Sync {
    /// What somebody is told of the event at a position, as it is sent; nothing where they may not see it.
    fn told(
        &self,
        who: ContributorId,
        position: u64,
        envelope: &Envelope,
    ) -> Result<Option<String>, PostError>;
}
