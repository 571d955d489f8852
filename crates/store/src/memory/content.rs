//! What the memory store holds.

use std::collections::{BTreeMap, BTreeSet};

use consort_kernel::digest::Digest;
use consort_kernel::effect::{Acceptance, TimerKind};
use consort_kernel::id::{CommandId, ContributorId, OutcomeId, TaskId, WebhookId};
use consort_kernel::log::Frontier;
use consort_kernel::money::{Account, Amount, Asset};
use consort_kernel::stream::StreamId;
use consort_kernel::time::Timestamp;

use crate::row::{EventRow, FeedRow, PersonalRow, Receipt, RefusalRow, StateRow};
use crate::write::{OutboxRow, ReactionRow, TransferWrite};
use crate::{
    Addressee, Channel, Credential, CredentialKind, Delivery, Identity, Looked, Notice, Pass,
    Remark, Transient, View, Webhook,
};

/// The lease of a task with the highest number it ever had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) number: u64,
    pub(super) holder: ContributorId,
    /// Nothing once the lease is over.
    pub(super) deadline: Option<Timestamp>,
}

/// Balances of accounts, and the scales of the assets they are in.
pub(super) type Balances = BTreeMap<(Account, Asset), Amount>;

/// Everything that a store holds.
#[derive(Debug, Default, Clone)]
pub(super) struct Content {
    pub(super) identity: Option<Identity>,
    pub(super) states: BTreeMap<StreamId, StateRow>,
    /// The feed: the event at index `n` has the position `n + 1`.
    pub(super) events: Vec<EventRow>,
    /// The feed's indexes of each stream's events, by version.
    pub(super) histories: BTreeMap<StreamId, Vec<usize>>,
    pub(super) log: Frontier,
    pub(super) checkpoints: BTreeMap<u64, (Digest, String)>,
    pub(super) receipts: BTreeMap<CommandId, Vec<Receipt>>,
    pub(super) leases: BTreeMap<TaskId, Lease>,
    pub(super) timers: BTreeMap<(StreamId, TimerKind), (u64, Timestamp)>,
    /// The same timers in the order in which they are due.
    pub(super) due: BTreeSet<(Timestamp, StreamId, TimerKind)>,
    pub(super) acceptances: BTreeMap<TaskId, Acceptance>,
    pub(super) transfers: Vec<TransferWrite>,
    /// The accounts that can run dry; holds that are empty are taken out.
    pub(super) guarded: Balances,
    /// The scale of each asset's code that ever moved.
    pub(super) scales: BTreeMap<String, u8>,
    /// The event that paid a task.
    pub(super) paid: BTreeMap<TaskId, (StreamId, u64)>,
    pub(super) outbox: BTreeMap<u64, OutboxRow>,
    /// The last position that a message was given.
    pub(super) messages: u64,
    /// Reactions by the order in which they came.
    pub(super) reactions: BTreeMap<u64, ReactionRow>,
    pub(super) reaction_places: BTreeMap<CommandId, u64>,
    pub(super) refusals: Vec<RefusalRow>,
    pub(super) passes: BTreeMap<Digest, Pass>,
    pub(super) credentials: BTreeMap<(CredentialKind, String), Credential>,
    pub(super) webhooks: BTreeMap<WebhookId, Webhook>,
    pub(super) deliveries: BTreeMap<(WebhookId, u64), Delivery>,
    pub(super) addressees: BTreeMap<ContributorId, Addressee>,
    pub(super) notices: BTreeMap<(ContributorId, Channel, String), Notice>,
    /// How far the feed was looked at for notices.
    pub(super) looked: Option<Looked>,
    pub(super) transients: BTreeMap<Digest, Transient>,
    pub(super) views: BTreeMap<(StreamId, String, String), View>,
    pub(super) remarks: BTreeMap<(OutcomeId, CommandId), Remark>,
    /// Who has still to read which remark.
    pub(super) unread: BTreeSet<(ContributorId, OutcomeId, CommandId)>,
    pub(super) personal: BTreeMap<(StreamId, String), PersonalRow>,
}

impl Content {
    /// The version of a stream, zero if it has no state.
    pub(super) fn version(&self, stream: StreamId) -> u64 {
        self.states.get(&stream).map_or(0, |row| row.version)
    }

    /// The receipt of a command.
    pub(super) fn receipt(&self, principal: &str, command: CommandId) -> Option<&Receipt> {
        let receipts = self.receipts.get(&command)?;
        receipts
            .iter()
            .find(|receipt| receipt.principal == principal)
    }

    /// The event at this index of the feed, with its position.
    pub(super) fn feed_row(&self, index: usize) -> FeedRow {
        FeedRow {
            position: index as u64 + 1,
            event: self.events[index].clone(),
        }
    }
}

/// An index into a list that begins after so many of its entries.
pub(super) fn index_after(entries: u64) -> usize {
    usize::try_from(entries).unwrap_or(usize::MAX)
}
