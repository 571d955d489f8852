//! The second stop: the conflicts that were flagged, settled by the person in one batch.

use anyhow::{Result, anyhow};
use consort_engine::runner::commission;
use consort_kernel::command::{Body, Principal};
use consort_kernel::task::{AiUse, Phase, Provenance, Submission, Task, TaskCommand};
use consort_tools::shape::{Conflict, Draft, Fact, Resolution, Resolutions};

use super::Session;
use super::answers::Exceptions;
use crate::console::Console;
use crate::exit::{TRY_AGAIN, with_code};

/// Does the person's task. One that is no choice between sources is left to them.
pub(super) fn settle(session: &Session<'_>, task: &Task, console: &mut Console) -> Result<()> {
    let engine = &session.place.engine;
    let person = Principal::Contributor(session.local.person);
    console.end_show()?;
    if task.spec.kind != "decide" {
        return Err(with_code(
            TRY_AGAIN,
            format!(
                "'{}' waits for you: {}\n  see it with 'consort task show {}', hand it in with \
                 'consort task submit', then go on with 'consort run --resume {}'",
                task.spec.key, task.spec.instructions.goal, task.id, task.outcome
            ),
        ));
    }
    if matches!(task.phase, Phase::Offered(_)) {
        engine.execute(person, Body::Task(task.id, TaskCommand::Claim))?;
    }
    let Some(task) = engine.task(task.id)? else {
        return Ok(());
    };
    let lease = task.lease_number;
    let id = task.id;
    let material = commission(engine, task)?;
    let draft: Draft = match material.named("draft").next() {
        Some(draft) => serde_json::from_slice(&draft.bytes)?,
        None => return Err(anyhow!("{id} gives no draft to decide on")),
    };
    let resolutions = decide(session, &draft.disagree, console)?;
    let content = serde_json::to_vec(&resolutions)?;
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
        Body::Task(id, TaskCommand::Submit { lease, submission }),
    )?;
    Ok(())
}

fn decide(
    session: &Session<'_>,
    conflicts: &[Conflict],
    console: &mut Console,
) -> Result<Resolutions> {
    let person = session.person_name.clone();
    let left_open = |conflict: &Conflict, reason: &str| Resolution {
        chosen: None,
        conflict: conflict.key.clone(),
        opened: false,
        reason: reason.to_owned(),
    };
    if conflicts.is_empty() {
        console.tell("The sources do not contradict each other: nothing to settle.")?;
        return Ok(Resolutions {
            person,
            resolutions: Vec::new(),
        });
    }
    if let Some(Exceptions::LeaveOpen) = session.answers.as_ref().map(|it| it.exceptions) {
        let reason = "left open in advance; not opened";
        let resolutions = conflicts
            .iter()
            .map(|conflict| left_open(conflict, reason))
            .collect();
        return Ok(Resolutions {
            person,
            resolutions,
        });
    }
    console.tell(&format!(
        "\nThe sources disagree in {} places.",
        conflicts.len()
    ))?;
    let mut resolutions = Vec::new();
    for (index, conflict) in conflicts.iter().enumerate() {
        show(index + 1, conflicts.len(), conflict, console)?;
        resolutions.push(choose(conflict, console)?);
    }
    let unopened = resolutions
        .iter()
        .filter(|resolution| !resolution.opened)
        .count();
    console.tell(&format!(
        "{unopened} of {} were not opened and stay open.",
        conflicts.len()
    ))?;
    Ok(Resolutions {
        person,
        resolutions,
    })
}

fn show(number: usize, of: usize, conflict: &Conflict, console: &mut Console) -> Result<()> {
    console.tell(&format!(
        "\n{number} of {of}  {}: {}",
        conflict.subject, conflict.attribute
    ))?;
    for (index, side) in conflict.sides.iter().enumerate() {
        console.tell(&format!("  {}  {}", index + 1, side.text))?;
        for source in sources(side) {
            console.tell(&format!("     {source}"))?;
        }
    }
    Ok(())
}

fn sources(fact: &Fact) -> impl Iterator<Item = String> {
    fact.citations.iter().map(|citation| {
        format!(
            "{}, {}: \"{}\"",
            citation.document, citation.place, citation.quote
        )
    })
}

fn choose(conflict: &Conflict, console: &mut Console) -> Result<Resolution> {
    let sides = conflict.sides.len();
    loop {
        let answer = console.ask(&format!(
            "Which holds? 1 to {sides}, 0 for open, Enter to pass over:"
        ))?;
        let resolution = |chosen, opened, reason| Resolution {
            chosen,
            conflict: conflict.key.clone(),
            opened,
            reason,
        };
        if answer.is_empty() {
            return Ok(resolution(None, false, "passed over".to_owned()));
        }
        match answer.parse::<usize>() {
            Ok(0) => return Ok(resolution(None, true, "left open".to_owned())),
            Ok(number) if number <= sides => {
                let reason = console.ask("Why?")?;
                if reason.is_empty() {
                    console.tell("A choice needs its reason.")?;
                    continue;
                }
                let chosen = u32::try_from(number - 1).ok();
                return Ok(resolution(chosen, true, reason));
            }
            Ok(_) | Err(_) => console.tell("A number from the list was expected.")?,
        }
    }
}
