//! Passages about each option and against it, ranked by what is asked.
//!
//! A passage belongs to an option that it names, or that its whole document is about. Whether it
//! speaks for the option is for the reader to see; what argues against is `counter-argue`'s finding.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::Statement;

use super::DraftInputs;
use super::action::Actions;
use crate::shape::{CounterPassage, CounterSign, OptionPassages};
use crate::summarise::takes_position;
use crate::text::{
    Index, OptionNames, PassageKind, Quotable, Shingles, is_notice, leans_on_context, quotable,
};

/// Most passages in each list: what fits one page with three options.
const PASSAGES_MAX: usize = 4;

/// From this containment on, one passage holds the other.
const HELD: f64 = 0.9;

/// Shortest passage that says something by itself, in words.
const WORDS_MIN: usize = 5;

/// The passages of each option, in the order of the options.
pub(super) fn options(inputs: &DraftInputs<'_>, index: &Index<'_>) -> Vec<OptionPassages> {
    let options = &inputs.question.options;
    if options.is_empty() {
        return Vec::new();
    }
    let names = OptionNames::of(options);
    let owners: Vec<Option<usize>> = inputs
        .documents
        .iter()
        .map(|document| names.of_document(document))
        .collect();
    let actions = Actions::of(index, inputs.question, &names);
    let ranked = ranked(inputs, index);
    let places = Places::of(inputs, index);
    // Who is for something that one could do mostly says so in so many words.
    let mut positions = ranked.clone();
    positions.sort_by_key(|at| !takes_position(index.passages[*at].passage.text));
    options
        .iter()
        .enumerate()
        .map(|(option, name)| {
            let speaks_of = |at: usize| actions.is_spoken_of(index, option, at);
            let against = against(inputs, name, |passage| {
                actions.has(option) && places.of_quote(passage, index).any(speaks_of)
            });
            let mut list = List::without(&against);
            let order = if actions.has(option) {
                &positions
            } else {
                &ranked
            };
            for at in order {
                let indexed = &index.passages[*at];
                let document = indexed.passage.document;
                let spoken_of = names.named_in(indexed.passage.text, indexed.language);
                // In the option's own document a passage about another option is not about it.
                let belongs = if spoken_of.is_empty() {
                    owners[document] == Some(option)
                        || (quotable(&indexed.passage) == Some(Quotable::Sentence)
                            && !leans_on_context(indexed.passage.text)
                            && speaks_of(*at))
                } else {
                    spoken_of.contains(&option) && spoken_of.len() < options.len().max(2)
                };
                if belongs {
                    list.add(indexed.passage.state(&inputs.documents[document]));
                }
            }
            OptionPassages {
                about: list.statements,
                against,
                option: name.clone(),
            }
        })
        .collect()
}

/// The passages by where they stand.
struct Places<'a> {
    by_block: BTreeMap<(&'a str, u32), Vec<usize>>,
}

impl<'a> Places<'a> {
    fn of(inputs: &DraftInputs<'a>, index: &Index<'_>) -> Self {
        let mut by_block: BTreeMap<(&str, u32), Vec<usize>> = BTreeMap::new();
        for (at, indexed) in index.passages.iter().enumerate() {
            let document = inputs.documents[indexed.passage.document].name.as_str();
            let block = u32::try_from(indexed.passage.block).unwrap_or(u32::MAX);
            by_block.entry((document, block)).or_default().push(at);
        }
        Self { by_block }
    }

    /// The passages that a counter-argument quotes.
    fn of_quote(
        &self,
        passage: &'a CounterPassage,
        index: &'a Index<'_>,
    ) -> impl Iterator<Item = usize> {
        let cited = passage.citations.first();
        let place = cited.map(|one| (one.document.as_str(), one.block));
        let of_block = place.and_then(|place| self.by_block.get(&place));
        let stretch = cited.map_or(0..0, |one| {
            one.start as usize..one.start as usize + one.quote.len()
        });
        let of_block: Vec<usize> = of_block.cloned().unwrap_or_default();
        of_block
            .into_iter()
            .filter(move |at| stretch.contains(&index.passages[*at].passage.start))
    }
}

/// The passages worth quoting, those that speak most to the question first.
fn ranked(inputs: &DraftInputs<'_>, index: &Index<'_>) -> Vec<usize> {
    let summarised: BTreeSet<(&str, u32, u32)> = inputs
        .summaries
        .iter()
        .flat_map(|summary| &summary.statements)
        .flat_map(|statement| &statement.citations)
        .map(|citation| (citation.document.as_str(), citation.block, citation.start))
        .collect();
    let asked = inputs
        .question
        .question
        .iter()
        .chain(&inputs.question.must_know);
    let query = index.query(asked.map(String::as_str));
    let mut ranked: Vec<usize> = (0..index.passages.len())
        .filter(|at| {
            let passage = &index.passages[*at].passage;
            passage.kind != PassageKind::Heading
                && passage.text.split_whitespace().count() >= WORDS_MIN
                && !is_notice(passage.text)
        })
        .collect();
    ranked.sort_by_key(|at| {
        let passage = &index.passages[*at].passage;
        let place = (
            inputs.documents[passage.document].name.as_str(),
            u32::try_from(passage.block).unwrap_or(u32::MAX),
            u32::try_from(passage.start).unwrap_or(u32::MAX),
        );
        (
            !summarised.contains(&place),
            std::cmp::Reverse(index.score(&query, *at)),
            *at,
        )
    });
    ranked
}

/// What argues against the option, plain contradiction before hedging.
fn against<'a>(
    inputs: &DraftInputs<'a>,
    option: &str,
    speaks_of: impl Fn(&'a CounterPassage) -> bool,
) -> Vec<Statement> {
    let mut passages: Vec<&CounterPassage> = inputs
        .counter
        .passages
        .iter()
        .filter(|passage| passage.options.iter().any(|named| named == option) || speaks_of(passage))
        .collect();
    passages.sort_by_key(|passage| match passage.sign {
        CounterSign::Adversative => 0,
        CounterSign::Negated => 1,
        CounterSign::Outlier => 2,
        CounterSign::Hedged => 3,
    });
    let mut list = List::default();
    for passage in passages {
        list.add(Statement {
            citations: passage.citations.clone(),
            text: passage.text.clone(),
        });
    }
    list.statements
}

/// A short list in which nothing is said twice.
#[derive(Default)]
struct List {
    seen: Vec<Shingles>,
    statements: Vec<Statement>,
}

impl List {
    /// A list that leaves out what these already say.
    fn without(others: &[Statement]) -> Self {
        Self {
            seen: others
                .iter()
                .map(|other| Shingles::of(&other.text))
                .collect(),
            statements: Vec::new(),
        }
    }

    fn add(&mut self, statement: Statement) {
        if self.statements.len() >= PASSAGES_MAX {
            return;
        }
        let shingles = Shingles::of(&statement.text);
        if !self
            .seen
            .iter()
            .any(|other| other.is_near_duplicate(&shingles) || other.containment(&shingles) > HELD)
        {
            self.seen.push(shingles);
            self.statements.push(statement);
        }
    }
}
