//! The review desk of whoever judges and does not sign: the evidence first, then a verdict on each
//! criterion, sent together with one decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use consort_kernel::command::Body;
use consort_kernel::contributor::Cause;
use consort_kernel::id::TaskId;
use consort_kernel::state::State as Row;
use consort_kernel::stream::StreamId;
use consort_kernel::task::{Handed, Judgment, Phase, Reason, Task, TaskCommand, Verdict};
use maud::{Markup, html as markup};

use super::super::done::Deed;
use super::super::today;
use super::criterion::checks_alone;
use super::files::{Evidence, evidence};
use super::stuck::is_stuck_for;
use super::{Seen, material, result, see};
use crate::part::{Icon, steps};
use crate::right::{self, About, Act};
use crate::server::{Failure, Visitor, Web};
use crate::signing::{self, is_to_review};

fn reviewable<'a>(web: &'a Web, visitor: &'a Visitor, id: TaskId) -> Result<Seen<'a>, Failure> {
    let seen = see(web, visitor, id)?;
    seen.check(Act::Judge)?;
    if is_to_review(web, visitor.asking(), &seen.task)? {
        return Ok(seen);
    }
    let why = "it does not wait for your review: it was judged, you did it or sign it, or it takes a \
               capability that you do not have";
    Err(Failure::Misused(why.to_owned()))
}

/// Why somebody who was asked to judge this task alone has nothing to judge now; nothing for anybody else.
pub(super) fn asked_for(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let (engine, who, task) = (&seen.web.engine, seen.visitor.id, &seen.task);
    let organisation = engine.state(StreamId::Organisation(task.organisation))?;
    let is_guest = matches!(organisation, Some(Row::Organisation(it))
        if it.guests.get(&who).is_some_and(|guest| guest.task == task.id));
    let may_judge = right::may(engine, seen.visitor.asking(), Act::Judge, About::Task(task))?;
    if !is_guest || !may_judge || is_to_review(seen.web, seen.visitor.asking(), task)? {
        return Ok(markup! {});
    }
    let reviews = task.handed().map_or(&[][..], |it| &it.reviews);
    let why = match &task.phase {
        _ if reviews.iter().any(|review| review.by.id == who) => {
            "You have judged it; your name and your words stand in the record.".to_owned()
        }
        _ if task.makers().contains(&who) => {
            "You made it, and nobody judges what they made.".to_owned()
        }
        Phase::Reviewing(_) => format!(
            "To judge it takes {} {}, and your profile here does not show that: tell {}.",
            task.spec.capability,
            task.spec.level,
            seen.people.name(task.accountable)?
        ),
        Phase::Signing(_) => format!(
            "No review is due any more; {} signs it.",
            seen.people.name(task.accountable)?
        ),
        Phase::Accepted(..) | Phase::Failed { .. } | Phase::Cancelled { .. } => {
            "It is over; there is nothing to judge any more.".to_owned()
        }
        Phase::Blocked
        | Phase::Ready
        | Phase::Offered(_)
        | Phase::Leased(_)
        | Phase::Checking(_) => {
            "It is not handed in yet. Once a review is due, it stands on your list of today."
                .to_owned()
        }
    };
    Ok(markup! {
        div.section { div.note { (Icon::Review.show()) p { b { "You were asked to judge this." } " " (why) } } }
    })
}

/// That a result waits for a judgment, for whoever answers for it: they give it with their signature, or somebody
/// else does before.
pub(super) fn due(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let task = &seen.task;
    let is_due = matches!(task.phase, Phase::Reviewing(_)) && task.accountable == seen.visitor.id;
    if !is_due || is_stuck_for(seen.visitor.id, task) {
        return Ok(markup! {});
    }
    let about = About::Organisation(task.organisation);
    let may_invite = right::may(&seen.web.engine, seen.visitor.asking(), Act::Invite, about)?;
    let (capability, level) = (&task.spec.capability, task.spec.level);
    let first = if seen.is_to_sign()? {
        "A judgment is due; you give it with your signature, unless somebody else does before."
    } else {
        "Somebody else judges it before you sign."
    };
    Ok(markup! {
        div.section { div.note {
            (Icon::Review.show())
            div {
                p { b { (first) } " It takes " b { (capability) " at level " (level) } "; whoever can do that here, and had no part in it, finds it on their list of today." }
                @if may_invite { div.actions { a.button href={ "/people/invite?task=" (task.id) } { (Icon::People.show()) "Invite a reviewer" } } }
            }
        } }
    })
}

/// The desk; whoever comes before there is anything to judge is told so on the page of the task.
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        seen.check(Act::Judge)?;
        if !is_to_review(web, visitor.asking(), &seen.task)? {
            return Ok(Redirect::to(&seen.address()).into_response());
        }
        let body = desk(&seen, &rests_on(&seen)?)?;
        seen.page("Review", &body)
    })
    .await
}

fn rests_on(seen: &Seen<'_>) -> Result<Vec<Evidence>, Failure> {
    evidence(seen.web, seen.visitor, &seen.task)
}

fn handed<'a>(seen: &'a Seen<'_>) -> Result<&'a Handed, Failure> {
    seen.task.handed().ok_or(Failure::NotHere)
}

