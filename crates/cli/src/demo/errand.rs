//! What Tom and Priya hand in of their errands: at first, and after the visitor asked for changes.

use anyhow::{Context as _, Result};
use consort_desk::Given;
use consort_documents::{Block, Citation, Document, Statement};
use consort_kernel::task::Task;
use consort_playbook::InputValue;
use serde_json::{Value, json};

use crate::place::Place;

/// The document that Priya quotes.
const OFFER: &str = "bramholt-offer.pdf";
/// What Tom hands in.
const FOUND_AT_PENMARSH: &str = "Ruth Calloway at Penmarsh would agree the spare terminals before \
signing: in the first winter two of their nine stood still for a week each, because the nearest \
engineer was four hours away. She is content with the software, and she would ask for the notice \
period in writing, for theirs was not what the salesman had said.";
/// What he adds when it comes back.
const ASKED_AGAIN: &str = "I called her again: the second standstill lasted eight days, because the part \
came a day after the engineer. She would have the parts kept in the county, too.";

/// What Tom found.
pub(super) fn found() -> Value {
    json!({ "text": FOUND_AT_PENMARSH })
}

/// A statement about the offer that the offer does not make: its passage is at a place where something
/// else stands.
pub(super) fn unfounded(place: &Place, papers: &Given) -> Result<Value> {
    let offer = offer(place, papers)?;
    let block = offer.blocks.iter().position(is_promise).unwrap_or(0);
    let claim = "An engineer is on site within two hours.";
    Ok(json!({"statements": [{
        "text": claim,
        "citations": [{
            "block": block, "document": offer.name, "place": offer.blocks[block].place,
            "quote": claim, "sha256": offer.sha256, "start": 0,
        }],
    }]}))
}

/// What is handed in again of an errand that went back; nothing as long as no person asked for changes.
pub(super) fn again(place: &Place, task: &Task) -> Result<Option<Value>> {
    let Some(returned) = &task.returned else {
        return Ok(None);
    };
    match task.spec.key.as_str() {
        "visit" => Ok(Some(json!({
            "text": format!("{FOUND_AT_PENMARSH}\n\n{ASKED_AGAIN}"),
        }))),
        // What the check says is about its own criterion; what is about another came from somebody.
        "promises" if returned.reasons.iter().any(|it| it.criterion != "cited") => {
            let outcome = place.engine.outcome(task.outcome)?;
            let outcome = outcome.context("the errands are an outcome")?;
            let offer = offer(place, &Given::of(&place.engine, &outcome)?)?;
            Ok(Some(json!({ "statements": promises(&offer) })))
        }
        _ => Ok(None),
    }
}

/// Everything that the offer promises, word for word.
fn promises(offer: &Document) -> Vec<Statement> {
    let blocks = offer.blocks.iter().enumerate();
    let promises = blocks.filter(|(_, block)| is_promise(block));
    let quoted = promises.filter_map(|(number, block)| {
        Some(Statement {
            text: block.text.clone(),
            citations: vec![Citation::of(offer, number, 0, &block.text)?],
        })
    });
    quoted.collect()
}

fn is_promise(block: &Block) -> bool {
    block.text.to_lowercase().contains("engineer")
}

/// The offer among the papers, as it was read.
fn offer(place: &Place, papers: &Given) -> Result<Document> {
    let offer = papers.inputs.values().find_map(|value| match value {
        InputValue::Folder(files) => files.iter().find(|file| file.name == OFFER),
        _ => None,
    });
    let offer = offer.context("the offer is among the papers")?;
    let bytes = place.engine.artefacts().get(offer.digest)?;
    Ok(serde_json::from_slice(&bytes)?)
}
