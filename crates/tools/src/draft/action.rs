//! Options that are something one could do, and no name: which passages speak of them.
//!
//! An option such as "close the square" is seldom written in its own words. A passage speaks of it
//! when it has the word that carries it, in whatever form, with another of its words or of the
//! question's. A passage that speaks of two options in this way is given to neither.

use crate::shape::Question;
use crate::text::{Index, Language, OptionNames, Query, is_stop_word, words};

/// Verbs that carry no option by themselves: what is run, kept or made does.
const CARRYING_NOTHING: &[&str] = &[
    "accept", "begin", "choose", "continue", "do", "get", "give", "go", "have", "hold", "keep",
    "leave", "let", "make", "pick", "put", "run", "select", "set", "start", "stay", "take", "try",
    "use",
];

/// The options of a question that are actions.
pub(super) struct Actions {
    /// For each option its words, the one that carries it first; none for a name.
    words: Vec<Option<Vec<Query>>>,
    /// The words of the question.
    asked: Vec<Query>,
}

impl Actions {
    /// The actions among the options of a question.
    pub(super) fn of(index: &Index<'_>, question: &Question, names: &OptionNames) -> Self {
        let options = question.options.iter().enumerate();
        Self {
            words: options
                .map(|(at, option)| (!names.is_name(at)).then(|| queries(index, option)))
                .collect(),
            asked: question
                .question
                .iter()
                .flat_map(|asked| queries(index, asked))
                .collect(),
        }
    }

    /// Whether this option is an action.
    pub(super) fn has(&self, option: usize) -> bool {
        self.words[option].is_some()
    }

    /// Whether the passage with this index speaks of this option and of no other.
    pub(super) fn is_spoken_of(&self, index: &Index<'_>, option: usize, at: usize) -> bool {
        self.stands_in(index, option, at)
            && (0..self.words.len())
                .all(|other| other == option || !self.is_carried(index, other, at))
    }

    fn is_carried(&self, index: &Index<'_>, option: usize, at: usize) -> bool {
        let carrying = self.words[option].as_ref().and_then(|words| words.first());
        carrying.is_some_and(|query| index.matches(query, at) > 0)
    }

    fn stands_in(&self, index: &Index<'_>, option: usize, at: usize) -> bool {
        let Some(words) = &self.words[option] else {
            return false;
        };
        let has = |query: &Query| index.matches(query, at) > 0;
        let Some((carrying, rest)) = words.split_first() else {
            return false;
        };
        has(carrying)
            && (rest.iter().any(has)
                || self
                    .asked
                    .iter()
                    .any(|query| has(query) && !query.overlaps(carrying)))
    }
}

/// What each word that carries meaning asks for; in an option, the one that carries it first.
fn queries(index: &Index<'_>, text: &str) -> Vec<Query> {
    let telling: Vec<&str> = words(text)
        .map(|word| word.text)
        .filter(|word| !is_stop_word(word, Language::English))
        .collect();
    let carries = |word: &&&str| !CARRYING_NOTHING.contains(&word.to_lowercase().as_str());
    let carrying: Vec<&&str> = telling.iter().filter(carries).collect();
    let kept: Vec<&str> = if carrying.is_empty() {
        telling.clone()
    } else {
        carrying.into_iter().copied().collect()
    };
    kept.into_iter().map(|word| index.query([word])).collect()
}
