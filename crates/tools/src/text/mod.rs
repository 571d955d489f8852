//! Reading text: sentences, words, stems, passages, likeness and rank.
//!
//! All of it is deterministic: no clock, no draws, and no order that comes from a hash map. Nothing
//! here knows what a tool looks for.

mod abbreviations;
mod analysed;
mod boilerplate;
mod elision;
mod index;
mod language;
mod options;
mod passage;
mod pattern;
mod plain;
mod portion;
mod quotable;
mod resemblance;
mod sentences;
mod stop_words;
mod total;
mod vocabulary;
mod words;

pub use boilerplate::{Repeats, is_notice};
pub use index::{Index, Indexed, Query, Score, cosine};
pub use language::Language;
pub use options::OptionNames;
pub use passage::{Passage, PassageKind, passages};
pub(crate) use pattern::quick;
pub(crate) use plain::is_plain;
pub use portion::READ_BYTES_MAX;
pub(crate) use portion::{is_read_whole, portion};
pub use quotable::{Quotable, leans_on_context, quotable};
pub use resemblance::{Fingerprint, NEAR_DUPLICATE, Shingles, fingerprint};
pub use sentences::sentences;
pub use stop_words::is_stop_word;
pub use total::{is_sum, is_total};
pub use vocabulary::{Term, Vocabulary};
pub use words::{Word, content_stems, stem, words};
