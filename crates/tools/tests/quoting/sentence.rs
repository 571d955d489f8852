//! Where sentences end.

use consort_tools::text::{Language, sentences};
use proptest::prelude::*;

fn check(language: Language, sentence: &str) {
    let text = sentence.replace('¦', "");
    let expected: Vec<&str> = sentence.split('¦').map(str::trim).collect();
    let found: Vec<&str> = sentences(&text, language)
        .into_iter()
        .map(|range| &text[range])
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn sentences_end_where_a_reader_ends_them() {
    // A bar stands where one sentence ends and the next begins.
    let table = [
        (Language::English, "The fee is due. ¦It is paid yearly."),
        (
            Language::English,
            "Dr. Smith met Mr. J. R. Jones of Acme Ltd. in Leeds.",
        ),
        (
            Language::English,
            "See No. 5 and Fig. 3, e.g. Table 2. ¦Then stop.",
        ),
        (
            Language::English,
            "The price is 3.50 EUR. ¦The term is 2.5 years.",
        ),
        (
            Language::English,
            "It was signed with Acme Ltd. ¦The term is a year.",
        ),
        (
            Language::English,
            "He moved to the U.S. Army base. ¦He liked it.",
        ),
        (
            Language::English,
            "He lives in the U.S. ¦The move took a year.",
        ),
        (Language::English, "We chose Option B. ¦Costs fell at once."),
        (
            Language::English,
            "1. The supplier delivers. ¦2. The buyer pays.",
        ),
        (Language::English, "12.1. Termination needs notice."),
        (Language::English, "Is it safe? ¦Yes! ¦We tested it."),
        (
            Language::English,
            "He said \"It is over.\" ¦Nobody answered.",
        ),
        (Language::English, "(See the annex.) ¦It has the prices."),
        (Language::English, "The office opens at 9 a.m. on Mondays."),
        (Language::English, "Was it late? ¦No. ¦It was early."),
        (Language::English, "Visit example.com for more."),
        (
            Language::German,
            "Der Vertrag endet am 3. Mai 2025. ¦Er wird nicht verlängert.",
        ),
        (
            Language::German,
            "Die Miete beträgt z. B. 500 EUR inkl. MwSt. pro Monat.",
        ),
        (
            Language::German,
            "Gem. § 5 Abs. 2 gilt Nr. 7. ¦Das ist neu.",
        ),
        (Language::French, "M. Dupont a signé. ¦Le prix est fixe."),
        (
            Language::Spanish,
            "El Sr. García firmó. ¦¿Cuánto cuesta? ¦Nada.",
        ),
        (Language::Other, "これは一つ目です。¦これは二つ目です。"),
    ];
    for (language, sentence) in table {
        check(language, sentence);
    }
}

proptest! {
    #[test]
    fn sentences_cover_all_that_is_not_blank_and_never_overlap(text in "\\PC{0,120}") {
        for language in [Language::English, Language::German, Language::Other] {
            let mut end = 0;
            for range in sentences(&text, language) {
                prop_assert!(text[end..range.start].trim().is_empty());
                prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
                prop_assert!(!range.is_empty());
                end = range.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }
    }

    #[test]
    fn sentences_of_hostile_punctuation_never_fail(text in "[A-Za-z0-9.!?\" ()€ß。«»\u{301}-]{0,80}") {
        for range in sentences(&text, Language::German) {
            prop_assert!(!text[range].trim().is_empty());
        }
    }
}
