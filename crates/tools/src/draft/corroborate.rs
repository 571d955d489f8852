//! Figures that two documents give in passages about the same thing.
//!
//! Typed facts compare what is labelled or stated outright. Essays and letters state figures in
//! running text, under no attribute: there, the same figure with the same telling words around it,
//! in two documents, is what they agree on. The statement is a whole sentence, word for word, and
//! never one of ours.
//!
//! Only plain sentences count: who quotes, guesses, denies, compares or proposes agrees on nothing,
//! and a sentence with another figure of the same unit in it or beside it weighs the two. Where the
//! same words could be about two things, nothing is said either: documents about different
//! parties, sentences that stand in several documents with other figures, as forms do, and passages
//! whose figures are in dispute, also by a sentence that is not plain.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use consort_documents::{Citation, Document, Statement};

use super::DraftInputs;
use crate::research::quantity::{DecimalMark, Kind, Quantity, decimal_mark, quantities};
use crate::research::{named_subject, subject_key};
use crate::shape::{Bound, Value};
use crate::text::{
    Fingerprint, Index, PassageKind, Quotable, Term, fingerprint, is_plain, leans_on_context,
    quotable,
};

/// Most statements: the page has room for few, and the annex need not have all.
const STATEMENTS_MAX: usize = 12;
/// Most passages of one statement.
const CITATIONS_MAX: usize = 6;
/// More documents with one figure are a collection of records, not several texts on one thing.
const DOCUMENTS_MAX: usize = 40;
/// Most figures that are looked up among all others for one that disputes them.
const LOOKED_UP_MAX: usize = 200;
/// A passage with so many of the words that are shared speaks of the same thing.
const DISPUTED_WORDS: usize = 2;
/// A longer statement says more than the figure that is shared.
const PLAIN_WORDS_MAX: usize = 20;

/// Words that stand beside any figure and tell nothing of what it is of.
const TELLING_NOTHING: &str = "about almost also average between can could day each estimate \
    estimated expect figure first found get give given had has have high hour last less level like \
    long made make many may mean measure metre mile minute month more most much must new nine nobody \
    number only other over part per percent place pound put rate report said same say second see \
    seven should since six some such take ten than third three today total town two under until used \
    was week well were when which who will would year years";

/// A passage with a figure.
struct Occurrence {
    at: usize,
    document: usize,
    /// How many figures the passage has.
    figures: usize,
    /// The telling words around the figure.
    words: BTreeSet<Term>,
}

/// What two occurrences of a figure have in common: what it is measured in, and the value.
type Figure = (String, String);

/// The figures of running text: those that could be agreed on, and all, by what they are measured in.
#[derive(Default)]
struct Figures {
    plain: BTreeMap<Figure, Vec<Occurrence>>,
    all: BTreeMap<String, Vec<(String, BTreeSet<Term>)>>,
}

impl Figures {
    /// Whether some passage gives another value with the same words around it.
    fn dispute(&self, measure: &str, value: &str, words: &BTreeSet<Term>) -> bool {
        self.all
            .get(measure)
            .into_iter()
            .flatten()
            .any(|(other, theirs)| {
                other != value
                    && words.intersection(theirs).count() >= DISPUTED_WORDS.min(words.len())
            })
    }
}

/// The statements, those of the most documents first.
///
/// `taken` are the passages that stand on the page already or are in dispute, by document, block
/// and start.
pub(super) fn corroborated(
    inputs: &DraftInputs<'_>,
    index: &Index<'_>,
    taken: &BTreeSet<(&str, u32, u32)>,
) -> Vec<Statement> {
    let parties: Vec<Option<String>> = inputs
        .documents
        .iter()
        .map(|document| named_subject(document).map(|name| subject_key(&name)))
        .collect();
    let mut ranked: Vec<(usize, Vec<&Occurrence>, Statement)> = Vec::new();
    let figures = occurrences(inputs, index, taken);
    let mut looked_up = 0;
    for ((measure, value), found) in &figures.plain {
        let Some(needed) = needed(measure, value) else {
            continue;
        };
        let together = together(inputs.documents, found, needed);
        let of_one = |one: &&Occurrence| parties[one.document].as_deref();
        let named: BTreeSet<&str> = together.iter().filter_map(of_one).collect();
        if together.len() < 2 || named.len() > 1 || looked_up == LOOKED_UP_MAX {
            continue;
        }
        looked_up += 1;
        if figures.dispute(measure, value, &shared(&together)) {
            continue;
        }
        if let Some(statement) = statement(inputs.documents, index, &together) {
            ranked.push((together.len(), together, statement));
        }
    }
    ranked.sort_by(|one, two| {
        (two.0, one.1[0].at)
            .cmp(&(one.0, two.1[0].at))
            .then_with(|| one.2.text.cmp(&two.2.text))
    });
    let mut used: BTreeSet<usize> = BTreeSet::new();
    let mut statements = Vec::new();
    for (_, together, statement) in ranked {
        // A passage with two figures is shown for one of them.
        let again = together.iter().filter(|one| used.contains(&one.at)).count();
        if again * 2 < together.len() && statements.len() < STATEMENTS_MAX {
            used.extend(together.iter().map(|one| one.at));
            statements.push(statement);
        }
    }
    statements
}

