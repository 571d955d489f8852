//! An index of passages: which of them speak of what is asked, and how alike two of them are.
//!
//! Rank is BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
//! 2009) over stems; likeness is the cosine of vectors weighted by term and inverse passage
//! frequency. Scores are whole millionths, so that ties are ties on every machine.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::Document;

use super::analysed::analysed;
use super::language::Language;
use super::passage::{Passage, PassageKind};
use super::vocabulary::{Term, Vocabulary};

/// How quickly further occurrences of a word stop adding to the score; the usual value.
const SATURATION: f64 = 1.2;
/// How much a long passage is held back; less than the usual 0.75, as sentences differ less in
/// length than documents do.
const LENGTH_WEIGHT: f64 = 0.5;

/// Words by which people ask, and which passages that answer need not contain.
const ASKING: &[&str] = &[
    "ask",
    "best",
    "better",
    "choose",
    "choice",
    "compare",
    "consider",
    "decide",
    "decision",
    "know",
    "need",
    "option",
    "pick",
    "question",
    "recommend",
    "select",
    "tell",
    "want",
    "auswahl",
    "beste",
    "besser",
    "entscheiden",
    "entscheidung",
    "frage",
    "wissen",
    "wählen",
    "choisir",
    "meilleur",
    "meilleure",
    "savoir",
    "elegir",
    "mejor",
    "pregunta",
    "saber",
];

/// A score in millionths: the higher the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Score(i64);

impl Score {
    /// No score.
    pub const ZERO: Self = Self(0);

    /// This number as a score.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, and scores are small"
    )]
    pub fn of(value: f64) -> Self {
        Self((value * 1e6).round() as i64)
    }

    /// The score as a number.
    #[expect(clippy::cast_precision_loss, reason = "scores are far below 2^52")]
    pub fn value(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// A passage with its terms.
#[derive(Debug, Clone)]
pub struct Indexed<'text> {
    /// The language of its document.
    pub language: Language,
    /// The passage.
    pub passage: Passage<'text>,
    /// Its terms, each once and in the vocabulary's order, with how often they occur.
    pub terms: Vec<(Term, u32)>,
}

impl Indexed<'_> {
    /// How many words that carry meaning it has.
    pub fn length(&self) -> u32 {
        self.terms.iter().map(|(_, count)| count).sum()
    }
}

/// What is looked for, in the languages of the documents.
#[derive(Debug, Clone, Default)]
pub struct Query {
    terms: BTreeMap<Language, Vec<Term>>,
}

impl Query {
    /// Whether no passage can match.
    pub fn is_empty(&self) -> bool {
        self.terms.values().all(Vec::is_empty)
    }

    /// Whether some word is looked for by both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.terms.iter().any(|(language, terms)| {
            let theirs = other.terms(*language);
            terms.iter().any(|term| theirs.contains(term))
        })
    }

    /// The terms for passages in this language.
    pub fn terms(&self, language: Language) -> &[Term] {
        self.terms.get(&language).map_or(&[], Vec::as_slice)
    }
}

/// The passages of some documents, with what is needed to rank and compare them.
#[derive(Debug)]
pub struct Index<'text> {
    /// The passages, in the order of the documents.
    pub passages: Vec<Indexed<'text>>,
    average_length: f64,
    frequencies: Vec<u32>,
    vocabulary: Vocabulary,
}

impl<'text> Index<'text> {
    /// The index of all passages of these documents but their headings.
    pub fn of(documents: &'text [Document]) -> Self {
        Self::of_each(documents.iter().enumerate())
    }

    /// The index of one document, whose index among those that are read is 0.
    pub fn of_one(document: &'text Document) -> Self {
        Self::of_each(std::iter::once((0, document)))
    }

