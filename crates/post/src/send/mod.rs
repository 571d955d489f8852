//! Sending: over HTTP and by SMTP in builds with the feature `post`; elsewhere nothing is sent.

#[cfg(feature = "post")]
mod http;
#[cfg(feature = "post")]
mod mail;
#[cfg(not(feature = "post"))]
mod none;
#[cfg(feature = "post")]
mod public;
#[cfg(feature = "post")]
mod sign;

#[cfg(feature = "post")]
pub(crate) use http::{Sender, check};
#[cfg(feature = "post")]
pub(crate) use mail::{Mailer, check as check_mail};
#[cfg(not(feature = "post"))]
pub(crate) use none::{Mailer, Sender, check, check_mail};

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

/// The operator's mail server.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How what goes there is encrypted.
    pub encryption: Encryption,
    /// As whom it lets us in, if it asks.
    pub user: Option<String>,
    /// By what.
    pub password: Option<String>,
    /// From whom mail is, as in `Consort <consort@example.org>`.
    pub from: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whatever is told of it, the password is not.
        out.debug_struct("Mail")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// From its first byte on.
    Tls,
    /// After both agreed to, and not otherwise.
    StartTls,
    /// Not at all: on this machine.
    None,
}

/// A message by mail, the same on each attempt but for the moment.
#[cfg_attr(not(feature = "post"), expect(dead_code, reason = "nothing is sent"))]
pub(crate) struct MailText {
    /// The address.
    pub(crate) to: String,
    /// Its identifier, by which a reader's program knows what it has had.
    pub(crate) id: String,
    /// When it is sent, in seconds since 1970.
    pub(crate) at_s: i64,
    /// What it is about, in a line.
    pub(crate) subject: String,
    /// What it says.
    pub(crate) body: String,
}

/// What came of sending.
#[cfg_attr(not(feature = "post"), expect(dead_code, reason = "nothing is sent"))]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was taken.
    Arrived(String),
    /// The receiver is gone for good.
    Gone(String),
    /// The receiver will never take this, and goes on taking others.
    Refused(String),
    /// It was not taken, and why; the receiver may have said for how long to wait.
    Failed(String, Option<i64>),
}
