//! The playbooks that ship: what each is for, what it needs, and what its tasks are.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use consort_playbook::parse;
use consort_playbook::shipped::SHIPPED;
use maud::html as markup;

use super::new::is_offered;
use super::shell::{self, Head, Place};
use crate::part::Icon;
use crate::server::{Failure, Visitor, Web};

/// The list.
pub(crate) async fn list(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let playbooks: Vec<_> = SHIPPED
            .iter()
            .filter_map(|shipped| parse(shipped.text).ok())
            .collect();
        let body = markup! {
            header.page-head { div {
                h1 { "Playbooks" }
                p.muted { "Plans that can be used again. Each is a file that anybody can read, check and change." }
            } }
            @for playbook in &playbooks {
                section.section aria-labelledby=(playbook.name) {
                    div.section-head {
                        h2 id=(playbook.name) { (playbook.title) }
                        p { (playbook.description) }
                        @if is_offered(playbook) { div.actions { a.button href={ "/outcomes/new/" (playbook.name) } { (Icon::Plus.show()) "Begin" span.sr { ": " (playbook.title) } } } }
                    }
                    details.disclosure {
                        summary { "Its tasks " span.muted { (playbook.tasks.len()) } }
                        div.scroll tabindex="0" role="region" aria-label={ "Tasks of " (playbook.title) } {
                            table.stacked {
                                caption.sr { "Tasks of " (playbook.title) }
                                thead { tr { th scope="col" { "Task" } th scope="col" { "Takes" } th scope="col" { "Who" } th.num scope="col" { "Criteria" } th scope="col" { "Gate" } } }
                                tbody { @for task in &playbook.tasks {
                                    tr {
                                        th scope="row" { (task.key.value) }
                                        td data-label="Takes" { (task.capability) }
                                        td data-label="Who" { (task.mode.value.as_str()) }
                                        td.num data-label="Criteria" { (task.instructions.criteria.len()) }
                                        td data-label="Gate" { @if task.gate.value { "a person decides" } @else { "no" } }
                                    }
                                } }
                            }
                        }
                    }
                }
            }
        };
        let head = Head { title: "Playbooks", place: Place::Playbooks, above: &[] };
        shell::page(web, &visitor, &head, &body)
    })
    .await
}
