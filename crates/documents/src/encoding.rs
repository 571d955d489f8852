//! From bytes to text: UTF-8, UTF-16 with or without its mark, else Windows-1252.
//!
//! Other old encodings are not guessed: a wrong guess would quote what nobody wrote.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::unreadable::Unreadable;

/// Of 100 bytes, how many may lie outside ASCII for the text to pass as Windows-1252.
///
/// Western European languages stay below ten; Cyrillic or Greek in their own code pages are above
/// sixty.
const HIGH_BYTES_PERCENT_MAX: usize = 25;

/// Of 1,000 characters, how many may be control characters in a text; form feeds and the like
/// occur, but rarely.
const CONTROLS_PER_MILLE_MAX: usize = 5;

/// The text of these bytes, with line ends as `\n`.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            let (text, had_errors) = encoding.decode_without_bom_handling(&bytes[mark..]);
            if had_errors && encoding != encoding_rs::UTF_8 {
                return Err(Unreadable::NotText);
            }
            text.into_owned()
        }
        None => without_mark(bytes)?,
    };
    if too_many_controls(&text) {
        return Err(Unreadable::NotText);
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn without_mark(bytes: &[u8]) -> Result<String, Unreadable> {
    if let Some(encoding) = utf_16_by_its_zeros(bytes) {
        let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
        return if had_errors {
            Err(Unreadable::NotText)
        } else {
            Ok(text.into_owned())
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    // The few bytes that Windows-1252 leaves undefined do not occur in texts written in it.
    let undefined = bytes
        .iter()
        .any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
    if undefined || high * 100 > bytes.len() * HIGH_BYTES_PERCENT_MAX {
        return Err(Unreadable::NotText);
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    Ok(text.into_owned())
}

/// UTF-16 without a mark shows as a zero in nearly every second byte.
fn utf_16_by_its_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros_at = |parity: usize| {
        bytes
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd, half) = (zeros_at(0), zeros_at(1), bytes.len() / 2);
    if half == 0 || bytes.len() % 2 == 1 {
        None
    } else if odd * 10 > half * 7 && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 7 && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn too_many_controls(text: &str) -> bool {
    let allowed = |letter: &char| matches!(letter, '\t' | '\n' | '\r' | '\u{c}');
    let mut all = 0_usize;
    let mut controls = 0_usize;
    for letter in text.chars() {
        all += 1;
        if letter == '\0' {
            return true;
        }
        if letter.is_control() && !allowed(&letter) {
            controls += 1;
        }
    }
    controls * 1_000 > all * CONTROLS_PER_MILLE_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_recognised() {
        let utf_16 = |mark: bool, little: bool| {
            let mut bytes = Vec::new();
            let text = if mark {
                "\u{feff}Straße 5 €"
            } else {
                "Straße 5"
            };
            for unit in text.encode_utf16() {
                bytes.extend(if little {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                });
            }
            bytes
        };
        for (bytes, text) in [
            (b"plain".to_vec(), "plain"),
            ("\u{feff}Straße".as_bytes().to_vec(), "Straße"),
            (utf_16(true, true), "Straße 5 €"),
            (utf_16(true, false), "Straße 5 €"),
            (utf_16(false, true), "Straße 5"),
            (utf_16(false, false), "Straße 5"),
            (b"Stra\xdfe, 5 \x80".to_vec(), "Straße, 5 €"),
            (b"a\r\nb\rc".to_vec(), "a\nb\nc"),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let greek_code_page = b"\xc1\xe3\xe1\xf0\xe7\xf4\xdd \xea\xfd\xf1\xe9\xe5";
        for bytes in [
            &b"a\0b"[..],
            b"\x01\x02\x03\x04",
            greek_code_page,
            b"\x90\x9d abc abc abc",
        ] {
            assert_eq!(decode(bytes), Err(Unreadable::NotText), "{bytes:?}");
        }
    }
}
