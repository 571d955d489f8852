//! Sending: over HTTP in builds with the feature `post`; elsewhere nothing is sent.

#[cfg(feature = "post")]
mod http;
#[cfg(not(feature = "post"))]
mod none;
#[cfg(feature = "post")]
mod public;
#[cfg(feature = "post")]
mod sign;

#[cfg(feature = "post")]
pub(crate) use http::{Sender, check};
#[cfg(not(feature = "post"))]
pub(crate) use none::{Sender, check};

/// What is said where nothing is sent, if it is so.
pub const WHY_NONE: Option<&str> = if cfg!(feature = "post") {
    None
} else {
    Some("This build sends nothing; build it with what sends: cargo build --features full.")
};

/// What goes out, the same on each attempt but for the moment.
#[cfg_attr(not(feature = "post"), expect(dead_code, reason = "nothing is sent"))]
pub(crate) struct Message {
    /// Its identifier, by which a receiver knows what it has had.
    pub(crate) id: String,
    /// When it is sent, in seconds since 1970.
    pub(crate) at_s: i64,
    /// What it says.
    pub(crate) body: String,
    /// What signs it: one secret, or two while one takes the other's place.
    pub(crate) secrets: Vec<String>,
}

/// What came of sending.
#[cfg_attr(not(feature = "post"), expect(dead_code, reason = "nothing is sent"))]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was taken.
    Arrived(String),
    /// The receiver is gone for good.
    Gone(String),
    /// It was not taken, and why; the receiver may have said for how long to wait.
    Failed(String, Option<i64>),
}
