//! The words of commands, by which they are counted and told of in logs.

use super::Body;
use crate::contributor::ContributorCommand;
use crate::network::NetworkCommand;
use crate::organisation::OrganisationCommand;
use crate::outcome::OutcomeCommand;
use crate::task::TaskCommand;

impl Body {
    /// What is asked, in a word.
    ///
    /// ```
    /// use consort_kernel::command::Body;
    /// use consort_kernel::id::TaskId;
    /// use consort_kernel::task::TaskCommand;
    ///
    /// let claim = Body::Task(TaskId::from_bits(1), TaskCommand::Claim);
    /// assert_eq!(claim.word(), "task.claim");
    /// ```
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Contributor(_, command) => contributor(command),
            Self::Network(_, command) => network(command),
            Self::Organisation(_, command) => organisation(command),
            Self::Outcome(_, command) => outcome(command),
            Self::Task(_, command) => task(command),
        }
    }
}

const fn contributor(command: &ContributorCommand) -> &'static str {
    match command {
        ContributorCommand::Add { .. } => "contributor.add",
        ContributorCommand::Declare { .. } => "contributor.declare",
        ContributorCommand::Suspend { .. } => "contributor.suspend",
        ContributorCommand::Reinstate { .. } => "contributor.reinstate",
        ContributorCommand::SetPayout { .. } => "contributor.set_payout",
        ContributorCommand::Introduce { .. } => "contributor.introduce",
        ContributorCommand::RecordResult { .. } => "contributor.record_result",
        ContributorCommand::RecordTie { .. } => "contributor.record_tie",
    }
}

const fn network(command: &NetworkCommand) -> &'static str {
    match command {
        NetworkCommand::Found { .. } => "network.found",
        NetworkCommand::ChangePolicy { .. } => "network.change_policy",
        NetworkCommand::Stop { .. } => "network.stop",
        NetworkCommand::Release { .. } => "network.release",
        NetworkCommand::SetDuties { .. } => "network.set_duties",
        NetworkCommand::SpreadRelease { .. } => "network.spread_release",
    }
}

const fn organisation(command: &OrganisationCommand) -> &'static str {
    match command {
        OrganisationCommand::Found { .. } => "organisation.found",
        OrganisationCommand::Deposit { .. } => "organisation.deposit",
        OrganisationCommand::Fund { .. } => "organisation.fund",
        OrganisationCommand::SetRoles { .. } => "organisation.set_roles",
        OrganisationCommand::TakeRefund { .. } => "organisation.take_refund",
    }
}

const fn outcome(command: &OutcomeCommand) -> &'static str {
    match command {
        OutcomeCommand::Create(..) => "outcome.create",
        OutcomeCommand::ReceiveFunds { .. } => "outcome.receive_funds",
        OutcomeCommand::PreApprove(..) => "outcome.pre_approve",
        OutcomeCommand::RevokePreApproval { .. } => "outcome.revoke_pre_approval",
        OutcomeCommand::ChangePlan { .. } => "outcome.change_plan",
        OutcomeCommand::Start => "outcome.start",
        OutcomeCommand::Pause { .. } => "outcome.pause",
        OutcomeCommand::Resume { .. } => "outcome.resume",
        OutcomeCommand::Cancel { .. } => "outcome.cancel",
        OutcomeCommand::SpreadCancellation { .. } => "outcome.spread_cancellation",
        OutcomeCommand::SpreadResumption { .. } => "outcome.spread_resumption",
        OutcomeCommand::SettleTask(..) => "outcome.settle_task",
        OutcomeCommand::NoteOverdue => "outcome.note_overdue",
        OutcomeCommand::SignOff(..) => "outcome.sign_off",
        OutcomeCommand::CloseInAdvance { .. } => "outcome.close_in_advance",
    }
}

const fn task(command: &TaskCommand) -> &'static str {
    match command {
        TaskCommand::MeetDependency { .. } => "task.meet_dependency",
        TaskCommand::LoseDependency { .. } => "task.lose_dependency",
        TaskCommand::Offer(..) => "task.offer",
        TaskCommand::ReportNobody(..) => "task.report_nobody",
        TaskCommand::Claim => "task.claim",
        TaskCommand::Decline => "task.decline",
        TaskCommand::LapseOffer { .. } => "task.lapse_offer",
        TaskCommand::KeepApart { .. } => "task.keep_apart",
        TaskCommand::Expire { .. } => "task.expire",
        TaskCommand::Release { .. } => "task.release",
        TaskCommand::Ask { .. } => "task.ask",
        TaskCommand::Answer { .. } => "task.answer",
        TaskCommand::Note { .. } => "task.note",
        TaskCommand::Submit { .. } => "task.submit",
        TaskCommand::RecordChecks { .. } => "task.record_checks",
        TaskCommand::Review(..) => "task.review",
        TaskCommand::SignOff(..) => "task.sign_off",
        TaskCommand::AcceptInAdvance { .. } => "task.accept_in_advance",
        TaskCommand::Reconsider => "task.reconsider",
        TaskCommand::RequestChanges { .. } => "task.request_changes",
        TaskCommand::AddChanges { .. } => "task.add_changes",
        TaskCommand::EscalateOverdue { .. } => "task.escalate_overdue",
        TaskCommand::Extend { .. } => "task.extend",
        TaskCommand::Reassign { .. } => "task.reassign",
        TaskCommand::Fail { .. } => "task.fail",
        TaskCommand::Cancel { .. } => "task.cancel",
    }
}
