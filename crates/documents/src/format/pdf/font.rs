//! Fonts of a PDF file: which letters the bytes of a text mean, and how wide they are.

use std::collections::BTreeMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Encoding, Object, ObjectId};

use super::entry;
use super::metrics::width_of;

/// What the table of letters of one font may unpack to: there are 65,536 codes at most.
const TABLE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Codes of a composite font whose widths are kept.
const WIDTHS_MAX: usize = 65_536;

/// How many parts of a size make up the unit of widths.
const UNITS: f32 = 1_000.0;

/// The fonts of a document, each prepared when it is first used.
pub(super) struct Fonts<'a> {
    document: &'a Document,
    sources: &'a BTreeMap<ObjectId, Dictionary>,
    prepared: BTreeMap<ObjectId, Rc<Font<'a>>>,
}

/// A font.
pub(super) struct Font<'a> {
    letters: Letters<'a>,
    widths: BTreeMap<u16, f32>,
    width_otherwise: Option<f32>,
    name: String,
    /// Whether its name says that it is bold.
    pub(super) is_bold: bool,
}

enum Letters<'a> {
    /// What each byte means.
    Simple(Vec<String>),
    /// Two bytes for each letter, looked up in a table; without one nothing is known.
    Composite(Option<Encoding<'a>>),
}

/// A letter (or what one code stands for) as it is drawn.
pub(super) struct Glyph {
    pub(super) text: String,
    /// In parts of the font's size.
    pub(super) width: f32,
    /// Whether it is the single byte 32, which word spacing widens.
    pub(super) is_space: bool,
}

impl<'a> Fonts<'a> {
    /// For each font that has a table of letters, a font that has nothing else: then the library
    /// looks at the table before the names of the glyphs.
    pub(super) fn sources(document: &Document) -> BTreeMap<ObjectId, Dictionary> {
        let mut sources = BTreeMap::new();
        for (id, object) in &document.objects {
            if let Object::Dictionary(font) = object
                && let Ok(table) = font.get(b"ToUnicode")
            {
                let mut source = Dictionary::new();
                source.set("Type", Object::Name(b"Font".to_vec()));
                source.set("ToUnicode", table.clone());
                sources.insert(*id, source);
            }
        }
        sources
    }

    pub(super) fn new(document: &'a Document, sources: &'a BTreeMap<ObjectId, Dictionary>) -> Self {
        Self {
            document,
            sources,
            prepared: BTreeMap::new(),
        }
    }

    /// The font with this name among a page's resources.
    pub(super) fn named(&mut self, resources: &Dictionary, name: &[u8]) -> Option<Rc<Font<'a>>> {
        let fonts = entry(self.document, resources, b"Font")?.as_dict().ok()?;
        let font = fonts.get(name).ok()?;
        let (id, font) = self.document.dereference(font).ok()?;
        let font = font.as_dict().ok()?;
        let Some(id) = id else {
            return Some(Rc::new(self.prepare(None, font)));
        };
        if let Some(known) = self.prepared.get(&id) {
            return Some(Rc::clone(known));
        }
        let prepared = Rc::new(self.prepare(Some(id), font));
        self.prepared.insert(id, Rc::clone(&prepared));
        Some(prepared)
    }

    fn prepare(&self, id: Option<ObjectId>, font: &Dictionary) -> Font<'a> {
        let document = self.document;
        let source = id.and_then(|id| self.sources.get(&id));
        let table = source
            .and_then(|source| {
                source
                    .get_font_encoding_with_limit(document, TABLE_BYTES_MAX)
                    .ok()
            })
            .filter(|table| matches!(table, Encoding::UnicodeMapEncoding(_)));
        let name = entry(document, font, b"BaseFont").and_then(|name| name.as_name().ok());
        let name = String::from_utf8_lossy(name.unwrap_or_default()).into_owned();
        let is_composite = entry(document, font, b"Subtype")
            .and_then(|subtype| subtype.as_name().ok())
            .is_some_and(|subtype| subtype == b"Type0");
        let (letters, widths, width_otherwise) = if is_composite {
            let (widths, otherwise) = composite_widths(document, font);
            (Letters::Composite(table), widths, Some(otherwise))
        } else {
            let (widths, otherwise) = simple_widths(document, font);
            (
                Letters::Simple(simple_letters(document, font, table.as_ref())),
                widths,
                otherwise,
            )
        };
        let lower = name.to_lowercase();
        let is_bold = ["bold", "black", "heavy"]
            .iter()
            .any(|weight| lower.contains(weight));
        Font {
            letters,
            widths,
            width_otherwise,
            name,
            is_bold,
        }
    }
}

