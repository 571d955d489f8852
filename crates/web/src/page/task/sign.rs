//! The review desk and the signature: the evidence first, then a judgment, then what is paid, and on
//! a second step the signature.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use consort_desk::{Case, sign};
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::done::Deed;
use super::super::{proof, step, today};
use super::files::{Evidence, evidence};
use super::{Seen, back, checks, material, result, see};
use crate::part::{Icon, encoded, steps};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web, rejected};
use crate::sight;
use crate::signing::{self, PAID_TO_SIGNER, Signer, check_same, handed};

/// What was said before the second step was left again, and what was on the desk on the way to it.
#[derive(Deserialize)]
pub(crate) struct Before {
    content: Option<Digest>,
    #[serde(default)]
    missed: String,
}

/// What is signed on the second step.
#[derive(Deserialize)]
pub(crate) struct Confirmed {
    /// What was on the desk.
    content: Digest,
    #[serde(default)]
    missed: String,
}

/// The desk.
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Query(before): Query<Before>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = signable(web, &visitor, id)?;
        let case = Case::open(&web.engine, seen.task.outcome)?;
        let evidence = evidence(web, &visitor, &seen.task)?;
        let body = desk(&seen, &case, &evidence, &before.missed)?;
        seen.page("Review and sign", &body)
    })
    .await
}

/// One decision: back with what has to change, or on to what is paid.
pub(crate) async fn judge(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = signable(web, &visitor, id)?;
        let text = |name: &str| form.get(name).map_or("", |it| it.trim());
        let content = text("content").parse();
        let content = content.map_err(|_| unseen())?;
        check_same(&seen.task, content)?;
        match text("decision") {
            "sign" => {}
            "changes" | "reject" | "escalate" => {
                back::carry_out(&seen, &form)?;
                return Ok(today::next(web, &visitor, (Deed::SentBack, id))?.into_response());
            }
            other => {
                let why = format!("'{other}' is no decision: sign it, or say why not");
                return Err(Failure::Misused(why));
            }
        }
        check_opened(&seen, text("missed"))?;
        proof::check_signer(web, &visitor)?;
        // A page of its own, so that whoever comes back to it finds it; their words are theirs alone.
        let stream = StreamId::Task(id);
        step::say(web, &visitor, stream, text("missed"))?;
        let address = format!("{}/sign/confirm?content={content}", seen.address());
        Ok(Redirect::to(&address).into_response())
    })
    .await
}

/// Shows every line of what is paid, before anything is recorded.
pub(crate) async fn sure(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Query(before): Query<Before>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = signable(web, &visitor, id)?;
        let content = before.content.ok_or_else(unseen)?;
        check_same(&seen.task, content)?;
        let missed = step::said(web, &visitor, StreamId::Task(id))?.ok_or_else(unseen)?;
        check_opened(&seen, &missed)?;
        seen.page("Sign", &second_step(&seen, &missed)?)
    })
    .await
}

/// Signs.
pub(crate) async fn confirm(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(confirmed): Form<Confirmed>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        let seen = signable(web, &visitor, id)?;
        check_same(&seen.task, confirmed.content)?;
        check_opened(&seen, &confirmed.missed)?;
        proof::check_signer(web, &visitor)?;
        let note = (!is_own(&seen)).then(|| confirmed.missed.trim().to_owned());
        let lease = handed(&seen.task)?.lease.number;
        let signer = (visitor.id, lease);
        signing::sign(&web.engine, &visitor.key, &seen.task, signer, note)?;
        today::next(web, &visitor, (Deed::Signed, id))
    })
    .await
}

fn unseen() -> Failure {
    Failure::Misused("look at it first".to_owned())
}

fn signable<'a>(web: &'a Web, visitor: &'a Visitor, id: TaskId) -> Result<Seen<'a>, Failure> {
    let seen = see(web, visitor, id)?;
    seen.check(Act::Sign)?;
    if seen.is_to_sign()? {
        return Ok(seen);
    }
    let why = "it does not wait for your signature: it was signed, it went back, or somebody else answers for it";
    Err(Failure::Misused(why.to_owned()))
}

/// Whether the visitor signs what they decided themselves: there is nothing to review then.
fn is_own(seen: &Seen<'_>) -> bool {
    signing::is_own(seen.visitor.id, &seen.task)
}

/// A signature says that what it rests on was opened, so it has to be.
fn check_opened(seen: &Seen<'_>, missed: &str) -> Result<(), Failure> {
    let by = Signer {
        id: seen.visitor.id,
        session: seen.visitor.entered.secret,
    };
    signing::check_opened(seen.web, by, &seen.task)?;
    signing::check_said(by.id, &seen.task, missed)
}

