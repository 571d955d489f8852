//! The words by which a sentence shows that it argues against something.
//!
//! The lists are our own. A mere "not" is no sign: what is denied may be said for as well as
//! against. False friends ("not only", "no later than", "do not hesitate") are taken
//! out of a sentence before signs are looked for. Negation of something bad ("does not harm") is
//! one of them. Only some languages have lists; in others no sign is found, and that is said.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::shape::CounterSign;
use crate::text::{Language, quick};

/// How strong a sign is, in hundredths.
pub(super) type Strength = u32;

/// A sign, what it shows and how strongly.
type Sign = (CounterSign, Strength, &'static str);

/// The lists of one language.
struct Lists {
    friends: &'static [&'static str],
    signs: &'static [Sign],
}

use CounterSign::{Adversative, Hedged, Negated};

const ENGLISH: Lists = Lists {
    friends: &[
        r"not (?:only|just|merely|simply)\b",
        r"not (?:\w+ )?so much\b",
        r"\bbut (?:also|rather)\b",
        r"(?:do|does|please|should)(?: not|n.t) hesitate",
        r"(?:not|without|no) limit(?:ed to|ation)",
        r"(?:no|not) (?:later|earlier|less|more|fewer|greater|longer|sooner) than",
        r"not exceed\w*|not (?:be )?(?:unreasonably|otherwise)\b",
        r"whether or not|or not\b|if not\b|why not\b|not to mention|last but not least|nothing but|all but\b",
        r"\bno (?:doubt|problem|charge|additional (?:cost|charge|fee)s?|extra (?:cost|charge|fee)s?|obligation|hidden (?:cost|charge|fee)s?)\b",
        r"(?:shall|must|may|will)(?: not|n.t|not)\b(?: be)?(?: \w+ly)? (?:assign|disclose|transfer|sub-?let|sub-?contract|use|copy|employ|solicit|share|sell|modify|bound|apply|constitute|affect|withh\w+|release|permit|allow|reproduce)\w*",
        r"(?:not|n.t|never) (?:\w+ly )?(?:harm|hurt|reduce|damage|worsen|prevent|endanger|suffer|lose|limit|lower|fail|cost (?:more|extra)|deny|mind|against|object|uncommon|unusual|surprising|bad|wrong|difficult|impossible|apply if|affected?)\w*",
        r"\bno (?:\w+ )?(?:evidence|sign|indication|risk|danger) (?:of|that|for) (?:\w+ ){0,3}(?:harm|damage|loss|decline|negative|adverse)\w*",
        r"\b(?:no|not any) (?:\w+ )?(?:disadvantage|drawback|downside|harm|damage|loss|penalt|objection|complaint)\w*",
        r"\bnot (?:be )?(?:later|long) (?:ago|before)\b",
        r"\b(?:but )?(?:it|that|this) is (?:a|the|one) reason (?:to|for)\b|\b(?:not|no) (?:a |one )?reason (?:to|for)\b",
        r"\bno\. ?\d|\b(?:nobody|no one) (?:\w+ ){0,2}(?:ask|oppos|object|doubt|den|disput|mind)\w*",
        r"\bnot? (?:yet )?decided\b",
    ],
    signs: &[
        (
            Adversative,
            100,
            r"\b(?:unfortunately|regrettably|on the downside|drawbacks?|disadvantages?|downsides?|shortcomings?|weakness(?:es)?|objections? (?:to|is|are|was|were)|critics|opponents|criticis(?:m|es|ed) (?:of|by|for|is|that|the))\b",
        ),
        (
            Adversative,
            100,
            r"\b(?:warn(?:s|ed)?|caution(?:s|ed)?) (?:that|of|against|us|them)\b|\bcontrary to\b|\b(?:am|is|are|was|were|argues?|speaks?|spoke|voted) against\b|\boppos(?:e|es|ed)\b|\bobject(?:s|ed)? to\b",
        ),
        (
            Adversative,
            95,
            r"\b(?:however|nevertheless|nonetheless|on the other hand|conversely|by contrast|in contrast)\b",
        ),
        (Adversative, 90, r"^(?:but|yet)\b|[,;:] (?:but|yet)\b"),
        (
            Adversative,
            75,
            r"\b(?:although|even though|though|despite|in spite of|whereas)\b",
        ),
        (
            Negated,
            95,
            r"\b(?:fail(?:s|ed)? to|unable to|cannot|can.t|lacks?|lacked|no (?:clear |reliable |solid )?evidence|no guarantee|no (?:\w+ )?(?:effect|benefit|improvement|difference))\b",
        ),
        (
            Negated,
            90,
            r"\b(?:do|does|did|is|are|was|were)(?: not|n.t) (?:\w+ly )?(?:include|cover|guarantee|support|provide|offer|meet|work|accept|allow|available|enough|sufficient|suitable|safe|true|correct|include[ds]|covered|guaranteed|supported|offered|accepted|possible|reach|explain|prove|show|know|deliver|solve|justif)\w*",
        ),
        (
            Negated,
            85,
            r"\b(?:no longer|hardly|scarcely|insufficient|inadequate|too (?:few|little|late|small|expensive|costly|slow|high|low|short))\b",
        ),
        (
            Hedged,
            85,
            r"\b(?:unclear|uncertain\w*|not (?:yet )?known|unknown|inconclusive|remains to be seen|too early to|limited evidence|small samples?|cannot be (?:excluded|ruled out|guaranteed)|open question|doubts?|doubtful|questionable|doubted)\b",
        ),
        (
            Hedged,
            80,
            r"\b(?:may|might|could|would probably)(?: \w+ly)? (?:not\b|fail|delay|be delayed|lose|harm|damage|worsen|suffer|exceed|cost|take longer|be too|mislead|be misleading|never|disappear|close)",
        ),
        (
            Hedged,
            80,
            r"\b(?:price|fee|cost|rent|charge|premium|rate|tariff)s?\b[^.;]*\b(?:may|might|could)\b(?: be)? (?:raise|increase|rise|adjust|change|var)\w*|\b(?:may|might|could) (?:raise|increase|adjust) (?:\w+ ){0,2}(?:price|fee|cost|rent|charge|premium|rate|tariff)s?\b",
        ),
    ],
};

