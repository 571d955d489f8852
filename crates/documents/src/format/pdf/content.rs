//! Follows the drawing of a page and notes what text is put where.
//!
//! Only what places text is followed; lines, colours and pictures are passed over.

use std::rc::Rc;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::font::{Font, Fonts};
use super::{entry, reason};
use crate::unreadable::Unreadable;

/// Drawings within drawings: real files have three or four levels, and a drawing of itself none.
const DEPTH_MAX: usize = 12;

/// Drawing instructions of all pages together, those of repeated drawings counted each time.
const CONTENT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What one page's instructions may unpack to.
const PAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Pieces of text of a whole document: more than it has words.
const SPANS_MAX: usize = 8_000_000;

/// Saved states: a page that saves without restoring is broken, and need not fill the memory.
const SAVED_MAX: usize = 512;

/// How far outside the page text may begin and still be thought to show, in points.
const MARGIN: f32 = 2.0;

/// The page that is assumed where a file states none: A4 and Letter fit.
const USUAL_PAGE: [f32; 4] = [0.0, 0.0, 612.0, 842.0];

/// A piece of text on a page; distances are in points, upwards and to the right.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Where it ends.
    pub(super) end: f32,
    /// The size of its letters.
    pub(super) size: f32,
    pub(super) text: String,
    pub(super) is_bold: bool,
    pub(super) invisible: bool,
    /// Whether it runs in another direction than the page's.
    pub(super) turned: bool,
}

/// What is on a page.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) spans: Vec<Span>,
    pub(super) has_pictures: bool,
}

/// `[a b c d e f]`, as PDF writes how coordinates are changed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Matrix([f32; 6]);

impl Matrix {
    const UNCHANGED: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First `self`, then `after`.
    fn then(self, after: Self) -> Self {
        let [across_x, across_y, up_x, up_y, shift_x, shift_y] = after.0;
        let changed =
            |across: f32, up: f32| [across * across_x + up * up_x, across * across_y + up * up_y];
        let [first, second, origin] =
            [0, 2, 4].map(|index| changed(self.0[index], self.0[index + 1]));
        Self([
            first[0],
            first[1],
            second[0],
            second[1],
            origin[0] + shift_x,
            origin[1] + shift_y,
        ])
    }

    fn shift(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    fn of(operands: &[Object]) -> Option<Self> {
        let mut values = [0.0; 6];
        for (value, operand) in values.iter_mut().zip(operands.get(..6)?) {
            *value = operand.as_float().ok()?;
        }
        Some(Self(values))
    }
}

#[derive(Clone)]
struct State<'a> {
    page: Matrix,
    font: Option<Rc<Font<'a>>>,
    size: f32,
    letter_spacing: f32,
    word_spacing: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
    invisible: bool,
}

impl State<'_> {
    fn new() -> Self {
        Self {
            page: Matrix::UNCHANGED,
            font: None,
            size: 1.0,
            letter_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            invisible: false,
        }
    }
}

/// Follows the drawing of one page after the other.
pub(super) struct Interpreter<'a> {
    document: &'a Document,
    fonts: Fonts<'a>,
    state: State<'a>,
    saved: Vec<State<'a>>,
    /// Where the next letter goes, and where its line began.
    text: Matrix,
    line: Matrix,
    drawn: Drawn,
    shape: PageShape,
    bytes_left: usize,
    spans_left: usize,
}

struct PageShape {
    edges: [f32; 4],
    /// Quarter turns to the right.
    turns: i64,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(document: &'a Document, fonts: Fonts<'a>) -> Self {
        Self {
            document,
            fonts,
            state: State::new(),
            saved: Vec::new(),
            text: Matrix::UNCHANGED,
            line: Matrix::UNCHANGED,
            drawn: Drawn::default(),
            shape: PageShape {
                edges: USUAL_PAGE,
                turns: 0,
            },
            bytes_left: CONTENT_BYTES_MAX,
            spans_left: SPANS_MAX,
        }
    }

    /// What is drawn on a page.
    pub(super) fn page(&mut self, id: ObjectId) -> Result<Drawn, Unreadable> {
        let Ok(page) = self.document.get_dictionary(id) else {
            return Ok(Drawn::default());
        };
        self.shape = self.shape_of(page);
        self.state = State::new();
        self.saved.clear();
        let content = self
            .document
            .get_page_content_with_limit(id, PAGE_BYTES_MAX)
            .map_err(|error| reason(&error))?;
        let resources = self
            .inherited(page, b"Resources")
            .and_then(|object| object.as_dict().ok());
        self.follow(&content, resources.unwrap_or(&Dictionary::new()), 0)?;
        Ok(std::mem::take(&mut self.drawn))
    }

