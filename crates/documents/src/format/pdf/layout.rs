//! From pieces of text on a page to lines, and from lines to paragraphs.
//!
//! The order is that in which the page is drawn, which in nearly all files is the order of
//! reading; a page that is drawn back and forth is sorted from top to bottom.

use std::collections::BTreeSet;

use super::content::Span;
use crate::document::{Block, BlockKind, Place};
use crate::fold::fold;
use crate::format::ordinal;
use crate::format::text::{heading_level, is_label, is_list_item};

/// A gap between two pieces of a line that is wider than this part of their size is a space.
const SPACE_GAP: f32 = 0.17;

/// Lines further apart than this many times the usual distance belong to different paragraphs.
const PARAGRAPH_GAP: f32 = 1.25;

/// The usual distance between lines, in sizes, where a page has too few lines to tell.
const USUAL_LEADING: f32 = 1.2;

/// A heading is so many times as big as the running text: of a section, of the whole.
const HEADING_SIZES: (f32, f32) = (1.15, 1.6);

/// Longer text is no heading, however big it is written.
const HEADING_CHARS_MAX: usize = 160;

/// A line of text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) end: f32,
    pub(super) size: f32,
    pub(super) is_bold: bool,
}

/// The lines of a page.
pub(super) fn lines(spans: Vec<Span>) -> Vec<Line> {
    // Text across the page, such as a stamp, does not take part in its lines.
    let (turned, level): (Vec<_>, Vec<_>) = spans.into_iter().partition(|span| span.turned);
    let mut lines = joined(level);
    let upwards = lines
        .windows(2)
        .filter(|pair| pair[1].y > pair[0].y + pair[0].size)
        .count();
    if upwards * 4 > lines.len() && lines.len() > 8 {
        lines.sort_by(|one, other| other.y.total_cmp(&one.y).then(one.x.total_cmp(&other.x)));
    }
    lines.extend(joined(turned));
    for line in &mut lines {
        line.text = without_ligatures(&fold(&line.text));
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn joined(spans: Vec<Span>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for span in spans {
        if let Some(line) = lines.last_mut()
            && (line.y - span.y).abs() < line.size.max(span.size) * 0.45
            && span.x > line.end - line.size.max(span.size) * 2.0
            && span.x >= line.x
        {
            if span.x > line.end + line.size.min(span.size) * SPACE_GAP {
                line.text.push(' ');
            }
            line.text.push_str(&span.text);
            line.end = line.end.max(span.end);
            // A raised figure neither moves the line nor makes it smaller.
            line.size = line.size.max(span.size);
            line.is_bold &= span.is_bold || span.text.trim().is_empty();
            continue;
        }
        let Span {
            x,
            y,
            end,
            size,
            text,
            is_bold,
            ..
        } = span;
        lines.push(Line {
            text,
            x,
            y,
            end,
            size,
            is_bold,
        });
    }
    lines
}

fn without_ligatures(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{fb00}' => plain.push_str("ff"),
            '\u{fb01}' => plain.push_str("fi"),
            '\u{fb02}' => plain.push_str("fl"),
            '\u{fb03}' => plain.push_str("ffi"),
            '\u{fb04}' => plain.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => plain.push_str("st"),
            other => plain.push(other),
        }
    }
    plain
}

/// The blocks of a document, given the lines of its pages.
pub(super) fn blocks(pages: &[Vec<Line>]) -> Vec<Block> {
    let body = body_size(pages);
    let hyphenated = hyphenated_words(pages);
    let mut blocks: Vec<Block> = Vec::new();
    for (page, lines) in pages.iter().enumerate() {
        for (paragraph, lines) in paragraphs(lines, body).into_iter().enumerate() {
            let text = text_of(&lines, &hyphenated);
            let kind = kind_of(&lines, &text, body);
            if paragraph == 0
                && kind == BlockKind::Paragraph
                && let Some(before) = blocks.last_mut()
                && goes_on(before, &text)
            {
                join(&mut before.text, &text, &hyphenated);
                continue;
            }
            let place = Place::Page {
                page: ordinal(page),
                paragraph: ordinal(paragraph),
            };
            blocks.push(Block::new(kind, place, text));
        }
    }
    blocks
}

/// The lines of a page, by paragraphs.
fn paragraphs(lines: &[Line], body: f32) -> Vec<Vec<&Line>> {
    let shape = PageShape::of(lines, body);
    let mut paragraphs: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        match paragraphs.last_mut() {
            Some(open) if !open.last().is_some_and(|before| shape.parts(before, line)) => {
                open.push(line);
            }
            _ => paragraphs.push(vec![line]),
        }
    }
    paragraphs
}

/// What is usual on a page.
struct PageShape {
    body: f32,
    leading: f32,
    right: f32,
}