impl Font<'_> {
    /// The letters that these bytes draw.
    pub(super) fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        let mut glyphs = Vec::with_capacity(bytes.len());
        match &self.letters {
            Letters::Simple(letters) => {
                for byte in bytes {
                    let text = letters.get(usize::from(*byte)).cloned().unwrap_or_default();
                    glyphs.push(self.glyph(u16::from(*byte), text, *byte == b' '));
                }
            }
            Letters::Composite(table) => {
                for pair in bytes.chunks(2) {
                    let text = table
                        .as_ref()
                        .and_then(|table| table.bytes_to_string(pair).ok());
                    let text = text.unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string());
                    let code = pair
                        .iter()
                        .fold(0, |code, byte| code << 8 | u16::from(*byte));
                    glyphs.push(self.glyph(code, text, false));
                }
            }
        }
        glyphs
    }

    fn glyph(&self, code: u16, text: String, is_space: bool) -> Glyph {
        let stated = self.widths.get(&code).copied().or(self.width_otherwise);
        let guessed = || {
            text.chars()
                .map(|letter| width_of(letter, &self.name))
                .sum()
        };
        let width = stated.unwrap_or_else(guessed);
        Glyph {
            text,
            width,
            is_space,
        }
    }
}

/// What each byte means: by the font's table of letters, else by the names of its glyphs.
fn simple_letters(
    document: &Document,
    font: &Dictionary,
    table: Option<&Encoding<'_>>,
) -> Vec<String> {
    let encoding = entry(document, font, b"Encoding");
    let base = match encoding {
        Some(Object::Name(name)) => Some(name.clone()),
        Some(Object::Dictionary(encoding)) => entry(document, encoding, b"BaseEncoding")
            .and_then(|name| name.as_name().ok())
            .map(<[u8]>::to_vec),
        _ => None,
    };
    let base_font = font_with(match base {
        Some(name) => Object::Name(name),
        None => Object::Name(b"StandardEncoding".to_vec()),
    });
    let base = base_font
        .get_font_encoding_with_limit(document, TABLE_BYTES_MAX)
        .ok();
    let named = named_letters(document, encoding);
    let known = |text: &String| !text.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER);
    let letter = |byte: u8| {
        let by = |encoding: &Encoding<'_>| encoding.bytes_to_string(&[byte]).ok().filter(known);
        table
            .and_then(by)
            .or_else(|| named.get(&byte).cloned())
            .or_else(|| base.as_ref().and_then(by))
            .unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string())
    };
    (0..=u8::MAX).map(letter).collect()
}

/// The letters of the glyphs that an encoding names one by one.
fn named_letters(document: &Document, encoding: Option<&Object>) -> BTreeMap<u8, String> {
    let mut letters = BTreeMap::new();
    let differences = encoding
        .and_then(|encoding| encoding.as_dict().ok())
        .and_then(|encoding| entry(document, encoding, b"Differences"))
        .and_then(|differences| differences.as_array().ok());
    let mut code = 0_u8;
    for item in differences.into_iter().flatten() {
        match item {
            Object::Integer(next) => code = u8::try_from(*next).unwrap_or(0),
            Object::Name(name) => {
                if let Some(letter) = letter_named(document, name) {
                    letters.insert(code, letter);
                }
                code = code.wrapping_add(1);
            }
            _ => {}
        }
    }
    letters
}

