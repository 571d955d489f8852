//! The third stop: what rests on everything else is opened, judged and signed.

use anyhow::{Result, anyhow};
use consort_kernel::command::{Body, Principal};
use consort_kernel::contributor::Cause;
use consort_kernel::outcome::{Conclusion, OutcomeCommand};
use consort_kernel::task::{Handed, Judgment, Reason, SignOff, Task, TaskCommand, Verdict};

use super::begin::Begun;
use super::{Session, deliver, watch};
use crate::console::Console;
use crate::exit::{CONFLICT, DENIED, Exit, with_code};

/// What a signature on a brief covers.
const SCOPE_BRIEF: &str = "That the quoted passages stand in the sources as shown, and that the brief may \
be used to decide. Not covered: whether the sources are right.";
/// What a signature on any other result covers.
const SCOPE: &str = "That the result was looked at, does what was asked, and may be used for that. Not \
covered: whether what it rests on is right.";

/// Shows what is to be signed, and signs it.
pub(super) fn sign_task(
    session: &Session<'_>,
    begun: &Begun,
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
        return accept(session, task, handed, None);
    }
    let preview = deliver::preview(session, begun, task)?;
    let paths: Vec<String> = preview
        .iter()
        .map(|path| format!("\n  {}", path.display()))
        .collect();
    let what = if deliver::is_brief(session, task)? {
        "The brief"
    } else {
        task.spec.title.as_str()
    };
    console.tell(&format!(
        "\n{what} is ready to be signed. Open it first:{}",
        paths.concat()
    ))?;
    match judged(session, task, handed, console)? {
        Judged::Fit(gap_note) => accept(session, task, handed, Some(gap_note)),
        Judged::GoesBack => send_back(session, task, handed, console),
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
fn send_back(
    session: &Session<'_>,
    task: &Task,
    handed: &Handed,
    console: &mut Console,
) -> Result<()> {
    let criteria = &task.spec.instructions.criteria;
    let judged = criteria.iter().find(|it| !it.method.is_automatic());
    let Some(criterion) = judged.or(criteria.first()) else {
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
    let command = TaskCommand::RequestChanges {
        cause,
        lease: handed.lease.number,
        reasons: vec![Reason {
            criterion: criterion.key.clone(),
            text,
        }],
    };
    session.place.engine.execute(
        Principal::Contributor(session.local.person),
        Body::Task(task.id, command),
    )?;
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
        "Signing pays {} to {} and covers: {}",
        task.asset.show(handed.lease.agreed),
        session
            .place
            .engine
            .name_of(handed.lease.holder.id)?
            .unwrap_or_default(),
        scope(deliver::is_brief(session, task)?),
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

const fn scope(is_brief: bool) -> &'static str {
    if is_brief { SCOPE_BRIEF } else { SCOPE }
}

/// Records the judgment, where somebody judged, and the signature.
fn accept(
    session: &Session<'_>,
    task: &Task,
    handed: &Handed,
    gap_note: Option<String>,
) -> Result<()> {
    let engine = &session.place.engine;
    let person = Principal::Contributor(session.local.person);
    let reviews = &handed.reviews;
    let has_reviewed = reviews.iter().any(|it| it.by.id == session.local.person);
    let reason = match gap_note {
        Some(_) => "opened and found fit for its use",
        None => "decided by the signer in person",
    };
    if let Some(gap_note) = gap_note.filter(|_| !has_reviewed) {
        let judgment = Judgment {
            cause: None,
            gap_note,
            lease: handed.lease.number,
            reasons: Vec::new(),
            submission: handed.submission.content,
            verdict: Verdict::Accept,
        };
        engine.execute(
            person,
            Body::Task(task.id, TaskCommand::Review(Box::new(judgment))),
        )?;
    }
    let sign = SignOff {
        lease: handed.lease.number,
        opened: deliver::digests(handed),
        reason: reason.to_owned(),
        submission: handed.submission.content,
        unmet: Vec::new(),
    };
    engine.execute(
        person,
        Body::Task(task.id, TaskCommand::SignOff(Box::new(sign))),
    )?;
    Ok(())
}

/// Signs the outcome itself, which closes it; under a file of answers, in advance.
pub(super) fn conclude(session: &Session<'_>, begun: &Begun, console: &mut Console) -> Result<()> {
    console.end_show()?;
    let engine = &session.place.engine;
    let outcome = watch::expect(engine, begun.outcome)?;
    if session.answers.is_some() {
        let covering = outcome.pre_approvals.iter().find(|(_, terms)| terms.gates);
        let (number, _) = covering.ok_or_else(|| {
            anyhow!(
                "no signature given in advance covers the end of {}",
                begun.outcome
            )
        })?;
        let close = OutcomeCommand::CloseInAdvance { number: *number };
        engine.execute(Principal::Engine, Body::Outcome(begun.outcome, close))?;
        return Ok(());
    }
    let opened = deliver::deliverable_digests(session, begun)?;
    let conclusion = Conclusion {
        opened,
        recommendation: session.recommendation.take(),
        reason: "the results were opened and are fit for their use".to_owned(),
        scope: scope(deliver::has_brief(session, begun)?).to_owned(),
    };
    let person = Principal::Contributor(session.local.person);
    let sign = OutcomeCommand::SignOff(conclusion);
    engine.execute(person, Body::Outcome(begun.outcome, sign))?;
    Ok(())
}
