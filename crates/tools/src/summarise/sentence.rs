//! Which sentences can be chosen, and what each of them weighs.

use consort_documents::Document;

use super::centrality::{SENTENCES_MAX, centrality};
use super::select::Candidate;
use crate::shape::Question;
use crate::text::{
    Index, Indexed, Language, OptionNames, PassageKind, Query, Quotable, Repeats, Score,
    leans_on_context, quotable, words,
};

/// What the parts of the weight count for, where something is asked.
const RELEVANCE: f64 = 0.6;
/// The share of centrality beside relevance.
const CENTRALITY: f64 = 0.25;
/// A sentence that names an option.
const NAMES_OPTION: f64 = 0.2;
/// A sentence with a figure: it can be checked.
const HAS_FIGURE: f64 = 0.1;
/// A sentence that takes a position on what is asked: whoever decides wants to see who wants what.
const TAKES_POSITION: f64 = 0.3;
/// Words by which people take positions.
const POSITIONS: &[&str] = &[
    "advise",
    "advises",
    "favor",
    "favour",
    "favours",
    "ought",
    "oppose",
    "opposes",
    "propose",
    "proposed",
    "proposes",
    "recommend",
    "recommended",
    "recommends",
    "should",
    "suggest",
    "suggests",
    "urge",
    "urges",
    "empfehle",
    "empfehlen",
    "empfiehlt",
    "sollte",
    "sollten",
    "vorschlagen",
    "devrait",
    "devraient",
    "propose",
    "proposons",
    "recommande",
    "recommandons",
    "debería",
    "deberían",
    "propone",
    "proponemos",
    "recomienda",
    "recomendamos",
];
/// The first sentences of a document mostly say what it is about.
const LEADS: f64 = 0.15;
/// How many sentences lead.
const LEADING: usize = 3;
/// A sentence that leans on the one before is hard to understand by itself.
const LEANS_FACTOR: f64 = 0.6;
/// A sentence with fewer words that carry meaning says little by itself.
const MEANING_WORDS_MIN: usize = 4;
/// With fewer of them, it says less than it seems to: the few that it has meet the question's.
const TELLING_WORDS_MIN: usize = 7;
/// What a short sentence keeps of its weight.
const SHORT_FACTOR: f64 = 0.75;
/// What a slight sentence keeps of its weight.
const SLIGHT_FACTOR: f64 = 0.6;
/// A label with its value is worth less than a sentence, unless it is asked for.
const LABEL_FACTOR: f64 = 0.5;

/// What a question asks for. The options are not among it: they are found by their names, as the
/// words of a name ("Facility Care Limited") mean something else in most sentences.
pub fn asked(question: &Question) -> impl Iterator<Item = &str> {
    question
        .question
        .iter()
        .chain(&question.must_know)
        .map(String::as_str)
}

/// The indexes of the passages that can be chosen, in their order.
pub(crate) fn candidates(
    index: &Index<'_>,
    documents: &[Document],
    repeats: &Repeats,
) -> Vec<usize> {
    let mut running = (usize::MAX, Vec::new());
    let mut found = Vec::new();
    for (at, one) in index.passages.iter().enumerate() {
        let passage = &one.passage;
        if passage.kind == PassageKind::Row {
            continue;
        }
        if running.0 != passage.document {
            running = (
                passage.document,
                Repeats::running_heads(&documents[passage.document]),
            );
        }
        if !running.1[passage.block]
            && quotable(passage).is_some()
            && !repeats.contains(passage.text)
        {
            found.push(at);
        }
    }
    found
}

/// What each passage of the pool, all of one document, weighs; those that weigh too little to be
/// considered are left out.
pub(super) fn weigh(
    index: &Index<'_>,
    pool: &[usize],
    query: &Query,
    options: &OptionNames,
) -> Vec<Candidate> {
    let mut scored: Vec<(usize, Score, usize)> = pool
        .iter()
        .enumerate()
        .map(|(rank, at)| (rank, index.score(query, *at), *at))
        .collect();
    if scored.len() > SENTENCES_MAX {
        // Those that speak to the question, and then the first ones, go in.
        scored.sort_by(|one, two| two.1.cmp(&one.1).then(one.0.cmp(&two.0)));
        scored.truncate(SENTENCES_MAX);
        scored.sort_by_key(|one| one.0);
    }
    let best = scored.iter().map(|one| one.1).max().unwrap_or_default();
    let members: Vec<usize> = scored.iter().map(|one| one.2).collect();
    let central = centrality(index, &members);
    let is_asked = best > Score::ZERO;
    scored
        .iter()
        .zip(central)
        .filter_map(|(&(rank, score, at), central)| {
            let one = &index.passages[at];
            let is_label = quotable(&one.passage) == Some(Quotable::Label);
            if is_label && !labels_what_is_asked(index, one, query) {
                return None;
            }
            let relevance = if is_asked {
                score.value() / best.value()
            } else {
                0.0
            };
            let base = if is_asked {
                RELEVANCE * relevance + CENTRALITY * central
            } else {
                (RELEVANCE + CENTRALITY) * central
            };
            let mut weight = base + extras(one.passage.text, one.language, rank, options);
            if relevance > 0.0 && takes_position(one.passage.text) {
                weight += TAKES_POSITION * (0.5 + 0.5 * relevance);
            }
            if leans_on_context(one.passage.text) {
                weight *= LEANS_FACTOR;
            }
            let words = one.terms.len();
            if words < MEANING_WORDS_MIN {
                weight *= SLIGHT_FACTOR;
            } else if words < TELLING_WORDS_MIN && !takes_position(one.passage.text) {
                weight *= SHORT_FACTOR;
            }
            if is_label && relevance < LABEL_FACTOR {
                weight *= LABEL_FACTOR;
            }
            Some(Candidate {
                at,
                weight: Score::of(weight),
            })
        })
        .collect()
}

/// Whether the label itself, and not its value, has a word of the question.
fn labels_what_is_asked(index: &Index<'_>, one: &Indexed<'_>, query: &Query) -> bool {
    let label = one.passage.text.split(':').next().unwrap_or_default();
    let wanted = query.terms(one.language);
    index
        .terms(label, one.language)
        .iter()
        .any(|term| wanted.contains(term))
}

/// Whether a sentence takes a position, in a word that people use for that.
pub(crate) fn takes_position(text: &str) -> bool {
    words(text).any(|word| POSITIONS.contains(&word.text.to_lowercase().as_str()))
}

fn extras(text: &str, language: Language, rank: usize, options: &OptionNames) -> f64 {
    let mut extra = 0.0;
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        extra += HAS_FIGURE;
    }
    if rank < LEADING {
        extra += LEADS;
    }
    if !options.named_in(text, language).is_empty() {
        extra += NAMES_OPTION;
    }
    extra
}
