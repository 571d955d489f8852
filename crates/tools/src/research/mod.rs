//! `research`: the typed facts of one document, each with its passage.
//!
//! Facts come from `Label: value` lines, from cells of tables and from sentences in which a noun
//! phrase governs a quantity. What a document merely mentions is left out, and so are numbers that
//! only point somewhere: pages, sections, telephones, list numbering. Nothing is interpreted: a fact
//! says how the source writes a value, and what that value is when it is written in one way only.
//!
//! # The rule of confidence
//!
//! - *High*: stated outright. The value is all of what stands beside a label or in a named column of
//!   a named row; or a sentence says that a known attribute, or `the X`, is the value.
//! - *Medium*: it reads like a fact. The value stands among other words beside its label; another
//!   sentence form names the attribute; the row has no name; the value is only near.
//! - *Low*: it may be a fact. Ranges; sentences that hedge with might, could or perhaps; and sentences
//!   that hold only in a case, with if, in that case, entitles, during which.
//!
//! # What a fact is about
//!
//! A row's naming cells, and where the document is about a party with a name, that party before
//! them; else the name that a sentence begins with or gives as owner; else what the
//! document is about: the value of a line such as `Supplier:`, the supplying party of `between X and
//! Y`, the name in a title such as `Offer from X`, the title, the first heading, the file's name.

mod attribute;
mod cells;
mod change;
mod clause;
mod denial;
mod labelled;
mod layout;
mod listed;
mod name;
mod phrase;
pub(crate) mod quantity;
mod reading;
pub(crate) mod shown;
mod subject;
pub(crate) mod vocabulary;

use std::collections::HashSet;

use consort_documents::Document;

pub(crate) use self::change::replaces;
use self::name::Names;
pub(crate) use self::name::subject_key;
use self::reading::{Reading, Spot};
pub(crate) use self::subject::{named as named_subject, titled as titled_subject};
use crate::shape::{Confidence, Fact, Research, Value};
use crate::text::{Language, PassageKind, Repeats, is_notice, passages, portion, words};

/// Most facts of one document. A person compares some hundreds; a long table has more cells than
/// anyone checks, and the first rows stand for it. How many more there are is said.
pub const FACTS_MAX: usize = 4000;

/// The typed facts of a document, in source order.
pub fn research(document: &Document) -> Research {
    let read = portion(document);
    let texts = read.blocks.iter().map(|block| block.text.as_str());
    let subject = subject::subject(&read);
    let reading = Reading {
        document: &read,
        language: Language::of(document),
        mark: quantity::decimal_mark(texts),
        names: Names::of(&read),
        subject: subject.name,
        is_named: subject.is_named,
    };
    let (mut facts, taken) = labelled::facts(&reading);
    facts.extend(cells::facts(&reading));
    let running = Repeats::running_heads(&read);
    let mut seen = HashSet::new();
    for passage in passages(0, document) {
        let block = passage.block;
        let prose = matches!(passage.kind, PassageKind::Sentence | PassageKind::Item);
        let head = running.get(block).copied().unwrap_or(false);
        if !prose || head || taken.contains(&block) || is_notice(passage.text) {
            continue;
        }
        // The same sentence again states the same: its first place is cited.
        if !seen.insert(passage.text) {
            continue;
        }
        let spot = Spot {
            block,
            start: passage.start,
            quote: passage.text,
        };
        let changes = change::facts(&reading, spot);
        if changes.is_empty() {
            facts.extend(clause::facts(&reading, spot));
        } else {
            facts.extend(changes);
        }
    }
    facts.sort_by_key(|fact| (fact.citations[0].block, fact.citations[0].start));
    for fact in &mut facts {
        lower_doubtful(fact);
    }
    let left_out = u32::try_from(facts.len().saturating_sub(FACTS_MAX)).unwrap_or(u32::MAX);
    facts.truncate(FACTS_MAX);
    let nothing = facts.is_empty().then(|| {
        "No labelled value, table cell or stated quantity was found in this document.".to_owned()
    });
    Research {
        document: document.name.clone(),
        facts,
        left_out,
        nothing,
    }
}

/// Ranges, and sentences that hedge or hold only in a case, are no more than possible facts.
fn lower_doubtful(fact: &mut Fact) {
    let ranged = matches!(fact.value, Value::Text(_)) && fact.unit.is_some();
    let is_row = fact.citations[0].quote.contains(" | ");
    let hedged = !is_row
        && words(&fact.citations[0].quote).any(|word| {
            matches!(
                word.text.to_lowercase().as_str(),
                "might" | "could" | "perhaps" | "possibly" | "hopefully" | "presumably"
            )
        });
    let low = fact.citations[0].quote.to_lowercase();
    let conditional = !is_row
        && (["if ", "in case ", "where ", "when "]
            .iter()
            .any(|start| low.starts_with(start))
            || [
                " entitles ",
                " entitled to ",
                " during which ",
                " in that case ",
                ", if ",
            ]
            .iter()
            .any(|sign| low.contains(sign)));
    if ranged || hedged || conditional {
        fact.confidence = Confidence::Low;
    }
}

#[cfg(test)]
pub(crate) mod tests;
