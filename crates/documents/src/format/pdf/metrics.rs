//! How wide the letters of the standard fonts are, which PDF files need not say.
//!
//! The widths (in thousandths of the size, from the space to the tilde) are those that every
//! reader of PDF has built in; they decide whether there is a gap between two pieces of text.

const SANS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const SERIF: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

/// Every letter of Courier is as wide as every other.
const MONOSPACED: f32 = 0.6;

/// What letters outside ASCII measure on average.
const OTHER_LETTER: f32 = 0.55;

/// The width of a letter in a font with this name, in parts of its size.
pub(super) fn width_of(letter: char, font_name: &str) -> f32 {
    if font_name.contains("Courier") || font_name.contains("Mono") {
        return MONOSPACED;
    }
    let widths = if font_name.contains("Times") {
        &SERIF
    } else {
        &SANS
    };
    let index = u32::from(letter)
        .checked_sub(32)
        .and_then(|index| usize::try_from(index).ok());
    let width = index.and_then(|index| widths.get(index));
    width.map_or(OTHER_LETTER, |width| f32::from(*width) / 1_000.0)
}
