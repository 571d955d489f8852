//! Plain text: paragraphs between blank lines and ornaments, hard-wrapped lines joined.
//!
//! Items of a list and lines such as `From: …` stand for themselves, for they are not wrapped
//! prose. So does a heading whose text follows at once: a line is wrapped where the next word has
//! no room, and where it had, somebody ended the line on purpose.

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

/// Lines that greet somebody, and say nothing of what follows, begin with one of these.
const GREETINGS: [&str; 12] = [
    "bonjour", "chère", "cher", "dear", "good", "guten", "hallo", "hello", "hi", "liebe", "lieber",
    "sehr",
];

/// Reads plain text.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let text = decode(bytes)?;
    let mut reading = Reading::default();
    let mut paragraph: Vec<(usize, &str)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = without_quote_marks(line);
        if line.is_empty() || is_ornament(line) {
            finish(&mut reading, &mut paragraph);
        } else {
            paragraph.push((index, line));
        }
    }
    finish(&mut reading, &mut paragraph);
    // Over nothing there is no heading.
    if let [only] = &mut reading.blocks[..]
        && matches!(only.kind, BlockKind::Heading(_))
    {
        only.kind = BlockKind::Paragraph;
    }
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
    let Some(((index, first), rest)) = lines.split_first() else {
        return;
    };
    let level = match rest.first() {
        None => heading_level(first).or_else(|| title_level(reading, first)),
        Some((_, next)) => heading_above(reading, first, next, &lines),
    };
    let rest = match level {
        Some(level) => {
            reading.push(
                BlockKind::Heading(level),
                Place::Line(ordinal(*index)),
                first,
            );
            rest
        }
        None => &lines,
    };
    let mut open: Option<(BlockKind, usize, Vec<&str>)> = None;
    let mut before = "";
    for (index, line) in rest {
        let kind = if is_list_item(line) {
            BlockKind::ListItem
        } else {
            BlockKind::Paragraph
        };
        match &mut open {
            Some((.., piece)) if kind == BlockKind::Paragraph && !stands_alone(line, before) => {
                piece.push(line);
            }
            _ => {
                if let Some((kind, index, piece)) = open.replace((kind, *index, vec![line])) {
                    reading.push_lines(kind, ordinal(index), &piece);
                }
            }
        }
        before = line;
    }
    if let Some((kind, index, piece)) = open {
        reading.push_lines(kind, ordinal(index), &piece);
    }
}

/// The level of the first of these lines as a heading, where the text follows it at once.
fn heading_above(
    reading: &Reading,
    first: &str,
    next: &str,
    lines: &[(usize, &str)],
) -> Option<u8> {
    let chars = |line: &str| line.chars().count();
    let mut letters = next.chars().filter(|letter| letter.is_alphanumeric());
    let begins = letters.next().is_some_and(char::is_uppercase);
    if !begins || is_list_item(next) || !may_be_title(first) || goes_on(first) {
        return None;
    }
    // Text that is wrapped narrowly runs on to the next line; below a title stands a sentence, or more.
    let is_said = next.ends_with(['.', ':', '!', '?']) || chars(next) > UNWRAPPED_CHARS_MAX;
    if !is_said {
        return None;
    }
    let longest = lines.iter().map(|(_, line)| chars(line)).max()?;
    let word = next.split_whitespace().next().map_or(0, chars);
    let had_room = |width: usize| chars(first) + 1 + word <= width;
    if reading.blocks.is_empty() && had_room(longest.max(UNWRAPPED_CHARS_MAX)) {
        return Some(1);
    }
    // In the middle of a text, only what is much shorter than the prose below it is sure to be one.
    let is_short = chars(first) * 5 <= longest * 3 && chars(next) > UNWRAPPED_CHARS_MAX;
    is_short.then(|| heading_level(first).unwrap_or(2))
}

/// Whether a line ends with a word or a figure after which something has to come.
fn goes_on(line: &str) -> bool {
    let last = line.split_whitespace().next_back().unwrap_or_default();
    let is_small = last.starts_with(char::is_lowercase);
    let is_short = is_small && last.chars().count() <= 3;
    is_short
        || ["from", "than", "that", "this", "with"].contains(&last)
        || last.ends_with(|letter: char| letter.is_ascii_digit())
}

/// The level of a line on its own that begins a text and may be its title.
fn title_level(reading: &Reading, line: &str) -> Option<u8> {
    (reading.blocks.is_empty() && may_be_title(line)).then_some(1)
}

/// Whether a line could be a title: short, begun high, not a sentence, a label or a greeting.
fn may_be_title(line: &str) -> bool {
    let word = line.split(|letter: char| !letter.is_alphabetic()).next();
    let greets = word.is_some_and(|word| GREETINGS.contains(&word.to_lowercase().as_str()));
    line.chars().count() <= HEADING_CHARS_MAX
        && line.starts_with(char::is_uppercase)
        && !line.ends_with(['.', ',', ';', ':', '!', '?'])
        && !(greets || is_label(line) || is_list_item(line))
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
    fn a_title_with_its_text_right_below_stands_alone() {
        let prose = "We clean the hall each week, and the price for it is 900 EUR a month.";
        for title in [
            "Offer from Alder Ltd",
            "Quotation by Bramholt Training for a day of training",
        ] {
            let expected = [block(1, "h1", title), block(2, "p", prose)];
            assert_eq!(check(&format!("{title}\n{prose}")), expected);
            assert_eq!(
                read(format!("{title}\n\nx").as_bytes())
                    .unwrap()
                    .title
                    .as_deref(),
                Some(title)
            );
        }
        for (first, next) in [
            ("Hello Anna", prose),
            ("We met on 3 March,", prose),
            ("The notice", "period is 30 days."),
            ("The price is", "900 EUR a month."),
            ("The price of", "Alder is 900 EUR."),
            ("Die Kündigungsfrist beträgt 30", "Tage zum Monatsende."),
            (
                "We agreed with Brown, and with the house of Alder",
                "Ltd that it costs",
            ),
            (
                "The price that was agreed on with the people of the firm of",
                "Alder is 900 EUR.",
            ),
            ("Price: 900 EUR", "We clean."),
        ] {
            let (_, kind, _) = &check(&format!("{first}\n{next}"))[0];
            assert_eq!(kind, "p", "{first}");
        }
        assert_eq!(
            check("Offer from Alder Ltd"),
            [block(1, "p", "Offer from Alder Ltd")]
        );
    }

    #[test]
    fn a_heading_in_the_middle_stands_alone_where_prose_follows() {
        let prose = "Either party may end the agreement with a notice of thirty days.";
        let text = format!("x\n\nNotice\n{prose}\n\nAlder Ltd\n12 Mill Road");
        let expected = [
            block(1, "p", "x"),
            block(3, "h2", "Notice"),
            block(4, "p", prose),
            block(6, "p", "Alder Ltd 12 Mill Road"),
        ];
        assert_eq!(check(&text), expected);
    }

    #[test]
    fn a_passage_has_the_line_that_it_begins_in() {
        let text = "- The notice\n  period\n  is 30 days.\n\nIt\nends.";
        let blocks = read(text.as_bytes()).unwrap().blocks;
        let line = |block: usize, words: &str| {
            let start = blocks[block].text.find(words).unwrap();
            blocks[block].place_of(start).to_string()
        };
        assert_eq!(line(0, "The notice"), "line 1");
        assert_eq!(line(0, "period"), "line 2");
        assert_eq!(line(0, "is 30"), "line 3");
        assert_eq!(line(1, "It ends"), "line 5");
        assert_eq!(line(1, "ends"), "line 6");
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
