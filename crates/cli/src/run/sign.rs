//! The third stop: what rests on everything else is opened, judged and signed.

use anyhow::Result;
use consort_desk::deliver::is_brief;
use consort_desk::sign;
use consort_kernel::contributor::Cause;
use consort_kernel::task::{Handed, Reason, Task};

use super::begin::Begun;
use super::{Session, deliver};
use crate::console::Console;
use crate::exit::{CONFLICT, DENIED, Exit, with_code};

/// Shows what is to be signed, and signs it.
pub(super) fn sign_task(
    session: &Session<'_>,
    begun: &Begun<'_>,
    task: &Task,
    console: &mut Console,
) -> Result<()> {
    console.end_show()?;
    let Some(handed) = task.handed() else {
        return Ok(());
    };
    if session.answers.is_some() || !console.interactive {
        return Err(anyhow::Error::new(Exit(
            DENIED,
            format!(
                "'{}' needs a signature that was not given in advance: it pays {} at {} risk. \
                 Sign it with 'consort run --resume {}' at a terminal",
                task.spec.key,
                task.asset.show(handed.lease.agreed),
                task.spec.risk.as_str(),
                task.outcome
            ),
        )));
    }
    if handed.lease.holder.id == session.local.person {
        own(task, console)?;
        return accept(session, task, None);
    }
    let preview = deliver::preview(session, begun, task)?;
    let paths: Vec<String> = preview
        .iter()
        .map(|path| format!("\n  {}", path.display()))
        .collect();
    let what = if is_brief(&begun.case, task)? {
        "The brief"
    } else {
        task.spec.title.as_str()
    };
    console.tell(&format!(
        "\n{what} is ready to be signed. Open it first:{}",
        paths.concat()
    ))?;
    match judged(session, begun, task, handed, console)? {
        Judged::Fit(gap_note) => accept(session, task, Some(gap_note)),
        Judged::GoesBack => send_back(session, task, console),
    }
}

/// What the person makes of a result.
enum Judged {
    /// It is signed, with what it misses all the same.
    Fit(String),
    /// It has to change.
    GoesBack,
}

/// Sends a result back, with the reason and how it came about.
fn send_back(session: &Session<'_>, task: &Task, console: &mut Console) -> Result<()> {
    let Some(criterion) = sign::criterion_of_remarks(task) else {
        return Err(not_signed(task));
    };
    let text = loop {
        let text = console.ask("What has to change?")?;
        if !text.is_empty() {
            break text;
        }
    };
    let clear = console.ask("Was it clear from the instructions? [Y/n]")?;
    let cause = if matches!(clear.to_ascii_lowercase().as_str(), "n" | "no") {
        Cause::Communication
    } else {
        Cause::Capability
    };
    let reasons = vec![Reason {
        criterion: criterion.to_owned(),
        text,
    }];
    let engine = &session.place.engine;
    sign::send_back(engine, session.local.person, task, cause, reasons)?;
    console.tell("It goes back with your reason.")?;
    Ok(())
}

/// Has somebody sign what they decided themselves, just before: there is nothing to open, and they
/// are no reviewer of it.
fn own(task: &Task, console: &mut Console) -> Result<()> {
    let question = format!("\nSign what you decided on '{}'? [y/N]", task.spec.title);
    let answer = console.ask(&question)?;
    if is_yes(&answer) {
        return Ok(());
    }
    Err(not_signed(task))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes")
}

fn not_signed(task: &Task) -> anyhow::Error {
    with_code(
        CONFLICT,
        format!(
            "not signed; go on later with 'consort run --resume {}'",
            task.outcome
        ),
    )
}

/// Asks for the person's judgment and their signature.
fn judged(
    session: &Session<'_>,
    begun: &Begun<'_>,
    task: &Task,
    handed: &Handed,
    console: &mut Console,
) -> Result<Judged> {
    let gap_note = loop {
        let note = console.ask("What does it miss? (a line; 'nothing seen' is an answer)")?;
        if !note.is_empty() {
            break note;
        }
    };
    let sentence = console.ask("Your recommendation, in your own words (Enter for none):")?;
    session
        .recommendation
        .replace((!sentence.is_empty()).then_some(sentence));
    console.tell(&format!(
        "Signing says that you opened it, pays {} to {}, and covers: {}",
        task.asset.show(handed.lease.agreed),
        session
            .place
            .engine
            .name_of(handed.lease.holder.id)?
            .unwrap_or_default(),
        sign::scope(&begun.case, task)?,
    ))?;
    let answer = console.ask("Sign? [y/N, or c to send it back for a change]")?;
    if is_yes(&answer) {
        return Ok(Judged::Fit(gap_note));
    }
    if matches!(answer.to_ascii_lowercase().as_str(), "c" | "change") {
        return Ok(Judged::GoesBack);
    }
    Err(not_signed(task))
}

fn accept(session: &Session<'_>, task: &Task, gap_note: Option<String>) -> Result<()> {
    let engine = &session.place.engine;
    sign::accept(engine, session.local.person, task, gap_note)?;
    Ok(())
}

/// Signs the outcome itself, which closes it; under a file of answers, in advance.
pub(super) fn conclude(
    session: &Session<'_>,
    begun: &Begun<'_>,
    console: &mut Console,
) -> Result<()> {
    console.end_show()?;
    if session.answers.is_some() {
        sign::conclude_in_advance(&begun.case)?;
    } else {
        sign::conclude(&begun.case, session.recommendation.take())?;
    }
    Ok(())
}
