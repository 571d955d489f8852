//! `integrate`: everything that was found, merged into one decision brief.
//!
//! Nothing is added and nothing is reworded. A statement whose passage does not stand in its document
//! is left out; the second review says so.

use std::collections::BTreeSet;

use consort_documents::{Document, Statement};

use crate::draft::{DraftInputs, coverage};
use crate::second_review::{ByName, by_name, citation_fault};
use crate::shape::{
    Brief, Conflict, CounterArguments, Draft, Question, Research, Resolutions, Screening,
    SecondReview, Summary, Table,
};
use crate::summarise;

/// Most highlights: what one reads before the documents themselves.
const HIGHLIGHTS_MAX: usize = 8;

/// What a brief is merged from.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Passages that argue against.
    pub counter: &'a CounterArguments,
    /// The documents that were read.
    pub documents: &'a [Document],
    /// The page.
    pub draft: &'a Draft,
    /// The facts of each document.
    pub research: &'a [Research],
    /// What the person decided about the conflicts.
    pub resolutions: &'a Resolutions,
    /// What the rules found.
    pub screening: &'a Screening,
    /// What the second reader found.
    pub second_review: &'a SecondReview,
    /// The summary of each document.
    pub summaries: &'a [Summary],
    /// Documents by attributes.
    pub table: &'a Table,
}

/// Merges the parts.
pub fn integrate(parts: &Parts<'_>) -> Brief {
    let mut draft = parts.draft.clone();
    let named = by_name(parts.documents);
    keep_what_stands(&mut draft, &named);
    let inputs = DraftInputs {
        counter: parts.counter,
        documents: parts.documents,
        question: &parts.draft.question,
        research: parts.research,
        summaries: parts.summaries,
        table: parts.table,
    };
    draft.coverage = coverage(&inputs, &draft);
    let mut against = parts.counter.clone();
    against.passages.retain(|passage| {
        passage
            .citations
            .iter()
            .all(|one| citation_fault(one, &named).is_none())
    });
    let mut screening = parts.screening.clone();
    screening.findings.retain(|finding| {
        finding
            .citations
            .iter()
            .all(|one| citation_fault(one, &named).is_none())
    });
    Brief {
        against,
        highlights: highlights(parts.documents, &named, &draft.question),
        resolutions: held(parts.resolutions, &draft),
        draft,
        screening,
        second_review: parts.second_review.clone(),
        summaries: parts.summaries.to_vec(),
        table: parts.table.clone(),
    }
}

/// The decisions about conflicts that are on the page, with a side that is there.
fn held(resolutions: &Resolutions, draft: &Draft) -> Resolutions {
    let conflict = |key: &str| {
        draft
            .disagree
            .iter()
            .chain(&draft.possibly_related)
            .find(|conflict| conflict.key == key)
    };
    let resolutions_held = resolutions
        .resolutions
        .iter()
        .filter(|resolution| {
            conflict(&resolution.conflict).is_some_and(|conflict| {
                resolution
                    .chosen
                    .is_none_or(|side| (side as usize) < conflict.sides.len())
            })
        })
        .cloned()
        .collect();
    Resolutions {
        person: resolutions.person.clone(),
        resolutions: resolutions_held,
    }
}

fn keep_what_stands(draft: &mut Draft, documents: &ByName<'_>) {
    keep(&mut draft.agree, documents);
    for option in &mut draft.options {
        keep(&mut option.about, documents);
        keep(&mut option.against, documents);
    }
    for answered in &mut draft.answered {
        keep(&mut answered.statements, documents);
    }
    let emptied = draft
        .answered
        .extract_if(.., |answered| answered.statements.is_empty())
        .map(|answered| answered.must_know);
    draft.unknowns.extend(emptied);
    for conflicts in [&mut draft.disagree, &mut draft.possibly_related] {
        conflicts.retain(|conflict: &Conflict| {
            conflict
                .sides
                .iter()
                .flat_map(|side| &side.citations)
                .all(|citation| citation_fault(citation, documents).is_none())
        });
    }
}

/// Keeps the statements whose every passage stands, each of them once.
fn keep(statements: &mut Vec<Statement>, documents: &ByName<'_>) {
    let mut seen = BTreeSet::new();
    statements.retain(|statement| {
        !statement.citations.is_empty()
            && statement
                .citations
                .iter()
                .all(|citation| citation_fault(citation, documents).is_none())
            && seen.insert(statement.text.clone())
    });
}

/// The best sentences of all documents, those whose passages stand and that say something without
/// a heading over them.
fn highlights(documents: &[Document], named: &ByName<'_>, question: &Question) -> Vec<Statement> {
    let mut highlights = summarise::highlights(documents, question, HIGHLIGHTS_MAX);
    highlights.retain(|statement| {
        statement
            .citations
            .iter()
            .all(|citation| citation_fault(citation, named).is_none())
    });
    highlights
}

#[cfg(test)]
pub(crate) mod tests;
