//! Statements beside the passages that they rest on, and whether the passages stand where they say.

use std::cell::RefCell;
use std::collections::BTreeMap;

use consort_documents::{Citation, Document, Statement};
use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_playbook::{InputValue, Inputs};
use maud::{Markup, html as markup};

use super::{Tone, chip};

/// The documents of an outcome, each read when it is first cited.
pub(crate) struct Documents<'a> {
    engine: &'a Engine,
    digests: BTreeMap<String, Digest>,
    read: RefCell<BTreeMap<String, Option<Document>>>,
}

impl<'a> Documents<'a> {
    /// Those among the inputs of an outcome.
    pub(crate) fn of(engine: &'a Engine, inputs: &Inputs) -> Self {
        let files = inputs.values().flat_map(|value| match value {
            InputValue::Folder(files) => files.as_slice(),
            InputValue::File(file) => std::slice::from_ref(file),
            InputValue::Text(_) | InputValue::List(_) | InputValue::Number(_) => &[],
        });
        Self {
            engine,
            digests: files.map(|file| (file.name.clone(), file.digest)).collect(),
            read: RefCell::default(),
        }
    }

    /// None at all: passages are shown as they are quoted.
    pub(crate) fn none(engine: &'a Engine) -> Self {
        Self::of(engine, &Inputs::new())
    }

    /// Whether the passage stands where it says, and if not, what stands there; nothing where the
    /// document is not among these.
    fn look(&self, citation: &Citation) -> Option<Result<(), Option<String>>> {
        let mut read = self.read.borrow_mut();
        let document = read
            .entry(citation.document.clone())
            .or_insert_with(|| self.document(&citation.document))
            .as_ref()?;
        Some(citation.verify(document).map_err(|_| {
            let block = document.blocks.get(citation.block as usize);
            block.map(|block| block.text.clone())
        }))
    }

    fn document(&self, name: &str) -> Option<Document> {
        let bytes = self.engine.artefacts().get(*self.digests.get(name)?).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// A passage with its document and place.
pub(crate) fn quoted(citation: &Citation) -> Markup {
    figure("source", &citation.quote, citation)
}

fn figure(class: &str, words: &str, citation: &Citation) -> Markup {
    markup! {
        figure class=(class) {
            blockquote { p { (words) } }
            figcaption { span { (citation.document) } span { (citation.place.to_string()) } }
        }
    }
}

/// Whether a statement says what its passages say, and nothing else: no word of it is anybody else's.
fn is_quote(statement: &Statement) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let stated = words(&statement.text);
    let mut citations = statement.citations.iter();
    citations.any(|citation| words(&citation.quote) == stated)
}

/// A statement beside its passages, with what was found about each.
pub(crate) fn statement(statement: &Statement, documents: &Documents<'_>) -> Markup {
    let looked: Vec<_> = statement
        .citations
        .iter()
        .map(|citation| (citation, documents.look(citation)))
        .collect();
    let is_bad = looked
        .iter()
        .any(|(_, found)| matches!(found, Some(Err(_))));
    let is_done = looked
        .iter()
        .all(|(_, found)| matches!(found, Some(Ok(()))));
    markup! {
        div.beside {
            div {
                p { (statement.text) }
                @if is_bad { (chip(Tone::Bad, "The source does not say this")) }
                @else if is_done && is_quote(statement) { (chip(Tone::Done, "Quoted word for word")) }
                @else if is_done { p.small.muted { "In the words of whoever handed it in. The passage stands where it says; whether it bears the statement out is for people to judge." } }
            }
            div.stack {
                @for (citation, found) in &looked {
                    @match found {
                        None => (quoted(citation)),
                        Some(Ok(())) => (figure("source is-done", &citation.quote, citation)),
                        Some(Err(there)) => {
                            (figure("source is-bad", &citation.quote, citation))
                            @if let Some(there) = there {
                                p.small.muted { "What stands there:" }
                                (figure("source", there, citation))
                            }
                        },
                    }
                }
            }
        }
    }
}