const GERMAN: Lists = Lists {
    friends: &[
        r"nicht nur|sondern auch|nicht zuletzt|nicht (?:mehr|weniger|später|früher) als|zögern sie nicht|nicht (?:zu )?zögern|ob oder nicht|oder nicht\b",
        r"\b(?:kein(?:e|en)?) (?:problem|zweifel|nachteile?|schaden|zusätzlichen? kosten|zusatzkosten|bedenken)\b",
        r"\b(?:darf|dürfen) (?:\w+ )*nicht\b",
    ],
    signs: &[
        (
            Adversative,
            100,
            r"\b(?:leider|nachteile?|nachteilig|schwächen?|mängel|kritiker|bemängel\w*|warn(?:t|en|te|ten) (?:vor|davor)|spricht dagegen|dagegen spricht)\b",
        ),
        (
            Adversative,
            95,
            r"\b(?:jedoch|allerdings|dennoch|trotzdem|hingegen|dagegen|andererseits)\b",
        ),
        (
            Adversative,
            90,
            r"^(?:aber|doch)\b|, (?:aber|doch)\b|\baber\b",
        ),
        (Adversative, 75, r"\b(?:obwohl|obgleich|trotz|wenngleich)\b"),
        (
            Negated,
            85,
            r"\b(?:fehl(?:t|en|te|ten)|unzureichend\w*|niemals|nie|kaum|weder|nicht mehr|scheitert\w*)\b",
        ),
        (
            Hedged,
            85,
            r"\b(?:unklar|ungewiss|fraglich|zweifelhaft|zweifel\w*|unsicher\w*|bleibt abzuwarten|nicht bekannt|offen bleibt|bleibt offen)\b",
        ),
    ],
};

