//! Which passages can be quoted by themselves: whole sentences that a reader understands without
//! their neighbours.

use super::boilerplate::is_notice;
use super::passage::{Passage, PassageKind};
use super::words::{Word, words};

/// A shorter sentence says too little by itself.
const SENTENCE_WORDS_MIN: usize = 5;
/// A list item may be shorter, as it leaves out what its list says.
const ITEM_WORDS_MIN: usize = 4;
/// A longer sentence is no summary.
const SENTENCE_WORDS_MAX: usize = 60;
/// The same for scripts that do not divide words, where each sign counts as one.
const SIGNS_MAX: usize = 150;
/// Nobody reads a longer quotation in a summary.
const BYTES_MAX: usize = 600;
/// A label is short; what is longer is a title or a sentence with a colon.
const LABEL_WORDS_MAX: usize = 3;
/// The words among which a sentence says whether it leans on the one before.
const FIRST_WORDS: usize = 5;
/// With fewer letters among a hundred signs, a passage is a formula, a code or a row of figures.
const LETTERS_PERCENT_MIN: usize = 55;

/// Words that lean on the sentence before when they stand first.
const LEANING: &[&str] = &[
    "accordingly",
    "additionally",
    "again",
    "also",
    "and",
    "as a result",
    "besides",
    "both",
    "but",
    "consequently",
    "conversely",
    "finally",
    "first",
    "firstly",
    "for example",
    "for instance",
    "for this reason",
    "further",
    "furthermore",
    "he",
    "hence",
    "her",
    "here",
    "his",
    "however",
    "in addition",
    "in contrast",
    "in fact",
    "in other words",
    "in particular",
    "in turn",
    "indeed",
    "instead",
    "it",
    "its",
    "likewise",
    "meanwhile",
    "moreover",
    "nevertheless",
    "next",
    "nonetheless",
    "on the other hand",
    "or",
    "otherwise",
    "overall",
    "rather",
    "second",
    "secondly",
    "she",
    "similarly",
    "so",
    "still",
    "such",
    "that",
    "that said",
    "their",
    "then",
    "there",
    "therefore",
    "these",
    "they",
    "third",
    "thirdly",
    "this",
    "those",
    "though",
    "thus",
    "yet",
    "aber",
    "allerdings",
    "auch",
    "außerdem",
    "dabei",
    "dadurch",
    "dagegen",
    "daher",
    "damit",
    "danach",
    "dann",
    "darum",
    "das",
    "dennoch",
    "deshalb",
    "dies",
    "diese",
    "dieser",
    "dieses",
    "er",
    "es",
    "ferner",
    "jedoch",
    "sie",
    "somit",
    "und",
    "zudem",
    "ainsi",
    "ce",
    "cela",
    "celle-ci",
    "celui-ci",
    "cependant",
    "ces",
    "cette",
    "de plus",
    "donc",
    "elle",
    "elles",
    "en effet",
    "et",
    "il",
    "ils",
    "mais",
    "toutefois",
    "además",
    "así",
    "ellos",
    "en cambio",
    "esa",
    "ese",
    "eso",
    "esta",
    "este",
    "esto",
    "estos",
    "no obstante",
    "pero",
    "por ejemplo",
    "por eso",
    "por lo tanto",
    "sin embargo",
    "y",
];

/// Words for somebody or something named before, wherever they stand among the first words.
const PERSONS: &[&str] = &[
    "he", "him", "it", "ours", "she", "theirs", "them", "they", "elles", "ihm", "ihn", "ihnen",
    "ils", "ellos",
];

/// What "this" may stand before without leaning on anything: the document speaks of itself.
const SELF: &[&str] = &[
    "agreement",
    "annex",
    "chapter",
    "contract",
    "document",
    "essay",
    "lease",
    "license",
    "licence",
    "offer",
    "paper",
    "policy",
    "proposal",
    "quotation",
    "quote",
    "report",
    "review",
    "schedule",
    "study",
    "warranty",
    "angebot",
    "bericht",
    "vertrag",
    "accord",
    "contrat",
    "rapport",
    "acuerdo",
    "contrato",
    "informe",
];

/// How a passage can be quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quotable {
    /// A label with its value, as in `Notice period: 30 days`.
    Label,
    /// A whole sentence.
    Sentence,
}

