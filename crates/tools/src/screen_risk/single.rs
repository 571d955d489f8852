//! Figures that only one document states although others speak of the same subject.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{BlockKind, Citation, Document};

use crate::research::quantity::{DecimalMark, quantities};
use crate::shape::{Confidence, Fact, Research, Value};

/// In so many documents a subject is spoken of before one of them can be called its only source.
const DOCUMENTS_MIN: usize = 3;
/// More such figures say more about the collection than about any of them.
const FIGURES_MAX: usize = 5;

/// The facts about one subject, each with the index of its document.
type Stated<'given> = Vec<(usize, &'given Fact)>;

/// The passages with figures of money and shares that stand alone, document by document.
pub(super) fn single_sources(
    documents: &[&Document],
    research: &BTreeMap<&str, &Research>,
) -> Vec<Vec<Citation>> {
    let mut subjects: BTreeMap<String, Stated<'_>> = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        let Some(found) = research.get(document.name.as_str()) else {
            continue;
        };
        for fact in &found.facts {
            let subject = fact.subject.trim().to_lowercase();
            if !subject.is_empty() {
                subjects.entry(subject).or_default().push((index, fact));
            }
        }
    }
    let mut alone: Vec<(usize, &Citation)> = Vec::new();
    let mut figures = Figures::default();
    for stated in subjects.values() {
        let speaking: BTreeSet<usize> = stated.iter().map(|(index, _)| *index).collect();
        if speaking.len() < DOCUMENTS_MIN {
            continue;
        }
        for (index, fact) in stated {
            let is_shared = stated
                .iter()
                .any(|(other, theirs)| other != index && theirs.attribute == fact.attribute);
            let Some(citation) = fact.citations.first() else {
                continue;
            };
            if matters(fact)
                && !is_shared
                && !is_in_table(fact, documents[*index])
                && !speaking
                    .iter()
                    .any(|other| other != index && figures.share(documents, *other, citation))
            {
                alone.push((*index, citation));
            }
        }
    }
    alone.sort_by_key(|(index, citation)| (*index, citation.block, citation.start));
    alone.dedup_by_key(|(index, citation)| (*index, citation.block, citation.start));
    alone.truncate(FIGURES_MAX);
    alone
        .chunk_by(|(one, _), (two, _)| one == two)
        .map(|own| {
            own.iter()
                .map(|(_, citation)| (*citation).clone())
                .collect()
        })
        .collect()
}

/// The amounts and shares of documents, read when they are first asked for.
#[derive(Default)]
struct Figures(BTreeMap<usize, BTreeSet<String>>);

impl Figures {
    /// Whether a document states one of the figures of a passage, of whatever attribute.
    fn share(&mut self, documents: &[&Document], other: usize, citation: &Citation) -> bool {
        let own = self.0.entry(other).or_insert_with(|| {
            let blocks = documents[other].blocks.iter();
            blocks.flat_map(|block| amounts(&block.text)).collect()
        });
        amounts(&citation.quote).any(|amount| own.contains(&amount))
    }
}

/// The amounts of money and the shares of a text, as decimal digits.
fn amounts(text: &str) -> impl Iterator<Item = String> {
    quantities(text, DecimalMark::Point)
        .into_iter()
        .filter_map(|quantity| match quantity.value {
            Value::Money(digits) | Value::Percent(digits) => Some(digits),
            Value::AmbiguousDate(_)
            | Value::Date(_)
            | Value::Duration(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Truth(_) => None,
        })
}

/// Whether the figure stands in a row of data: nobody expects to find each of them twice.
fn is_in_table(fact: &Fact, document: &Document) -> bool {
    /// A row of two cells is a label with its value.
    const LABELLED_CELLS: usize = 2;
    fact.citations
        .iter()
        .filter_map(|citation| document.blocks.get(citation.block as usize))
        .any(|block| match &block.kind {
            BlockKind::Row { cells, .. } => cells.len() > LABELLED_CELLS,
            BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph => false,
        })
}

/// Whether a decision could hang on the figure: it is money or a share, and stated outright.
fn matters(fact: &Fact) -> bool {
    fact.confidence == Confidence::High
        && match &fact.value {
            Value::Money(_) | Value::Percent(_) => true,
            Value::AmbiguousDate(_)
            | Value::Date(_)
            | Value::Duration(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Truth(_) => false,
        }
}
