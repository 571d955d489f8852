//! Notices: what people are told by mail or chat, and how far it came.

use consort_kernel::id::ContributorId;
use consort_kernel::time::Timestamp;

use crate::StoreError;

/// Somebody who is told what needs them, as they wish it.
#[derive(Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Who.
    pub who: ContributorId,
    /// What they wish, with their addresses; whoever sends knows how it reads.
    pub wishes: String,
    /// Whether there is an address now by which they are told.
    pub is_told: bool,
    /// The epoch of the network that they are told in.
    pub epoch: u64,
    /// Which writing of the row this is, from 1; 0 where it was not written yet.
    pub version: u64,
}

impl std::fmt::Debug for Addressee {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whatever is told of it, addresses are not.
        out.debug_struct("Addressee")
            .field("who", &self.who)
            .field("is_told", &self.is_told)
            .field("epoch", &self.epoch)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// By what somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// By e-mail.
    Mail,
    /// By a message in a chat.
    Chat,
}

impl Channel {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Chat];

    /// Its name where it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Chat => "chat",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One thing that somebody is told, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whom.
    pub to: ContributorId,
    /// By what.
    pub by: Channel,
    /// What it is about: the same thing is told once.
    pub key: String,
    /// When it was noted.
    pub noted: Timestamp,
    /// How often it was begun to send.
    pub attempts: u32,
    /// When it is sent next; nothing once it is over.
    pub due: Option<Timestamp>,
    /// When the last attempt ended.
    pub tried: Option<Timestamp>,
    /// What came of it, in words.
    pub answer: Option<String>,
    /// Whether it arrived.
    pub has_arrived: bool,
}

/// How far the feed was looked at for everybody's notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Up to which position.
    pub position: u64,
    /// In which epoch of the network.
    pub epoch: u64,
    /// Which writing of the row this is, from 1; 0 where it was not written yet.
    pub version: u64,
}

/// Keeps notices and whom they are for. They are operational, like webhooks: no event tells of them.
pub trait Notices: Send + Sync {
    /// What somebody wishes.
    fn addressee(&self, who: ContributorId) -> Result<Option<Addressee>, StoreError>;

    /// Writes what was read at its version; tells whether it was still at that version. With the last
    /// address nothing waits for somebody any more.
    fn write_addressee(&self, addressee: &Addressee) -> Result<bool, StoreError>;

    /// Those who are told something in an epoch, in the order of their identifiers.
    fn addressees(
        &self,
        epoch: u64,
        after: Option<ContributorId>,
        limit: usize,
    ) -> Result<Vec<Addressee>, StoreError>;

    /// How far the feed was looked at; nothing where nobody looked yet.
    fn looked(&self) -> Result<Option<Looked>, StoreError>;

    /// Writes how far was looked, with notices that wait from now on, in one transaction; tells whether
    /// the row was still at the version at which it was read. A notice that is there already stays as
    /// it is.
    fn note(&self, looked: &Looked, notices: &[Notice]) -> Result<bool, StoreError>;

    /// For whom of an epoch something is due, and by what, who waits longest first.
    fn due_notices(
        &self,
        epoch: u64,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(ContributorId, Channel)>, StoreError>;

    /// Takes what is due longest for somebody: counts the attempt, and nobody else takes it until a
    /// moment. What was noted first comes first.
    fn claim_notices(
        &self,
        to: (ContributorId, Channel),
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Notice>, StoreError>;

    /// Writes how an attempt ended, all of it or nothing; tells for how many it was the last that was
    /// begun and that they waited for.
    fn settle_notices(&self, notices: &[Notice]) -> Result<usize, StoreError>;

    /// Drops what was taken and is not sent, so that it can be noted again; tells how much of it waited under
    /// the attempt that took it.
    fn drop_notices(&self, notices: &[Notice]) -> Result<usize, StoreError>;

    /// The notices of somebody, the latest first.
    fn notices_of(&self, to: ContributorId, limit: usize) -> Result<Vec<Notice>, StoreError>;

    /// How many notices wait for somebody.
    fn waiting_notices(&self, to: ContributorId, by: Channel) -> Result<u64, StoreError>;

    /// Forgets what was over before a moment; tells how many.
    fn forget_notices(&self, before: Timestamp) -> Result<usize, StoreError>;
}
