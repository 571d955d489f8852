//! Words in a document as people and models copy them: with other white space, quotation marks and
//! dashes than its own.

use crate::{Block, Citation, Document};

/// The fewest letters and digits that count as quoted words: fewer stand everywhere.
const QUOTED_MIN: usize = 3;

/// Words that are looked for.
#[derive(Debug, Clone)]
pub struct Quote(Vec<char>);

impl Quote {
    /// Copied words; nothing where there are too few of them to be found again.
    pub fn of(words: &str) -> Option<Self> {
        let wanted: Vec<char> = folded(words.trim()).map(|(letter, ..)| letter).collect();
        let substance = wanted.iter().filter(|letter| letter.is_alphanumeric());
        (substance.count() >= QUOTED_MIN).then_some(Self(wanted))
    }

    /// Where they first stand in a document, cited as the document writes them.
    pub fn cite(&self, document: &Document) -> Option<Citation> {
        (0..document.blocks.len()).find_map(|block| self.cite_in(document, block))
    }

    /// Where they first stand in the block with this index, from 0.
    pub fn cite_in(&self, document: &Document, block: usize) -> Option<Citation> {
        let Block { text, .. } = document.blocks.get(block)?;
        let letters: Vec<(char, usize, usize)> = folded(text).collect();
        let found = letters.windows(self.0.len()).find(|window| {
            let letters = window.iter().map(|(letter, ..)| letter);
            letters.eq(&self.0)
        })?;
        let (start, end) = (found.first()?.1, found.last()?.2);
        Citation::of(document, block, start, text.get(start..end)?)
    }
}

/// The letters of a text, each with where it begins and ends, in a form in which two ways of typing
/// the same words are equal: white space is one space, and quotation marks and dashes are plain.
fn folded(text: &str) -> impl Iterator<Item = (char, usize, usize)> {
    let mut after_space = false;
    text.char_indices().filter_map(move |(start, letter)| {
        let end = start + letter.len_utf8();
        let plain = match letter {
            '\u{ad}' | '\u{200b}' | '\u{feff}' => return None,
            '‘' | '’' | '‚' | '‛' | '′' => '\'',
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
            '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
            letter if letter.is_whitespace() => ' ',
            letter => letter,
        };
        let is_space = plain == ' ';
        let again = is_space && after_space;
        after_space = is_space;
        (!again).then_some((plain, start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_file;

    #[test]
    fn words_are_cited_as_the_document_writes_them() {
        let text = "The notice is 30 days.\n\nIt’s “firm” – mostly.\n\nThe notice is 60 days.\n";
        let document = read_file("a.txt", text.as_bytes()).unwrap();
        for (words, found) in [
            ("notice is 30 days", Some((0, "notice is 30 days"))),
            ("The notice", Some((0, "The notice"))),
            (" 60  days\n", Some((2, "60 days"))),
            ("It's \"firm\" - mostly", Some((1, "It’s “firm” – mostly"))),
            ("notice is 31 days", None),
            ("NOTICE IS 30 DAYS", None),
            ("30", None),
            ("  ", None),
            (". . . .", None),
            ("days. It’s", None),
        ] {
            let citation = Quote::of(words).and_then(|quote| quote.cite(&document));
            if let Some(citation) = &citation {
                citation.verify(&document).unwrap();
            }
            let cited = citation.as_ref().map(|it| (it.block, it.quote.as_str()));
            assert_eq!(cited, found, "{words}");
        }
    }
}
