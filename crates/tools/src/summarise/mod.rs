//! `summarise`: the sentences of a document that matter most, word for word, in their order; and
//! the same over many documents.
//!
//! It quotes and adds no word of its own. What matters is what speaks to the question (BM25) and
//! what many other sentences of the document are like (`LexRank`); a sentence that repeats a chosen
//! one is left out (maximal marginal relevance). Tables are quoted by their totals only, or by the
//! rows that name an option: a row taken at random would say nothing.

pub(crate) mod centrality;
mod highlight;
mod select;
mod sentence;
mod table;

use consort_documents::{Document, Statement};

use crate::shape::{Question, Summary};
use crate::text::{Index, OptionNames, Passage, PassageKind, Repeats};

pub use highlight::highlights;
pub use sentence::asked;
pub(crate) use sentence::{candidates, takes_position};

use select::{Candidate, select};
use sentence::weigh;

/// Sentences in a summary where nobody asks for another number: they fit a quarter of a page.
pub const SUMMARY_SENTENCES: usize = 5;
/// More sentences than this are no summary, whatever is asked for.
const SUMMARY_SENTENCES_MAX: usize = 50;

/// The sentences of this document that matter most, in source order.
///
/// `repeats` has what the documents that are read together say again and again; make it once with
/// [`Repeats::of`] for all of them.
pub fn summarise(
    document: &Document,
    repeats: &Repeats,
    question: &Question,
    limit: usize,
) -> Summary {
    let limit = limit.min(SUMMARY_SENTENCES_MAX);
    let index = Index::of_one(document);
    let pool = candidates(&index, std::slice::from_ref(document), repeats);
    let chosen = if pool.is_empty() {
        Vec::new()
    } else {
        choose(&index, &pool, question, limit)
    };
    let mut statements: Vec<Statement> = chosen.iter().map(|one| one.state(document)).collect();
    if is_table(&index) {
        let options = OptionNames::of(&question.options);
        let rows = table::telling_rows(document, &options, limit);
        statements.truncate(limit - rows.len());
        statements.extend(rows);
        statements.sort_by_key(|one| {
            one.citations
                .first()
                .map(|first| (first.block, first.start))
        });
    }
    Summary {
        document: document.name.clone(),
        nothing: statements
            .is_empty()
            .then(|| why_nothing(document, &index, limit)),
        opinions: Vec::new(),
        statements,
    }
}

fn choose<'text>(
    index: &Index<'text>,
    pool: &[usize],
    question: &Question,
    limit: usize,
) -> Vec<Passage<'text>> {
    let query = index.query(asked(question));
    let weighed: Vec<Candidate> = weigh(index, pool, &query, &OptionNames::of(&question.options));
    let mut chosen = select(index, weighed, limit, limit);
    chosen.sort_unstable();
    chosen
        .into_iter()
        .map(|at| index.passages[at].passage)
        .collect()
}

/// Whether at least half of what the document says stands in rows of tables.
fn is_table(index: &Index<'_>) -> bool {
    let rows = index
        .passages
        .iter()
        .filter(|one| one.passage.kind == PassageKind::Row)
        .count();
    rows > 0 && rows * 2 >= index.passages.len()
}

/// Why there is nothing to quote, in words.
fn why_nothing(document: &Document, index: &Index<'_>, limit: usize) -> String {
    if limit == 0 {
        return "No sentences were asked for.".to_owned();
    }
    if document.blocks.is_empty() {
        return "The document has no text.".to_owned();
    }
    if is_table(index) {
        return table::why_nothing(document);
    }
    if index.passages.is_empty() {
        return "The document has headings only.".to_owned();
    }
    "No whole sentence in it can be quoted by itself: there are fragments, notices or very long \
     sentences only."
        .to_owned()
}