/// How this passage can be quoted by itself, if it can.
///
/// Headings and rows cannot, and neither can questions, notices and fragments.
pub fn quotable(passage: &Passage<'_>) -> Option<Quotable> {
    let text = passage.text;
    match passage.kind {
        PassageKind::Heading | PassageKind::Row => return None,
        PassageKind::Item | PassageKind::Sentence => {}
    }
    let in_script = !is_undivided(text);
    let words_max = if in_script {
        SENTENCE_WORDS_MAX
    } else {
        SIGNS_MAX
    };
    let count = words(text).take(words_max + 1).count();
    if text.len() > BYTES_MAX
        || count > words_max
        || !begins_whole(text)
        || !is_balanced(text)
        || !is_language(text)
        || text.contains("...") && text.contains("....")
        || is_notice(text)
    {
        return None;
    }
    if is_label(text) {
        return Some(Quotable::Label);
    }
    let closing = ['"', '”', '’', '\'', ')', ']', '»', '“', '」'];
    let last = text.trim_end_matches(closing).chars().next_back()?;
    let is_whole = match passage.kind {
        PassageKind::Item => {
            let dangling = [" and", " or", " und", " oder", " et", " ou", " y", " o"];
            count >= ITEM_WORDS_MIN
                && !matches!(last, ':' | ',' | ';' | '?' | '-' | '–' | '？')
                && !dangling.iter().any(|word| text.ends_with(word))
        }
        PassageKind::Sentence => {
            count >= SENTENCE_WORDS_MIN
                && !announces(text)
                && matches!(last, '.' | '!' | '…' | '。' | '！' | '।')
        }
        PassageKind::Heading | PassageKind::Row => false,
    };
    is_whole.then_some(Quotable::Sentence)
}

/// Whether a sentence begins with a word that leans on the one before, such as "This" or "But".
pub fn leans_on_context(text: &str) -> bool {
    let mut small = String::new();
    let mut first = "";
    for (index, word) in words(text).take(FIRST_WORDS).enumerate() {
        if index == 1 && SELF.contains(&word.text.to_lowercase().as_str()) {
            return false;
        }
        if index > 0 {
            small.push(' ');
        } else {
            first = word.text;
        }
        small.push_str(&word.text.to_lowercase());
    }
    if LEANING.contains(&first.to_lowercase().as_str()) {
        return true;
    }
    // "Today they come at any hour" leans as much as "They come at any hour today".
    // After a comma, the word may stand for something before the comma.
    let clause = text.split(',').next().unwrap_or_default();
    let is_person = |word: Word<'_>| PERSONS.contains(&word.text.to_lowercase().as_str());
    if !small.starts_with("it is ") && words(clause).take(FIRST_WORDS).any(is_person) {
        return true;
    }
    LEANING
        .iter()
        .filter(|leaning| leaning.contains(' '))
        .any(|leaning| {
            small
                .strip_prefix(leaning)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
}

/// Whether the sentence only announces what follows it.
fn announces(text: &str) -> bool {
    let small = text.trim_end_matches('.').to_lowercase();
    [
        "as follows",
        "the following",
        "set out below",
        "listed below",
        "shown below",
        "wie folgt",
        "comme suit",
        "lo siguiente",
    ]
    .iter()
    .any(|ending| small.ends_with(ending))
}

/// Whether the text begins as sentences do, not in their middle.
fn begins_whole(text: &str) -> bool {
    let opening = ['"', '“', '„', '«', '‘', '\'', '(', '[', '¿', '¡', '§', '「'];
    let first = text.trim_start_matches(opening).chars().next();
    first.is_some_and(|letter| {
        letter.is_numeric()
            || (letter.is_alphabetic() && !letter.is_lowercase())
            || matches!(letter, '€' | '$' | '£')
    })
}

/// Whether every bracket and quotation mark that opens is closed.
fn is_balanced(text: &str) -> bool {
    let count = |wanted: char| text.chars().filter(|letter| *letter == wanted).count();
    // An item "a) …" closes a bracket that nothing opened, which is how items are numbered.
    count('(') <= count(')')
        && count(')') <= count('(') + 1
        && count('[') == count(']')
        && count('"').is_multiple_of(2)
        && count('«') == count('»')
}

/// Whether the text is mostly letters and not all capitals.
fn is_language(text: &str) -> bool {
    let (mut signs, mut letters, mut small) = (0_usize, 0_usize, 0_usize);
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        signs += 1;
        if letter.is_alphabetic() {
            letters += 1;
            small += usize::from(!letter.is_uppercase());
        }
    }
    let has_pipes = text.matches(" | ").count() > 1;
    let is_figures = is_label_like(text);
    !has_pipes
        && (is_figures || letters * 100 >= signs * LETTERS_PERCENT_MIN)
        && small * 2 >= letters
}

fn is_label_like(text: &str) -> bool {
    text.split_once(": ")
        .is_some_and(|(label, _)| words(label).count() <= LABEL_WORDS_MAX)
}

/// Whether the text is a label, a colon and a value.
fn is_label(text: &str) -> bool {
    let Some((label, value)) = text.split_once(": ") else {
        return false;
    };
    let ends_open = text.ends_with([':', ',', ';', '?']);
    let label_words = words(label).count();
    let value_words = words(value).count();
    !ends_open
        && (1..=LABEL_WORDS_MAX).contains(&label_words)
        && (1..=SENTENCE_WORDS_MIN * 3).contains(&value_words)
        && !label.contains(['.', ',', '"'])
        && !text.ends_with(['.', '!', '。'])
}

/// Whether the text is written without spaces between words.
fn is_undivided(text: &str) -> bool {
    text.chars()
        .filter(|letter| matches!(u32::from(*letter), 0x0E00..=0x0EFF | 0x3040..=0x9FFF | 0xF900..=0xFAFF))
        .count()
        * 2
        > text.chars().count()
}
