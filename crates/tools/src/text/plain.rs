//! Sentences that state something plainly, and sentences that only tell of it.
//!
//! Who quotes, guesses, denies, doubts, compares or proposes states nothing that two sources could
//! agree on. The lists are our own and rather take a plain sentence for another than the other way
//! round.

use std::sync::LazyLock;

use regex::Regex;

use super::language::Language;
use super::pattern::quick;

/// What tells that a sentence is not plain, in small letters.
const SIGNS: &[&str] = &[
    // Whose word it is.
    r"according to|alleg\w+|apparently|supposedly|reportedly|rumou?r\w*|laut|angeblich|selon|según",
    r"argue[sd]?|assum\w+|believe[sd]?|claim(?:s|ed|ing)? that|claimed|expect(?:s|ed)?|guess\w*|hear[ds]?|hop(?:e|es|ed|ing)|quoted?|reckon\w*|said|say(?:s|ing)?|suppos\w+|think\w*|thought|told|tells?|wonder\w*|wrote|written down|(?:i|we) (?:have )?read|readers?",
    r"estimat\w+|forecast\w*|predict\w*|calculat\w+|put at|found that|finds that|found to|counted|survey\w*|reported",
    // Denial and doubt.
    r"no|not|nor|never|neither|none|nobody|nothing|hardly|scarcely|cannot|without|\w+n['’]t|nicht|kein\w*|nie|pas|jamais|aucune?|ni|nunca",
    r"might|could|would|perhaps|possibly|probably|presumably|likely|unlikely|maybe|seem\w*|appear\w*|doubt\w*|unclear|uncertain\w*|unknown|könnte\w*|würde\w*|vielleicht|peut-être|quizás?",
    // Contrast.
    r"but|however|although|though|whereas|while|yet|despite|instead|rather|nevertheless|nonetheless|contrary|unlike|aber|jedoch|obwohl|mais|cependant|pero|aunque",
    // What holds only in a case, and what somebody wants.
    r"if|unless|whether|otherwise|wenn|falls|si",
    r"should|ought|propos\w+|suggest\w*|recommend\w*|plan(?:s|ned)?|want\w*|wish\w*|ask(?:s|ed)?|let us|intend\w*|demand\w*|sollte?\w*|vorschl\w+|devrait|debería",
];

static SIGN: LazyLock<Regex> = LazyLock::new(|| {
    let all = SIGNS.join("|");
    Regex::new(&quick(&format!(r"\b(?:{all})\b"))).expect("a test compiles it")
});

/// Whether a sentence states what it says plainly: without attribution, hedge, denial, contrast,
/// condition or proposal. Only some languages have lists; in others no sentence is taken for plain.
pub(crate) fn is_plain(sentence: &str, language: Language) -> bool {
    let knows = match language {
        Language::English | Language::French | Language::German | Language::Spanish => true,
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
        | Language::Turkish => false,
    };
    knows && !sentence.contains(['?', '“', '"']) && !SIGN.is_match(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_statements_are_told_from_reports_denials_and_proposals() {
        for (sentence, plain) in [
            ("The price is £5,000 per month.", true),
            ("Either party may end it with 30 days' notice.", true),
            ("In our town 27% of the visitors came by car in 2024.", true),
            ("The closure is said to cost £2.4 million.", false),
            ("I propose a trial of twelve months.", false),
            (
                "A trial of twelve months would measure the worst year.",
                false,
            ),
            ("One survey found that 27% came by car.", false),
            ("It costs £3.1 million, but nobody pays it.", false),
            ("The notice period is *not* 30 days.", false),
            ("It isn’t £500.", false),
            ("If it rains, we pay £500.", false),
            ("Does it cost £500?", false),
        ] {
            assert_eq!(is_plain(sentence, Language::English), plain, "{sentence}");
        }
        assert!(!is_plain("Prisen er 500.", Language::Danish));
    }
}
