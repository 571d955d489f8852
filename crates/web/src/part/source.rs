//! Statements beside the passages that they rest on, and whether the passages stand where they say.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{Citation, Document, Statement};
use consort_engine::Engine;
use consort_kernel::digest::Digest;
use consort_playbook::{File, InputValue, Inputs};
use maud::{Markup, html as markup};
use serde_json::Value;

use super::{Tone, chip, encoded};

/// Documents that somebody may look into, each read when it is first cited.
pub(crate) struct Documents<'a> {
    engine: &'a Engine,
    /// The page that they are opened below: an outcome's, or a task's.
    home: String,
    /// What was read of them, by name: two inputs may have a file of the same name.
    digests: BTreeMap<String, Vec<Digest>>,
    read: RefCell<BTreeMap<(String, Digest), Option<Document>>>,
}

/// The files among the inputs of an outcome.
pub(crate) fn files_of(inputs: &Inputs) -> impl Iterator<Item = &File> {
    inputs.values().flat_map(|value| match value {
        InputValue::Folder(files) => files.as_slice(),
        InputValue::File(file) => std::slice::from_ref(file),
        InputValue::Text(_) | InputValue::List(_) | InputValue::Number(_) => &[],
    })
}

impl<'a> Documents<'a> {
    /// These files, which are opened below a page.
    pub(crate) fn of<'f>(
        engine: &'a Engine,
        home: String,
        files: impl Iterator<Item = &'f File>,
    ) -> Self {
        let mut digests: BTreeMap<String, Vec<Digest>> = BTreeMap::new();
        for file in files {
            digests
                .entry(file.name.clone())
                .or_default()
                .push(file.digest);
        }
        Self {
            engine,
            home,
            digests,
            read: RefCell::default(),
        }
    }

    /// None at all: passages are shown as they are quoted.
    pub(crate) fn none(engine: &'a Engine) -> Self {
        Self::of(engine, String::new(), std::iter::empty())
    }

    /// The page that shows the passage where it stands; nothing where the document is not among these.
    pub(crate) fn address(&self, citation: &Citation) -> Option<String> {
        let alike = self.digests.get(&citation.document)?.len();
        let (home, document) = (&self.home, encoded(&citation.document));
        let which = if alike > 1 {
            format!("&sha256={}", citation.sha256)
        } else {
            String::new()
        };
        let (block, from) = (citation.block, citation.start);
        let to = from as usize + citation.quote.len();
        Some(format!(
            "{home}/source?document={document}{which}&block={block}&from={from}&to={to}#passage"
        ))
    }

    /// Whether the passage stands where it says, and if not, what stands there; nothing where the
    /// document is not among these.
    fn look(&self, citation: &Citation) -> Option<Result<(), Option<String>>> {
        let mut read = self.read.borrow_mut();
        let document = read
            .entry((citation.document.clone(), citation.sha256))
            .or_insert_with(|| self.document(&citation.document, Some(citation.sha256)))
            .as_ref()?;
        Some(citation.verify(document).map_err(|_| {
            let block = document.blocks.get(citation.block as usize);
            block.map(|block| block.text.clone())
        }))
    }

    /// A document, as it was read: of those of a name the one from a file with this digest, or the first.
    pub(crate) fn document(&self, name: &str, sha256: Option<Digest>) -> Option<Document> {
        let alike = self.digests.get(name)?.iter();
        let read = |digest: &Digest| {
            let bytes = self.engine.artefacts().get(*digest).ok()?;
            serde_json::from_slice::<Document>(&bytes).ok()
        };
        let mut first = None;
        for document in alike.filter_map(read) {
            if sha256.is_none_or(|it| it == document.sha256) {
                return Some(document);
            }
            first = first.or(Some(document));
        }
        first
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

/// Every statement with passages in a result, wherever in it; what stands there twice is one.
pub(crate) fn statements(content: &Value) -> Vec<Statement> {
    let mut found = Vec::new();
    gather(content, &mut found);
    let mut seen = BTreeSet::new();
    found.retain(|one: &Statement| {
        let cited = one.citations.iter();
        let cited = cited.map(|it| (it.sha256, it.block, it.start, it.quote.clone()));
        seen.insert((one.text.clone(), cited.collect::<Vec<_>>()))
    });
    found
}

/// What is read first comes first: what its source does not say, then what somebody says in their own words, then
/// what is quoted.
pub(crate) fn in_order_of_doubt(statements: &mut [Statement], documents: &Documents<'_>) {
    statements.sort_by_cached_key(|one| {
        let mut looked = one.citations.iter().map(|it| documents.look(it));
        match looked.any(|found| matches!(found, Some(Err(_)))) {
            true => 0,
            false if !is_quote(one) => 1,
            false => 2,
        }
    });
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
    let is_quoted = is_done && is_quote(statement);
    markup! {
        div.beside {
            div {
                @if !(is_quoted && looked.len() == 1) { p { (statement.text) } }
                @if is_bad { (chip(Tone::Bad, "The source does not say this")) }
                @else if is_quoted { (chip(Tone::Done, "Quoted word for word")) }
                @else if is_done { (chip(Tone::Idle, "In their own words")) }
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