/// The letters that the glyph with this name shows, such as `eacute`, `uni20AC` or `f_i`.
fn letter_named(document: &Document, name: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(name).ok()?;
    let plain = text.split('.').next().unwrap_or_default();
    if let Some(digits) = plain
        .strip_prefix("uni")
        .or_else(|| plain.strip_prefix('u'))
        && (4..=6).contains(&digits.len())
        && let Ok(code) = u32::from_str_radix(digits, 16)
    {
        return char::from_u32(code).map(String::from);
    }
    if plain.contains('_') {
        return plain
            .split('_')
            .map(|part| letter_named(document, part.as_bytes()))
            .collect();
    }
    match plain {
        "ff" => return Some("ff".to_owned()),
        "ffi" => return Some("ffi".to_owned()),
        "ffl" => return Some("ffl".to_owned()),
        _ => {}
    }
    // The library knows the names; asked for one name, it fails for that name alone.
    let mut encoding = Dictionary::new();
    let name = Object::Name(plain.as_bytes().to_vec());
    encoding.set("Differences", Object::Array(vec![Object::Integer(0), name]));
    let font = font_with(Object::Dictionary(encoding));
    let encoding = font
        .get_font_encoding_with_limit(document, TABLE_BYTES_MAX)
        .ok()?;
    encoding
        .bytes_to_string(&[0])
        .ok()
        .filter(|text| !text.is_empty())
}

fn font_with(encoding: Object) -> Dictionary {
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", encoding);
    font
}

fn simple_widths(document: &Document, font: &Dictionary) -> (BTreeMap<u16, f32>, Option<f32>) {
    let first = entry(document, font, b"FirstChar").and_then(|first| first.as_i64().ok());
    let first = first
        .and_then(|first| u16::try_from(first).ok())
        .unwrap_or(0);
    // The widths of a font that draws its letters itself are in a unit of its own.
    let unit = entry(document, font, b"FontMatrix")
        .and_then(|matrix| matrix.as_array().ok())
        .and_then(|matrix| matrix.first()?.as_float().ok());
    let unit = unit.unwrap_or(1.0 / UNITS);
    let widths = entry(document, font, b"Widths").and_then(|widths| widths.as_array().ok());
    let mut by_code = BTreeMap::new();
    for (code, width) in (first..).zip(widths.into_iter().flatten()).take(256) {
        if let Some(width) = document
            .dereference(width)
            .ok()
            .and_then(|(_, width)| width.as_float().ok())
        {
            by_code.insert(code, width * unit);
        }
    }
    let otherwise = (!by_code.is_empty()).then(|| {
        let descriptor = entry(document, font, b"FontDescriptor");
        let missing = descriptor
            .and_then(|descriptor| descriptor.as_dict().ok())
            .and_then(|descriptor| {
                entry(document, descriptor, b"MissingWidth")?
                    .as_float()
                    .ok()
            });
        missing.unwrap_or(0.0) * unit
    });
    (by_code, otherwise)
}

fn composite_widths(document: &Document, font: &Dictionary) -> (BTreeMap<u16, f32>, f32) {
    let mut by_code = BTreeMap::new();
    let descendant = entry(document, font, b"DescendantFonts")
        .and_then(|fonts| fonts.as_array().ok()?.first())
        .and_then(|font| document.dereference(font).ok()?.1.as_dict().ok());
    let Some(descendant) = descendant else {
        return (by_code, 1.0);
    };
    let otherwise = entry(document, descendant, b"DW").and_then(|width| width.as_float().ok());
    let widths = entry(document, descendant, b"W").and_then(|widths| widths.as_array().ok());
    let number = |object: &Object| object.as_float().ok();
    let code = |object: &Object| {
        object
            .as_i64()
            .ok()
            .and_then(|code| u16::try_from(code).ok())
    };
    let mut items = widths.into_iter().flatten();
    // Either a code and the widths from there on, or two codes and the width of all between.
    while let (Some(first), Some(second)) = (items.next(), items.next()) {
        let Some(first) = code(first) else { break };
        if let Ok((_, Object::Array(widths))) = document.dereference(second) {
            for (code, width) in (first..).zip(widths) {
                by_code.extend(number(width).map(|width| (code, width / UNITS)));
            }
        } else if let (Some(last), Some(width)) = (code(second), items.next().and_then(number)) {
            by_code.extend((first..=last).map(|code| (code, width / UNITS)));
        }
        if by_code.len() >= WIDTHS_MAX {
            break;
        }
    }
    (by_code, otherwise.unwrap_or(UNITS) / UNITS)
}
