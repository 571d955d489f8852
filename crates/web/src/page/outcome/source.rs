//! A passage where it stands: a document of the outcome as it was read, with the words that are cited marked.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use consort_desk::Given;
use consort_documents::{Block, BlockKind, Document};
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use maud::{Markup, html as markup};
use serde::Deserialize;

use super::see;
use crate::part::{Documents, encoded, files_of};
use crate::server::{Failure, Visitor, Web};
use crate::sight::Sight;

/// How many pieces of the document are shown on each side of the one that is cited.
const NEARBY: usize = 40;

/// Which document, and where in it.
#[derive(Deserialize)]
pub(crate) struct Where {
    document: String,
    /// The digest of the file, where several have the document's name.
    sha256: Option<Digest>,
    /// The piece, from 0.
    #[serde(default)]
    block: usize,
    /// Where the passage begins and ends in the piece's text, in bytes.
    #[serde(default)]
    from: usize,
    #[serde(default)]
    to: usize,
}

/// The page, for whoever sees all of the outcome.
pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Path(id): Path<OutcomeId>,
    Query(at): Query<Where>,
) -> Result<Response, Failure> {
    web.blocking(move |web| {
        let seen = see(web, &visitor, id)?;
        if seen.sight < Sight::All || seen.outcome.charter.playbook.is_none() {
            return Err(Failure::NotHere);
        }
        let given = Given::of(&web.engine, &seen.outcome)?;
        let documents = Documents::of(&web.engine, seen.address(), files_of(&given.inputs));
        let (name, body) = passage(&documents, &seen.address(), &at)?;
        seen.page(&name, &body)
    })
    .await
}

/// The name of the document, and the page's body.
pub(in super::super) fn passage(
    documents: &Documents<'_>,
    home: &str,
    at: &Where,
) -> Result<(String, Markup), Failure> {
    let document = documents.document(&at.document, at.sha256);
    let document = document.ok_or(Failure::NotHere)?;
    if at.block >= document.blocks.len() {
        return Err(Failure::NotHere);
    }
    let body = body(home, &document, at);
    Ok((document.name, body))
}

fn body(home: &str, document: &Document, at: &Where) -> Markup {
    let first = at.block.saturating_sub(NEARBY);
    let end = document.blocks.len().min(at.block + NEARBY + 1);
    let nearby = document.blocks.iter().enumerate();
    let nearby = nearby.take(end).skip(first);
    let cited = document.blocks[at.block].place_of(at.from).to_string();
    let is_cited = at.from < at.to;
    let further = |block: usize| {
        let (name, sha256) = (encoded(&document.name), document.sha256);
        format!("{home}/source?document={name}&sha256={sha256}&block={block}")
    };
    markup! {
        header.page-head { div {
            h1 { (document.title.as_deref().unwrap_or(&document.name)) }
            p.meta {
                span { (document.name) }
                @if is_cited { span { "The passage begins at " (cited) } }
                span.id { (document.sha256) }
            }
        } }
        section.section aria-label="The document, as it was read" {
            @if first > 0 { p { a href=(further(first.saturating_sub(NEARBY))) { "What stands before" } } }
            dl.paper {
                @for (number, block) in nearby {
                    @let passage = (number == at.block && is_cited).then(|| parts(&block.text, at)).flatten();
                    div class=[kind(block)] id=[(number == at.block).then_some("passage")] {
                        dt { (block.place.to_string()) }
                        dd {
                            @match passage {
                                Some([before, words, after]) => { (before) mark { (words) } (after) }
                                None => (block.text),
                            }
                        }
                    }
                }
            }
            @if end < document.blocks.len() { p { a href=(further((end + NEARBY).min(document.blocks.len() - 1))) { "What stands after" } } }
        }
    }
}

/// A text in three: what stands before the passage, the passage, and what stands after it. Nothing where no
/// passage can begin or end there.
fn parts<'a>(text: &'a str, at: &Where) -> Option<[&'a str; 3]> {
    Some([
        text.get(..at.from)?,
        text.get(at.from..at.to)?,
        text.get(at.to..)?,
    ])
}

/// How a piece looks that is no running text.
const fn kind(block: &Block) -> Option<&'static str> {
    match block.kind {
        BlockKind::Heading(_) => Some("is-heading"),
        BlockKind::Row { .. } => Some("is-row"),
        BlockKind::Paragraph | BlockKind::ListItem => None,
    }
}
