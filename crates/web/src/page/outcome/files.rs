//! What an outcome delivers, and the record of how it came about.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_desk::Case;
use consort_desk::deliver::{accepted, files};
use consort_desk::record::{Deliverable, record as record_of};
use consort_kernel::id::OutcomeId;
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
            p { "Every step, who did it, who signed it and what was paid, with the root of the log that \
                 holds it. Anybody can check an export without this server: "
                code { "consort outcome export " (id) } " and " code { "consort doctor --archive FILE" } "." }
            p { a.button href={ (seen.address()) "/record.json" } { (Icon::Download.show()) "record.json" } }
        }
    })
}

/// The record, as programs read it.
pub(crate) async fn record(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let (_, sight) = sight::outcome(&web.engine, visitor.id, id)?;
        if sight < Sight::All {
            return Err(Failure::NotHere);
        }
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
