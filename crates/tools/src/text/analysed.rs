//! Documents taken apart once: their passages and the stems of their words, for all tools of a
//! process.
//!
//! Finding sentences and stems is most of what reading costs, and each tool reads every document.
//! What is kept depends on the document alone, so it changes no result; how much is kept is bounded.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use consort_documents::{BlockKind, Document};
use consort_kernel::digest::Digest;

use super::language::Language;
use super::passage::PassageKind;
use super::portion::portion;
use super::sentences::sentences;
use super::stop_words::is_stop_word;
use super::words::{stem, words};

/// How many bytes of text are kept taken apart; it takes a few times as much memory. A thousand
/// ordinary documents fit, and what does not fit is taken apart again.
const KEPT_BYTES_MAX: usize = 32 * 1024 * 1024;

static SHELF: LazyLock<Mutex<Shelf>> = LazyLock::new(Mutex::default);

/// A document, taken apart.
#[derive(Debug)]
pub(super) struct Analysed {
    /// Its passages, in its order.
    pub(super) pieces: Vec<Piece>,
    /// The stems of its words that carry meaning, each once, in the order in which they come.
    pub(super) stems: Vec<String>,
}

/// One passage of a document.
#[derive(Debug)]
pub(super) struct Piece {
    /// The index of its block.
    pub(super) block: usize,
    /// What it is.
    pub(super) kind: PassageKind,
    /// Where it stands in the block's text, in bytes.
    pub(super) range: Range<usize>,
    /// The places of its stems among those of the document, in the order of its words.
    pub(super) stems: Vec<u32>,
}

/// What tells two documents apart: the file, and what was read out of it.
type Key = (Digest, u64);

/// What was taken apart lately.
#[derive(Debug, Default)]
struct Shelf {
    by_key: HashMap<Key, Arc<Analysed>>,
    /// The keys with their bytes, the oldest first.
    order: VecDeque<(Key, usize)>,
    bytes: usize,
    hasher: RandomState,
}

/// The document, taken apart; what was taken apart before is taken from the shelf.
pub(super) fn analysed(document: &Document) -> Arc<Analysed> {
    let shelf = || SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    let hasher = shelf().hasher.clone();
    let texts: Vec<(&str, u8)> = document
        .blocks
        .iter()
        .map(|block| (block.text.as_str(), kind_of(&block.kind) as u8))
        .collect();
    let key = (
        document.sha256,
        hasher.hash_one((Language::of(document), &texts)),
    );
    if let Some(kept) = shelf().by_key.get(&key) {
        return Arc::clone(kept);
    }
    let made = Arc::new(Analysed::of(document));
    let bytes = texts.iter().map(|(text, _)| text.len()).sum();
    shelf().keep(key, bytes, &made);
    made
}

impl Shelf {
    fn keep(&mut self, key: Key, bytes: usize, made: &Arc<Analysed>) {
        if bytes > KEPT_BYTES_MAX || self.by_key.insert(key, Arc::clone(made)).is_some() {
            return;
        }
        self.order.push_back((key, bytes));
        self.bytes += bytes;
        while self.bytes > KEPT_BYTES_MAX {
            let Some((oldest, bytes)) = self.order.pop_front() else {
                return;
            };
            self.by_key.remove(&oldest);
            self.bytes -= bytes;
        }
    }
}

impl Analysed {
    fn of(document: &Document) -> Self {
        let language = Language::of(document);
        let mut stems = Stems::default();
        let mut pieces = Vec::new();
        let read = portion(document);
        for (block, source) in read.blocks.iter().enumerate() {
            let kind = kind_of(&source.kind);
            let ranges = match kind {
                PassageKind::Heading | PassageKind::Row => whole(&source.text),
                PassageKind::Item | PassageKind::Sentence => sentences(&source.text, language),
            };
            for range in ranges {
                let stems = stems.of(&source.text[range.clone()], language);
                pieces.push(Piece {
                    block,
                    kind,
                    range,
                    stems,
                });
            }
        }
        Self {
            pieces,
            stems: stems.list,
        }
    }
}

/// The stems of one document. The maps are only asked, never iterated.
#[derive(Default)]
struct Stems<'text> {
    words: HashMap<&'text str, Option<u32>>,
    places: HashMap<String, u32>,
    list: Vec<String>,
}

impl<'text> Stems<'text> {
    fn of(&mut self, text: &'text str, language: Language) -> Vec<u32> {
        words(text)
            .filter_map(|word| {
                if let Some(known) = self.words.get(word.text) {
                    return *known;
                }
                let place = (!is_stop_word(word.text, language))
                    .then(|| self.place(stem(word.text, language)));
                self.words.insert(word.text, place);
                place
            })
            .collect()
    }

    fn place(&mut self, stem: String) -> u32 {
        if let Some(place) = self.places.get(&stem) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).expect("a document is far shorter than 2^32");
        self.list.push(stem.clone());
        self.places.insert(stem, place);
        place
    }
}

fn kind_of(kind: &BlockKind) -> PassageKind {
    match kind {
        BlockKind::Heading(_) => PassageKind::Heading,
        BlockKind::Paragraph => PassageKind::Sentence,
        BlockKind::ListItem => PassageKind::Item,
        BlockKind::Row { .. } => PassageKind::Row,
    }
}

fn whole(text: &str) -> Vec<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    if start < end {
        std::iter::once(start..end).collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_documents::{Block, Format, Place};

    fn document(text: &str) -> Document {
        Document {
            blocks: vec![Block::new(BlockKind::Paragraph, Place::Line(1), text)],
            format: Format::Text,
            language: None,
            name: "a.txt".to_owned(),
            sha256: Digest::of(b"the same file"),
            title: None,
        }
    }

    #[test]
    fn a_document_is_taken_apart_once() {
        let one = document("It rains today. It rained yesterday.");
        let first = analysed(&one);
        assert!(Arc::ptr_eq(&first, &analysed(&one)));
        assert_eq!(first.pieces.len(), 2);
        assert_eq!(first.stems, ["rain", "today", "yesterday"]);
    }

    #[test]
    fn what_was_read_otherwise_out_of_the_same_file_is_another_document() {
        let first = analysed(&document("One sentence stands here."));
        let second = analysed(&document("Two stand here. This is it."));
        assert_ne!(first.pieces.len(), second.pieces.len());
    }

    #[test]
    fn the_shelf_lets_the_oldest_go_when_it_is_full() {
        let mut shelf = Shelf::default();
        let made = Arc::new(Analysed::of(&document("One sentence.")));
        for number in 0..3 {
            shelf.keep((Digest::of(b"x"), number), KEPT_BYTES_MAX / 2, &made);
        }
        let kept: Vec<u64> = shelf.order.iter().map(|((_, number), _)| *number).collect();
        assert_eq!(kept, [1, 2]);
        assert_eq!((shelf.by_key.len(), shelf.bytes), (2, KEPT_BYTES_MAX));
    }
}
