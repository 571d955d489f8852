//! Which of the options a passage names.
//!
//! An option is named by its own words, by its words brought to their stems and close together, or
//! by a short name: the distinctive first word of a company, an abbreviation that it carries. A
//! word that two options share, or an everyday word, names neither.

use consort_documents::{BlockKind, Document};

use super::language::Language;
use super::portion::portion;
use super::stop_words::is_stop_word;
use super::words::{Word, stem, words};

/// Words that say of what form a company is.
const COMPANY_FORMS: &[&str] = &[
    "ab",
    "ag",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "ev",
    "gmbh",
    "group",
    "holding",
    "inc",
    "incorporated",
    "kg",
    "limited",
    "llc",
    "llp",
    "ltd",
    "nv",
    "oy",
    "plc",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "srl",
    "ug",
];

/// First words that name nobody by themselves.
const EVERYDAY: &[&str] = &[
    "advanced",
    "alpha",
    "american",
    "best",
    "big",
    "blue",
    "british",
    "business",
    "central",
    "city",
    "classic",
    "data",
    "digital",
    "east",
    "eastern",
    "european",
    "express",
    "first",
    "free",
    "french",
    "general",
    "german",
    "global",
    "good",
    "great",
    "green",
    "high",
    "international",
    "local",
    "low",
    "national",
    "new",
    "north",
    "northern",
    "old",
    "open",
    "option",
    "plan",
    "premium",
    "private",
    "pro",
    "professional",
    "public",
    "quality",
    "quick",
    "red",
    "royal",
    "saint",
    "san",
    "service",
    "services",
    "smart",
    "south",
    "southern",
    "spanish",
    "standard",
    "super",
    "swiss",
    "system",
    "systems",
    "tech",
    "the",
    "united",
    "universal",
    "west",
    "western",
    "white",
    "world",
];

/// What one does with an option, and is not part of its name.
const ACTIONS: &[&str] = &[
    "accept",
    "adopt",
    "build",
    "buy",
    "cancel",
    "choose",
    "close",
    "continue",
    "hire",
    "keep",
    "lease",
    "leave",
    "move",
    "open",
    "outsource",
    "pick",
    "postpone",
    "reject",
    "renew",
    "rent",
    "repair",
    "replace",
    "select",
    "sell",
    "sign",
    "stay",
    "stop",
    "switch",
    "take",
    "terminate",
    "use",
    "wait",
];

/// Options that every text seems to name.
const UNNAMEABLE: &[&str] = &[
    "yes", "no", "none", "other", "ja", "nein", "oui", "non", "sí",
];

/// How many other words may stand between the words of an option.
const GAP_WORDS: usize = 2;

/// The options of a question, ready to be found in passages.
#[derive(Debug, Clone)]
pub struct OptionNames {
    options: Vec<Names>,
}

#[derive(Debug, Clone)]
struct Names {
    /// The words of the name, in small letters, and whether each is written with a capital.
    phrase: Vec<(String, bool)>,
    /// Whether the option is somebody's or something's name, and not what one could do.
    is_name: bool,
    /// Whether the option is written as a name of several words, so that its words keep their
    /// capitals in passages. A name of one word may be an everyday word that a list writes large.
    is_proper: bool,
    /// Words that name the option by themselves where they have a capital.
    short: Vec<String>,
}

impl OptionNames {
    /// The names by which these options are found.
    pub fn of(options: &[String]) -> Self {
        let mut names: Vec<Names> = options.iter().map(|option| Names::of(option)).collect();
        for index in 0..names.len() {
            let others: Vec<String> = names
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .flat_map(|(_, other)| {
                    let words = other.phrase.iter().map(|(word, _)| word);
                    words.chain(&other.short).cloned()
                })
                .collect();
            names[index].short.retain(|short| !others.contains(short));
        }
        Self { options: names }
    }

    /// Whether the option with this index is somebody's or something's name, and not what one could
    /// do.
    pub fn is_name(&self, option: usize) -> bool {
        self.options[option].is_name
    }

    /// The indexes of the options that a text names, in the order of the options.
    pub fn named_in(&self, text: &str, language: Language) -> Vec<usize> {
        if self.options.is_empty() {
            return Vec::new();
        }
        let words: Vec<Word<'_>> = words(text).collect();
        (0..self.options.len())
            .filter(|index| self.options[*index].stands_in(text, &words, language))
            .collect()
    }

