//! Figures that two documents give in passages about the same thing.
//!
//! Typed facts compare what is labelled or stated outright. Essays and letters state figures in
//! running text, under no attribute: there, the same figure with the same telling words around it,
//! in two documents, is what they agree on. The statement is a passage, word for word, and never
//! one of ours.
//!
//! Where the same words could be about two things, nothing is said: documents about different
//! parties, sentences that stand in several documents with other figures, as forms do, and passages
//! whose figures are in dispute.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use consort_documents::{Citation, Document, Statement};

use super::DraftInputs;
use crate::research::quantity::{Quantity, decimal_mark, quantities};
use crate::research::{named_subject, subject_key};
use crate::shape::{Bound, Value};
use crate::text::{
    Fingerprint, Index, PassageKind, Quotable, Term, fingerprint, leans_on_context, quotable,
};

/// Most statements: the page has room for few, and the annex need not have all.
const STATEMENTS_MAX: usize = 12;
/// Most passages of one statement.
const CITATIONS_MAX: usize = 6;
/// More documents with one figure are a collection of records, not several texts on one thing.
const DOCUMENTS_MAX: usize = 40;
/// A sentence that is cut shorter than this says nothing.
const CLAUSE_WORDS_MIN: usize = 6;
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
    /// Where the figure ends in the passage, in bytes.
    end: usize,
    /// How many figures the passage has.
    figures: usize,
    /// The telling words around the figure.
    words: BTreeSet<Term>,
}

/// What two occurrences of a figure have in common: what it is measured in, and the value.
type Figure = (String, String);

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
    for ((measure, value), found) in &figures {
        let Some(needed) = needed(measure, value) else {
            continue;
        };
        let together = together(inputs.documents, found, needed);
        let of_one = |one: &&Occurrence| parties[one.document].as_deref();
        let named: BTreeSet<&str> = together.iter().filter_map(of_one).collect();
        if together.len() < 2 || named.len() > 1 {
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
) -> BTreeMap<Figure, Vec<Occurrence>> {
    let forms = forms(index);
    let mut silent: BTreeMap<_, BTreeSet<Term>> = BTreeMap::new();
    let mut found: BTreeMap<Figure, Vec<Occurrence>> = BTreeMap::new();
    let mut mark = (usize::MAX, None);
    for (at, indexed) in index.passages.iter().enumerate() {
        let passage = &indexed.passage;
        let document = &inputs.documents[passage.document];
        let place = (
            document.name.as_str(),
            u32::try_from(passage.block).unwrap_or(u32::MAX),
            u32::try_from(passage.start).unwrap_or(u32::MAX),
        );
        if quotable(passage) != Some(Quotable::Sentence) || taken.contains(&place) {
            continue;
        }
        let form = fingerprint(&without_figures(passage.text));
        if forms.get(&form).is_some_and(|documents| *documents > 1) {
            continue;
        }
        if mark.0 != passage.document {
            let texts = document.blocks.iter().map(|block| block.text.as_str());
            mark = (passage.document, Some(decimal_mark(texts)));
        }
        let Some(decimal) = mark.1 else { continue };
        let quantities = quantities(passage.text, decimal);
        let silent = silent.entry(indexed.language).or_insert_with(|| {
            index
                .terms(TELLING_NOTHING, indexed.language)
                .into_iter()
                .collect()
        });
        for (nth, quantity) in quantities.iter().enumerate() {
            let Some(figure) = figure(quantity) else {
                continue;
            };
            if is_end_of_range(passage.text, &quantities, nth)
                || is_conditional(&passage.text[..quantity.end])
            {
                continue;
            }
            let own = index.terms(
                &passage.text[quantity.start..quantity.end],
                indexed.language,
            );
            let mut words = telling(index, at);
            words.retain(|word| !silent.contains(word) && !own.contains(word));
            found.entry(figure).or_default().push(Occurrence {
                at,
                document: passage.document,
                end: quantity.end,
                figures: quantities.len(),
                words,
            });
        }
    }
    found
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
    let unit = quantity.unit.clone();
    match &quantity.value {
        Value::Money(digits) => Some((
            format!("money {}", unit.unwrap_or_default()),
            digits.clone(),
        )),
        Value::Percent(digits) => Some(("percent".to_owned(), digits.clone())),
        Value::Duration(digits) => Some((format!("time {}", unit?), digits.clone())),
        Value::Number(digits) => Some((
            format!("number {}", unit.unwrap_or_default()),
            digits.clone(),
        )),
        Value::Date(_) | Value::AmbiguousDate(_) | Value::Text(_) | Value::Truth(_) => None,
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
    let is_money = measure.starts_with("money");
    match significant {
        0 | 1 if is_money => Some(2),
        2 if is_money => Some(1),
        // A small number that measures nothing says nothing: any text has it.
        0..=2 if measure == "number " => None,
        0 | 1 => Some(3),
        2 => Some(2),
        _ => Some(1),
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

/// The plainest passage as the statement, with one passage of each document.
fn statement(
    documents: &[Document],
    index: &Index<'_>,
    together: &[&Occurrence],
) -> Option<Statement> {
    let plainest = together
        .iter()
        .filter(|one| !leans_on_context(index.passages[one.at].passage.text))
        .min_by_key(|one| {
            let text = clause(index.passages[one.at].passage.text, one.end);
            let is_personal = ["I ", "We ", "My ", "Our "]
                .iter()
                .any(|start| text.starts_with(start));
            (
                text.split_whitespace().count() > PLAIN_WORDS_MAX,
                is_personal,
            )
        })?;
    let passage = &index.passages[plainest.at].passage;
    let text = clause(passage.text, plainest.end);
    let first = Citation::of(
        &documents[passage.document],
        passage.block,
        passage.start,
        text,
    )?;
    let others = together
        .iter()
        .filter(|one| one.at != plainest.at)
        .map(|one| {
            let passage = &index.passages[one.at].passage;
            passage.cite(&documents[passage.document])
        });
    Some(Statement {
        text: text.to_owned(),
        citations: std::iter::once(first)
            .chain(others)
            .take(CITATIONS_MAX)
            .collect(),
    })
}

/// The sentence up to the end of the clause with the figure, where that says enough.
fn clause(text: &str, end: usize) -> &str {
    let stops = [", ", "; ", ": ", " – ", " — ", ", and "];
    let stop = stops
        .iter()
        .filter_map(|stop| text[end..].find(stop).map(|at| end + at))
        .min();
    let short = stop.map_or(text, |stop| &text[..stop]);
    let is_enough = short.split_whitespace().count() >= CLAUSE_WORDS_MIN
        && short.matches(['(', '“', '"']).count() == short.matches([')', '”', '"']).count();
    if is_enough { short } else { text }
}

/// Whether what leads to a figure makes it hold only in a case.
fn is_conditional(text: &str) -> bool {
    let small = text.to_lowercase();
    small.starts_with("if ") || small.contains(" if ")
}
