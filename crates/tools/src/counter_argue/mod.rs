//! `counter-argue`: passages that argue against, and figures that stand apart.
//!
//! No opposition is invented: a passage is quoted when it says "but", "not" or "unclear" in its own
//! words about what is asked, and a figure when it stands far from the others of its kind. Whether
//! a passage is right, and what it weighs, is for the reader. That none was found is weak evidence
//! that there is none.

mod lexicon;
mod outlier;

use consort_documents::{Citation, Document};

use crate::shape::{CounterArguments, CounterPassage, CounterSign, Question, Research};
use crate::summarise::{asked, candidates, centrality};
use crate::text::{
    Index, Language, OptionNames, Query, Quotable, Repeats, Score, Shingles, leans_on_context,
    quotable,
};

/// Passages in all: more than a page of them would not be read.
const PASSAGES_MAX: usize = 12;
/// Passages of one document, so that the longest does not speak for all.
const EACH_DOCUMENT_MAX: usize = 4;
/// A passage with a strong sign needs this share of the best passage's relevance to be about what
/// is asked.
const RELEVANCE_MIN: f64 = 0.15;
/// A weak sign, such as a mere "not", says little, so the passage has to be about what is asked.
const RELEVANCE_WEAK_SIGN_MIN: f64 = 0.4;
/// From here on, a sign is strong.
const STRONG_SIGN: u32 = 80;
/// Where nothing is asked, a passage needs this centrality in its document.
const CENTRALITY_MIN: f64 = 0.5;
/// The longest quotation that is made of two sentences, in bytes.
const TWO_SENTENCES_BYTES_MAX: usize = 500;
/// What a passage gets of the relevance of its neighbours.
const NEIGHBOUR_SHARE: f64 = 0.5;
/// What a passage keeps of its weight that begins with "It" or "This" with nothing before it.
const DANGLING_FACTOR: f64 = 0.6;
/// What naming an option adds to a weight between 0 and 1.
const NAMES_OPTION: f64 = 0.2;

/// A passage that shows a sign.
struct Found {
    at: usize,
    /// The last passage that is quoted with it.
    through: usize,
    options: Vec<usize>,
    sign: CounterSign,
    weight: Score,
}

/// The passages that argue against what is asked, the most telling first, and then the figures
/// that stand apart.
pub fn counter_argue(
    documents: &[Document],
    question: &Question,
    research: &[Research],
) -> CounterArguments {
    let repeats = Repeats::of(documents);
    let index = Index::of(documents);
    let query = index.query(asked(question));
    let names = OptionNames::of(&question.options);
    let mut pool: Vec<usize> = candidates(&index, documents, &repeats)
        .into_iter()
        .filter(|at| quotable(&index.passages[*at].passage) == Some(Quotable::Sentence))
        .collect();
    if query.is_empty() {
        pool = central(&index, &pool);
    }
    let found = found(documents, &index, &query, &names, &pool);
    let mut passages: Vec<CounterPassage> = chosen(&index, found)
        .into_iter()
        .map(|one| state(documents, &index, &names, &one, &question.options))
        .collect();
    passages.extend(outlier::outliers(documents, research, &question.options));
    CounterArguments {
        nothing: passages.is_empty().then(|| why_nothing(documents)),
        passages,
    }
}

/// The passages that are central to their documents.
fn central(index: &Index<'_>, pool: &[usize]) -> Vec<usize> {
    let document = |at: &usize| index.passages[*at].passage.document;
    pool.chunk_by(|one, two| document(one) == document(two))
        .flat_map(|own| {
            let own = &own[..own.len().min(centrality::SENTENCES_MAX)];
            let ranks = centrality::centrality(index, own);
            own.iter()
                .zip(ranks)
                .filter(|(_, rank)| *rank >= CENTRALITY_MIN)
                .map(|(at, _)| *at)
                .collect::<Vec<usize>>()
        })
        .collect()
}

fn found(
    documents: &[Document],
    index: &Index<'_>,
    query: &Query,
    names: &OptionNames,
    pool: &[usize],
) -> Vec<Found> {
    let subjects: Vec<Option<usize>> = documents
        .iter()
        .map(|document| names.of_document(document))
        .collect();
    let relevances = relevances(index, query);
    let mut found = Vec::new();
    for at in pool {
        let one = &index.passages[*at];
        let Some((sign, strength)) = lexicon::sign_of(one.passage.text, one.language) else {
            continue;
        };
        let mut options = names.named_in(one.passage.text, one.language);
        let relevance = relevances[*at];
        let subject = subjects[one.passage.document];
        let is_strong = strength >= STRONG_SIGN;
        let needed = if is_strong {
            RELEVANCE_MIN
        } else {
            RELEVANCE_WEAK_SIGN_MIN
        };
        let names_one = !options.is_empty() || (is_strong && subject.is_some());
        if relevance < needed && !names_one {
            continue;
        }
        let mut weight = f64::from(strength) / 100.0 * (0.3 + 0.7 * relevance);
        if !options.is_empty() {
            weight += NAMES_OPTION;
        }
        if options.is_empty() {
            options.extend(subject);
        }
        if one.passage.start == 0 && leans_on_context(one.passage.text) {
            // "But …" against a sentence that is not quoted with it says against nothing.
            if sign == CounterSign::Adversative {
                continue;
            }
            weight *= DANGLING_FACTOR;
        }
        found.push(Found {
            at: *at,
            through: *at,
            options,
            sign,
            weight: Score::of(weight),
        });
    }
    found.sort_by(|one, two| two.weight.cmp(&one.weight).then(one.at.cmp(&two.at)));
    found
}

