//! Roles: what somebody may do for an organisation.

use serde::{Deserialize, Serialize};

/// What a member does for an organisation. What each may do in the pages and over the API stands in
/// the policies that ship with the server; here it counts who moves money and who states outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Acts for it in everything, and says who its members are.
    Owner,
    /// States outcomes and looks after them.
    Orchestrator,
    /// Does its tasks.
    Contributor,
    /// Judges what was handed in.
    Reviewer,
    /// Sets money aside and gives it to outcomes.
    Finance,
    /// Sees everything and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Orchestrator,
        Self::Contributor,
        Self::Reviewer,
        Self::Finance,
        Self::Auditor,
    ];

    /// Its name, as in a policy.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Orchestrator => "orchestrator",
            Self::Contributor => "contributor",
            Self::Reviewer => "reviewer",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
        }
    }

    /// Whether somebody can have it for one task alone.
    pub const fn is_for_one_task(self) -> bool {
        match self {
            Self::Contributor | Self::Reviewer | Self::Auditor => true,
            Self::Owner | Self::Orchestrator | Self::Finance => false,
        }
    }

    /// Whether a person alone can have it: whoever acts for others answers for it.
    pub const fn is_for_people(self) -> bool {
        match self {
            Self::Owner | Self::Orchestrator | Self::Finance | Self::Auditor => true,
            Self::Contributor | Self::Reviewer => false,
        }
    }
}