/// The figures of running text, each with its passages.
fn occurrences(
    inputs: &DraftInputs<'_>,
    index: &Index<'_>,
    taken: &BTreeSet<(&str, u32, u32)>,
) -> Figures {
    let forms = forms(index);
    let mut silent: BTreeMap<_, BTreeSet<Term>> = BTreeMap::new();
    let mut found = Figures::default();
    let mut mark = (usize::MAX, None);
    for (at, indexed) in index.passages.iter().enumerate() {
        let passage = &indexed.passage;
        let document = &inputs.documents[passage.document];
        let place = (
            document.name.as_str(),
            u32::try_from(passage.block).unwrap_or(u32::MAX),
            u32::try_from(passage.start).unwrap_or(u32::MAX),
        );
        if passage.kind == PassageKind::Row {
            continue;
        }
        if mark.0 != passage.document {
            let texts = document.blocks.iter().map(|block| block.text.as_str());
            mark = (passage.document, Some(decimal_mark(texts)));
        }
        let Some(decimal) = mark.1 else { continue };
        let quantities = quantities(passage.text, decimal);
        if quantities.is_empty() {
            continue;
        }
        let silent = silent.entry(indexed.language).or_insert_with(|| {
            index
                .terms(TELLING_NOTHING, indexed.language)
                .into_iter()
                .collect()
        });
        let words = |quantity: &Quantity| {
            let own = &passage.text[quantity.start..quantity.end];
            let own = index.terms(own, indexed.language);
            let mut words = telling(index, at);
            words.retain(|word| !silent.contains(word) && !own.contains(word));
            words
        };
        let is_usable = quotable(passage) == Some(Quotable::Sentence)
            && !taken.contains(&place)
            && is_plain(passage.text, indexed.language)
            && forms
                .get(&fingerprint(&without_figures(passage.text)))
                .is_none_or(|documents| *documents < 2);
        for (nth, quantity) in quantities.iter().enumerate() {
            let Some(figure) = figure(quantity) else {
                continue;
            };
            let words = words(quantity);
            let said = (figure.1.clone(), words.clone());
            found.all.entry(figure.0.clone()).or_default().push(said);
            if is_usable
                && !is_end_of_range(passage.text, &quantities, nth)
                && is_alone(index, at, decimal, &figure)
            {
                found.plain.entry(figure).or_default().push(Occurrence {
                    at,
                    document: passage.document,
                    figures: quantities.len(),
                    words,
                });
            }
        }
    }
    found
}

/// Whether no other figure of the same unit stands in the passage or right beside it.
fn is_alone(index: &Index<'_>, at: usize, decimal: DecimalMark, figure: &Figure) -> bool {
    let here = &index.passages[at].passage;
    let around = at.saturating_sub(1)..(at + 2).min(index.passages.len());
    around
        .map(|at| &index.passages[at].passage)
        .filter(|other| other.document == here.document && other.block == here.block)
        .flat_map(|other| quantities(other.text, decimal))
        .filter(|quantity| measure_of(quantity).as_ref() == Some(&figure.0))
        .count()
        == 1
}

/// The telling words that all of these passages have.
fn shared(together: &[&Occurrence]) -> BTreeSet<Term> {
    let mut words = together
        .first()
        .map_or_else(BTreeSet::new, |one| one.words.clone());
    for one in together {
        words.retain(|word| one.words.contains(word));
    }
    words
}

/// In how many documents each sentence stands, whatever figures are in it.
fn forms(index: &Index<'_>) -> HashMap<Fingerprint, usize> {
    let mut forms: HashMap<Fingerprint, (usize, usize)> = HashMap::new();
    for indexed in &index.passages {
        let passage = &indexed.passage;
        let has_figure = passage.text.bytes().any(|byte| byte.is_ascii_digit());
        if !has_figure || passage.kind == PassageKind::Row {
            continue;
        }
        let seen = forms
            .entry(fingerprint(&without_figures(passage.text)))
            .or_insert((0, usize::MAX));
        if seen.1 != passage.document {
            *seen = (seen.0 + 1, passage.document);
        }
    }
    let counted = forms.into_iter();
    counted.map(|(form, (count, _))| (form, count)).collect()
}

fn without_figures(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_digit() { ' ' } else { letter })
        .collect()
}

/// The words of a passage; where it begins with "It" or the like, those of the sentence before too.
fn telling(index: &Index<'_>, at: usize) -> BTreeSet<Term> {
    let passage = &index.passages[at].passage;
    let before = at.checked_sub(1).filter(|before| {
        let other = &index.passages[*before].passage;
        leans_on_context(passage.text)
            && other.document == passage.document
            && other.block == passage.block
    });
    before
        .into_iter()
        .chain([at])
        .flat_map(|at| &index.passages[at].terms)
        .map(|(term, _)| *term)
        .collect()
}

