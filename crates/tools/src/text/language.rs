//! The languages whose words can be brought to their stems.
//!
//! The language is told by the document; nothing here guesses it.

use consort_documents::Document;
use rust_stemmers::{Algorithm, Stemmer};

/// A language, as far as the tools treat it in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Danish.
    Danish,
    /// Dutch.
    Dutch,
    /// English; also a text whose language is not clear, as its stems do other text no harm.
    English,
    /// Finnish.
    Finnish,
    /// French.
    French,
    /// German.
    German,
    /// Hungarian.
    Hungarian,
    /// Italian.
    Italian,
    /// Norwegian.
    Norwegian,
    /// Any other: words are compared as they are written.
    Other,
    /// Portuguese.
    Portuguese,
    /// Romanian.
    Romanian,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
    /// Swedish.
    Swedish,
    /// Turkish.
    Turkish,
}

impl Language {
    /// The language of this document.
    pub fn of(document: &Document) -> Self {
        Self::from_code(document.language.as_deref())
    }

    /// The language with this ISO 639-3 code; with no code, English.
    pub fn from_code(code: Option<&str>) -> Self {
        match code {
            None | Some("eng") => Self::English,
            Some("dan") => Self::Danish,
            Some("nld") => Self::Dutch,
            Some("fin") => Self::Finnish,
            Some("fra") => Self::French,
            Some("deu") => Self::German,
            Some("hun") => Self::Hungarian,
            Some("ita") => Self::Italian,
            Some("nor" | "nob" | "nno") => Self::Norwegian,
            Some("por") => Self::Portuguese,
            Some("ron") => Self::Romanian,
            Some("rus") => Self::Russian,
            Some("spa") => Self::Spanish,
            Some("swe") => Self::Swedish,
            Some("tur") => Self::Turkish,
            Some(_) => Self::Other,
        }
    }

    /// Whether the language writes ordinals as a number with a full stop, as in "3. Mai".
    pub fn writes_ordinals_with_stop(self) -> bool {
        match self {
            Self::Danish
            | Self::Finnish
            | Self::German
            | Self::Hungarian
            | Self::Norwegian
            | Self::Turkish => true,
            Self::Dutch
            | Self::English
            | Self::French
            | Self::Italian
            | Self::Other
            | Self::Portuguese
            | Self::Romanian
            | Self::Russian
            | Self::Spanish
            | Self::Swedish => false,
        }
    }

    /// The stemmer, where there is one.
    pub(super) fn stemmer(self) -> Option<Stemmer> {
        let algorithm = match self {
            Self::Danish => Algorithm::Danish,
            Self::Dutch => Algorithm::Dutch,
            Self::English => Algorithm::English,
            Self::Finnish => Algorithm::Finnish,
            Self::French => Algorithm::French,
            Self::German => Algorithm::German,
            Self::Hungarian => Algorithm::Hungarian,
            Self::Italian => Algorithm::Italian,
            Self::Norwegian => Algorithm::Norwegian,
            Self::Other => return None,
            Self::Portuguese => Algorithm::Portuguese,
            Self::Romanian => Algorithm::Romanian,
            Self::Russian => Algorithm::Russian,
            Self::Spanish => Algorithm::Spanish,
            Self::Swedish => Algorithm::Swedish,
            Self::Turkish => Algorithm::Turkish,
        };
        Some(Stemmer::create(algorithm))
    }
}
