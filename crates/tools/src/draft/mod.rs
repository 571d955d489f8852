//! `draft`: the page that a person decides on, made of passages.
//!
//! It recommends nothing. The lists are limited so that the page stays one page; what a list leaves
//! out is counted.

mod action;
mod agree;
mod answers;
mod corroborate;
mod options;

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{Citation, Document, Statement};

use crate::conflict::conflicts;
use crate::shape::{
    Conflict, CounterArguments, Coverage, Draft, LeftOut, Question, Research, Summary, Table,
};
use crate::text::{Index, is_read_whole};

/// Most statements that the sources agree on.
const AGREE_MAX: usize = 24;

/// Most differences; a person who has to settle more has to look at the documents themselves.
const DISAGREE_MAX: usize = 200;

/// Most possibly related differences.
const POSSIBLY_RELATED_MAX: usize = 24;

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct DraftInputs<'a> {
    /// Passages that argue against.
    pub counter: &'a CounterArguments,
    /// The documents that were read.
    pub documents: &'a [Document],
    /// What is asked.
    pub question: &'a Question,
    /// The facts of each document.
    pub research: &'a [Research],
    /// The summary of each document.
    pub summaries: &'a [Summary],
    /// Documents by attributes.
    pub table: &'a Table,
}

/// Drafts the page.
pub fn draft(inputs: &DraftInputs<'_>) -> Draft {
    let (mut disagree, mut possibly_related) = conflicts(inputs.research);
    let titles = agree::titles(inputs.documents);
    let mut agree = agree::agree(
        inputs.documents,
        inputs.research,
        &disagree,
        &possibly_related,
        &titles,
    );
    let index = Index::of(inputs.documents);
    agree.extend(corroborate::corroborated(
        inputs,
        &index,
        &taken(&agree, &disagree, &possibly_related),
    ));
    let left_out = LeftOut {
        agree: cut(&mut agree, AGREE_MAX),
        disagree: cut(&mut disagree, DISAGREE_MAX),
        possibly_related: cut(&mut possibly_related, POSSIBLY_RELATED_MAX),
    };
    let (answered, unknowns) = answers::answers(inputs, &index, &titles);
    let options = options::options(inputs, &index);
    let mut draft = Draft {
        agree,
        answered,
        coverage: Vec::new(),
        disagree,
        left_out,
        opinions: Vec::new(),
        options,
        possibly_related,
        question: inputs.question.clone(),
        unknowns,
    };
    draft.coverage = coverage(inputs, &draft);
    draft
}

/// The passages that stand on the page.
pub fn citations(draft: &Draft) -> impl Iterator<Item = &Citation> {
    let listed = draft
        .agree
        .iter()
        .chain(
            draft
                .options
                .iter()
                .flat_map(|option| option.about.iter().chain(&option.against)),
        )
        .chain(
            draft
                .answered
                .iter()
                .flat_map(|answered| &answered.statements),
        )
        .flat_map(|statement: &Statement| &statement.citations);
    let sides = draft
        .disagree
        .iter()
        .chain(&draft.possibly_related)
        .flat_map(|conflict| &conflict.sides)
        .flat_map(|side| &side.citations);
    listed.chain(sides)
}

/// The passages of what is agreed or disputed already.
fn taken<'a>(
    agree: &'a [Statement],
    disagree: &'a [Conflict],
    related: &'a [Conflict],
) -> BTreeSet<(&'a str, u32, u32)> {
    let disputed = disagree
        .iter()
        .chain(related)
        .flat_map(|conflict| &conflict.sides)
        .flat_map(|side| &side.citations);
    agree
        .iter()
        .flat_map(|statement| &statement.citations)
        .chain(disputed)
        .map(|citation| (citation.document.as_str(), citation.block, citation.start))
        .collect()
}

/// Cuts a list to a length and says how many were cut.
fn cut<T>(list: &mut Vec<T>, most: usize) -> u32 {
    let over = list.len().saturating_sub(most);
    list.truncate(most);
    u32::try_from(over).unwrap_or(u32::MAX)
}

/// What came of each document, with the passages of it that the page cites.
pub(crate) fn coverage(inputs: &DraftInputs<'_>, draft: &Draft) -> Vec<Coverage> {
    let passages: BTreeSet<(&str, u32, u32)> = citations(draft)
        .map(|citation| (citation.document.as_str(), citation.block, citation.start))
        .collect();
    let mut cited: BTreeMap<&str, u32> = BTreeMap::new();
    for (document, ..) in passages {
        *cited.entry(document).or_insert(0) += 1;
    }
    let mut facts: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    for one in inputs.research {
        let of = facts.entry(&one.document).or_insert((0, 0));
        of.0 += one.facts.len();
        of.1 = of.1.saturating_add(one.left_out);
    }
    inputs
        .documents
        .iter()
        .map(|document| {
            let name = document.name.as_str();
            let (found, left_out) = facts.get(name).copied().unwrap_or_default();
            Coverage {
                document: document.name.clone(),
                facts: u32::try_from(found).unwrap_or(u32::MAX),
                cited: cited.get(name).copied().unwrap_or(0),
                facts_left_out: left_out,
                in_part: !is_read_whole(document),
            }
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