/// How much each passage is about what is asked, from 0 to 1: by its own words or, for less, by
/// its neighbours in the same block. Where nothing is asked, all of them are.
fn relevances(index: &Index<'_>, query: &Query) -> Vec<f64> {
    let scores: Vec<f64> = (0..index.passages.len())
        .map(|at| index.score(query, at).value())
        .collect();
    let best = scores.iter().copied().fold(0.0, f64::max);
    if best <= 0.0 {
        return vec![1.0; scores.len()];
    }
    let place = |at: &usize| {
        let passage = &index.passages[*at].passage;
        (passage.document, passage.block)
    };
    let all: Vec<usize> = (0..scores.len()).collect();
    all.chunk_by(|one, two| place(one) == place(two))
        .flat_map(|block| {
            let around = block.iter().map(|at| scores[*at]).fold(0.0, f64::max);
            block.iter().map(move |_| around)
        })
        .zip(&scores)
        .map(|(around, own)| own.max(around * NEIGHBOUR_SHARE) / best)
        .collect()
}

/// The first of these that say something new, few of each document.
fn chosen(index: &Index<'_>, found: Vec<Found>) -> Vec<Found> {
    let mut chosen: Vec<Found> = Vec::new();
    let mut known: Vec<Shingles> = Vec::new();
    for one in found {
        if chosen.len() == PASSAGES_MAX {
            break;
        }
        let passage = &index.passages[one.at].passage;
        if join_before(index, &mut chosen, one.at) || is_context(index, &chosen, one.at) {
            continue;
        }
        let own = chosen
            .iter()
            .filter(|other| index.passages[other.at].passage.document == passage.document);
        let shingles = Shingles::of(passage.text);
        if own.count() < EACH_DOCUMENT_MAX
            && known
                .iter()
                .all(|other| !other.is_near_duplicate(&shingles))
        {
            known.push(shingles);
            chosen.push(one);
        }
    }
    chosen
}

/// Quotes a passage with the chosen one right before it, if there is one; that one needs no other
/// context then.
fn join_before(index: &Index<'_>, chosen: &mut [Found], at: usize) -> bool {
    let Some(before) = at
        .checked_sub(1)
        .filter(|before| are_together(index, *before, at))
    else {
        return false;
    };
    let Some(found) = chosen.iter_mut().find(|one| one.through == before) else {
        return false;
    };
    let start = index.passages[found.at].passage.start;
    if index.passages[at].passage.end() - start <= TWO_SENTENCES_BYTES_MAX {
        found.through = at;
    }
    true
}

/// Whether the passage is already quoted as what comes before a chosen one.
fn is_context(index: &Index<'_>, chosen: &[Found], at: usize) -> bool {
    chosen
        .iter()
        .any(|one| one.at == at + 1 && are_together(index, at, one.at))
}

/// Whether two neighbours stand in the same block of running text.
fn are_together(index: &Index<'_>, one: usize, two: usize) -> bool {
    let (one, two) = (&index.passages[one].passage, &index.passages[two].passage);
    one.document == two.document && one.block == two.block
}

fn state(
    documents: &[Document],
    index: &Index<'_>,
    known: &OptionNames,
    one: &Found,
    options: &[String],
) -> CounterPassage {
    let passage = &index.passages[one.at].passage;
    let document = &documents[passage.document];
    let citation = with_context(document, index, one);
    let mut named = known.named_in(&citation.quote, index.passages[one.at].language);
    if named.is_empty() {
        named.clone_from(&one.options);
    }
    CounterPassage {
        text: citation.quote.clone(),
        citations: vec![citation],
        options: named
            .into_iter()
            .map(|option| options[option].clone())
            .collect(),
        sign: one.sign,
    }
}

/// The passage, with the sentence before where it begins with "But", "This" or the like.
fn with_context(document: &Document, index: &Index<'_>, one: &Found) -> Citation {
    let passage = &index.passages[one.at].passage;
    let end = index.passages[one.through].passage.end();
    let text = &document.blocks[passage.block].text;
    let mut starts = one
        .at
        .checked_sub(1)
        .filter(|before| are_together(index, *before, one.at))
        .filter(|_| leans_on_context(passage.text))
        .map(|before| index.passages[before].passage.start)
        .filter(|start| end - start <= TWO_SENTENCES_BYTES_MAX)
        .into_iter()
        .chain([passage.start]);
    starts
        .find_map(|start| Citation::of(document, passage.block, start, &text[start..end]))
        .unwrap_or_else(|| passage.cite(document))
}

fn why_nothing(documents: &[Document]) -> String {
    let mut reason = "None found. This is weak evidence that there are none: only passages that \
                      object, deny or doubt in so many words are found, and figures far from the \
                      others of their kind."
        .to_owned();
    if documents
        .iter()
        .any(|document| !lexicon::knows(Language::of(document)))
    {
        reason
            .push_str(" Some documents are in languages in which only figures could be compared.");
    }
    reason
}
