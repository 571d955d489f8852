//! Abbreviations that end in a full stop.

use super::language::Language;

/// What a full stop after an abbreviation can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abbreviation {
    /// It can also end a sentence, as after "Ltd.".
    Either,
    /// It never ends a sentence, as after "Dr.".
    Inner,
}

/// Abbreviations that something always follows.
const INNER: &[&str] = &[
    "abb", "abs", "adm", "al", "approx", "art", "aufl", "av", "bd", "bspw", "bzgl", "bzw", "ca",
    "cap", "capt", "cf", "ch", "chap", "cl", "cmte", "col", "d.h", "dept", "dipl", "doc", "dr",
    "dra", "e.g", "ed", "eds", "eff", "eg", "ej", "env", "eq", "esp", "evtl", "ex", "excl", "exkl",
    "fig", "figs", "fr", "gem", "gen", "ggf", "gov", "hr", "hrn", "i.d.r", "i.e", "ie", "incl",
    "ing", "inkl", "insb", "kap", "lit", "lt", "m.e", "max", "messrs", "min", "mio", "mlle", "mm",
    "mme", "mr", "mrs", "ms", "mt", "mtl", "mwst", "no", "nos", "nr", "núm", "o.ä", "p", "p.ej",
    "pp", "pág", "para", "paras", "pos", "prof", "pt", "ref", "rep", "resp", "rev", "s", "sec",
    "sect", "sen", "sog", "sr", "sra", "srta", "ss", "st", "str", "tab", "tel", "u.a", "usw", "v",
    "vgl", "viz", "vol", "vols", "vs", "z.b", "zzgl", "ziff",
];

/// Abbreviations that can also stand at the end of a sentence.
const EITHER: &[&str] = &[
    "a.m", "ave", "bros", "co", "corp", "esq", "etc", "inc", "jr", "llc", "ltd", "ltda", "p.a",
    "p.m", "p.p", "ph.d", "phd", "plc", "s.a", "s.l", "s.r.l", "sa", "u.k", "u.s", "u.s.a", "usw",
    "a.g", "m.b.h", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "okt", "dez",
];

/// What the full stop after `word` can mean, if the word is an abbreviation.
///
/// A single capital letter counts as an initial.
pub(super) fn abbreviation(word: &str, language: Language) -> Option<Abbreviation> {
    let mut letters = word.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return letter.is_alphabetic().then_some(if letter.is_uppercase() {
            Abbreviation::Either
        } else {
            Abbreviation::Inner
        });
    }
    let small = word.to_lowercase();
    if EITHER.contains(&small.as_str()) {
        return Some(Abbreviation::Either);
    }
    if !INNER.contains(&small.as_str()) {
        return None;
    }
    // "No." before a number is an abbreviation; the answer "No." is a sentence and has a capital
    // or nothing after it, so it is decided by what follows.
    let is_word_too = match language {
        Language::English => matches!(small.as_str(), "no" | "art" | "max" | "min" | "ex" | "st"),
        Language::German => matches!(small.as_str(), "art" | "tel"),
        Language::Danish
        | Language::Dutch
        | Language::Finnish
        | Language::French
        | Language::Hungarian
        | Language::Italian
        | Language::Norwegian
        | Language::Other
        | Language::Portuguese
        | Language::Romanian
        | Language::Russian
        | Language::Spanish
        | Language::Swedish
        | Language::Turkish => small == "no",
    };
    Some(if is_word_too {
        Abbreviation::Either
    } else {
        Abbreviation::Inner
    })
}
