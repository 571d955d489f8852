//! Questions, answers and notes: they belong to the task and survive the lease.

use super::claim::held_by;
use super::decide::Events;
use super::{QUESTIONS_MAX, Task, TaskEvent};
use crate::command::Context;
use crate::digest::Digest;
use crate::rejection::Rejection;

/// Asks something about the task.
pub(super) fn ask(task: &Task, lease: u64, text: &str, context: &Context<'_>) -> Events {
    let by = held_by(task, lease, context)?.holder.id;
    if task.questions.len() >= QUESTIONS_MAX {
        return Err(Rejection::LimitReached {
            what: "questions",
            limit: QUESTIONS_MAX,
        });
    }
    Ok(vec![TaskEvent::Asked {
        by,
        text: crate::text::said("text", text)?,
    }])
}

/// Answers a question.
pub(super) fn answer(task: &Task, question: u32, text: &str, context: &Context<'_>) -> Events {
    let by = context.contributor()?;
    if by != task.accountable && !task.escalation.contains(&by) {
        return Err(Rejection::NotAllowed {
            who: by.to_string(),
            why: "the accountable person, or who it was escalated to, answers questions",
        });
    }
    match task.questions.get(question as usize) {
        None => Err(Rejection::invalid("question", "there is no such question")),
        Some(asked) if asked.answer.is_some() => {
            Err(Rejection::invalid("question", "it was answered already"))
        }
        Some(_) => {
            let text = crate::text::said("text", text)?;
            Ok(vec![TaskEvent::Answered { by, question, text }])
        }
    }
}

/// Keeps a draft or a note.
pub(super) fn note(task: &Task, lease: u64, note: Digest, context: &Context<'_>) -> Events {
    let by = held_by(task, lease, context)?.holder.id;
    Ok(vec![TaskEvent::Noted { by, note }])
}
