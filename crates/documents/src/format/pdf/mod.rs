//! PDF: the text layer, page by page, in paragraphs.
//!
//! Pictures of text are not recognised. Text that is drawn invisibly counts only on pages that
//! show no other text, where it is the text layer of a scan; what lies outside the page never
//! counts. What repeats at the top or bottom of most pages is dropped.

mod content;
mod font;
mod furniture;
mod layout;
mod metrics;

use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object};

use crate::document::BlockKind;
use crate::format::Reading;
use crate::unreadable::Unreadable;
use content::{Interpreter, Span};
use font::Fonts;

/// Pages of a document: ten times the thickest book.
const PAGES_MAX: usize = 10_000;

/// What all streams that hold objects may unpack to; they are unpacked when the file is opened.
const OBJECTS_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Bounds for one such stream, whatever their number.
const OBJECT_STREAM_BYTES: (usize, usize) = (256 * 1024, 64 * 1024 * 1024);

/// Of 100 characters, how many may be unknown before the text is not worth reading.
const UNKNOWN_PERCENT_MAX: usize = 20;

/// With text on fewer pages than one in this many, a document is a scan with a cover sheet.
const PAGES_PER_TEXT_PAGE_MAX: usize = 10;

/// Reads a PDF file.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let document = open(bytes)?;
    let sources = Fonts::sources(&document);
    let mut interpreter = Interpreter::new(&document, Fonts::new(&document, &sources));
    let mut pages = Vec::new();
    let mut has_pictures = false;
    for page in document.page_iter().take(PAGES_MAX + 1) {
        if pages.len() == PAGES_MAX {
            return Err(Unreadable::Bomb("10,000 pages"));
        }
        let drawn = interpreter.page(page)?;
        has_pictures |= drawn.has_pictures;
        pages.push(readable(drawn.spans));
    }
    if pages.is_empty() {
        return Err(Unreadable::damaged("it has no pages"));
    }
    let with_text = pages.iter().filter(|spans| !spans.is_empty()).count();
    if with_text == 0 && !has_pictures {
        return Err(Unreadable::Empty);
    }
    if with_text * PAGES_PER_TEXT_PAGE_MAX < pages.len() {
        return Err(Unreadable::Scanned);
    }
    check_letters(&pages)?;
    let mut lines = pages.into_iter().map(layout::lines).collect::<Vec<_>>();
    furniture::drop_repeated(&mut lines);
    let blocks = layout::blocks(&lines);
    let title = stated_title(&document);
    let mut reading = Reading {
        blocks,
        title: None,
    };
    let top = reading
        .blocks
        .first()
        .filter(|block| matches!(block.kind, BlockKind::Heading(_)));
    let top = top.map(|block| block.text.clone());
    reading.title = reading.first_heading().or(title).or(top);
    Ok(reading)
}

fn open(bytes: &[u8]) -> Result<Document, Unreadable> {
    // Many streams share one allowance, so that a file full of them is bounded as well.
    let mark = b"/ObjStm";
    let streams = bytes
        .windows(mark.len())
        .filter(|window| window == mark)
        .count();
    let (least, most) = OBJECT_STREAM_BYTES;
    let allowed = (OBJECTS_BYTES_MAX / streams.max(1)).clamp(least, most);
    // Some files begin with junk, and places in them count from the mark.
    let start = bytes
        .windows(5)
        .position(|window| window == b"%PDF-")
        .unwrap_or(0);
    let options = LoadOptions::with_max_decompressed_size(allowed);
    let document = Document::load_mem_with_options(&bytes[start..], options)
        .map_err(|error| reason(&error))?;
    if document.is_encrypted() {
        return Err(Unreadable::Encrypted);
    }
    Ok(document)
}

/// What an error of the PDF library means for a person.
fn reason(error: &Error) -> Unreadable {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => Unreadable::Encrypted,
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            Unreadable::Bomb("64 MiB in one stream")
        }
        other => Unreadable::damaged(other),
    }
}

/// The text that shows, or else the invisible text layer over a scan.
fn readable(spans: Vec<Span>) -> Vec<Span> {
    let says = |span: &&Span| !span.text.trim().is_empty();
    let shows_text = spans.iter().filter(says).any(|span| !span.invisible);
    let mut spans = spans;
    spans.retain(|span| span.invisible != shows_text && !span.text.is_empty());
    if spans.iter().any(|span| !span.text.trim().is_empty()) {
        spans
    } else {
        Vec::new()
    }
}

/// A font need not say which letters it draws; then the text is a row of unknown signs.
fn check_letters(pages: &[Vec<Span>]) -> Result<(), Unreadable> {
    let letters = pages.iter().flatten().flat_map(|span| span.text.chars());
    let (mut all, mut unknown) = (0_usize, 0_usize);
    for letter in letters.filter(|letter| !letter.is_whitespace()) {
        all += 1;
        let is_unknown = letter == char::REPLACEMENT_CHARACTER
            || letter.is_control()
            || ('\u{e000}'..='\u{f8ff}').contains(&letter);
        unknown += usize::from(is_unknown);
    }
    if unknown * 100 > all * UNKNOWN_PERCENT_MAX {
        return Err(Unreadable::UnknownLetters);
    }
    Ok(())
}

/// The title among the document's properties.
fn stated_title(document: &Document) -> Option<String> {
    let info = resolved(document, document.trailer.get(b"Info").ok()?)?
        .as_dict()
        .ok()?;
    let title = lopdf::decode_text_string(resolved(document, info.get(b"Title").ok()?)?).ok()?;
    let title = crate::fold::fold(&title);
    // Programs put the name of the file there, or that there is none.
    let is_name = title.contains(".doc") || title.to_lowercase() == "untitled";
    (!is_name && title != "(anonymous)").then_some(title)
}

/// What an object refers to, or the object itself.
fn resolved<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

/// An entry of a dictionary, resolved.
fn entry<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    resolved(document, dictionary.get(key).ok()?)
}

#[cfg(test)]
mod tests;
