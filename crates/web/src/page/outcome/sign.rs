//! The end of an outcome: what it rests on was opened, then the accountable person signs, and what
//! was not spent goes back.

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use consort_desk::Case;
use consort_desk::deliver::accepted;
use consort_desk::sign;
use consort_kernel::command::Body;
use consort_kernel::id::OutcomeId;
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::super::proof;
use super::super::step;
use super::super::task::files::{Evidence, evidence};
use super::{Seen, see};
use crate::part::{Icon, encoded};
use crate::right::Act;
use crate::server::{Failure, Visitor, Web};

/// What the person signs with.
#[derive(Deserialize)]
pub(crate) struct Signature {
    #[serde(default)]
    recommendation: String,
    /// Set on the second step.
    confirmed: Option<String>,
}

/// Shows what is signed, and what was opened of it.
pub(crate) async fn ask(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Query(before): Query<Before>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let stream = StreamId::Outcome(id);
        let said = match before.sure {
            Some(_) => step::said(web, &visitor, stream)?,
            None => None,
        };
        let Some(said) = said else {
            return show(web, &visitor, id, Step::First(&before.recommendation));
        };
        let case = signable(web, &visitor, id)?;
        let evidence = evidence_of(web, &visitor, &case)?;
        let step = if evidence.iter().all(|it| it.is_opened) {
            Step::Second(&said)
        } else {
            Step::First(&said)
        };
        show(web, &visitor, id, step)
    })
    .await
}

/// What was said before the second step was left again.
#[derive(Deserialize)]
pub(crate) struct Before {
    #[serde(default)]
    recommendation: String,
    /// Set on the way to the second step.
    sure: Option<String>,
}

/// Which step is shown, with the recommendation so far.
#[derive(Clone, Copy)]
enum Step<'a> {
    First(&'a str),
    Second(&'a str),
}

/// Signs on the second step; on the first one, shows what follows from it.
pub(crate) async fn sign(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Form(signature): Form<Signature>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let case = signable(web, &visitor, id)?;
        let unopened = evidence_of(web, &visitor, &case)?;
        if let Some(left) = unopened.iter().find(|it| !it.is_opened) {
            let why = format!(
                "open '{}' before you sign: your signature says that you did",
                left.name
            );
            return Err(Failure::Misused(why));
        }
        proof::check_signer(web, &visitor)?;
        if signature.confirmed.is_none() {
            // A page of its own, so that whoever comes back to it finds it; their words are theirs alone.
            step::say(
                web,
                &visitor,
                StreamId::Outcome(id),
                &signature.recommendation,
            )?;
            let address = format!("/outcomes/{id}/sign?sure=yes");
            return Ok(Redirect::to(&address).into_response());
        }
        // Results that came in last may let the plan grow once more.
        if case.grow()? {
            let why = "the plan has just grown; it is not at its end yet".to_owned();
            return Err(Failure::Misused(why));
        }
        let sentence = signature.recommendation.trim();
        let sentence = (!sentence.is_empty()).then(|| sentence.to_owned());
        let command = sign::conclusion(&case, sentence)?;
        visitor.send(web, Body::Outcome(id, command))?;
        Ok(Redirect::to(&format!("/outcomes/{id}?view=deliverables")).into_response())
    })
    .await
}

/// The case, if the visitor answers for it and all its tasks are done.
fn signable<'a>(web: &'a Web, visitor: &Visitor, id: OutcomeId) -> Result<Case<'a>, Failure> {
    let seen = see(web, visitor, id)?;
    seen.check(Act::SignOutcome)?;
    if !seen.is_to_sign() {
        return Err(Failure::Misused(
            "it cannot be signed now: some of its tasks are not done, or it is closed".to_owned(),
        ));
    }
    Ok(Case::open(&web.engine, id)?)
}

fn evidence_of(web: &Web, visitor: &Visitor, case: &Case<'_>) -> Result<Vec<Evidence>, Failure> {
    let mut all = Vec::new();
    for task in accepted(case)? {
        all.extend(evidence(web, visitor, &task)?);
    }
    Ok(all)
}

