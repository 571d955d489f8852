//! The sentences that matter most over all documents.

use std::collections::BTreeMap;

use consort_documents::{Document, Statement};

use super::select::{Candidate, select};
use super::sentence::{asked, candidates, weigh};
use crate::shape::Question;
use crate::text::{Fingerprint, Index, OptionNames, Repeats, Score, fingerprint};

/// Sentences that one document may send into the choice; a document with more to say is
/// summarised by itself.
const EACH_DOCUMENT_MAX: usize = 4;
/// Sentences that are weighed against one another; the choice grows with this times the limit.
const POOL_MAX: usize = 1_000;
/// The share of a sentence's weight that does not depend on how it speaks to the question: it may
/// name an option, or be what its document is about.
const OWN_SHARE: f64 = 0.25;
/// More documents that have the same sentence are not cited with it.
const CITATIONS_MAX: usize = 5;

/// The sentences that matter most over all documents, the best first; a sentence that several
/// documents have is stated once and cites them.
pub fn highlights(documents: &[Document], question: &Question, limit: usize) -> Vec<Statement> {
    let repeats = Repeats::of(documents);
    let index = Index::of(documents);
    let names = OptionNames::of(&question.options);
    let query = index.query(asked(question));
    let all = candidates(&index, documents, &repeats);
    let best = all
        .iter()
        .map(|at| index.score(&query, *at))
        .max()
        .unwrap_or_default();
    let mut pool: Vec<Candidate> = Vec::new();
    for own in all.chunk_by(|one, two| document_of(&index, *one) == document_of(&index, *two)) {
        let mut weighed = weigh(&index, own, &query, &names);
        for candidate in &mut weighed {
            // The weight is relative to the document's best sentence; between documents, how well
            // each speaks to the question decides.
            if best > Score::ZERO {
                let relevance = index.score(&query, candidate.at).value() / best.value();
                let factor = OWN_SHARE + (1.0 - OWN_SHARE) * relevance.sqrt();
                candidate.weight = Score::of(candidate.weight.value() * factor);
            }
        }
        weighed.sort_by(|one, two| two.weight.cmp(&one.weight).then(one.at.cmp(&two.at)));
        weighed.truncate(EACH_DOCUMENT_MAX);
        pool.extend(weighed);
    }
    pool.sort_by(|one, two| two.weight.cmp(&one.weight).then(one.at.cmp(&two.at)));
    pool.truncate(POOL_MAX);
    let each = limit.div_ceil(3).max(2);
    let chosen = select(&index, pool, limit, each);
    state(&index, documents, &all, &chosen)
}

/// The chosen passages as statements, each with the other documents that have the same sentence.
fn state(
    index: &Index<'_>,
    documents: &[Document],
    all: &[usize],
    chosen: &[usize],
) -> Vec<Statement> {
    let mut same: BTreeMap<Fingerprint, Vec<usize>> = chosen
        .iter()
        .map(|at| (fingerprint(index.passages[*at].passage.text), vec![*at]))
        .collect();
    for at in all {
        let passage = &index.passages[*at].passage;
        if let Some(found) = same.get_mut(&fingerprint(passage.text)) {
            let file = documents[passage.document].sha256;
            let is_new = found
                .iter()
                .all(|other| documents[document_of(index, *other)].sha256 != file);
            if is_new && found.len() < CITATIONS_MAX {
                found.push(*at);
            }
        }
    }
    chosen
        .iter()
        .map(|at| {
            let text = index.passages[*at].passage.text;
            let mut found = same[&fingerprint(text)].clone();
            found.sort_unstable();
            Statement {
                citations: found
                    .iter()
                    .map(|at| {
                        let passage = &index.passages[*at].passage;
                        passage.cite(&documents[passage.document])
                    })
                    .collect(),
                text: text.to_owned(),
            }
        })
        .collect()
}

fn document_of(index: &Index<'_>, at: usize) -> usize {
    index.passages[at].passage.document
}
