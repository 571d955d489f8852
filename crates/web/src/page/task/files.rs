//! The files of a result: opened by the visitor, and shown away from everything else.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_desk::deliver::Delivered;
use consort_kernel::id::TaskId;
use consort_kernel::task::Task;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::{result, see};
use crate::file;
use crate::part::{Icon, Tone, chip};
use crate::server::{Failure, Visitor, Web};
use crate::signing;

/// What a page is served as.
const PAGE: &str = "text/html; charset=utf-8";
/// A delivered page may have its own style and pictures, and nothing else.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// Something that a signature rests on.
pub(crate) struct Evidence {
    /// What it is called.
    pub(crate) name: String,
    /// Whether the visitor has opened it in this session.
    pub(crate) is_opened: bool,
    task: TaskId,
    about: String,
}

impl Evidence {
    /// A row with the button that opens it.
    pub(crate) fn row(&self) -> Markup {
        markup! {
            li.row {
                (Icon::File.show())
                p.row-title { (self.name) }
                p.row-why { (self.about) }
                div.row-end {
                    @if self.is_opened { (chip(Tone::Done, "Opened")) } @else { (chip(Tone::Wait, "Not opened yet")) }
                    form method="post" action={ "/tasks/" (self.task) "/open" } target="_blank" {
                        input type="hidden" name="file" value=(self.name);
                        button.button { "Open" span.sr { " " (self.name) } }
                    }
                }
            }
        }
    }
}

/// What a signature on a result rests on.
pub(crate) fn evidence(
    web: &Web,
    visitor: &Visitor,
    task: &Task,
) -> Result<Vec<Evidence>, Failure> {
    let pieces = signing::pieces(web, visitor.entered.secret, task)?;
    Ok(pieces
        .into_iter()
        .map(|piece| Evidence {
            name: piece.name,
            is_opened: piece.is_opened,
            task: task.id,
            about: task.spec.title.clone(),
        })
        .collect())
}

/// Which file.
#[derive(Deserialize)]
pub(crate) struct Which {
    file: String,
}

/// Notes that a file was opened, and shows it: what was handed in as data, as somebody reads it.
pub(crate) async fn open(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(which): Form<Which>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        let session = visitor.entered.secret;
        let file = signing::open(web, session, &seen.task, &which.file)?;
        if !is_data(&seen.task, &which.file, &file) {
            return shown(web, &which.file, file);
        }
        let body = markup! {
            header.page-head { div { h1 { (seen.task.spec.title) } p.muted { "What was handed in, as " (which.file) "." } } }
            (result::show(&seen)?)
        };
        seen.page(&which.file, &body)
    })
    .await
}

/// Whether a file is what was handed in itself, and nothing that was handed in beside it or made from it.
fn is_data(task: &Task, name: &str, file: &Delivered) -> bool {
    let has_files = task
        .handed()
        .is_some_and(|it| !it.submission.files.is_empty());
    let own = format!("{}.json", task.spec.key);
    !has_files && name == own && matches!(file, Delivered::Made(_))
}

/// Shows a file.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path((id, name)): Path<(TaskId, String)>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        shown(web, &name, signing::file(web, &seen.task, &name)?)
    })
    .await
}

fn shown(web: &Web, name: &str, file: Delivered) -> Result<Response, Failure> {
    let (kind, how) = kind(name, &file);
    let plain: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_') {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
        (CONTENT_DISPOSITION, format!("{how}; filename=\"{plain}\"")),
    ];
    Ok((headers, file::body(&web.engine, file)?).into_response())
}

/// What a file is served as, and whether it is shown or taken home: text is shown as text and nothing else, a page
/// only where it was made here. What somebody handed in never runs in a browser that is signed in.
fn kind(name: &str, file: &Delivered) -> (&'static str, &'static str) {
    match (name.rsplit('.').next(), file) {
        (Some("html"), Delivered::Made(_)) => (PAGE, "inline"),
        (Some("html"), Delivered::Kept(_)) => (PAGE, "attachment"),
        (Some("json" | "txt" | "patch" | "csv"), _) => ("text/plain; charset=utf-8", "inline"),
        _ => ("application/octet-stream", "attachment"),
    }
}

#[cfg(test)]
mod tests {
    use consort_desk::deliver::Delivered;
    use consort_kernel::digest::Digest;

    use super::kind;

    #[test]
    fn what_somebody_handed_in_is_no_page_in_a_browser() {
        let (made, kept) = (
            Delivered::Made(Vec::new()),
            Delivered::Kept(Digest::of(b"a page")),
        );
        for (name, file, how) in [
            ("brief.html", &made, "inline"),
            ("brief.html", &kept, "attachment"),
            ("notes.txt", &kept, "inline"),
            ("brief.docx", &made, "attachment"),
            ("picture.svg", &kept, "attachment"),
            ("html", &kept, "attachment"),
        ] {
            let (kind, found) = kind(name, file);
            assert_eq!(found, how, "{name}");
            assert!(found == "attachment" || kind != "application/octet-stream");
            assert!(name != "notes.txt" || kind.starts_with("text/plain"));
        }
    }
}