const FRENCH: Lists = Lists {
    friends: &[
        r"\bnon seulement\b|\bmais (?:aussi|également)\b|n.hésitez pas|\bne pas hésiter\b|\bou non\b|\bpas plus de\b|\bau plus tard\b",
        r"\bne (?:peut|peuvent|doit|doivent)\b[^.;]*\b(?:céder|divulguer|transférer|sous-louer)\w*",
    ],
    signs: &[
        (
            Adversative,
            100,
            r"\b(?:malheureusement|inconvénients?|désavantages?|faiblesses?|critiques? (?:de|du|des)|met en garde)\b",
        ),
        (
            Adversative,
            95,
            r"\b(?:cependant|toutefois|néanmoins|en revanche|pourtant)\b",
        ),
        (Adversative, 90, r"^mais\b|[,;] mais\b"),
        (Adversative, 75, r"\b(?:bien que|quoique|malgré|en dépit)\b"),
        (
            Negated,
            80,
            r"\b(?:ne|n['’]\w+)\b[^.;]*\b(?:jamais|aucune?|guère|plus)\b|\b(?:insuffisant\w*|manque de|impossible)\b",
        ),
        (
            Hedged,
            85,
            r"\b(?:incertain\w*|douteu\w*|pas clair\w*|on ignore|reste à voir)\b",
        ),
    ],
};

const SPANISH: Lists = Lists {
    friends: &[
        r"\bno (?:solo|sólo|solamente)\b|\bsino también\b|\bno dude\b|\bo no\b|\bno más de\b|\bno (?:podrá|podrán|deberá|deberán)\b",
    ],
    signs: &[
        (
            Adversative,
            100,
            r"\b(?:desafortunadamente|lamentablemente|por desgracia|desventajas?|inconvenientes?|debilidades?|críticos|advierten?)\b",
        ),
        (
            Adversative,
            95,
            r"\b(?:sin embargo|no obstante|por el contrario|en cambio)\b",
        ),
        (Adversative, 90, r"^pero\b|[,;] pero\b"),
        (Adversative, 75, r"\b(?:aunque|a pesar de|pese a)\b"),
        (
            Negated,
            85,
            r"\b(?:nunca|jamás|tampoco|carecen?|falta de|insuficientes?|imposible)\b",
        ),
        (
            Hedged,
            85,
            r"\b(?:inciert[oa]s?|dudos[oa]s?|no está claro|se desconoce)\b",
        ),
    ],
};

/// Lists, ready to be used.
struct Lexicon {
    friends: Regex,
    patterns: RegexSet,
    signs: &'static [Sign],
}

static LEXICA: LazyLock<[Lexicon; 4]> =
    LazyLock::new(|| [ENGLISH, GERMAN, FRENCH, SPANISH].map(|lists| Lexicon::of(&lists)));

/// Whether signs are known in this language.
pub(super) fn knows(language: Language) -> bool {
    lexicon(language).is_some()
}

/// The strongest sign in a sentence.
pub(super) fn sign_of(sentence: &str, language: Language) -> Option<(CounterSign, Strength)> {
    let lexicon = lexicon(language)?;
    // Most sentences have no sign at all, and then there is nothing to take out.
    if !lexicon.patterns.is_match(sentence) {
        return None;
    }
    let bare = lexicon.friends.replace_all(sentence, "…");
    lexicon
        .patterns
        .matches(&bare)
        .into_iter()
        .map(|at| &lexicon.signs[at])
        .max_by_key(|(sign, strength, _)| (*strength, std::cmp::Reverse(*sign)))
        .map(|(sign, strength, _)| (*sign, *strength))
}

fn lexicon(language: Language) -> Option<&'static Lexicon> {
    let at = match language {
        Language::English => 0,
        Language::German => 1,
        Language::French => 2,
        Language::Spanish => 3,
        Language::Danish
        | Language::Dutch
        | Language::Finnish
        | Language::Hungarian
        | Language::Italian
        | Language::Norwegian
        | Language::Other
        | Language::Portuguese
        | Language::Romanian
        | Language::Russian
        | Language::Swedish
        | Language::Turkish => return None,
    };
    Some(&LEXICA[at])
}

impl Lexicon {
    fn of(lists: &Lists) -> Self {
        let friends = lists
            .friends
            .iter()
            .map(|one| format!("(?:{one})"))
            .collect::<Vec<String>>()
            .join("|");
        let patterns = lists.signs.iter().map(|(_, _, one)| quick(one));
        Self {
            friends: Regex::new(&quick(&friends))
                .expect("the lists are fixed and a test compiles them"),
            patterns: RegexSet::new(patterns)
                .expect("the lists are fixed and a test compiles them"),
            signs: lists.signs,
        }
    }
}