fn desk(
    seen: &Seen<'_>,
    case: &Case<'_>,
    evidence: &[Evidence],
    before: &str,
) -> Result<Markup, Failure> {
    let own = is_own(seen);
    let content = handed(&seen.task)?.submission.content;
    let is_paused = sight::is_paused(&seen.web.engine, seen.task.outcome)?;
    let left = if own {
        0
    } else {
        evidence.iter().filter(|it| !it.is_opened).count()
    };
    Ok(markup! {
        header.page-head {
            div { h1 { "Sign: " (seen.task.spec.title) } p.meta { span { (seen.outcome) } span.id { (seen.task.id) } } }
            div.actions { a.button.quiet href=(seen.address()) { "The whole task" } }
        }
        (steps(&seen.task))
        @if is_paused { div.section { div.note.is-bad {
            (Icon::Wait.show())
            p { b { (seen.outcome) " is paused." } " Nothing is signed until " a href={ "/outcomes/" (seen.task.outcome) } { "it goes on" } "; what you write and open here counts then, too." }
        } } }
        div.cols {
            div {
                @if own {
                    p.lead { "You " @if seen.task.spec.kind == "decide" { "decided" } @else { "did" } " this yourself. Your signature makes it count, and the record says that one person did both." }
                } @else {
                    section.section aria-labelledby="evidence" {
                        div.section-head { h2 #evidence { "What it rests on" } p { @if left == 0 { "You have opened all of it." } @else { "Open it before you sign." } } }
                        ul.list { @for one in evidence { (one.row()) } }
                    }
                }
                (checks(seen)?)
                @if !own { (material::rested_on(seen)?) }
                (result::show(seen)?)
                @let proof = proof::ask(seen.web, seen.visitor)?;
                @if let Some(proof) = &proof { (proof) }
                (verdict(seen, content, (own, before), why_not(seen, left, proof.is_some(), is_paused)))
                @if !own { (back::form(seen, content)) }
            }
            aside.rail aria-label="What signing does" { (scope(seen, case)?) }
        }
    })
}

/// Why the visitor cannot sign yet, if they cannot.
fn why_not(
    seen: &Seen<'_>,
    left: usize,
    has_to_show: bool,
    is_paused: bool,
) -> Option<&'static str> {
    if signing::is_paid_to(seen.visitor.id, &seen.task) {
        return Some(PAID_TO_SIGNER);
    }
    match (left, has_to_show, is_paused) {
        (1.., ..) => Some("You have not opened what it rests on yet"),
        (_, true, _) => Some("You have not shown that it is you"),
        (.., true) => Some("The outcome is paused"),
        (0, false, false) => None,
    }
}

fn verdict(
    seen: &Seen<'_>,
    content: Digest,
    (own, before): (bool, &str),
    why_not: Option<&str>,
) -> Markup {
    markup! {
        form.section method="post" action={ (seen.address()) "/sign" } aria-labelledby="verdict" {
            (seen.carried())
            input type="hidden" name="content" value=(content);
            div.section-head { h2 #verdict { "Your judgment" } p { "Sent together, with one decision." } }
            @if !own {
                div.field {
                    label for="missed" { "What does it miss?" }
                    p.hint #missed-hint { "It is asked of everybody who signs; “nothing seen” is an answer." }
                    input.input #missed name="missed" value=(before) required aria-describedby="missed-hint";
                }
            }
            div.decide.section {
                p.small.muted #why-not { (why_not.unwrap_or("You see what is paid before anything is recorded")) "." }
                button.button.primary name="decision" value="sign" disabled[why_not.is_some()] aria-describedby="why-not" { (Icon::Sign.show()) "Go on to sign" }
            }
        }
    }
}

fn scope(seen: &Seen<'_>, case: &Case<'_>) -> Result<Markup, Failure> {
    let handed = handed(&seen.task)?;
    let performer = seen.people.find(handed.lease.holder.id)?;
    Ok(markup! {
        section.section aria-labelledby="scope" {
            div.section-head { h2 #scope { "What you sign" } }
            dl.facts {
                dt { "Covers" } dd { (sign::scope(case, &seen.task)?) }
                dt { "As" } dd { "Accountable person" }
                dt { "Made by" } dd { (performer.show()) }
                dt { "Content" } dd { span.id { (handed.submission.content) } }
            }
        }
        section.section aria-labelledby="paid" {
            div.section-head { h2 #paid { "What is paid" } }
            dl.facts { dt { (performer.name) } dd.num { (seen.task.asset.show(handed.lease.agreed)) } }
            p.small.muted { "You see every line again before anything is recorded." }
        }
    })
}

fn second_step(seen: &Seen<'_>, missed: &str) -> Result<Markup, Failure> {
    let handed = handed(&seen.task)?;
    let payee = seen.people.find(handed.lease.holder.payee)?;
    let policy = seen.web.engine.policy()?;
    let paid = seen.task.payment(seen.visitor.id, &policy);
    let paid = paid.map_err(rejected)?;
    let agreed = handed.lease.agreed;
    let gross = paid
        .net
        .checked_add(paid.fee)
        .and_then(|it| it.checked_add(paid.tax));
    let unmet = gross
        .and_then(|gross| agreed.checked_sub(gross))
        .unwrap_or_default();
    let show = |amount| seen.task.asset.show(amount);
    Ok(markup! {
        header.page-head { div { h1 { "Sign: " (seen.task.spec.title) } p.muted { "Nothing is recorded yet." } } }
        section.card aria-labelledby="lines" {
            h2 #lines { "Payment lines" }
            dl.facts {
                dt { "Agreed" } dd.num { (show(agreed)) }
                @if !paid.unmet.is_empty() { dt { "Not paid, for criteria that are not met" } dd.num { (show(unmet)) } }
                @if paid.fee.is_positive() { dt { "The network's fee" } dd.num { (show(paid.fee)) } }
                @if paid.tax.is_positive() { dt { "Tax" } dd.num { (show(paid.tax)) } }
                dt { b { "To " (payee.name) } } dd.num { b { (show(paid.net)) } }
                dt { "Back to the outcome" } dd.num { (show(paid.released)) }
                dt { b { "Still reserved for this task" } } dd.num { b { (show(consort_kernel::money::Amount::ZERO)) } }
            }
            p.small.muted { "These are recorded obligations; no bank money is moved." }
            form method="post" action={ (seen.address()) "/sign/confirm" } {
                (seen.carried())
                input type="hidden" name="content" value=(handed.submission.content);
                input type="hidden" name="missed" value=(missed);
                div.decide {
                    a.button href={ (seen.address()) "/sign?missed=" (encoded(missed)) } { "Not yet" }
                    button.button.primary { (Icon::Sign.show()) "Sign and pay" }
                }
            }
        }
    })
}
