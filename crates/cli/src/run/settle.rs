//! The second stop: what waits for the person to decide, asked in one batch.
//!
//! Nothing is decided that the person, or their file of answers, does not say.

mod ask;
mod given;

use anyhow::Result;
use consort_desk::question::{Questions, claim, hand_in};
use consort_kernel::digest::Digest;
use consort_kernel::task::{AiUse, Task};
use consort_tools::choice::{ChoiceForm, Choices};

use super::Session;
use crate::console::Console;
use crate::exit::{TRY_AGAIN, with_code};

/// Does the person's task. One that puts no questions is left to them.
pub(super) fn settle(session: &Session<'_>, task: &Task, console: &mut Console) -> Result<()> {
    let engine = &session.place.engine;
    let person = session.local.person;
    console.end_show()?;
    let Some(questions) = Questions::of(engine, task)? else {
        return Err(waits_for_you(task));
    };
    // Whoever takes their time at the terminal has it meanwhile; a file that leaves something open
    // takes nothing.
    if session.answers.is_none() {
        claim(engine, person, task)?;
    }
    let choices = decide(session, task, questions.form(), console)?;
    let content = questions.content(choices);
    if session.answers.is_some()
        && let Some(returned) = &task.returned
        && returned.submission.content == Digest::of(&content)
    {
        return Err(given::sent_back(task, returned));
    }
    claim(engine, person, task)?;
    hand_in(engine, person, task, &content, AiUse::None)?;
    Ok(())
}

fn waits_for_you(task: &Task) -> anyhow::Error {
    with_code(
        TRY_AGAIN,
        format!(
            "'{}' waits for you: {}\n  see it with 'consort task show {}', hand it in with \
             'consort task submit', then go on with 'consort run --resume {}'",
            task.spec.key, task.spec.instructions.goal, task.id, task.outcome
        ),
    )
}

fn decide(
    session: &Session<'_>,
    task: &Task,
    form: &ChoiceForm,
    console: &mut Console,
) -> Result<Choices> {
    let decisions = if form.questions.is_empty() {
        console.tell(&format!(
            "'{}': there is nothing to settle.",
            task.spec.title
        ))?;
        Vec::new()
    } else if let Some(answers) = &session.answers {
        given::decisions(answers, task, form)?
    } else if console.interactive {
        ask::decisions(task, form, console)?
    } else {
        return Err(waits_for_you(task));
    };
    Ok(Choices {
        decisions,
        person: session.person_name.clone(),
    })
}