fn desk(seen: &Seen<'_>, evidence: &[Evidence]) -> Result<Markup, Failure> {
    let left = evidence.iter().filter(|it| !it.is_opened).count();
    let content = handed(seen)?.submission.content;
    Ok(markup! {
        header.page-head {
            div { h1 { "Review: " (seen.task.spec.title) } p.meta { span { (seen.outcome) } span.id { (seen.task.id) } } }
            div.actions { a.button.quiet href=(seen.address()) { "The whole task" } }
        }
        (steps(&seen.task))
        section.section aria-labelledby="evidence" {
            div.section-head { h2 #evidence { "What was handed in" } p { @if left == 0 { "You have opened all of it." } @else { "Open it before you judge." } } }
            ul.list { @for one in evidence { (one.row()) } }
        }
        (checks_alone(seen)?)
        (material::rested_on(seen)?)
        (result::show(seen)?)
        form.section method="post" action={ (seen.address()) "/review" } aria-labelledby="verdict" {
            (seen.carried())
            input type="hidden" name="content" value=(content);
            div.section-head { h2 #verdict { "Your verdict" } p { "Sent together, with one decision. Whoever answers for it signs after you." } }
            @for criterion in &seen.task.spec.instructions.criteria { (asked(&criterion.key, &criterion.text)) }
            div.field {
                label for="missed" { "What does it miss?" }
                p.hint #missed-hint { "“Nothing seen” is an answer." }
                input.input #missed name="missed" required aria-describedby="missed-hint";
            }
            (unclear())
            div.decide.section {
                p.small.muted #why-not { @if left > 0 { "You have not opened what it rests on yet." } @else { "Your name and your words stand in the record." } }
                button.button name="decision" value="escalate" { (Icon::Escalate.show()) "Somebody else has to decide" }
                button.button name="decision" value="reject" { "Somebody else should do it" }
                button.button name="decision" value="changes" { (Icon::Undo.show()) "Ask for changes" }
                button.button.primary name="decision" value="accept" disabled[left > 0] aria-describedby="why-not" { (Icon::Check.show()) "It holds" }
            }
        }
    })
}

/// Whether the instructions were to blame.
pub(super) fn unclear() -> Markup {
    markup! {
        div.choice {
            input type="checkbox" #unclear name="unclear" value="yes";
            label for="unclear" { "The instructions did not make it clear" }
            p.hint { "Then what is missing does not count against whoever did it." }
        }
    }
}

/// What is asked about a criterion: nothing, where it is met.
pub(super) fn asked(key: &str, text: &str) -> Markup {
    let id = format!("lacks-{key}");
    markup! {
        div.field {
            label for=(id) { (text) }
            p.hint id={ (id) "-hint" } { "Empty where it is met; otherwise what has to change." }
            input.input id=(id) name=(id) aria-describedby={ (id) "-hint" };
        }
    }
}

/// Sends the verdict.
pub(crate) async fn judge(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let seen = reviewable(web, &visitor, id)?;
        let judgment = judgment(&seen, &form)?;
        let command = TaskCommand::Review(Box::new(judgment));
        visitor.send(web, Body::Task(id, command))?;
        today::next(web, &visitor, (Deed::Judged, id))
    })
    .await
}

fn judgment(seen: &Seen<'_>, form: &BTreeMap<String, String>) -> Result<Judgment, Failure> {
    let text = |name: &str| form.get(name).map_or("", |it| it.trim());
    let handed = handed(seen)?;
    if text("content") != handed.submission.content.to_string() {
        let why = "something else was handed in meanwhile; look at it first";
        return Err(Failure::Misused(why.to_owned()));
    }
    let reasons = lacks(&seen.task, form);
    let verdict = verdict(text("decision"), &reasons)?;
    signing::check_noted(verdict, text("missed"))?;
    if verdict == Verdict::Accept && rests_on(seen)?.iter().any(|it| !it.is_opened) {
        let why = "open what was handed in before you say that it holds";
        return Err(Failure::Misused(why.to_owned()));
    }
    Ok(Judgment {
        cause: (!reasons.is_empty()).then(|| cause(form)),
        gap_note: text("missed").to_owned(),
        lease: handed.lease.number,
        reasons,
        submission: handed.submission.content,
        verdict,
    })
}

/// What a form says at each criterion that has to change.
pub(super) fn lacks(task: &Task, form: &BTreeMap<String, String>) -> Vec<Reason> {
    let criteria = task.spec.instructions.criteria.iter();
    let lacks = criteria.filter_map(|criterion| {
        let said = form.get(&format!("lacks-{}", criterion.key))?.trim();
        (!said.is_empty()).then(|| Reason {
            criterion: criterion.key.clone(),
            text: said.to_owned(),
        })
    });
    lacks.collect()
}

/// How it came about, as a form says it.
pub(super) fn cause(form: &BTreeMap<String, String>) -> Cause {
    if form.contains_key("unclear") {
        Cause::Communication
    } else {
        Cause::Capability
    }
}

/// The verdict that a decision stands for; work does not go back without saying what has to change.
fn verdict(decision: &str, reasons: &[Reason]) -> Result<Verdict, Failure> {
    let verdict = match decision {
        "accept" => Verdict::Accept,
        "changes" => Verdict::RequestChanges,
        "reject" => Verdict::Reject,
        "escalate" => Verdict::Escalate,
        _ => return Err(Failure::Misused("choose one decision".to_owned())),
    };
    let goes_back = matches!(verdict, Verdict::RequestChanges | Verdict::Reject);
    let why = match (goes_back, reasons.is_empty()) {
        (true, true) => "say at a criterion what has to change",
        (false, false) if verdict == Verdict::Accept => {
            "you say at a criterion what has to change: ask for changes, or empty it"
        }
        _ => return Ok(verdict),
    };
    Err(Failure::Misused(why.to_owned()))
}