    fn of_each(documents: impl Iterator<Item = (usize, &'text Document)>) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut found = Vec::new();
        let mut frequencies = Vec::new();
        let mut words = 0_u64;
        for (index, document) in documents {
            let language = Language::of(document);
            let analysed = analysed(document);
            let known = vocabulary.learn(&analysed.stems);
            frequencies.resize(vocabulary.len(), 0_u32);
            for piece in &analysed.pieces {
                if piece.kind == PassageKind::Heading {
                    continue;
                }
                let passage = Passage::of(index, document, piece);
                let mut terms: Vec<Term> = piece
                    .stems
                    .iter()
                    .map(|stem| known[*stem as usize])
                    .collect();
                words += terms.len() as u64;
                terms.sort_unstable();
                let terms: Vec<(Term, u32)> = terms
                    .chunk_by(|one, two| one == two)
                    .map(|same| (same[0], u32::try_from(same.len()).unwrap_or(u32::MAX)))
                    .collect();
                for (term, _) in &terms {
                    frequencies[term.0 as usize] += 1;
                }
                found.push(Indexed {
                    language,
                    passage,
                    terms,
                });
            }
        }
        let average_length = if found.is_empty() {
            1.0
        } else {
            (number(words) / number(found.len() as u64)).max(1.0)
        };
        Self {
            passages: found,
            average_length,
            frequencies,
            vocabulary,
        }
    }

    /// What these texts ask for.
    pub fn query<'asked>(&self, texts: impl IntoIterator<Item = &'asked str>) -> Query {
        let languages: BTreeSet<Language> = self.passages.iter().map(|one| one.language).collect();
        let texts: Vec<&str> = texts.into_iter().collect();
        let terms = languages.into_iter().map(|language| {
            let asking: BTreeSet<Term> = ASKING
                .iter()
                .flat_map(|word| self.vocabulary.recall(word, language))
                .collect();
            let mut terms: BTreeSet<Term> = BTreeSet::new();
            for text in &texts {
                // People often ask in English about documents in other languages.
                for language in [language, Language::English] {
                    terms.extend(self.vocabulary.recall(text, language));
                    terms.extend(self.vocabulary.recall_related(text, language));
                }
            }
            let terms = terms.difference(&asking).copied().collect();
            (language, terms)
        });
        Query {
            terms: terms.collect(),
        }
    }

    /// The terms of a text that stand in some passage.
    pub fn terms(&self, text: &str, language: Language) -> Vec<Term> {
        self.vocabulary.recall(text, language)
    }

    /// How well the passage with this index speaks to the query.
    pub fn score(&self, query: &Query, index: usize) -> Score {
        let passage = &self.passages[index];
        let wanted = query.terms(passage.language);
        if wanted.is_empty() {
            return Score::ZERO;
        }
        let length = f64::from(passage.length()) / self.average_length;
        let damping = SATURATION * (1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * length);
        let sum: f64 = passage
            .terms
            .iter()
            .filter(|(term, _)| wanted.binary_search(term).is_ok())
            .map(|(term, count)| {
                let count = f64::from(*count);
                self.rarity(*term) * count * (SATURATION + 1.0) / (count + damping)
            })
            .sum();
        Score::of(sum)
    }

    /// How many different terms of the query the passage with this index has.
    pub fn matches(&self, query: &Query, index: usize) -> usize {
        let passage = &self.passages[index];
        let wanted = query.terms(passage.language);
        passage
            .terms
            .iter()
            .filter(|(term, _)| wanted.binary_search(term).is_ok())
            .count()
    }

    /// The inverse passage frequency of a term: high for rare ones, never below zero.
    pub fn rarity(&self, term: Term) -> f64 {
        let all = number(self.passages.len() as u64);
        let with = f64::from(self.frequencies[term.0 as usize]);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// The terms of a passage with their weights, scaled to length one.
    pub fn vector(&self, index: usize) -> Vec<(Term, f64)> {
        let mut weights: Vec<(Term, f64)> = self.passages[index]
            .terms
            .iter()
            .map(|(term, count)| (*term, f64::from(*count) * self.rarity(*term)))
            .collect();
        let norm = weights
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f64>()
            .sqrt();
        if norm > 0.0 {
            for (_, weight) in &mut weights {
                *weight /= norm;
            }
        }
        weights
    }
}

/// The cosine of two vectors of length one, with their terms in the vocabulary's order.
pub fn cosine(one: &[(Term, f64)], two: &[(Term, f64)]) -> f64 {
    let (mut left, mut right, mut sum) = (0, 0, 0.0);
    while let (Some((first, one)), Some((second, two))) = (one.get(left), two.get(right)) {
        match first.cmp(second) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                sum += one * two;
                left += 1;
                right += 1;
            }
        }
    }
    sum
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}
