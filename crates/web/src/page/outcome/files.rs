//! What an outcome delivers, and the record of how it came about.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_desk::Case;
use consort_desk::archive::archive;
use consort_desk::deliver::{accepted, files};
use consort_desk::record::{Deliverable, record as record_of};
use consort_kernel::id::OutcomeId;
use consort_kernel::outcome::Outcome;
use maud::{Markup, html as markup};

use super::Seen;
use crate::part::Icon;
use crate::server::{Failure, Visitor, Web};
use crate::sight::{self, Sight};

/// The page's part.
pub(super) fn list(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let mut rows = Vec::new();
    if seen.outcome.charter.playbook.is_some() {
        let case = Case::open(&seen.web.engine, seen.outcome.id)?;
        for task in accepted(&case)? {
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
        }
        section.section aria-labelledby="record" {
            div.section-head { h2 #record { "Record" } }
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
