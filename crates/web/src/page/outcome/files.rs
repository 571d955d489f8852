//! What an outcome delivers, and the record of how it came about.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_desk::Case;
use consort_desk::archive::archive;
use consort_desk::deliver::{accepted, files};
use consort_desk::record::{Deliverable, record as record_of};
use consort_documents::Statement;
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::Outcome;
use consort_kernel::task::Task;
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::{Documents, Icon, counted, files_of, statements};
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// How many statements of a deliverable are listed.
const STATEMENTS_MAX: usize = 200;
/// How much is taken from a result, in bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// The page's part.
pub(super) fn list(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let mut rows = Vec::new();
    let mut said = Vec::new();
    if seen.outcome.charter.playbook.is_some() {
        let case = Case::open(&seen.web.engine, seen.outcome.id)?;
        let documents = Documents::of(
            &seen.web.engine,
            seen.address(),
            files_of(&case.given.inputs),
        );
        for task in accepted(&case)? {
            said.push(stated(seen, &task, &documents)?);
            for (name, bytes) in files(&case, &task)? {
                rows.push(markup! {
                    li.row {
                        (Icon::File.show())
                        p.row-title { a href={ "/tasks/" (task.id) "/files/" (name) } { (name) } }
                        p.row-why { "From " (task.spec.title) }
                        p.row-end { span.num { (bytes.len() / 1024 + 1) " KB" } }
                    }
                });
            }
        }
    }
    let id = seen.outcome.id;
    Ok(markup! {
        section.section aria-labelledby="deliverables" {
            div.section-head { h2 #deliverables { "Deliverables" } }
            @if rows.is_empty() {
                div.empty {
                    (Icon::File.show())
                    h2 { "Nothing is delivered yet" }
                    p { "What gates and last tasks hand in comes here as soon as it is accepted." }
                }
            } @else { ul.list data-keys { @for row in rows { (row) } } }
            @for one in said { (one) }
        }
        section.section aria-labelledby="record" {
            div.section-head { h2 #record { "Verify this record" } }
            p { "Every step, who did it, who signed it and what was paid. The archive has it with everything that proves it: anybody who has the program "
                code { "consort" } " can check it on a machine of their own, without this server:" }
            pre.scroll tabindex="0" { code { "consort doctor --archive " (id) ".zip" } }
            form.actions method="post" action={ (seen.address()) "/archive" } {
                button.button { (Icon::Download.show()) "Download the archive" }
                a.button.quiet href={ (seen.address()) "/record.json" } { "record.json, for programs" }
            }
        }
    })
}

/// What a result states, each statement leading to the passage that it rests on.
fn stated(seen: &Seen<'_>, task: &Task, documents: &Documents<'_>) -> Result<Markup, Failure> {
    let Some(handed) = task.handed() else {
        return Ok(markup! {});
    };
    let bytes = seen.web.engine.artefacts().get(handed.submission.content)?;
    let content = (bytes.len() <= BYTES_MAX).then(|| serde_json::from_slice(&bytes).ok());
    let statements = content.flatten().as_ref().map(statements);
    let statements = statements.unwrap_or_default();
    let more = statements.len().saturating_sub(STATEMENTS_MAX);
    Ok(markup! {
        @if !statements.is_empty() {
            details.disclosure {
                summary {
                    (Icon::Search.show()) "What “" (task.spec.title) "” states"
                    span.muted { (counted(statements.len(), "statement")) ", each with the passage it rests on" }
                }
                ul.list {
                    @for one in statements.iter().take(STATEMENTS_MAX) { (row(one, documents)) }
                }
                @if more > 0 { p.small.muted { "and " (more) " more in the file" } }
            }
        }
    })
}

fn row(statement: &Statement, documents: &Documents<'_>) -> Markup {
    let cited = statement.citations.first();
    let address = cited.and_then(|it| documents.address(it));
    let more = statement.citations.len().saturating_sub(1);
    markup! {
        li.row {
            (Icon::File.show())
            p.row-title { @if let Some(address) = address { a href=(address) { (statement.text) } } @else { (statement.text) } }
            p.row-why {
                @if let Some(cited) = cited { (cited.document) ", " (cited.place.to_string()) }
                @if more > 0 { ", and " (counted(more, "further passage")) }
            }
            p.row-end {}
        }
    }
}

/// The archive, which anybody checks. The log is signed for it, so that it is no reading alone.
pub(crate) async fn export(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let outcome = whole(web, &visitor, id)?;
        let (bytes, _) = archive(&web.engine, &web.key()?, &outcome)?;
        let name = format!("attachment; filename=\"{id}.zip\"");
        let headers = [
            (CONTENT_TYPE, "application/zip".to_owned()),
            (CONTENT_DISPOSITION, name),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}

/// The outcome, for whoever sees all of it.
fn whole(web: &Web, visitor: &Visitor, id: OutcomeId) -> Result<Outcome, Failure> {
    let (outcome, sight) = sight::outcome(&web.engine, visitor.id, id)?;
    if sight < Sight::All {
        return Err(Failure::NotHere);
    }
    Ok(outcome)
}

/// The record, as programs read it.
pub(crate) async fn record(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        whole(web, &visitor, id)?;
        let case = Case::open(&web.engine, id)?;
        let mut delivered = Vec::new();
        for task in accepted(&case)? {
            for (name, bytes) in files(&case, &task)? {
                delivered.push(Deliverable::of(&name, &bytes));
            }
        }
        let record = record_of(&case, delivered)?;
        let text = serde_json::to_string_pretty(&record).map_err(|_| Failure::Broken)?;
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (CONTENT_DISPOSITION, "attachment; filename=\"record.json\""),
        ];
        Ok((headers, text).into_response())
    })
    .await
}
