//! The second stop: what waits for the person to decide, asked in one batch.
//!
//! What is asked is a choice form that an earlier task made, or the conflicts of a draft, which are
//! put as one. Nothing is decided that the person, or their file of answers, does not say.

mod ask;
mod conflicts;
mod given;

use anyhow::Result;
use consort_engine::runner::{Commission, commission};
use consort_kernel::command::{Body, Principal};
use consort_kernel::digest::Digest;
use consort_kernel::task::{AiUse, Phase, Provenance, Submission, Task, TaskCommand};
use consort_tools::choice::{ChoiceForm, Choices};
use consort_tools::shape::{Conflict, Draft};

use super::Session;
use crate::console::Console;
use crate::exit::{TRY_AGAIN, with_code};

/// Questions for the person, and how the answers are handed in.
enum Asked {
    /// A choice form: they are handed in as they are.
    Form(ChoiceForm),
    /// The conflicts of a draft: they are handed in as its resolutions.
    Conflicts(Vec<Conflict>),
}

/// Does the person's task. One that puts no questions is left to them.
pub(super) fn settle(session: &Session<'_>, task: &Task, console: &mut Console) -> Result<()> {
    let engine = &session.place.engine;
    let person = Principal::Contributor(session.local.person);
    console.end_show()?;
    let material = commission(engine, task.clone())?;
    let Some(asked) = asked(task, &material) else {
        return Err(waits_for_you(task));
    };
    let form = match &asked {
        Asked::Form(form) => form.clone(),
        Asked::Conflicts(conflicts) => conflicts::form(conflicts),
    };
    // Whoever takes their time at the terminal has it meanwhile; a file that leaves something open
    // takes nothing.
    if session.answers.is_none() {
        claim(session, task)?;
    }
    let choices = decide(session, task, &form, console)?;
    let content = match asked {
        Asked::Form(_) => serde_json::to_vec(&choices)?,
        Asked::Conflicts(_) => serde_json::to_vec(&conflicts::resolutions(choices))?,
    };
    if session.answers.is_some()
        && let Some(returned) = &task.returned
        && returned.submission.content == Digest::of(&content)
    {
        return Err(given::sent_back(task, returned));
    }
    claim(session, task)?;
    let Some(task) = engine.task(task.id)? else {
        return Ok(());
    };
    let lease = task.lease_number;
    let submission = Submission {
        content: engine.artefacts().put(&content)?,
        files: std::collections::BTreeMap::new(),
        provenance: Provenance {
            ai: AiUse::None,
            made_with: None,
        },
    };
    engine.execute(
        person,
        Body::Task(task.id, TaskCommand::Submit { lease, submission }),
    )?;
    Ok(())
}

/// Takes the task, if it is only offered yet.
fn claim(session: &Session<'_>, task: &Task) -> Result<()> {
    let engine = &session.place.engine;
    let task = engine.task(task.id)?;
    if let Some(task) = task.filter(|task| matches!(task.phase, Phase::Offered(_))) {
        let person = Principal::Contributor(session.local.person);
        engine.execute(person, Body::Task(task.id, TaskCommand::Claim))?;
    }
    Ok(())
}

/// What the task's material asks; nothing where no answer could be handed in. The forms of several pieces of material are one batch.
fn asked(task: &Task, material: &Commission) -> Option<Asked> {
    if task.spec.kind != "decide" {
        return None;
    }
    let mut forms = material
        .materials
        .iter()
        .filter_map(|piece| ChoiceForm::in_material(&piece.bytes));
    if let Some(mut form) = forms.next() {
        form.questions.extend(forms.flat_map(|it| it.questions));
        return form.fault().is_none().then_some(Asked::Form(form));
    }
    let draft = material.named("draft").next()?;
    let draft: Draft = serde_json::from_slice(&draft.bytes).ok()?;
    Some(Asked::Conflicts(draft.disagree))
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
