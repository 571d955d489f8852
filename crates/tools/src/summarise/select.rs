//! Choosing sentences one by one, each for what it adds to those already chosen.
//!
//! J. Carbonell and J. Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering
//! Documents and Producing Summaries" (SIGIR 1998).

use crate::text::{Index, Score, Shingles, Term, cosine};

/// How much a sentence's own weight counts against its likeness to those chosen.
const OWN_WEIGHT: f64 = 0.7;
/// A sentence whose runs of words stand in a chosen one to this share adds nothing.
const CONTAINED: f64 = 0.85;
/// A sentence that weighs less than this share of the best would only fill the page.
const WORTH_SHARE: f64 = 0.2;

/// A passage that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its index among the passages.
    pub(super) at: usize,
    /// What it weighs.
    pub(super) weight: Score,
}

/// The chosen passages, the best first; of one document at most `each`.
pub(super) fn select(
    index: &Index<'_>,
    mut pool: Vec<Candidate>,
    limit: usize,
    each: usize,
) -> Vec<usize> {
    pool.sort_by(|one, two| two.weight.cmp(&one.weight).then(one.at.cmp(&two.at)));
    let best = pool.first().map_or(0.0, |one| one.weight.value());
    pool.retain(|one| one.weight > Score::ZERO && one.weight.value() >= best * WORTH_SHARE);
    let vectors: Vec<Vec<(Term, f64)>> = pool.iter().map(|one| index.vector(one.at)).collect();
    let shingles: Vec<Shingles> = pool
        .iter()
        .map(|one| Shingles::of(index.passages[one.at].passage.text))
        .collect();
    // What each candidate is most like among the chosen, kept up to date after each choice.
    let mut nearest = vec![0.0_f64; pool.len()];
    let mut open = vec![true; pool.len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < limit {
        let gain = |at: &usize| {
            let weight = pool[*at].weight.value();
            Score::of(OWN_WEIGHT * weight - (1.0 - OWN_WEIGHT) * nearest[*at] * best)
        };
        // The last of equals would win, so equals are told apart by their place.
        let next = (0..pool.len())
            .filter(|at| open[*at])
            .max_by_key(|at| (gain(at), std::cmp::Reverse(pool[*at].at)));
        let Some(next) = next else { break };
        open[next] = false;
        chosen.push(pool[next].at);
        let document = index.passages[pool[next].at].passage.document;
        let taken = chosen
            .iter()
            .filter(|at| index.passages[**at].passage.document == document)
            .count();
        for at in (0..pool.len()).filter(|at| *at != next) {
            nearest[at] = nearest[at].max(cosine(&vectors[at], &vectors[next]));
            let is_full = taken >= each && index.passages[pool[at].at].passage.document == document;
            if is_full || repeats(&shingles[at], &shingles[next]) {
                open[at] = false;
            }
        }
    }
    chosen
}

fn repeats(one: &Shingles, other: &Shingles) -> bool {
    one.is_near_duplicate(other) || (one.same_figures(other) && one.containment(other) >= CONTAINED)
}
