//! Decisions about a task: one place that every command comes through.

use super::{
    Task, TaskCommand, TaskEvent, accept, apart, claim, escalate, offer, reassign, review, settle,
    submit, talk,
};
use crate::command::Context;
use crate::id::TaskId;
use crate::rejection::Rejection;
use crate::state::Rows;
use crate::stream::StreamId;

/// What a decision about a task comes to.
pub(super) type Events = Result<Vec<TaskEvent>, Rejection>;

/// Decides a command to a task.
pub fn decide(rows: &dyn Rows, id: TaskId, command: &TaskCommand, context: &Context<'_>) -> Events {
    let task = rows
        .task(id)
        .ok_or(Rejection::NotFound(StreamId::Task(id)))?;
    match command {
        TaskCommand::MeetDependency { by, dependency } => {
            settle::meet(task, *dependency, by, context)
        }
        TaskCommand::LoseDependency { dependency } => settle::lose(task, *dependency, context),
        TaskCommand::Offer(decision) => offer::offer(rows, task, decision, context),
        TaskCommand::ReportNobody(decision) => offer::report_nobody(rows, task, decision, context),
        TaskCommand::Claim => claim::claim(rows, task, context),
        TaskCommand::Decline => offer::decline(task, context),
        TaskCommand::LapseOffer { number } => offer::lapse(task, *number, context),
        TaskCommand::KeepApart { from, other } => apart::keep_apart(task, *from, *other, context),
        TaskCommand::Expire { lease } => claim::expire(rows, task, *lease, context),
        TaskCommand::Release { lease, note } => claim::release(task, *lease, note, context),
        TaskCommand::Ask { lease, text } => talk::ask(task, *lease, text, context),
        TaskCommand::Answer { question, text } => talk::answer(task, *question, text, context),
        TaskCommand::Note { lease, note } => talk::note(task, *lease, *note, context),
        TaskCommand::Submit { lease, submission } => {
            submit::submit(rows, task, *lease, submission, context)
        }
        TaskCommand::RecordChecks { checks, lease } => {
            review::record_checks(task, checks, *lease, context)
        }
        TaskCommand::Review(judgment) => review::review(rows, task, judgment, context),
        TaskCommand::SignOff(sign) => accept::sign_off(rows, task, sign, context),
        TaskCommand::AcceptInAdvance { lease } => accept::in_advance(rows, task, *lease, context),
        TaskCommand::Reconsider => accept::reconsider(rows, task, context),
        TaskCommand::RequestChanges {
            cause,
            lease,
            reasons,
        } => review::request_changes(task, *lease, *cause, reasons, context),
        TaskCommand::AddChanges { reasons } => review::add_changes(task, reasons, context),
        TaskCommand::EscalateOverdue { lease } => escalate::overdue(task, *lease, context),
        TaskCommand::Extend { reason, until } => escalate::extend(task, *until, reason, context),
        TaskCommand::Reassign { reason, to } => {
            reassign::reassign(rows, task, *to, reason, context)
        }
        TaskCommand::Fail { cause, reason } => settle::fail(task, *cause, reason, context),
        TaskCommand::Cancel { reason } => settle::cancel(task, reason, context),
    }
}

pub(super) fn wrong_phase(task: &Task, needed: &'static str) -> Rejection {
    Rejection::WrongPhase {
        stream: StreamId::Task(task.id),
        is: task.phase.as_str(),
        needed,
    }
}

pub(super) fn stale(task: &Task, given: u64) -> Rejection {
    Rejection::StaleLease {
        task: task.id,
        given,
        current: task.lease_number,
    }
}
