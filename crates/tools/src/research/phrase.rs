//! The noun phrase before a quantity and the words that link them.
//!
//! No grammar: lists of linking words, and boundaries that a phrase does not cross.

use super::listed::is_listed;
use super::name::{Names, without_owner};
use crate::text::{Word, words};

/// Words that begin an adverbial.
const ADVERBIAL: &str = "\
    under in for at during from on after since before by with of per within through as today \
    currently therefore then also however moreover finally thus";

/// How a phrase is linked with the quantity after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Is, amounts to.
    Is,
    /// A deposit of.
    Of,
    /// Is capped at, is limited to, may not exceed.
    AtMost,
    /// Costs, charges.
    Costs,
    /// Lasts, runs for, takes.
    Lasts,
    /// Rose by.
    Rises,
    /// Fell by.
    Falls,
}

/// A phrase that governs a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Governed {
    pub(super) link: Link,
    pub(super) phrase: String,
    /// Whose it is, in `Alder's notice period`.
    pub(super) owner: Option<String>,
    /// Whether it begins with `the`, `our` or the like.
    pub(super) definite: bool,
}

/// Most words of a phrase.
const PHRASE_WORDS_MAX: usize = 6;

/// Words that may stand between the link and the quantity.
const FILLERS: &str = "\
    a an the at least most up to about approximately around roughly nearly almost circa some \
    only just currently now not less more than over under below minimum maximum no fewer \
    exactly still";

const LINKS: [(&[&str], Link); 63] = [
    (&["capped", "at"], Link::AtMost),
    (&["limited", "to"], Link::AtMost),
    (&["may", "not", "exceed"], Link::AtMost),
    (&["shall", "not", "exceed"], Link::AtMost),
    (&["will", "not", "exceed"], Link::AtMost),
    (&["must", "not", "exceed"], Link::AtMost),
    (&["does", "not", "exceed"], Link::AtMost),
    (&["cannot", "exceed"], Link::AtMost),
    (&["amounts", "to"], Link::Is),
    (&["amount", "to"], Link::Is),
    (&["amounted", "to"], Link::Is),
    (&["shall", "be"], Link::Is),
    (&["will", "be"], Link::Is),
    (&["has", "been"], Link::Is),
    (&["set", "at"], Link::Is),
    (&["fixed", "at"], Link::Is),
    (&["is"], Link::Is),
    (&["are"], Link::Is),
    (&["was"], Link::Is),
    (&["were"], Link::Is),
    (&["equals"], Link::Is),
    (&["totals"], Link::Is),
    (&["totalled"], Link::Is),
    (&["averages"], Link::Is),
    (&["averaged"], Link::Is),
    (&["reached"], Link::Is),
    (&["stands", "at"], Link::Is),
    (&["stood", "at"], Link::Is),
    (&["ist"], Link::Is),
    (&["sind"], Link::Is),
    (&["beträgt"], Link::Is),
    (&["betragen"], Link::Is),
    (&["war"], Link::Is),
    (&["est", "de"], Link::Is),
    (&["est"], Link::Is),
    (&["sont", "de"], Link::Is),
    (&["bedraagt"], Link::Is),
    (&["costs"], Link::Costs),
    (&["cost"], Link::Costs),
    (&["charges"], Link::Costs),
    (&["kostet"], Link::Costs),
    (&["coûte"], Link::Costs),
    (&["lasts"], Link::Lasts),
    (&["lasted"], Link::Lasts),
    (&["runs", "for"], Link::Lasts),
    (&["takes"], Link::Lasts),
    (&["took"], Link::Lasts),
    (&["rose", "by"], Link::Rises),
    (&["rises", "by"], Link::Rises),
    (&["grew", "by"], Link::Rises),
    (&["increased", "by"], Link::Rises),
    (&["climbed", "by"], Link::Rises),
    (&["rose"], Link::Rises),
    (&["grew"], Link::Rises),
    (&["increased"], Link::Rises),
    (&["fell", "by"], Link::Falls),
    (&["dropped", "by"], Link::Falls),
    (&["declined", "by"], Link::Falls),
    (&["decreased", "by"], Link::Falls),
    (&["fell"], Link::Falls),
    (&["dropped"], Link::Falls),
    (&["declined"], Link::Falls),
    (&["of"], Link::Of),
];

/// Words that a phrase does not cross.
const BOUNDARIES: &str = "\
    and but or if when where which that because while although though unless so then than as \
    whether who what how why is are was were be been has have had will shall may must can \
    could would should might do does did says said say means meant shows showed found finds \
    find note states stated state provides provided agree agrees agreed pay pays paid not \
    cannot until since after before subject against with und dass que wenn";

const DETERMINERS: &str = "\
    the a an this its our their your his her any each every der die das eine ein le la les une \
    un such";

