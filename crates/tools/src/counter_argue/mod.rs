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
    Index, Language, OptionNames, PassageKind, Query, Quotable, Repeats, Score, Shingles,
    leans_on_context, quotable, sentences,
};

/// Passages in all: more than a page of them would not be read.
const PASSAGES_MAX: usize = 12;
/// Passages of one document, so that the longest does not speak for all.
const EACH_DOCUMENT_MAX: usize = 4;
/// A passage needs this share of the best passage's relevance to be about what is asked.
const RELEVANCE_MIN: f64 = 0.15;
/// Where nothing is asked, a passage needs this centrality in its document.
const CENTRALITY_MIN: f64 = 0.5;
/// The longest quotation that is made of two sentences, in bytes.
const TWO_SENTENCES_BYTES_MAX: usize = 500;
/// What naming an option adds to a weight between 0 and 1.
const NAMES_OPTION: f64 = 0.2;

/// A passage that shows a sign.
struct Found {
    at: usize,
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
        .map(|one| state(documents, &index, &one, &question.options))
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
    let best = pool
        .iter()
        .map(|at| index.score(query, *at))
        .max()
        .unwrap_or_default();
    let mut found = Vec::new();
    for at in pool {
        let one = &index.passages[*at];
        let Some((sign, strength)) = lexicon::sign_of(one.passage.text, one.language) else {
            continue;
        };
        let mut options = names.named_in(one.passage.text, one.language);
        let relevance = if best > Score::ZERO {
            index.score(query, *at).value() / best.value()
        } else {
            1.0
        };
        if relevance < RELEVANCE_MIN && options.is_empty() {
            continue;
        }
        let mut weight = f64::from(strength) / 100.0 * (0.3 + 0.7 * relevance);
        if !options.is_empty() {
            weight += NAMES_OPTION;
        }
        if options.is_empty() {
            options.extend(subjects[one.passage.document]);
        }
        found.push(Found {
            at: *at,
            options,
            sign,
            weight: Score::of(weight),
        });
    }
    found.sort_by(|one, two| two.weight.cmp(&one.weight).then(one.at.cmp(&two.at)));
    found
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
        let own = chosen
            .iter()
            .map(|other| &index.passages[other.at].passage)
            .filter(|other| other.document == passage.document);
        // A neighbour in the same block may already be quoted with it.
        let is_beside = own
            .clone()
            .any(|other| other.block == passage.block && other.start.abs_diff(passage.end()) <= 1);
        let shingles = Shingles::of(passage.text);
        if own.count() < EACH_DOCUMENT_MAX
            && !is_beside
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

fn state(
    documents: &[Document],
    index: &Index<'_>,
    one: &Found,
    options: &[String],
) -> CounterPassage {
    let passage = &index.passages[one.at].passage;
    let document = &documents[passage.document];
    let citation = with_context(document, index, one.at);
    CounterPassage {
        text: citation.quote.clone(),
        citations: vec![citation],
        options: one
            .options
            .iter()
            .map(|option| options[*option].clone())
            .collect(),
        sign: one.sign,
    }
}

/// The passage, with the sentence before where it begins with "But", "This" or the like.
fn with_context(document: &Document, index: &Index<'_>, at: usize) -> Citation {
    let one = &index.passages[at];
    let passage = &one.passage;
    let alone = passage.cite(document);
    if passage.kind != PassageKind::Sentence || !leans_on_context(passage.text) {
        return alone;
    }
    let text = &document.blocks[passage.block].text;
    let before = sentences(text, one.language)
        .into_iter()
        .take_while(|sentence| sentence.end <= passage.start)
        .last();
    before
        .map(|sentence| (sentence.start, &text[sentence.start..passage.end()]))
        .filter(|(_, both)| both.len() <= TWO_SENTENCES_BYTES_MAX)
        .and_then(|(start, both)| Citation::of(document, passage.block, start, both))
        .unwrap_or(alone)
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
