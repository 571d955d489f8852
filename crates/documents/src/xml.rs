//! Reads the XML inside office files piece by piece.
//!
//! Names are local (without prefix). A document type is refused: office files have none, and
//! entities of a file's own are a way to blow it up.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::unreadable::Unreadable;

/// Elements within elements: a table in a table in a text box has some forty levels.
const DEPTH_MAX: usize = 256;

/// A piece of XML.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// An element begins; an empty element begins and ends.
    Start(Element<'a>),
    /// The element with this name ends.
    End(String),
    /// Text, with references resolved.
    Text(String),
}

/// The start of an element.
#[derive(Debug)]
pub(crate) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of the attribute with this local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let attributes = self.0.attributes().flatten();
        let mut named = attributes.filter(|found| found.key.local_name().into_inner() == name);
        let value = named
            .next()?
            .normalized_value(XmlVersion::Implicit1_0)
            .ok()?;
        Some(value.into_owned())
    }

    /// Whether an element such as `<w:b/>` or `<w:b w:val="0"/>` switches on.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(
            self.attribute("val").as_deref(),
            Some("0" | "false" | "off" | "none")
        )
    }
}

/// The text of a part: UTF-8, or UTF-16 with its mark.
pub(crate) fn text_of(bytes: &[u8]) -> Result<String, Unreadable> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        _ => UTF_8,
    };
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    if had_errors {
        return Err(Unreadable::damaged("its XML is not in UTF-8 or UTF-16"));
    }
    Ok(text.into_owned())
}

/// Goes through XML.
pub(crate) struct Pieces<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Pieces<'a> {
    /// Goes through this text.
    pub(crate) fn of(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// The next piece; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'a>>, Unreadable> {
        loop {
            let piece = match self.reader.read_event().map_err(Unreadable::damaged)? {
                Event::Start(element) | Event::Empty(element) => {
                    self.depth += 1;
                    if self.depth > DEPTH_MAX {
                        return Err(Unreadable::TooDeep(DEPTH_MAX));
                    }
                    Piece::Start(Element(element))
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::End(end.local_name().into_inner().to_owned())
                }
                Event::Text(text) => Piece::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Piece::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => {
                    let named = match &*reference.xml10_content() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => reference.resolve_char_ref().map_err(Unreadable::damaged)?,
                    };
                    match named {
                        Some(letter) => Piece::Text(letter.to_string()),
                        None => return Err(Unreadable::damaged("it uses an unknown entity")),
                    }
                }
                Event::DocType(_) => {
                    return Err(Unreadable::damaged("it declares entities of its own"));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof if self.depth > 0 => {
                    return Err(Unreadable::damaged("it breaks off in the middle"));
                }
                Event::Eof => return Ok(None),
            };
            return Ok(Some(piece));
        }
    }

    /// Passes over the rest of the element that has just begun.
    pub(crate) fn pass_over(&mut self) -> Result<(), Unreadable> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next()? {
                Some(Piece::Start(_)) => open += 1,
                Some(Piece::End(_)) => open -= 1,
                Some(Piece::Text(_)) => {}
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<String, Unreadable> {
        let mut pieces = Pieces::of(text);
        let mut shown = Vec::new();
        while let Some(piece) = pieces.next()? {
            match piece {
                Piece::Start(element) if element.name() == "skip" => pieces.pass_over()?,
                Piece::Start(element) => {
                    shown.push(format!("<{} {:?}>", element.name(), element.attribute("v")));
                }
                Piece::End(name) => shown.push(format!("</{name}>")),
                Piece::Text(text) => shown.push(text),
            }
        }
        Ok(shown.concat())
    }

    #[test]
    fn elements_text_and_references_are_read() {
        let shown =
            check("<?xml version='1.0'?><w:a r:v='1 &lt;'>x &amp; &#8364;<!-- no --><b/></w:a>");
        assert_eq!(
            shown.as_deref(),
            Ok("<a Some(\"1 <\")>x & €<b None></b></a>")
        );
        assert_eq!(
            check("<a><skip><c>x</c></skip>y</a>").as_deref(),
            Ok("<a None>y</a>")
        );
    }

    #[test]
    fn entities_of_a_files_own_are_refused() {
        assert!(check("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").is_err());
        assert!(check("<a>&b;</a>").is_err());
    }

    #[test]
    fn nesting_is_bounded_and_a_torn_file_is_damaged() {
        assert_eq!(
            check(&"<a>".repeat(300)),
            Err(Unreadable::TooDeep(DEPTH_MAX))
        );
        assert!(matches!(check("<a><b></b>"), Err(Unreadable::Damaged(_))));
    }
}