const PRONOUNS: &str = "\
    it this that they there these those he she we i you which who one es er sie il elle each \
    both all most none some many few more less here what total rest ours theirs";

/// The phrase that governs a quantity which follows this text.
///
/// `is_named` says whether the document is about a party with a name; only then does `its` point at
/// something that is known.
pub(super) fn governed(before: &str, is_named: bool, names: &Names) -> Option<Governed> {
    let all: Vec<Word<'_>> = words(before).collect();
    // Punctuation between the link and the quantity cuts them apart.
    let last = all.last()?;
    if before[last.end()..].contains([',', ';', ':', '.', '(', ')', '–', '—']) {
        return None;
    }
    let low: Vec<String> = all.iter().map(|word| word.text.to_lowercase()).collect();
    let (link, start) = link_before(&low)?;
    let (from, definite) = phrase_start(before, &all, &low, start, link)?;
    let borrowed = from > 0 && matches!(low[from - 1].as_str(), "its" | "their" | "his" | "her");
    let inside = low[from..start]
        .iter()
        .any(|word| matches!(word.as_str(), "its" | "their"));
    if ((borrowed || inside) && !is_named) || says_nothing(&low[from..start], link) {
        return None;
    }
    let range = &all[from..start];
    let (first, end) = (range.first()?, range.last()?);
    let phrase = before.get(first.start..end.end())?;
    if is_pronoun(phrase) || range.len() > PHRASE_WORDS_MAX || phrase.contains([',', ';', '(', ')'])
    {
        // `it costs` still has a subject where the document is about a party with a name.
        if !(link == Link::Costs && is_named && is_pronoun(phrase)) {
            return None;
        }
    }
    let (owner, phrase) = owned(phrase, names);
    Some(Governed {
        link,
        phrase,
        owner,
        definite,
    })
}

/// Whether a phrase names no property: `a further period`, `an increase`, `for most of you it`.
fn says_nothing(phrase: &[String], link: Link) -> bool {
    let generic = |word: &String| is_listed(word.as_str(), GENERIC);
    let (Some(first), Some(last)) = (phrase.first(), phrase.last()) else {
        return true;
    };
    let adverbial = matches!(
        first.as_str(),
        "for"
            | "in"
            | "at"
            | "on"
            | "by"
            | "with"
            | "to"
            | "from"
            | "of"
            | "among"
            | "over"
            | "today"
            | "during"
            | "within"
    );
    let pointing =
        phrase.len() > 1 && (is_pronoun(last) || phrase.iter().any(|word| is_person(word)));
    let alone = is_pronoun(last) && link != Link::Costs;
    // `The contract renews automatically for further periods of`: a verb was taken for a noun.
    let renewing = phrase.iter().any(|word| {
        matches!(
            word.as_str(),
            "renews" | "renew" | "automatically" | "successive"
        )
    });
    adverbial || renewing || pointing || alone || phrase.iter().all(generic)
}

/// A subject inside a phrase means that a verb was not seen.
fn is_person(word: &str) -> bool {
    matches!(
        word,
        "we" | "i" | "you" | "they" | "he" | "she" | "it" | "there" | "ours" | "wir"
    )
}

/// Words that name no property by themselves.
const GENERIC: &str = "\
    period periods sum amount total rate value number average maximum minimum increase \
    decrease rise fall drop growth change reduction further successive additional another new \
    same other range level share figure difference step margin majority plus \
    loss gain factor result answer";

/// Whether a phrase only points at something that was named before.
pub(super) fn is_pronoun(phrase: &str) -> bool {
    is_listed(phrase.trim().to_lowercase().as_str(), PRONOUNS)
}

/// Whether what follows makes the quantity a comparison: `20 percent cheaper`.
pub(super) fn compares(after: &str) -> bool {
    // `20 percent cheaper`, `350 metres away`.
    words(after)
        .take(2)
        .map(|word| word.text.to_lowercase())
        .any(|word| {
            matches!(
                word.as_str(),
                "more"
                    | "less"
                    | "fewer"
                    | "higher"
                    | "lower"
                    | "cheaper"
                    | "faster"
                    | "slower"
                    | "older"
                    | "younger"
                    | "longer"
                    | "shorter"
                    | "larger"
                    | "smaller"
                    | "above"
                    | "below"
                    | "better"
                    | "worse"
                    | "ago"
                    | "earlier"
                    | "later"
                    | "dearer"
                    | "late"
                    | "old"
                    | "away"
                    | "too"
                    | "greater"
            )
        })
}

