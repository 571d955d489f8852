//! Transfers: one movement of money from one account to another.

use serde::{Deserialize, Serialize};

use super::{Account, Amount, Asset};
use crate::id::{OutcomeId, TaskId};

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Money from outside is set aside by an organisation.
    Deposit,
    /// An organisation's money is reserved for an outcome.
    Fund,
    /// An outcome's money is reserved for a task.
    Hold,
    /// What is not used of a task's hold goes back to its outcome.
    Release,
    /// A contributor is owed the net amount of accepted work.
    Pay,
    /// The network's fee on accepted work.
    Fee,
    /// Tax on accepted work.
    Tax,
    /// An outcome's unused money goes back to who funded it.
    Refund,
}

impl Purpose {
    /// Every purpose, in the order of a life of money.
    pub const ALL: [Self; 8] = [
        Self::Deposit,
        Self::Fund,
        Self::Hold,
        Self::Release,
        Self::Pay,
        Self::Fee,
        Self::Tax,
        Self::Refund,
    ];

    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Fund => "fund",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Pay => "pay",
            Self::Fee => "fee",
            Self::Tax => "tax",
            Self::Refund => "refund",
        }
    }
}

/// One double-entry movement; it follows from an event and is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// How much; always more than zero.
    pub amount: Amount,
    /// Of what.
    pub asset: Asset,
    /// The account that loses it.
    pub from: Account,
    /// The outcome it belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeId>,
    /// Why.
    pub purpose: Purpose,
    /// The task it belongs to, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The account that gains it.
    pub to: Account,
}