/// Whether a quantity and its neighbour are the ends of a range, as in "between 11% and 18%".
fn is_end_of_range(text: &str, quantities: &[Quantity], nth: usize) -> bool {
    let joined = |one: &Quantity, two: &Quantity| {
        let between = text.get(one.end..two.start).unwrap_or_default().trim();
        ["and", "to", "or", "-", "–", "until", "bis", "und", "à"].contains(&between)
    };
    let with_next = quantities.get(nth + 1);
    let with_last = nth.checked_sub(1).map(|last| &quantities[last]);
    with_next.is_some_and(|next| joined(&quantities[nth], next))
        || with_last.is_some_and(|last| joined(last, &quantities[nth]))
}

/// What a quantity is measured in and its digits, where it is one value.
fn figure(quantity: &Quantity) -> Option<Figure> {
    match quantity.bound {
        None | Some(Bound::About) => {}
        Some(Bound::AtLeast | Bound::AtMost) => return None,
    }
    let digits = match &quantity.value {
        Value::Money(digits)
        | Value::Percent(digits)
        | Value::Duration(digits)
        | Value::Number(digits) => digits.clone(),
        Value::Date(_) | Value::AmbiguousDate(_) | Value::Text(_) | Value::Truth(_) => return None,
    };
    Some((measure_of(quantity)?, digits))
}

/// What a quantity is measured in, also where it is a range.
fn measure_of(quantity: &Quantity) -> Option<String> {
    let unit = quantity.unit.as_deref();
    match quantity.kind {
        Kind::Money => Some(format!("money {}", unit.unwrap_or_default())),
        Kind::Percent => Some("percent".to_owned()),
        Kind::Duration => Some(format!("time {}", unit?)),
        Kind::Number => Some(format!("number {}", unit.unwrap_or_default())),
        Kind::Date => None,
    }
}

/// How many telling words passages have to share: the more telling the figure, the fewer; nothing
/// where no number of words would do.
fn needed(measure: &str, value: &str) -> Option<usize> {
    let significant = value
        .trim_start_matches(['-', '0', '.'])
        .trim_end_matches(['0', '.'])
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    match significant {
        // A small number that measures nothing says nothing: any text has it.
        0..=2 if measure == "number " => None,
        0 | 1 => Some(3),
        _ => Some(2),
    }
}

/// The passages, one a file, that have so many telling words in common.
fn together<'a>(
    documents: &[Document],
    found: &'a [Occurrence],
    needed: usize,
) -> Vec<&'a Occurrence> {
    let mut members: Vec<&Occurrence> = found.iter().collect();
    let files = |members: &[&Occurrence]| -> usize {
        let files: BTreeSet<_> = members
            .iter()
            .map(|one| documents[one.document].sha256)
            .collect();
        files.len()
    };
    if !(2..=DOCUMENTS_MAX).contains(&files(&members)) {
        return Vec::new();
    }
    let mut chosen: BTreeSet<Term> = BTreeSet::new();
    for _ in 0..needed {
        let mut having: BTreeMap<Term, Vec<&Occurrence>> = BTreeMap::new();
        for one in &members {
            for word in one.words.difference(&chosen) {
                having.entry(*word).or_default().push(one);
            }
        }
        let best = having
            .into_iter()
            .max_by_key(|(word, with)| (files(with), std::cmp::Reverse(*word)));
        let Some((word, with)) = best.filter(|(_, with)| files(with) > 1) else {
            return Vec::new();
        };
        chosen.insert(word);
        members = with;
    }
    members.sort_by_key(|one| {
        (
            one.figures,
            std::cmp::Reverse(shared_words(one, found)),
            one.at,
        )
    });
    let mut seen = BTreeSet::new();
    members.retain(|one| seen.insert(documents[one.document].sha256));
    members
}

/// How many words a passage shares with some other one.
fn shared_words(one: &Occurrence, found: &[Occurrence]) -> usize {
    one.words
        .iter()
        .filter(|word| {
            found
                .iter()
                .any(|other| other.document != one.document && other.words.contains(word))
        })
        .count()
}

/// The plainest passage as the statement, whole, with one passage of each document.
fn statement(
    documents: &[Document],
    index: &Index<'_>,
    together: &[&Occurrence],
) -> Option<Statement> {
    let plainest = together
        .iter()
        .filter(|one| !leans_on_context(index.passages[one.at].passage.text))
        .min_by_key(|one| {
            let text = index.passages[one.at].passage.text;
            let is_personal = ["I ", "We ", "My ", "Our "]
                .iter()
                .any(|start| text.starts_with(start));
            (
                text.split_whitespace().count() > PLAIN_WORDS_MAX,
                is_personal,
            )
        })?;
    let cite = |one: &Occurrence| {
        let passage = &index.passages[one.at].passage;
        passage.cite(&documents[passage.document])
    };
    let others = together.iter().filter(|one| one.at != plainest.at);
    Some(Statement {
        text: index.passages[plainest.at].passage.text.to_owned(),
        citations: std::iter::once(cite(plainest))
            .chain(others.map(|one| cite(one)))
            .take(CITATIONS_MAX)
            .collect::<Vec<Citation>>(),
    })
}