/// The name that a sentence begins with.
pub(super) fn named_first(sentence: &str, names: &Names) -> Option<String> {
    let bare = |word: &Word<'_>| without_owner(word.text).to_owned();
    let run: Vec<Word<'_>> = words(sentence)
        .take_while(|word| names.is_name(&bare(word)))
        .take(4)
        .collect();
    let (first, last) = (run.first()?, run.last()?);
    // Every sentence begins with a capital: one word alone is a name only if it is one elsewhere.
    let surely = run.len() > 1 || names.is_sure(&bare(first));
    let name = sentence.get(first.start..last.end())?;
    (surely && !name.contains([',', ':', ';'])).then(|| without_owner(name).to_owned())
}

/// The link nearest to the quantity, with nothing but fillers after it, and where it begins.
fn link_before(low: &[String]) -> Option<(Link, usize)> {
    let mut end = low.len();
    loop {
        let found = LINKS.iter().find_map(|(link_words, link)| {
            let start = end.checked_sub(link_words.len())?;
            let stands = low[start..end]
                .iter()
                .zip(*link_words)
                .all(|(one, other)| one == other);
            stands.then_some((*link, start))
        });
        if let Some((link, mut start)) = found {
            // `shall be limited to`, `is currently capped at`: the auxiliaries belong to the link.
            while link != Link::Of
                && start > 0
                && matches!(
                    low[start - 1].as_str(),
                    "is" | "are"
                        | "be"
                        | "shall"
                        | "will"
                        | "was"
                        | "were"
                        | "has"
                        | "have"
                        | "been"
                        | "then"
                        | "currently"
                        | "now"
                        | "still"
                        | "also"
                        | "therefore"
                        | "usually"
                        | "typically"
                        | "then,"
                        | "only"
                        | "may"
                        | "can"
                        | "must"
                )
            {
                start -= 1;
            }
            return Some((link, start));
        }
        let filler = end
            .checked_sub(1)
            .is_some_and(|at| is_listed(low[at].as_str(), FILLERS));
        if !filler {
            return None;
        }
        end -= 1;
    }
}

/// Where the phrase begins that ends before the link, and whether a determiner leads it.
fn phrase_start(
    before: &str,
    all: &[Word<'_>],
    low: &[String],
    end: usize,
    link: Link,
) -> Option<(usize, bool)> {
    let mut start = end;
    while start > 0 {
        let word = &low[start - 1];
        let gap = all.get(start).map_or("", |next| {
            before.get(all[start - 1].end()..next.start).unwrap_or(",")
        });
        let crosses =
            start < end && gap.contains([',', ';', ':', '.', '(', ')', '–', '—', '"', '“']);
        // `we hold insurance of`: after a person stands a verb, and then the phrase.
        if link == Link::Of && is_person(word) {
            return (start + 1 < end).then_some((start + 1, false));
        }
        // Before `of`, the phrase ends at its own determiner.
        let own = link == Link::Of && start < end && is_listed(word.as_str(), DETERMINERS);
        if crosses || own || is_listed(word.as_str(), BOUNDARIES) {
            break;
        }
        start -= 1;
    }
    // `holders who visit the centre rose`: what is governed stands before the relative word.
    let relative =
        start > 0 && matches!(low[start - 1].as_str(), "who" | "which" | "where" | "whose");
    if start == end || (relative && link != Link::Of) {
        return None;
    }
    let leads = |at: usize| at < end && is_listed(low[at].as_str(), DETERMINERS);
    let mut definite = start > 0 && is_listed(low[start - 1].as_str(), DETERMINERS);
    // Before a later determiner may stand an adverbial, `under this contract the fee is`, or the
    // number of a clause; anything else may be a verb and its object.
    let later = (start + 1..end).find(|at| leads(*at) && !joins_inside(low, *at));
    let adverbial = |word: &String| {
        is_listed(word, ADVERBIAL)
            || word
                .chars()
                .all(|letter| letter.is_ascii_digit() || letter == '.')
    };
    if later.is_some() && !adverbial(&low[start]) {
        return None;
    }
    let mut from = later.unwrap_or(start);
    while leads(from) {
        definite = definite || !matches!(low[from].as_str(), "a" | "an" | "any" | "ein" | "eine");
        from += 1;
    }
    (from < end).then_some((from, definite))
}

/// In `price of the licence` the determiner belongs to what follows the joint.
fn joins_inside(low: &[String], at: usize) -> bool {
    matches!(
        low[at - 1].as_str(),
        "of" | "for" | "in" | "on" | "to" | "per" | "by" | "at" | "from" | "des" | "du" | "de"
    ) && at > 1
}

/// Splits `Alder's notice period` into whose and what.
fn owned(phrase: &str, names: &Names) -> (Option<String>, String) {
    for mark in ["'s ", "’s "] {
        if let Some((owner, rest)) = phrase.split_once(mark) {
            if super::subject::is_supplying_role(owner) {
                return (None, rest.to_owned());
            }
            if let Some(name) = names.whole_name(owner) {
                return (Some(name), rest.to_owned());
            }
        }
    }
    (None, phrase.to_owned())
}
