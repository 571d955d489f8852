//! Plain text: paragraphs between blank lines, hard-wrapped lines joined.
//!
//! Items of a list and lines such as `From: …` stand for themselves, for they are not wrapped
//! prose. Underlining and other ornaments are left out.

use crate::document::{BlockKind, Place};
use crate::encoding::decode;
use crate::format::{Reading, ordinal};
use crate::unreadable::Unreadable;

/// A line that stands alone and is longer than this is a sentence, not a heading.
const HEADING_CHARS_MAX: usize = 80;

/// The words before the colon of a line such as `Date of issue: …`.
const LABEL_CHARS_MAX: usize = 30;

/// The line before a label is prose that was wrapped when it is longer than this.
const UNWRAPPED_CHARS_MAX: usize = 55;

/// Reads plain text.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let text = decode(bytes)?;
    let mut reading = Reading::default();
    let mut paragraph: Vec<(usize, &str)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = without_quote_marks(line);
        if line.is_empty() {
            finish(&mut reading, &mut paragraph);
        } else if !is_ornament(line) {
            paragraph.push((index, line));
        }
    }
    finish(&mut reading, &mut paragraph);
    let starts_with_title = reading
        .blocks
        .first()
        .is_some_and(|block| block.kind == BlockKind::Heading(1));
    reading.title = reading.first_heading().filter(|_| starts_with_title);
    Ok(reading)
}

/// Turns the lines between two blank lines into blocks.
fn finish(reading: &mut Reading, paragraph: &mut Vec<(usize, &str)>) {
    let lines = std::mem::take(paragraph);
    if let [(index, line)] = lines[..]
        && let Some(level) = heading_level(line)
    {
        reading.push(BlockKind::Heading(level), Place::Line(ordinal(index)), line);
        return;
    }
    let mut open: Option<(BlockKind, usize, String)> = None;
    let mut before = "";
    for (index, line) in lines {
        let kind = if is_list_item(line) {
            BlockKind::ListItem
        } else {
            BlockKind::Paragraph
        };
        match &mut open {
            Some((_, _, text)) if kind == BlockKind::Paragraph && !stands_alone(line, before) => {
                text.push(' ');
                text.push_str(line);
            }
            _ => {
                if let Some((kind, index, text)) = open.replace((kind, index, line.to_owned())) {
                    reading.push(kind, Place::Line(ordinal(index)), &text);
                }
            }
        }
        before = line;
    }
    if let Some((kind, index, text)) = open {
        reading.push(kind, Place::Line(ordinal(index)), &text);
    }
}

/// The line without the marks that e-mail puts before what it quotes.
fn without_quote_marks(line: &str) -> &str {
    let mut line = line.trim();
    while let Some(rest) = line.strip_prefix('>') {
        line = rest.trim_start();
    }
    line
}

/// A line of dashes, stars or the like.
fn is_ornament(line: &str) -> bool {
    line.chars()
        .all(|letter| letter.is_ascii_punctuation() || letter.is_whitespace())
        && line.chars().count() >= 2
}

/// Whether `line`, which follows `before` at once, begins something of its own.
pub(crate) fn stands_alone(line: &str, before: &str) -> bool {
    let before_is_open_prose = before.chars().count() > UNWRAPPED_CHARS_MAX
        && !before.ends_with(['.', ':', ';', '!', '?'])
        && !is_label(before);
    is_label(line) && !before_is_open_prose
}

/// Whether a line reads `Label: value`.
pub(crate) fn is_label(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(label, _)| {
        label.chars().count() <= LABEL_CHARS_MAX
            && label.starts_with(char::is_uppercase)
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || " -/()".contains(letter))
    }) || (line.ends_with(':') && line.chars().count() <= LABEL_CHARS_MAX)
}

/// Whether a line begins with `- `, `• `, `1. `, `2) `, `(a) ` or the like.
pub(crate) fn is_list_item(line: &str) -> bool {
    let Some((mark, _)) = line.split_once(' ') else {
        return false;
    };
    if matches!(
        mark,
        "-" | "*" | "+" | "•" | "‣" | "◦" | "·" | "–" | "—" | "▪" | "o"
    ) {
        return true;
    }
    let inner = mark.trim_start_matches('(').trim_end_matches(['.', ')']);
    let is_number = inner.len() <= 3 && inner.bytes().all(|letter| letter.is_ascii_digit());
    let is_letter = mark.ends_with(')') && inner.len() == 1;
    inner.len() < mark.len() && !inner.is_empty() && (is_number || is_letter)
}

