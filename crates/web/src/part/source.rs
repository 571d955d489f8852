//! Statements beside the passages that they rest on, and whether the passages stand where they say.

use std::cell::RefCell;
use std::collections::BTreeMap;

use consort_documents::{Citation, Document, Statement};
use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_kernel::id::OutcomeId;
use consort_playbook::{InputValue, Inputs};
use maud::{Markup, html as markup};
use serde_json::Value;

use super::{Tone, chip, encoded};

/// The documents of an outcome, each read when it is first cited.
pub(crate) struct Documents<'a> {
    engine: &'a Engine,
    outcome: OutcomeId,
    digests: BTreeMap<String, Digest>,
    read: RefCell<BTreeMap<String, Option<Document>>>,
}

impl<'a> Documents<'a> {
    /// Those among the inputs of an outcome.
    pub(crate) fn of(engine: &'a Engine, outcome: OutcomeId, inputs: &Inputs) -> Self {
        let files = inputs.values().flat_map(|value| match value {
            InputValue::Folder(files) => files.as_slice(),
            InputValue::File(file) => std::slice::from_ref(file),
            InputValue::Text(_) | InputValue::List(_) | InputValue::Number(_) => &[],
        });
        Self {
            engine,
            outcome,
            digests: files.map(|file| (file.name.clone(), file.digest)).collect(),
            read: RefCell::default(),
        }
    }

    /// None at all: passages are shown as they are quoted.
    pub(crate) fn none(engine: &'a Engine, outcome: OutcomeId) -> Self {
        Self::of(engine, outcome, &Inputs::new())
    }

    /// The page that shows the passage where it stands; nothing where the document is not among these.
    pub(crate) fn address(&self, citation: &Citation) -> Option<String> {
        self.digests.get(&citation.document)?;
        let (outcome, document) = (self.outcome, encoded(&citation.document));
        let (block, from) = (citation.block, citation.start);
        let to = from as usize + citation.quote.len();
        Some(format!(
            "/outcomes/{outcome}/source?document={document}&block={block}&from={from}&to={to}#passage"
        ))
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

    /// A document, as it was read.
    pub(crate) fn document(&self, name: &str) -> Option<Document> {
        let bytes = self.engine.artefacts().get(*self.digests.get(name)?).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

/// A passage with its document and place.
pub(crate) fn quoted(citation: &Citation, documents: &Documents<'_>) -> Markup {
    figure("source", (&citation.quote, citation), documents)
}

fn figure(class: &str, (words, citation): (&str, &Citation), documents: &Documents<'_>) -> Markup {
    let place = citation.place.to_string();
    markup! {
        figure class=(class) {
            blockquote { p { (words) } }
            figcaption {
                @match documents.address(citation) {
                    Some(address) => a href=(address) { (citation.document) ", " (place) },
                    None => { span { (citation.document) } span { (place) } }
                }
            }
        }
    }
}

/// Every statement with passages in a result, wherever in it.
pub(crate) fn statements(content: &Value) -> Vec<Statement> {
    let mut found = Vec::new();
    gather(content, &mut found);
    found
}

fn gather(value: &Value, found: &mut Vec<Statement>) {
    match value {
        Value::Object(fields) => {
            let cited = fields.get("citations").and_then(Value::as_array);
            if cited.is_some_and(|it| !it.is_empty())
                && let Ok(one) = serde_json::from_value::<Statement>(value.clone())
            {
                found.push(one);
                return;
            }
            for inner in fields.values() {
                gather(inner, found);
            }
        }
        Value::Array(items) => {
            for inner in items {
                gather(inner, found);
            }
        }
        _ => {}
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
                        None => (quoted(citation, documents)),
                        Some(Ok(())) => (figure("source is-done", (&citation.quote, citation), documents)),
                        Some(Err(there)) => {
                            (figure("source is-bad", (&citation.quote, citation), documents))
                            @if let Some(there) = there {
                                p.small.muted { "What stands there:" }
                                (figure("source", (there, citation), documents))
                            }
                        },
                    }
                }
            }
        }
    }
}
