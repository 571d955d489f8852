//! DOCX: paragraphs, headings, items of lists, tables and footnotes, as they would be printed.
//!
//! Tracked deletions, hidden text, comments, headers and footers are not part of the text.

mod body;
mod style;

use crate::archive::Archive;
use crate::format::Reading;
use crate::unreadable::Unreadable;
use crate::xml::{Piece, Pieces};
use body::BodyReader;
use style::Styles;

/// Reads a DOCX file.
pub(crate) fn read(bytes: &[u8]) -> Result<Reading, Unreadable> {
    let mut archive = Archive::open(bytes)?;
    let main = archive.main_part("word/document.xml")?;
    let body = archive.needed_part(&main)?;
    let related = |kind: &str, archive: &mut Archive<'_>| {
        let relations = archive.relations_of(&main)?;
        match relations
            .into_iter()
            .find(|relation| relation.kind.ends_with(kind))
        {
            Some(relation) => archive.part(&relation.part),
            None => Ok(None),
        }
    };
    let styles = match related("/styles", &mut archive)? {
        Some(text) => Styles::read(&text)?,
        None => Styles::default(),
    };
    let mut reader = BodyReader::new(&styles);
    reader.read(&body)?;
    for kind in ["/footnotes", "/endnotes"] {
        if let Some(notes) = related(kind, &mut archive)? {
            reader.read(&notes)?;
        }
    }
    let mut reading = reader.finish();
    reading.title = match reading.first_heading() {
        Some(heading) => Some(heading),
        None => stated_title(&mut archive)?,
    };
    Ok(reading)
}

/// The title among the document's properties.
fn stated_title(archive: &mut Archive<'_>) -> Result<Option<String>, Unreadable> {
    let Some(text) = archive.part("docProps/core.xml")? else {
        return Ok(None);
    };
    let mut pieces = Pieces::of(&text);
    let mut in_title = false;
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Start(element) => in_title = element.name() == "title",
            Piece::Text(title) if in_title => return Ok(Some(crate::fold::fold(&title))),
            Piece::Text(_) | Piece::End(_) => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
