//! The rows that a store keeps, as plain data. The store does not look into their bodies.

use consort_kernel::digest::Digest;
use consort_kernel::id::{CommandId, ContributorId, TaskId};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

/// The state of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// Whose state it is.
    pub stream: StreamId,
    /// How many events it is the fold of.
    pub version: u64,
    /// The version at which something that others rely on last changed (a pause, a suspension).
    pub fence: u64,
    /// When its latest event was recorded; it never goes back.
    pub recorded_at: Timestamp,
    /// The stream that it belongs to and is listed under: a task's outcome.
    pub parent: Option<StreamId>,
    /// The word that it is listed by, as in `ready`.
    pub status: String,
    /// The version of the body's form.
    pub form: u16,
    /// The state as JSON.
    pub body: String,
}

/// One event, as it is stored and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its stream.
    pub stream: StreamId,
    /// Its number in the stream, from 1.
    pub version: u64,
    /// Its envelope as canonical JSON (RFC 8785): the exact bytes of its leaf in the log. Under
    /// 64 KiB.
    pub body: String,
}

/// One event with its place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    /// Its place in the feed, from 1, without gaps; its leaf in the log has the index before it.
    pub position: u64,
    /// The event.
    pub event: EventRow,
}

/// The answer to a command that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Who sent the command.
    pub principal: String,
    /// The command.
    pub command: CommandId,
    /// The digest of what was asked.
    pub digest: Digest,
    /// The stream that it changed.
    pub stream: StreamId,
    /// The first version that it made.
    pub first_version: u64,
    /// How many events it made; a command may change nothing.
    pub events: u16,
    /// When.
    pub at: Timestamp,
}

/// The last lease that a task ever had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    /// The task.
    pub task: TaskId,
    /// Its number.
    pub number: u64,
    /// Who holds the task, or held it last.
    pub holder: ContributorId,
    /// Until when; nothing once the lease is over.
    pub deadline: Option<Timestamp>,
}

/// Words about somebody, in a row of its own so that they can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalRow {
    /// Whom it is about.
    pub subject: StreamId,
    /// What it is, as in `name`.
    pub field: String,
    /// What the commitment to it was salted with.
    pub salt: Digest,
    /// The words.
    pub value: String,
}

/// A reaction that was rejected, which is final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRow {
    /// The reaction's command.
    pub id: CommandId,
    /// When.
    pub at: Timestamp,
    /// The code of the rejection, or what broke.
    pub why: String,
    /// The command as JSON.
    pub body: String,
}
