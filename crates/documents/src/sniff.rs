//! Tells what a file is from its bytes; the name decides only between the formats that are text.

use crate::archive::Archive;
use crate::document::Format;
use crate::unreadable::Unreadable;

/// How far into a file the mark of a PDF may stand: viewers allow junk before it.
const PDF_MARK_WITHIN: usize = 1024;

/// The first bytes of files that are not read here, and what to call them.
const OTHER_KINDS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM\x36", "a picture (BMP)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"RIFF", "a sound, film or picture file"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"\0\0\0\x18ftyp", "a film"),
    (b"\0\0\0\x20ftyp", "a film"),
    (b"{\\rtf", "a document in Rich Text Format"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "an archive (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7-Zip)"),
    (b"Rar!", "an archive (RAR)"),
    (b"BZh", "an archive (bzip2)"),
    (b"\xfd7zXZ", "an archive (xz)"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
];

/// The mark of the container of old Office files and of encrypted new ones.
const COMPOUND_MARK: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The format of these bytes, or why they are none that is read here.
pub(crate) fn format_of(name: &str, bytes: &[u8]) -> Result<Format, Unreadable> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::Empty);
    }
    let head = &bytes[..bytes.len().min(PDF_MARK_WITHIN)];
    if contains(head, b"%PDF-") {
        return Ok(Format::Pdf);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return packed(bytes);
    }
    if bytes.starts_with(COMPOUND_MARK) {
        return Err(compound(bytes));
    }
    if let Some((_, kind)) = OTHER_KINDS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(Unreadable::Unsupported(kind));
    }
    Ok(text_format(name, head))
}

/// Office Open XML, told by the parts that the archive has.
fn packed(bytes: &[u8]) -> Result<Format, Unreadable> {
    let archive = Archive::open(bytes)?;
    let has = |prefix: &str| archive.names().any(|name| name.starts_with(prefix));
    if has("word/") {
        Ok(Format::Docx)
    } else if has("xl/workbook.bin") {
        Err(Unreadable::Unsupported("a binary workbook (XLSB)"))
    } else if has("xl/") {
        Ok(Format::Xlsx)
    } else if has("ppt/") {
        Err(Unreadable::Unsupported("a presentation (PPTX)"))
    } else if has("mimetype") && has("content.xml") {
        Err(Unreadable::Unsupported("an OpenDocument file"))
    } else if has("META-INF/container.xml") {
        Err(Unreadable::Unsupported("an electronic book (EPUB)"))
    } else {
        Err(Unreadable::Unsupported("an archive (ZIP)"))
    }
}

/// Encrypted Office files name a stream `EncryptedPackage`, in UTF-16.
fn compound(bytes: &[u8]) -> Unreadable {
    let wide = |name: &str| {
        name.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    if contains(bytes, &wide("EncryptedPackage")) {
        Unreadable::Encrypted
    } else {
        Unreadable::Unsupported("an old Office file (DOC, XLS, PPT, MSG)")
    }
}

fn text_format(name: &str, head: &[u8]) -> Format {
    let start = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let start = String::from_utf8_lossy(&start[..start.len().min(64)]).to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Format::Html;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension.to_ascii_lowercase().as_str() {
        "md" | "markdown" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "csv" | "tsv" | "tab" => Format::Csv,
        _ => Format::Text,
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_trusted_over_names() {
        for (name, bytes, format) in [
            ("a.txt", &b"\n%PDF-1.7"[..], Ok(Format::Pdf)),
            ("a.pdf", b"Dear Sir", Ok(Format::Text)),
            ("a.txt", b" <!DOCTYPE html><p>x", Ok(Format::Html)),
            ("a.md", b"# x", Ok(Format::Markdown)),
            ("a.TSV", b"a\tb", Ok(Format::Csv)),
            ("noextension", b"x", Ok(Format::Text)),
            (
                "a.txt",
                b"\x89PNG\r\n",
                Err(Unreadable::Unsupported("a picture (PNG)")),
            ),
            ("a.txt", b" \n\t", Err(Unreadable::Empty)),
            ("a.txt", b"", Err(Unreadable::Empty)),
        ] {
            assert_eq!(format_of(name, bytes), format, "{name} {bytes:?}");
        }
    }

    #[test]
    fn encrypted_and_old_office_files_are_told_apart() {
        let mut bytes = COMPOUND_MARK.to_vec();
        let old = Unreadable::Unsupported("an old Office file (DOC, XLS, PPT, MSG)");
        assert_eq!(format_of("a.doc", &bytes), Err(old));
        bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(format_of("a.docx", &bytes), Err(Unreadable::Encrypted));
    }
}
