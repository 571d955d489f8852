//! How central a sentence is: `LexRank`, the sentence that many central sentences are like.
//!
//! G. Erkan and D. R. Radev, "`LexRank`: Graph-based Lexical Centrality as Salience in Text
//! Summarization", Journal of Artificial Intelligence Research 22 (2004), here in its continuous
//! form: the links between sentences weigh as much as they are alike.

use std::collections::BTreeMap;

use crate::text::{Index, Term};

/// The centrality of more sentences is not computed: it grows with their square.
pub(crate) const SENTENCES_MAX: usize = 300;
/// Less alike sentences are not linked; the paper's threshold.
const LIKENESS_MIN: f64 = 0.1;
/// The paper's damping: the share of the rank that comes by the links.
const DAMPING: f64 = 0.85;
/// Steps of the power method. The rank of later steps differs in no place that decides.
const STEPS: usize = 30;

/// The centrality of each member, the highest being 1.
#[expect(
    clippy::cast_precision_loss,
    reason = "the number of members is limited by the caller"
)]
pub(crate) fn centrality(index: &Index<'_>, members: &[usize]) -> Vec<f64> {
    if members.is_empty() {
        return Vec::new();
    }
    let links = links(index, members);
    let totals: Vec<f64> = links
        .iter()
        .map(|to| to.iter().map(|(_, weight)| weight).sum())
        .collect();
    let base = (1.0 - DAMPING) / members.len() as f64;
    let mut ranks = vec![1.0 / members.len() as f64; members.len()];
    for _ in 0..STEPS {
        let mut next = vec![base; members.len()];
        for (from, to) in links.iter().enumerate() {
            for (other, weight) in to {
                next[*other] += DAMPING * ranks[from] * weight / totals[from];
            }
        }
        ranks = next;
    }
    let highest = ranks.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    ranks.into_iter().map(|rank| rank / highest).collect()
}

/// For each member the others that are like it, with their likeness.
fn links(index: &Index<'_>, members: &[usize]) -> Vec<Vec<(usize, f64)>> {
    let mut postings: BTreeMap<Term, Vec<(usize, f64)>> = BTreeMap::new();
    let vectors: Vec<Vec<(Term, f64)>> = members.iter().map(|at| index.vector(*at)).collect();
    for (member, vector) in vectors.iter().enumerate() {
        for (term, weight) in vector {
            postings.entry(*term).or_default().push((member, *weight));
        }
    }
    vectors
        .iter()
        .enumerate()
        .map(|(member, vector)| {
            let mut likeness = vec![0.0; members.len()];
            for (term, weight) in vector {
                for (other, theirs) in &postings[term] {
                    likeness[*other] += weight * theirs;
                }
            }
            likeness
                .into_iter()
                .enumerate()
                .filter(|(other, alike)| *other != member && *alike >= LIKENESS_MIN)
                .collect()
        })
        .collect()
}
