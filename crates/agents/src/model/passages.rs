//! The passages that a model may cite: the documents of its task, numbered.
//!
//! A model names a passage and copies words from it. Whether they stand there is found out here, and
//! what a citation has to say of its place and its file is filled in here: nothing of it is taken
//! from the model.

use std::fmt::Write as _;

use consort_documents::{Citation, Document, Quote};
use consort_engine::runner::Material;

/// The documents that a task gives, in the order in which they are numbered.
#[derive(Debug, Clone, Default)]
pub(super) struct Passages {
    documents: Vec<Document>,
}

impl Passages {
    /// Takes in a piece of material if it is a document, and tells its number.
    pub(super) fn take_in(&mut self, material: &Material) -> Option<usize> {
        let document = serde_json::from_slice::<Document>(&material.bytes).ok()?;
        let known = self
            .documents
            .iter()
            .position(|known| known.sha256 == document.sha256 && known.name == document.name);
        Some(known.unwrap_or_else(|| {
            self.documents.push(document);
            self.documents.len() - 1
        }))
    }

    /// The documents.
    pub(super) fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// A document as the model reads it: each passage on a line of its own, with its number.
    pub(super) fn shown(&self, number: usize) -> String {
        let mut text = String::new();
        if let Some(document) = self.documents.get(number) {
            let place = number + 1;
            writeln!(text, "D{place} is the document {}", document.name).ok();
            for (index, block) in document.blocks.iter().enumerate() {
                writeln!(text, "[D{place}.{}] {}", index + 1, block.text).ok();
            }
        }
        text
    }

    /// The citation of words in the passage that is named, or wherever else they stand.
    pub(super) fn cite(&self, passage: &str, quote: &str) -> Option<Citation> {
        let quote = Quote::of(quote)?;
        let named = named(passage);
        let in_named = named
            .and_then(|(document, block)| quote.cite_in(self.documents.get(document)?, block?));
        in_named
            .or_else(|| quote.cite(self.documents.get(named?.0)?))
            .or_else(|| self.documents.iter().find_map(|it| quote.cite(it)))
    }
}

/// The document and the passage that `D2.14` or `D2` names, from 0.
fn named(passage: &str) -> Option<(usize, Option<usize>)> {
    let passage = passage.trim().trim_start_matches('[').trim_end_matches(']');
    let numbers = passage.strip_prefix(['D', 'd'])?;
    let (document, block) = match numbers.split_once('.') {
        Some((document, block)) => (document, block.parse::<usize>().ok()),
        None => (numbers, None),
    };
    let document = document.parse::<usize>().ok()?.checked_sub(1)?;
    Some((document, block.and_then(|block| block.checked_sub(1))))
}

#[cfg(test)]
mod tests {
    use consort_documents::{Block, BlockKind, Format, Place};
    use consort_kernel::digest::Digest;

    use super::*;

    fn passages() -> Passages {
        let document = |name: &str, texts: &[&str]| Document {
            blocks: (1..)
                .zip(texts)
                .map(|(line, text)| Block::new(BlockKind::Paragraph, Place::Line(line), *text))
                .collect(),
            format: Format::Text,
            language: None,
            name: name.to_owned(),
            sha256: Digest::of(name.as_bytes()),
            title: None,
        };
        Passages {
            documents: vec![
                document(
                    "a.txt",
                    &["The notice is 30 days.", "It’s “firm” – mostly."],
                ),
                document("b.txt", &["Der Preis: 40 Euro.", "The notice is 60 days."]),
            ],
        }
    }

    #[test]
    fn words_are_found_in_the_passage_that_is_named_or_wherever_they_stand() {
        for (passage, quote, found) in [
            (
                "D1.1",
                "notice is 30 days",
                Some(("a.txt", 0, "notice is 30 days")),
            ),
            ("[D2.2]", "The notice", Some(("b.txt", 1, "The notice"))),
            ("D2", "40 Euro", Some(("b.txt", 0, "40 Euro"))),
            ("D1.1", "60 days", Some(("b.txt", 1, "60 days"))),
            ("", "60 days", Some(("b.txt", 1, "60 days"))),
            ("D9.9", " 60  days\n", Some(("b.txt", 1, "60 days"))),
            ("D0.0", "It's \"firm\"", Some(("a.txt", 1, "It’s “firm”"))),
            ("D1.1", "notice is 31 days", None),
            ("D1.1", "30", None),
        ] {
            let citation = passages().cite(passage, quote);
            let cited = citation
                .as_ref()
                .map(|it| (it.document.as_str(), it.block, it.quote.as_str()));
            assert_eq!(cited, found, "{passage}: {quote}");
        }
    }

    #[test]
    fn what_is_cited_holds_against_its_document() {
        let passages = passages();
        let citation = passages.cite("D1.2", "It's \"firm\"").unwrap();
        citation.verify(&passages.documents()[0]).unwrap();
        assert_eq!(citation.place, Place::Line(2));
    }

    #[test]
    fn every_passage_is_shown_with_its_number() {
        let shown = passages().shown(1);
        assert_eq!(
            shown,
            "D2 is the document b.txt\n[D2.1] Der Preis: 40 Euro.\n[D2.2] The notice is 60 days.\n"
        );
        assert_eq!(passages().shown(7), "");
    }
}
