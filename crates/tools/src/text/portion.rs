//! How much of a document the tools read: a portion from its beginning.
//!
//! Most documents are read whole. Of one that is longer, everything that was found is true of its
//! beginning only, and whoever shows it has to say so.

use std::borrow::Cow;

use consort_documents::{Block, BlockKind, Document};

/// Most text of one document that is read, in bytes: some five hundred printed pages. More takes
/// longer than anybody waits for a page, and nobody can check what comes of it.
pub const READ_BYTES_MAX: usize = 1024 * 1024;

/// The document as far as it is read. Passages of it stand in the document at the same places.
pub(crate) fn portion(document: &Document) -> Cow<'_, Document> {
    if is_read_whole(document) {
        return Cow::Borrowed(document);
    }
    let mut room = READ_BYTES_MAX;
    let mut blocks = Vec::new();
    for block in &document.blocks {
        if block.text.len() > room {
            let mut beginning = block.clone();
            beginning.text.truncate(whole_sentences(block, room));
            blocks.push(beginning);
            break;
        }
        room -= block.text.len();
        blocks.push(block.clone());
    }
    Cow::Owned(Document {
        blocks,
        format: document.format,
        language: document.language.clone(),
        name: document.name.clone(),
        sha256: document.sha256,
        title: document.title.clone(),
    })
}

/// Whether all of the document is read.
pub(crate) fn is_read_whole(document: &Document) -> bool {
    let texts = document.blocks.iter().map(|block| block.text.len());
    texts.sum::<usize>() <= READ_BYTES_MAX
}

/// How many bytes of a block make whole sentences within so many bytes; of a row none do.
fn whole_sentences(block: &Block, room: usize) -> usize {
    if matches!(block.kind, BlockKind::Row { .. }) {
        return 0;
    }
    let within = &block.text[..block.text.floor_char_boundary(room)];
    within
        .rmatch_indices(['.', '!', '?'])
        .map(|(at, sign)| at + sign.len())
        .find(|end| within[*end..].starts_with(char::is_whitespace))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use consort_documents::{Format, Place};
    use consort_kernel::digest::Digest;

    fn document(texts: &[&str]) -> Document {
        let block = |text: &&str| Block::new(BlockKind::Paragraph, Place::Line(1), *text);
        Document {
            blocks: texts.iter().map(block).collect(),
            format: Format::Text,
            language: None,
            name: "a.txt".to_owned(),
            sha256: Digest::of(b"a"),
            title: None,
        }
    }

    #[test]
    fn an_ordinary_document_is_read_whole() {
        let one = document(&["It rains.", "", "It pours."]);
        assert!(is_read_whole(&one));
        assert_eq!(*portion(&one), one);
    }

    #[test]
    fn of_a_very_long_one_the_first_whole_sentences_are_read() {
        let long = "The price is £5,000. ".repeat(READ_BYTES_MAX / 20);
        let one = document(&["It rains.", "", &long, "It pours."]);
        let read = portion(&one);
        assert!(!is_read_whole(&one));
        assert_eq!(read.blocks.len(), 3);
        let last = &read.blocks[2].text;
        assert!(last.len() <= READ_BYTES_MAX && last.len() > READ_BYTES_MAX - 60);
        assert!(last.ends_with("The price is £5,000."), "no figure is cut");
    }
}