    /// An entry that a page may have from the groups of pages above it.
    fn inherited(&self, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        let mut node = page;
        // Groups within groups beyond this are a circle.
        for _ in 0..64 {
            if let Some(found) = entry(self.document, node, key) {
                return Some(found);
            }
            node = entry(self.document, node, b"Parent")?.as_dict().ok()?;
        }
        None
    }

    fn shape_of(&self, page: &'a Dictionary) -> PageShape {
        let edges = ["CropBox", "MediaBox"].iter().find_map(|name| {
            let sides = self.inherited(page, name.as_bytes())?.as_array().ok()?;
            let mut edges = [0.0; 4];
            for (edge, side) in edges.iter_mut().zip(sides.get(..4)?) {
                *edge = self.document.dereference(side).ok()?.1.as_float().ok()?;
            }
            let [left, bottom, right, top] = edges;
            Some([
                left.min(right),
                bottom.min(top),
                left.max(right),
                bottom.max(top),
            ])
        });
        let turned = self
            .inherited(page, b"Rotate")
            .and_then(|turned| turned.as_i64().ok());
        PageShape {
            edges: edges.unwrap_or(USUAL_PAGE),
            turns: (turned.unwrap_or(0) / 90).rem_euclid(4),
        }
    }

    fn follow(
        &mut self,
        content: &[u8],
        resources: &Dictionary,
        depth: usize,
    ) -> Result<(), Unreadable> {
        self.bytes_left = self
            .bytes_left
            .checked_sub(content.len())
            .ok_or(Unreadable::Bomb("256 MiB of drawing instructions"))?;
        let saved = self.saved.len();
        // What follows an instruction that cannot be understood is lost; what came before is not.
        for operation in Content::decode_iter(content).map_while(Result::ok) {
            self.step(&operation, resources, depth)?;
        }
        self.saved.truncate(saved);
        Ok(())
    }

    fn step(
        &mut self,
        operation: &Operation,
        resources: &Dictionary,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let operands = &operation.operands;
        let number = |index: usize| operands.get(index).and_then(|value| value.as_float().ok());
        let first = number(0).unwrap_or(0.0);
        match operation.operator.as_str() {
            "q" if self.saved.len() < SAVED_MAX => self.saved.push(self.state.clone()),
            "Q" => {
                if let Some(saved) = self.saved.pop() {
                    self.state = saved;
                }
            }
            "cm" => {
                if let Some(change) = Matrix::of(operands) {
                    self.state.page = change.then(self.state.page);
                }
            }
            "BT" => self.begin_line(Matrix::UNCHANGED),
            "Tf" => {
                let name = operands.first().and_then(|name| name.as_name().ok());
                self.state.font = name.and_then(|name| self.fonts.named(resources, name));
                self.state.size = number(1).unwrap_or(1.0);
            }
            "Tc" => self.state.letter_spacing = first,
            "Tw" => self.state.word_spacing = first,
            "Tz" => self.state.stretch = first / 100.0,
            "TL" => self.state.leading = first,
            "Ts" => self.state.rise = first,
            // Modes 3 and 7 draw nothing.
            "Tr" => {
                let mode = operands.first().and_then(|mode| mode.as_i64().ok());
                self.state.invisible = matches!(mode, Some(3 | 7));
            }
            "Td" => self.begin_line(Matrix::shift(first, number(1).unwrap_or(0.0)).then(self.line)),
            "TD" => {
                let down = number(1).unwrap_or(0.0);
                self.state.leading = -down;
                self.begin_line(Matrix::shift(first, down).then(self.line));
            }
            "Tm" => {
                if let Some(matrix) = Matrix::of(operands) {
                    self.begin_line(matrix);
                }
            }
            "T*" => self.next_line(),
            "Tj" => self.show(operands.first())?,
            "'" => {
                self.next_line();
                self.show(operands.first())?;
            }
            "\"" => {
                self.state.word_spacing = first;
                self.state.letter_spacing = number(1).unwrap_or(0.0);
                self.next_line();
                self.show(operands.get(2))?;
            }
            "TJ" => self.show_pieces(operands.first())?,
            "Do" => self.draw(operands.first(), resources, depth)?,
            "BI" | "EI" => self.drawn.has_pictures = true,
            _ => {}
        }
        Ok(())
    }

    fn begin_line(&mut self, at: Matrix) {
        self.line = at;
        self.text = at;
    }

    fn next_line(&mut self) {
        self.begin_line(Matrix::shift(0.0, -self.state.leading).then(self.line));
    }

