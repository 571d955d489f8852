//! Stems as small numbers, so that many passages can be compared quickly.
//!
//! A number only says which stem; it depends on the order of reading and must not leave the
//! process.

use std::collections::{BTreeMap, HashMap};

use super::language::Language;
use super::stop_words::is_stop_word;
use super::words::{stem, words};

/// A stem, by its number in a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(pub(super) u32);

/// The stems that were met so far.
///
/// The maps are only asked, never iterated, so their order reaches no result.
#[derive(Debug, Default)]
pub struct Vocabulary {
    stems: HashMap<String, Term>,
    words: BTreeMap<Language, HashMap<String, Option<Term>>>,
}

impl Vocabulary {
    /// The terms of the words that carry meaning, in their order; new ones are learnt.
    pub fn learn(&mut self, text: &str, language: Language) -> Vec<Term> {
        let known = self.words.entry(language).or_default();
        let mut terms = Vec::new();
        for word in words(text) {
            let term = if let Some(term) = known.get(word.text) {
                *term
            } else {
                let term = (!is_stop_word(word.text, language))
                    .then(|| number(&mut self.stems, stem(word.text, language)));
                known.insert(word.text.to_owned(), term);
                term
            };
            terms.extend(term);
        }
        terms
    }

    /// The terms of the words that carry meaning and that the vocabulary knows.
    pub fn recall(&self, text: &str, language: Language) -> Vec<Term> {
        words(text)
            .filter(|word| !is_stop_word(word.text, language))
            .filter_map(|word| self.stems.get(&stem(word.text, language)).copied())
            .collect()
    }

    /// How many stems were met.
    pub fn len(&self) -> usize {
        self.stems.len()
    }

    /// Whether none was met.
    pub fn is_empty(&self) -> bool {
        self.stems.is_empty()
    }
}

fn number(stems: &mut HashMap<String, Term>, stem: String) -> Term {
    let next = Term(u32::try_from(stems.len()).expect("fewer than 2^32 stems fit in memory"));
    *stems.entry(stem).or_insert(next)
}
