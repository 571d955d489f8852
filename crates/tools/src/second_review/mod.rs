//! `second-review`: a second reader goes over a draft with the documents beside it.
//!
//! The reader looks every citation up again, looks for what is said twice, for figures that are not
//! in their passage, for agreement that rests on one source, and for passages that rank high and are
//! not on the page. The reader has no opinion on what the draft should say.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{BlockKind, Citation, Document, Statement};

use crate::draft::citations;
use crate::shape::{Draft, Fact, Research, SecondReview, Summary};
use crate::text::{Index, PassageKind, Shingles, is_notice};

/// Most passages that are handed in as missed.
const MISSED_MAX: usize = 5;

/// How much of the best passage's score a missed one must have, in percent.
const MISSED_SCORE_PERCENT: f64 = 60.0;

/// Reviews a draft.
pub fn second_review(
    draft: &Draft,
    documents: &[Document],
    research: &[Research],
    summaries: &[Summary],
) -> SecondReview {
    let faults = faults(draft, documents, research);
    let missed = missed(draft, documents, summaries);
    let looked_up = citations(draft).count();
    let nothing = (faults.is_empty() && missed.is_empty()).then(|| {
        if looked_up == 0 {
            return "The page cites nothing, so there was nothing to look up, and no passage that ranks \
                    high is missing."
                .to_owned();
        }
        format!(
            "Looked up {} passages again and compared them with {} documents: every one stands \
             where it is cited, nothing is said twice, and no passage that ranks high is missing.",
            looked_up,
            documents.len()
        )
    });
    SecondReview {
        missed,
        faults,
        nothing,
    }
}

/// Where a statement stands on the page, and what it says.
struct Entry<'a> {
    at: String,
    text: &'a str,
    citations: &'a [Citation],
}

fn entries(draft: &Draft) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    statements(&mut entries, "agreed", &draft.agree);
    for option in &draft.options {
        statements(
            &mut entries,
            &format!("about {}", option.option),
            &option.about,
        );
        statements(
            &mut entries,
            &format!("against {}", option.option),
            &option.against,
        );
    }
    for answered in &draft.answered {
        statements(&mut entries, &answered.must_know, &answered.statements);
    }
    for conflict in draft.disagree.iter().chain(&draft.possibly_related) {
        for side in &conflict.sides {
            entries.push(Entry {
                at: format!("{}, {}", conflict.subject, conflict.attribute),
                text: &side.text,
                citations: &side.citations,
            });
        }
    }
    entries
}

fn statements<'a>(entries: &mut Vec<Entry<'a>>, list: &str, statements: &'a [Statement]) {
    entries.extend(statements.iter().enumerate().map(|(at, statement)| Entry {
        at: format!("{list}, {}", at + 1),
        text: &statement.text,
        citations: &statement.citations,
    }));
}

fn faults(draft: &Draft, documents: &[Document], research: &[Research]) -> Vec<String> {
    let mut faults = Vec::new();
    let named = by_name(documents);
    for entry in entries(draft) {
        if entry.citations.is_empty() {
            faults.push(format!("{}: nothing is cited", entry.at));
        }
        for citation in entry.citations {
            if let Some(fault) = citation_fault(citation, &named) {
                faults.push(format!("{}: {fault}", entry.at));
            }
        }
        for figure in figures(entry.text) {
            let shown = entry
                .citations
                .iter()
                .any(|citation| says_figure(citation, &figure, &named));
            if !shown {
                faults.push(format!(
                    "{}: the figure {figure} is not in the passage",
                    entry.at
                ));
            }
        }
    }
    faults.extend(said_twice(draft));
    faults.extend(one_source(draft, documents));
    faults.extend(unread(documents, research));
    faults
}

/// Whether a passage has a figure: in its words or, of a row, in the names of its columns.
fn says_figure(citation: &Citation, figure: &String, documents: &ByName<'_>) -> bool {
    let block = documents
        .get(citation.document.as_str())
        .and_then(|document| document.blocks.get(citation.block as usize));
    let columns = match block.map(|block| &block.kind) {
        Some(BlockKind::Row { columns, .. }) => columns.as_slice(),
        Some(BlockKind::Heading(_) | BlockKind::ListItem | BlockKind::Paragraph) | None => &[],
    };
    std::iter::once(&citation.quote)
        .chain(columns)
        .any(|text| figures(text).contains(figure))
}

/// Documents by their names.
pub(crate) type ByName<'a> = BTreeMap<&'a str, &'a Document>;

/// The documents by their names.
pub(crate) fn by_name(documents: &[Document]) -> ByName<'_> {
    let named = documents.iter();
    named
        .map(|document| (document.name.as_str(), document))
        .collect()
}

/// Why a citation does not hold, looked up in the document itself.
pub(crate) fn citation_fault(citation: &Citation, documents: &ByName<'_>) -> Option<String> {
    let Some(document) = documents.get(citation.document.as_str()) else {
        return Some(format!("{} was not read", citation.document));
    };
    citation
        .verify(document)
        .err()
        .map(|fault| fault.to_string())
}