/// The level of the heading that a line on its own is, if it is one.
pub(crate) fn heading_level(line: &str) -> Option<u8> {
    let has_letters = line.chars().any(char::is_alphabetic);
    if line.chars().count() > HEADING_CHARS_MAX || !has_letters {
        return None;
    }
    if line.ends_with(['.', ',', ';', ':', '!', '?']) {
        return None;
    }
    if !line.chars().any(char::is_lowercase) && line.contains(char::is_uppercase) {
        return Some(1);
    }
    let (number, title) = line.split_once(' ')?;
    let parts = number.trim_end_matches('.').split('.').collect::<Vec<_>>();
    let is_number = parts.iter().all(|part| {
        (1..=2).contains(&part.len()) && part.bytes().all(|letter| letter.is_ascii_digit())
    });
    let level = u8::try_from(parts.len())
        .unwrap_or(u8::MAX)
        .saturating_add(1)
        .min(6);
    (is_number && title.starts_with(char::is_uppercase)).then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Vec<(u32, String, String)> {
        let reading = read(text.as_bytes()).unwrap();
        let line = |place: &Place| match place {
            Place::Line(line) => *line,
            other => panic!("{other:?}"),
        };
        let kind = |kind: &BlockKind| match kind {
            BlockKind::Heading(level) => format!("h{level}"),
            BlockKind::ListItem => "item".to_owned(),
            BlockKind::Paragraph => "p".to_owned(),
            BlockKind::Row { .. } => "row".to_owned(),
        };
        let blocks = reading.blocks.iter();
        blocks
            .map(|block| (line(&block.place), kind(&block.kind), block.text.clone()))
            .collect()
    }

    fn block(line: u32, kind: &str, text: &str) -> (u32, String, String) {
        (line, kind.to_owned(), text.to_owned())
    }

    #[test]
    fn paragraphs_end_at_blank_lines_and_wrapped_lines_are_joined() {
        let text = "\nThe notice\nperiod is\n  30 days.\n\n\nIt renews.\n";
        let expected = [
            block(2, "p", "The notice period is 30 days."),
            block(7, "p", "It renews."),
        ];
        assert_eq!(check(text), expected);
    }

    #[test]
    fn list_items_stand_for_themselves_and_keep_their_continuation() {
        let text = "We want:\n- bins\n  emptied\n- windows\n(a) inside\n2) outside";
        let expected = [
            block(1, "p", "We want:"),
            block(2, "item", "- bins emptied"),
            block(4, "item", "- windows"),
            block(5, "item", "(a) inside"),
            block(6, "item", "2) outside"),
        ];
        assert_eq!(check(text), expected);
    }

    #[test]
    fn lines_with_labels_are_not_joined() {
        let text = "From: Anna\nTo: Ben\nDate: 3 March 2026\n\nHello";
        let expected = [
            block(1, "p", "From: Anna"),
            block(2, "p", "To: Ben"),
            block(3, "p", "Date: 3 March 2026"),
            block(5, "p", "Hello"),
        ];
        assert_eq!(check(text), expected);
    }

    #[test]
    fn wrapped_prose_with_a_colon_is_joined() {
        let text = "The parties have agreed on the following matter of some weight\nNote: it ends.";
        assert_eq!(check(text).len(), 1);
    }

    #[test]
    fn a_heading_at_the_top_is_the_title() {
        assert_eq!(read(b"TERMS\n\nx").unwrap().title.as_deref(), Some("TERMS"));
        assert_eq!(read(b"x\n\nTERMS").unwrap().title, None);
    }

    #[test]
    fn headings_stand_alone_and_ornaments_go() {
        let text =
            "GENERAL TERMS\n=============\n\n4.2 Notice of termination\n\n-----\n\n> > quoted";
        let expected = [
            block(1, "h1", "GENERAL TERMS"),
            block(4, "h3", "4.2 Notice of termination"),
            block(8, "p", "quoted"),
        ];
        assert_eq!(check(text), expected);
    }
}
