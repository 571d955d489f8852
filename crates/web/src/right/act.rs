//! What can be asked for, by the names that the policies use.

/// Something that takes a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Act {
    /// Brings an agent in and answers for it.
    ConnectAgent,
    /// Founds an organisation of their own.
    FoundOrganisation,
    /// Sees how the network is.
    SeeHealth,
    /// Sees policies, and who may do what.
    SeeRules,
    /// Is told what happens, as far as they may see it: by webhooks, mail and chat.
    ReceiveEvents,
    /// Changes rules, throws switches, names stewards and operators.
    TendNetwork,
    /// States an outcome for an organisation.
    StateOutcome,
    /// Says who does what for an organisation.
    NameMembers,
    /// Makes a link that lets somebody in.
    Invite,
    /// Sees an organisation's money.
    SeeBooks,
    /// Sets money aside and gives it to outcomes.
    MoveMoney,
    /// Saves views of lists for everybody in an organisation.
    ShareViews,
    /// Sees what an outcome is for.
    SeeOutcome,
    /// Sees all of an outcome.
    SeeWholeOutcome,
    /// Changes an outcome's plan, pauses it, cancels it.
    SteerOutcome,
    /// Signs the end of an outcome.
    SignOutcome,
    /// Sees a task.
    SeeTask,
    /// Sees who was looked at for a task, and why.
    SeeRanking,
    /// Takes a task, asks about it, hands it in, gives it back.
    Work,
    /// Gives a verdict on what was handed in.
    Judge,
    /// Answers, settles, offers again, gives time, gives up.
    Decide,
    /// Signs what was handed in, which is paid then.
    Sign,
    /// Sees how well somebody did.
    SeeStanding,
    /// Says what lets somebody in: their tokens, sessions and passkeys.
    LetIn,
    /// Says whether somebody is offered work.
    TakeOffers,
    /// Suspends somebody, and reinstates them.
    Restrict,
}

impl Act {
    /// Whether it matters if whoever asks is here for one task alone, which is not looked up for the others.
    pub(super) const fn is_for_no_guest(self) -> bool {
        matches!(
            self,
            Self::ConnectAgent | Self::FoundOrganisation | Self::TakeOffers
        )
    }

    /// What it is, to whoever may not do it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::ConnectAgent => "bring an agent in",
            Self::FoundOrganisation => "found an organisation",
            Self::SeeHealth => "see how the network is",
            Self::SeeRules => "see its rules",
            Self::ReceiveEvents => "be told what happens",
            Self::TendNetwork => "change the network",
            Self::StateOutcome => "state an outcome for this organisation",
            Self::NameMembers => "say who does what for this organisation",
            Self::Invite => "invite anybody here",
            Self::SeeBooks => "see this organisation's money",
            Self::MoveMoney => "move this organisation's money",
            Self::ShareViews => "save views for this organisation",
            Self::SeeOutcome | Self::SeeWholeOutcome => "see all of this outcome",
            Self::SteerOutcome => "change this outcome",
            Self::SignOutcome => "sign this outcome",
            Self::SeeTask => "see this task",
            Self::SeeRanking => "see who was looked at for this task",
            Self::Work => "work on this task",
            Self::Judge => "judge this task",
            Self::Decide => "decide about this task",
            Self::Sign => "sign this task",
            Self::SeeStanding => "see how well they did",
            Self::LetIn => "say what lets them in",
            Self::TakeOffers => "say whether they are offered work",
            Self::Restrict => "suspend anybody",
        }
    }

    /// Its name in the policies.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ConnectAgent => "connect_agent",
            Self::FoundOrganisation => "found_organisation",
            Self::SeeHealth => "see_health",
            Self::SeeRules => "see_rules",
            Self::ReceiveEvents => "receive_events",
            Self::TendNetwork => "tend_network",
            Self::StateOutcome => "state_outcome",
            Self::NameMembers => "name_members",
            Self::Invite => "invite",
            Self::SeeBooks => "see_books",
            Self::MoveMoney => "move_money",
            Self::ShareViews => "share_views",
            Self::SeeOutcome => "see_outcome",
            Self::SeeWholeOutcome => "see_whole_outcome",
            Self::SteerOutcome => "steer_outcome",
            Self::SignOutcome => "sign_outcome",
            Self::SeeTask => "see_task",
            Self::SeeRanking => "see_ranking",
            Self::Work => "work",
            Self::Judge => "judge",
            Self::Decide => "decide",
            Self::Sign => "sign",
            Self::SeeStanding => "see_standing",
            Self::LetIn => "let_in",
            Self::TakeOffers => "take_offers",
            Self::Restrict => "restrict",
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Act;
    use crate::right::facts::Kind;

    /// What is asked of each kind of thing.
    pub(in crate::right) const BY_KIND: &[(Kind, &[Act])] = &[
        (
            Kind::Network,
            &[
                Act::ConnectAgent,
                Act::FoundOrganisation,
                Act::SeeHealth,
                Act::SeeRules,
                Act::ReceiveEvents,
                Act::TendNetwork,
            ],
        ),
        (
            Kind::Organisation,
            &[
                Act::StateOutcome,
                Act::NameMembers,
                Act::Invite,
                Act::SeeBooks,
                Act::MoveMoney,
                Act::ShareViews,
            ],
        ),
        (
            Kind::Outcome,
            &[
                Act::SeeOutcome,
                Act::SeeWholeOutcome,
                Act::SteerOutcome,
                Act::SignOutcome,
            ],
        ),
        (
            Kind::Task,
            &[
                Act::SeeTask,
                Act::SeeRanking,
                Act::Work,
                Act::Judge,
                Act::Decide,
                Act::Sign,
            ],
        ),
        (
            Kind::Contributor,
            &[Act::SeeStanding, Act::LetIn, Act::TakeOffers, Act::Restrict],
        ),
    ];
}