/// The runs of digits of a text, without grouping and without leading zeros.
pub(crate) fn figures(text: &str) -> BTreeSet<String> {
    let letters: Vec<char> = text.chars().collect();
    let digit = |at: usize| letters.get(at).is_some_and(char::is_ascii_digit);
    let mut figures = BTreeSet::new();
    let mut figure = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_ascii_digit() {
            figure.push(*letter);
        } else {
            let inside =
                !figure.is_empty() && digit(at + 1) && ".,'’\u{a0}\u{202f}".contains(*letter);
            if !inside && !figure.is_empty() {
                figures.insert(std::mem::take(&mut figure));
            }
        }
    }
    if !figure.is_empty() {
        figures.insert(figure);
    }
    figures
}

/// Statements of one list that say the same in the same words.
fn said_twice(draft: &Draft) -> Vec<String> {
    let mut faults = Vec::new();
    let lists = std::iter::once(("agreed", &draft.agree)).chain(
        draft
            .options
            .iter()
            .flat_map(|option| [("about", &option.about), ("against", &option.against)]),
    );
    for (list, statements) in lists {
        let shingles: Vec<Shingles> = statements
            .iter()
            .map(|statement| Shingles::of(&statement.text))
            .collect();
        for (at, one) in shingles.iter().enumerate() {
            let again = shingles[..at]
                .iter()
                .any(|other| one.is_near_duplicate(other));
            if again {
                faults.push(format!("{list}, {}: said before in the same words", at + 1));
            }
        }
    }
    faults
}

/// Agreement that rests on one file, however often it lies in the folder.
fn one_source(draft: &Draft, documents: &[Document]) -> Vec<String> {
    let digests: BTreeMap<&str, _> = documents
        .iter()
        .map(|document| (document.name.as_str(), document.sha256))
        .collect();
    draft
        .agree
        .iter()
        .enumerate()
        .filter(|(_, statement)| {
            let sources: BTreeSet<_> = statement
                .citations
                .iter()
                .filter_map(|citation| digests.get(citation.document.as_str()))
                .collect();
            sources.len() < 2
        })
        .map(|(at, _)| format!("agreed, {}: it rests on one source", at + 1))
        .collect()
}

/// Documents whose facts are missing, or whose facts do not stand in them.
fn unread(documents: &[Document], research: &[Research]) -> Vec<String> {
    let mut faults = Vec::new();
    let found: BTreeMap<&str, &Research> = research
        .iter()
        .map(|one| (one.document.as_str(), one))
        .collect();
    for document in documents {
        match found.get(document.name.as_str()) {
            None => faults.push(format!("{}: no facts were handed in", document.name)),
            Some(one) => {
                let false_ones = one
                    .facts
                    .iter()
                    .filter(|fact| !stands(fact, document))
                    .count();
                if false_ones > 0 {
                    faults.push(format!(
                        "{}: {false_ones} facts do not stand where they are cited",
                        document.name
                    ));
                }
            }
        }
    }
    faults
}

fn stands(fact: &Fact, document: &Document) -> bool {
    !fact.citations.is_empty()
        && fact
            .citations
            .iter()
            .all(|citation| citation.verify(document).is_ok())
}

/// Passages that speak to the question better than most of the page and are not on it.
fn missed(draft: &Draft, documents: &[Document], summaries: &[Summary]) -> Vec<Statement> {
    let asked = draft
        .question
        .question
        .iter()
        .chain(&draft.question.must_know)
        .map(String::as_str);
    let index = Index::of(documents);
    let query = index.query(asked);
    if query.is_empty() {
        return Vec::new();
    }
    let shown: BTreeSet<(&str, u32)> = citations(draft)
        .chain(
            summaries
                .iter()
                .flat_map(|summary| &summary.statements)
                .flat_map(|one| &one.citations),
        )
        .map(|citation| (citation.document.as_str(), citation.block))
        .collect();
    let mut ranked: Vec<usize> = (0..index.passages.len())
        .filter(|at| {
            let passage = &index.passages[*at].passage;
            !matches!(passage.kind, PassageKind::Heading | PassageKind::Row)
                && index.matches(&query, *at) > 1
                && !is_notice(passage.text)
        })
        .collect();
    ranked.sort_by_key(|at| (std::cmp::Reverse(index.score(&query, *at)), *at));
    let best = ranked
        .first()
        .map_or(0.0, |at| index.score(&query, *at).value());
    let mut seen: Vec<Shingles> = citations(draft)
        .map(|one| Shingles::of(&one.quote))
        .collect();
    let mut missed = Vec::new();
    for at in ranked {
        let passage = &index.passages[at].passage;
        let high = index.score(&query, at).value() * 100.0 >= best * MISSED_SCORE_PERCENT;
        if !high || missed.len() >= MISSED_MAX {
            break;
        }
        let document = &documents[passage.document];
        let block = u32::try_from(passage.block).unwrap_or(u32::MAX);
        let shingles = Shingles::of(passage.text);
        let again = shown.contains(&(document.name.as_str(), block))
            || seen.iter().any(|other| other.is_near_duplicate(&shingles));
        if !again {
            seen.push(shingles);
            missed.push(passage.state(document));
        }
    }
    missed
}

#[cfg(test)]
mod tests;