impl PageShape {
    fn of(lines: &[Line], body: f32) -> Self {
        let mut leadings = lines
            .windows(2)
            .filter(|pair| (pair[0].size - pair[1].size).abs() < 0.5 && pair[0].size > 0.0)
            .map(|pair| (pair[0].y - pair[1].y) / pair[0].size)
            .filter(|leading| (0.5..2.0).contains(leading))
            .collect::<Vec<_>>();
        leadings.sort_by(f32::total_cmp);
        // Where most distances are those between paragraphs, the middle one would mislead.
        let leading = leadings
            .get(leadings.len() / 3)
            .copied()
            .unwrap_or(USUAL_LEADING);
        let right = lines.iter().map(|line| line.end).fold(0.0, f32::max);
        Self {
            body,
            leading,
            right,
        }
    }

    /// Whether a paragraph ends between two lines that follow each other.
    fn parts(&self, before: &Line, line: &Line) -> bool {
        let size = before.size.max(line.size);
        let down = before.y - line.y;
        let ended = before.text.ends_with(['.', '!', '?', ':', ';']);
        let begins_small = line.text.starts_with(char::is_lowercase);
        if (before.size - line.size).abs() > size * 0.1
            || before.is_bold != line.is_bold && (ended || !begins_small)
            || is_list_item(&line.text)
        {
            return true;
        }
        if line.size >= self.body * HEADING_SIZES.0
            && (0.0..size * USUAL_LEADING * 1.1).contains(&down)
        {
            // A heading is broken where the line is full, whatever stands there.
            return false;
        }
        if down < -size * 0.5 || down > size * self.leading * 4.0 {
            // The next column, or something elsewhere on the page: a sentence may go on there.
            return ended || !begins_small;
        }
        let indented = line.x > before.x + size * 0.8 && before.end > line.x;
        let width = self.right - before.x;
        let is_short = before.end - before.x < width * 0.75;
        down > size * self.leading * PARAGRAPH_GAP
            || (indented && ended)
            || (is_short && (ended || !begins_small) && !is_list_item(&before.text))
            || (is_label(&line.text) && (is_short || is_label(&before.text)))
    }
}

/// The size of most letters.
fn body_size(pages: &[Vec<Line>]) -> f32 {
    let mut sizes = pages
        .iter()
        .flatten()
        .map(|line| (line.size, line.text.len()));
    let mut sizes = sizes.by_ref().collect::<Vec<_>>();
    sizes.sort_by(|one, other| one.0.total_cmp(&other.0));
    let half = sizes.iter().map(|(_, letters)| letters).sum::<usize>() / 2;
    let mut passed = 0;
    for (size, letters) in sizes {
        passed += letters;
        if passed > half {
            return size;
        }
    }
    0.0
}

/// Words with a hyphen that stand within a line, and so are written with it.
fn hyphenated_words(pages: &[Vec<Line>]) -> BTreeSet<String> {
    let words = pages.iter().flatten().flat_map(|line| line.text.split(' '));
    let plain = |word: &str| {
        word.trim_matches(|letter: char| !letter.is_alphanumeric())
            .to_lowercase()
    };
    words
        .filter(|word| !word.ends_with('-'))
        .map(plain)
        .filter(|word| word.contains('-'))
        .collect()
}

fn text_of(lines: &[&Line], hyphenated: &BTreeSet<String>) -> String {
    let mut text = String::new();
    for line in lines {
        join(&mut text, &line.text, hyphenated);
    }
    text
}

/// Joins the next line; a word that was divided between the two is mended.
fn join(text: &mut String, line: &str, hyphenated: &BTreeSet<String>) {
    let last = text.rsplit(' ').next().unwrap_or_default();
    let next = line.split(' ').next().unwrap_or_default();
    let is_divided = last.ends_with(['-', '\u{2010}'])
        && last
            .trim_end_matches(['-', '\u{2010}'])
            .ends_with(char::is_lowercase)
        && next.starts_with(char::is_lowercase);
    if is_divided {
        let plain = |letter: char| !letter.is_alphanumeric();
        let whole = format!("{last}{next}").trim_matches(plain).to_lowercase();
        if !hyphenated.contains(&whole) {
            text.pop();
        }
    } else if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line);
}

fn kind_of(lines: &[&Line], text: &str, body: f32) -> BlockKind {
    let size = lines.first().map_or(0.0, |line| line.size);
    let (section, whole) = HEADING_SIZES;
    let is_short = text.chars().count() <= HEADING_CHARS_MAX;
    if is_list_item(text) && heading_level(text).is_none() {
        BlockKind::ListItem
    } else if is_short && size >= body * whole {
        BlockKind::Heading(1)
    } else if is_short && size >= body * section {
        BlockKind::Heading(2)
    } else if is_short
        && lines.iter().all(|line| line.is_bold)
        && !text.ends_with(['.', ':', ';', ','])
    {
        BlockKind::Heading(3)
    } else {
        match heading_level(text) {
            Some(level) if lines.len() == 1 => BlockKind::Heading(level.max(2)),
            _ => BlockKind::Paragraph,
        }
    }
}

/// Whether a paragraph of the page before goes on with this text.
fn goes_on(before: &Block, text: &str) -> bool {
    before.kind == BlockKind::Paragraph
        && !before
            .text
            .ends_with(['.', '!', '?', ':', ';', '"', '”', ')'])
        && text.starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests;
