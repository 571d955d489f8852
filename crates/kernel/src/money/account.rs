//! Accounts: where money recorded by the network stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{ContributorId, OrganisationId, OutcomeId, TaskId};

/// One account. Each holds amounts of any number of assets, apart from each other.
///
/// ```
/// use consort_kernel::money::Account;
/// assert_eq!("fee".parse(), Ok(Account::Fee));
/// assert!(!Account::Fee.is_guarded());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The world outside: money enters and leaves here, so it is the one that may be negative.
    Clearing,
    /// What an organisation has set aside for outcomes. Guarded.
    Funds(OrganisationId),
    /// What an outcome holds. Guarded.
    Escrow(OutcomeId),
    /// What is reserved for one task. Guarded.
    Hold(TaskId),
    /// What is owed to a contributor.
    Payable(ContributorId),
    /// The network's fees.
    Fee,
    /// Taxes collected.
    Tax,
}

/// A text that is not an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an account, such as escrow:out_… or fee")]
pub struct InvalidAccount(String);

impl Account {
    /// Whether the account can run dry, so that its balance never goes below zero.
    pub const fn is_guarded(self) -> bool {
        matches!(self, Self::Funds(_) | Self::Escrow(_) | Self::Hold(_))
    }
}

impl fmt::Display for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clearing => out.write_str("clearing"),
            Self::Funds(id) => write!(out, "funds:{id}"),
            Self::Escrow(id) => write!(out, "escrow:{id}"),
            Self::Hold(id) => write!(out, "hold:{id}"),
            Self::Payable(id) => write!(out, "payable:{id}"),
            Self::Fee => out.write_str("fee"),
            Self::Tax => out.write_str("tax"),
        }
    }
}

impl FromStr for Account {
    type Err = InvalidAccount;

    fn from_str(text: &str) -> Result<Self, InvalidAccount> {
        let invalid = || InvalidAccount(text.chars().take(80).collect());
        let (role, owner) = text.split_once(':').unwrap_or((text, ""));
        match role {
            "clearing" if owner.is_empty() => Ok(Self::Clearing),
            "fee" if owner.is_empty() => Ok(Self::Fee),
            "tax" if owner.is_empty() => Ok(Self::Tax),
            "funds" => owner.parse().map(Self::Funds).map_err(|_| invalid()),
            "escrow" => owner.parse().map(Self::Escrow).map_err(|_| invalid()),
            "hold" => owner.parse().map(Self::Hold).map_err(|_| invalid()),
            "payable" => owner.parse().map(Self::Payable).map_err(|_| invalid()),
            _ => Err(invalid()),
        }
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