    /// The one option that a whole document is about: its name, its title or its first lines name
    /// it and no other. Only somebody or something with a name has documents of its own; that a
    /// text speaks of what one could do does not make it one for or against it.
    pub fn of_document(&self, document: &Document) -> Option<usize> {
        /// Where a document says whom it is about; later it may compare.
        const FIRST_BLOCKS: usize = 6;
        let language = Language::of(document);
        let name = document.name.replace(['/', '_', '-', '.'], " ");
        // File names are mostly written small.
        let name = name
            .split(' ')
            .map(capitalised)
            .collect::<Vec<String>>()
            .join(" ");
        let heads = [Some(name.as_str()), document.title.as_deref()];
        let read = portion(document);
        let first = read
            .blocks
            .iter()
            .filter(|block| !matches!(block.kind, BlockKind::Row { .. }))
            .take(FIRST_BLOCKS)
            .map(|block| block.text.as_str());
        let named = |text: &str| -> Vec<usize> {
            let mut named = self.named_in(text, language);
            named.retain(|option| self.options[*option].is_name);
            named
        };
        for text in heads.into_iter().flatten() {
            if let [only] = named(text)[..] {
                return Some(only);
            }
        }
        let mut in_first: Vec<usize> = first.flat_map(named).collect();
        in_first.sort_unstable();
        in_first.dedup();
        match in_first[..] {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Names {
    fn of(option: &str) -> Self {
        let all: Vec<Word<'_>> = words(option).collect();
        let mut name: &[Word<'_>] = &all;
        while let Some((last, rest)) = name.split_last() {
            if rest.is_empty() || !COMPANY_FORMS.contains(&small(last.text).as_str()) {
                break;
            }
            name = rest;
        }
        let has_form = name.len() < all.len();
        let bare = without_action(name, option);
        let after_action = bare.len() < name.len();
        let name = bare;
        let is_proper =
            are_capitalised(name, option) && (name.len() > 1 || has_form || after_action);
        let is_action = |word: &Word<'_>| ACTIONS.contains(&small(word.text).as_str());
        let is_name = are_capitalised(name, option) && !name.first().is_some_and(is_action);
        let mut short = Vec::new();
        if let Some(first) = name.first() {
            let word = small(first.text);
            let is_distinct = word.chars().count() >= 4
                && !EVERYDAY.contains(&word.as_str())
                && !is_stop_word(&word, Language::English);
            if is_proper && is_distinct {
                short.push(word);
            }
        }
        let initials: String = name
            .iter()
            .filter_map(|word| word.text.chars().next())
            .filter(|letter| letter.is_uppercase())
            .collect();
        if initials.chars().count() >= 3 && initials.chars().count() == name.len() {
            short.push(small(&initials));
        }
        Self {
            phrase: name
                .iter()
                .map(|word| (small(word.text), word.is_capitalised()))
                .collect(),
            is_name,
            is_proper,
            short,
        }
    }

    fn stands_in(&self, text: &str, words: &[Word<'_>], language: Language) -> bool {
        match &self.phrase[..] {
            [] => false,
            [(only, _)] if UNNAMEABLE.contains(&only.as_str()) => false,
            [(letter, _)] if letter.chars().count() == 1 => labelled(letter, words),
            _ => self.is_called(words) || self.is_spelt(text, words, language),
        }
    }

    /// Whether a short name stands there, with the capital that tells it from a common word.
    fn is_called(&self, words: &[Word<'_>]) -> bool {
        words
            .iter()
            .filter(|word| word.is_capitalised())
            .any(|word| {
                let bare = small(word.text);
                let bare = bare.strip_suffix("'s").unwrap_or(&bare);
                self.short.iter().any(|short| short == bare)
            })
    }

    /// Whether all words of the option stand there, in their order and close together.
    fn is_spelt(&self, text: &str, words: &[Word<'_>], language: Language) -> bool {
        let fits = |(wanted, is_large): &(String, bool), word: &Word<'_>| {
            // Names keep their capital; an option that is a plain word may be inflected.
            let has_capital = word.text.chars().any(char::is_uppercase);
            (has_capital || !(self.is_proper && *is_large))
                && same_word(wanted, word.text, language)
        };
        (0..words.len()).any(|first| {
            if !fits(&self.phrase[0], &words[first]) {
                return false;
            }
            let mut at = first;
            self.phrase[1..].iter().all(|wanted| {
                let gap = if self.is_proper { 0 } else { GAP_WORDS };
                let next = (at + 1..words.len().min(at + 2 + gap))
                    .find(|index| fits(wanted, &words[*index]))
                    .filter(|index| {
                        !text[words[at].end()..words[*index].start].contains(['.', '|'])
                    });
                next.map(|index| at = index).is_some()
            })
        })
    }
}

/// The words of an option without what one would do with it, where a name is left.
fn without_action<'words, 'text>(
    all: &'words [Word<'text>],
    option: &str,
) -> &'words [Word<'text>] {
    let mut name = all;
    while let Some((first, rest)) = name.split_first() {
        let word = small(first.text);
        let leads = ACTIONS.contains(&word.as_str())
            || (name.len() < all.len()
                && !first.is_capitalised()
                && is_stop_word(&word, Language::English));
        if rest.is_empty() || !leads {
            break;
        }
        name = rest;
    }
    if are_capitalised(name, option) {
        name
    } else {
        all
    }
}

/// Whether all words are written large, but for small words and those after a hyphen.
fn are_capitalised(name: &[Word<'_>], option: &str) -> bool {
    name.iter()
        .filter(|word| !is_stop_word(word.text, Language::English))
        .filter(|word| !option[..word.start].ends_with('-'))
        .all(Word::is_capitalised)
}

/// Whether an option that is a single letter stands there with the word that makes it one.
fn labelled(letter: &str, words: &[Word<'_>]) -> bool {
    const KINDS: &[&str] = &[
        "alternative",
        "bidder",
        "bieter",
        "choice",
        "option",
        "opción",
        "plan",
        "product",
        "proposal",
        "scenario",
        "supplier",
        "variant",
        "variante",
        "vendor",
    ];
    words.windows(2).any(|pair| {
        KINDS.contains(&small(pair[0].text).as_str())
            && pair[1].is_capitalised()
            && small(pair[1].text) == letter
    })
}

fn same_word(wanted: &str, word: &str, language: Language) -> bool {
    let first = |text: &str| {
        text.chars()
            .next()
            .map(|letter| letter.to_lowercase().to_string())
    };
    if first(wanted) != first(word) {
        return false;
    }
    small(word) == wanted || stem(word, language) == stem(wanted, language)
}

fn small(word: &str) -> String {
    word.to_lowercase().replace('’', "'")
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
