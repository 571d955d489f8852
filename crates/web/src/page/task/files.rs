//! The files of a result: opened by the visitor, and shown away from everything else.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Form, Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use consort_desk::Case;
use consort_desk::deliver::files;
use consort_kernel::digest::Digest;
use consort_kernel::id::TaskId;
use consort_kernel::task::Task;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::see;
use crate::part::{Icon, Tone, chip};
use crate::server::{Failure, Visitor, Web};

/// What a page is served as.
const PAGE: &str = "text/html; charset=utf-8";
/// A delivered page may have its own style and pictures, and nothing else.
const SANDBOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// How many openings are remembered; the oldest are forgotten, and have to be opened again.
const OPENED_MAX: usize = 10_000;

/// A file of a result that somebody opened in a session.
type Opening = (Digest, TaskId, Digest, String);

/// What was opened, the latest last.
#[derive(Default)]
pub(crate) struct Opened(Mutex<VecDeque<Opening>>);

/// The opening of a file of what is handed in now: after it went back, another result is opened anew.
fn opening(visitor: &Visitor, task: &Task, file: &str) -> Option<Opening> {
    let content = task.handed()?.submission.content;
    Some((visitor.entered.secret, task.id, content, file.to_owned()))
}

impl Opened {
    fn note(&self, opening: Option<Opening>) {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opening) = opening.filter(|it| !opened.contains(it)) {
            if opened.len() == OPENED_MAX {
                opened.pop_front();
            }
            opened.push_back(opening);
        }
    }

    fn has(&self, opening: Option<Opening>) -> bool {
        let opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opening.is_some_and(|it| opened.contains(&it))
    }
}

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

/// What has to be opened of a result: each of its files, or of what is made into a page and its copies,
/// the page.
pub(crate) fn evidence(
    web: &Web,
    visitor: &Visitor,
    case: &Case<'_>,
    task: &Task,
) -> Result<Vec<Evidence>, Failure> {
    let names: Vec<String> = files(case, task)?
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let is_page = |name: &String| kind(name).0 == PAGE;
    let was_made_here = task
        .handed()
        .is_some_and(|it| it.submission.files.is_empty());
    let page_alone = was_made_here && names.iter().any(is_page);
    Ok(names
        .into_iter()
        .filter(|name| !page_alone || is_page(name))
        .map(|name| Evidence {
            is_opened: web.opened.has(opening(visitor, task, &name)),
            name,
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

/// Notes that a file was opened, and shows it.
pub(crate) async fn open(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<TaskId>,
    Form(which): Form<Which>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        let shown = file_of(web, &seen.task, &which.file)?;
        web.opened.note(opening(&visitor, &seen.task, &which.file));
        Ok(shown)
    })
    .await
}

/// Shows a file.
pub(crate) async fn file(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path((id, name)): Path<(TaskId, String)>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        file_of(web, &seen.task, &name)
    })
    .await
}

fn file_of(web: &Web, task: &Task, name: &str) -> Result<Response, Failure> {
    if task.handed().is_none() {
        return Err(Failure::NotHere);
    }
    let case = Case::open(&web.engine, task.outcome)?;
    let found = files(&case, task)?.into_iter().find(|(it, _)| it == name);
    let (name, bytes) = found.ok_or(Failure::NotHere)?;
    let (kind, how) = kind(&name);
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
    Ok((headers, bytes).into_response())
}

/// What a file is served as, and whether it is shown or taken home.
fn kind(name: &str) -> (&'static str, &'static str) {
    match name.rsplit('.').next() {
        Some("html") => (PAGE, "inline"),
        Some("json" | "txt" | "patch" | "csv") => ("text/plain; charset=utf-8", "inline"),
        _ => ("application/octet-stream", "attachment"),
    }
}
