//! Files on their way: in, piece by piece to a disk and never whole in memory; kept for what they belong to; and
//! out again as they are asked for.

mod incoming;
mod outgoing;
pub(crate) mod sent;

pub(crate) use incoming::{Incoming, Received, receive};
pub(crate) use outgoing::body;