fn show(web: &Web, visitor: &Visitor, id: OutcomeId, step: Step<'_>) -> Result<Response, Failure> {
    let case = signable(web, visitor, id)?;
    let evidence = evidence_of(web, visitor, &case)?;
    let scope = sign::scope_of_all(&case)?;
    let seen = see(web, visitor, id)?;
    let body = match step {
        Step::Second(sentence) => second_step(&seen, scope, sentence),
        Step::First(before) => {
            let proof = proof::ask(web, visitor)?;
            first_step(&seen, (&evidence, scope), proof.as_ref(), before)
        }
    };
    seen.page("Sign the outcome", &body)
}

fn first_step(
    seen: &Seen<'_>,
    (evidence, scope): (&[Evidence], &str),
    proof: Option<&Markup>,
    before: &str,
) -> Markup {
    let left = evidence.iter().filter(|it| !it.is_opened).count();
    markup! {
        header.page-head { div {
            h1 { "Sign the outcome" }
            p.muted { (seen.outcome.charter.title) }
        } }
        section.section aria-labelledby="evidence" {
            div.section-head {
                h2 #evidence { "What it rests on" }
                p { @if left == 0 { "You have opened all of it." } @else { "You can sign when you have opened all of it." } }
            }
            ul.list { @for one in evidence { (one.row()) } }
        }
        section.section aria-labelledby="scope" {
            div.section-head { h2 #scope { "What you sign" } }
            dl.facts { dt { "Covers" } dd { (scope) } dt { "As" } dd { "Accountable person" } }
        }
        @if let Some(proof) = proof { (proof) }
        form.section method="post" action={ (seen.address()) "/sign" } {
            (seen.carried())
            div.field {
                label for="recommendation" { "Your recommendation, in your own words" }
                p.hint #recommendation-hint { "It is delivered with the result, under your name. You may leave it empty." }
                textarea.input #recommendation name="recommendation" aria-describedby="recommendation-hint" { (before) }
            }
            div.decide.section {
                p.small.muted #why-not {
                    @if left == 0 { "You see what follows from it before anything is recorded." }
                    @else { (left) @if left == 1 { " file is" } @else { " files are" } " not opened yet." }
                }
                button.button.primary disabled[left > 0 || proof.is_some()] aria-describedby="why-not" { (Icon::Sign.show()) "Go on to sign" }
            }
        }
    }
}

fn second_step(seen: &Seen<'_>, scope: &str, sentence: &str) -> Markup {
    let purse = &seen.outcome.purse;
    let asset = seen.outcome.charter.asset;
    markup! {
        header.page-head { div { h1 { "Sign the outcome" } p.muted { "Nothing is recorded yet." } } }
        section.card aria-labelledby="lines" {
            h2 #lines { "What your signature does" }
            dl.facts {
                dt { "Funded" } dd.num { (asset.show(purse.funded)) }
                dt { "Paid to contributors" } dd.num { (asset.show(purse.paid)) }
                dt { "Fees and taxes" } dd.num { (asset.show(purse.fees)) ", " (asset.show(purse.taxes)) }
                dt { "Goes back to the funder" } dd.num { (asset.show(purse.available)) }
                dt { b { "Left in escrow" } } dd.num { b { (asset.show(consort_kernel::money::Amount::ZERO)) } }
            }
            p.small.muted { "These are recorded obligations; no bank money is moved." }
            p.small { "Your signature covers: " (scope) }
            @if !sentence.trim().is_empty() { p { "Your recommendation: “" (sentence.trim()) "”" } }
            form method="post" action={ (seen.address()) "/sign" } {
                (seen.carried())
                input type="hidden" name="recommendation" value=(sentence);
                input type="hidden" name="confirmed" value="yes";
                div.decide {
                    a.button href={ (seen.address()) "/sign?recommendation=" (encoded(sentence)) } { "Not yet" }
                    button.button.primary { (Icon::Sign.show()) "Sign and close" }
                }
            }
        }
    }
}