    fn show_pieces(&mut self, pieces: Option<&Object>) -> Result<(), Unreadable> {
        let pieces = pieces.and_then(|pieces| pieces.as_array().ok());
        for piece in pieces.into_iter().flatten() {
            if let Ok(back) = piece.as_float() {
                let shift = -back / 1_000.0 * self.state.size * self.state.stretch;
                self.text = Matrix::shift(shift, 0.0).then(self.text);
            } else {
                self.show(Some(piece))?;
            }
        }
        Ok(())
    }

    fn show(&mut self, text: Option<&Object>) -> Result<(), Unreadable> {
        let (Some(Object::String(bytes, _)), Some(font)) = (text, self.state.font.clone()) else {
            return Ok(());
        };
        self.spans_left = self
            .spans_left
            .checked_sub(1)
            .ok_or(Unreadable::Bomb("8,000,000 pieces of text"))?;
        let mut text = String::new();
        let mut width = 0.0;
        for glyph in font.glyphs(bytes) {
            let spacing = if glyph.is_space {
                self.state.word_spacing
            } else {
                0.0
            };
            width += glyph.width * self.state.size + self.state.letter_spacing + spacing;
            text.push_str(&glyph.text);
        }
        let start = Matrix::shift(0.0, self.state.rise)
            .then(self.text)
            .then(self.state.page);
        self.text = Matrix::shift(width * self.state.stretch, 0.0).then(self.text);
        let end = Matrix::shift(0.0, self.state.rise)
            .then(self.text)
            .then(self.state.page);
        let [_, _, c, d, x, y] = start.0;
        let [.., end_x, end_y] = end.0;
        let [left, bottom, right, top] = self.shape.edges;
        let on_page = (left - MARGIN..=right + MARGIN).contains(&x)
            && (bottom - MARGIN..=top + MARGIN).contains(&y);
        let size = (self.state.size * c.hypot(d)).abs();
        if !on_page || !size.is_finite() || !end_x.is_finite() || !end_y.is_finite() {
            return Ok(());
        }
        let (x, y) = self.upright(x, y);
        let (end, end_y) = self.upright(end_x, end_y);
        self.drawn.spans.push(Span {
            x,
            y,
            end,
            size,
            text,
            is_bold: font.is_bold,
            invisible: self.state.invisible,
            turned: (end_y - y).abs() > (end - x).abs() * 0.1 + 0.1,
        });
        Ok(())
    }

    /// A point as it lies when the page is turned as it is looked at.
    fn upright(&self, x: f32, y: f32) -> (f32, f32) {
        match self.shape.turns {
            1 => (y, -x),
            2 => (-x, -y),
            3 => (-y, x),
            _ => (x, y),
        }
    }

    /// A picture, or a drawing that is used like one.
    fn draw(
        &mut self,
        name: Option<&Object>,
        resources: &Dictionary,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let document = self.document;
        let found = name.and_then(|name| {
            let drawings = entry(document, resources, b"XObject")?.as_dict().ok()?;
            entry(document, drawings, name.as_name().ok()?)?
                .as_stream()
                .ok()
        });
        let Some(stream) = found else { return Ok(()) };
        let kind = entry(document, &stream.dict, b"Subtype").and_then(|kind| kind.as_name().ok());
        if kind == Some(b"Image") {
            self.drawn.has_pictures = true;
        } else if kind == Some(b"Form") && depth < DEPTH_MAX {
            self.draw_form(stream, resources, depth)?;
        }
        Ok(())
    }

    fn draw_form(
        &mut self,
        stream: &Stream,
        resources: &Dictionary,
        depth: usize,
    ) -> Result<(), Unreadable> {
        let document = self.document;
        let content = stream
            .get_plain_content_with_limit(PAGE_BYTES_MAX)
            .map_err(|error| reason(&error))?;
        // Even an empty drawing costs, so that drawings of drawings cannot go on for ever.
        self.bytes_left = self.bytes_left.saturating_sub(1_024);
        let own = entry(document, &stream.dict, b"Resources").and_then(|own| own.as_dict().ok());
        let matrix = entry(document, &stream.dict, b"Matrix")
            .and_then(|matrix| Matrix::of(matrix.as_array().ok()?));
        let (state, text, line) = (self.state.clone(), self.text, self.line);
        self.state.page = matrix.unwrap_or(Matrix::UNCHANGED).then(self.state.page);
        self.follow(&content, own.unwrap_or(resources), depth + 1)?;
        (self.state, self.text, self.line) = (state, text, line);
        Ok(())
    }
}
