//! The archive around the text: content types, relations, styles, properties.
//!
//! It knows nothing of briefs.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::body::readable;

const CONTENT_TYPES: &str = include_str!("content_types.xml");
const RELATIONS: &str = include_str!("relations.xml");
const DOCUMENT_RELATIONS: &str = include_str!("document_relations.xml");
const STYLES: &str = include_str!("styles.xml");
const FOOTER: &str = include_str!("footer.xml");

/// The archive of a text whose body is given.
pub(super) fn package(document: &str, title: &str) -> Vec<u8> {
    let properties = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title></cp:coreProperties>",
        quick_xml::escape::escape(readable(title).as_str())
    );
    // The first part names the others, so that a reader of the stream knows them.
    let files: [(&str, &str); 7] = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELATIONS),
        ("docProps/core.xml", &properties),
        ("word/document.xml", document),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS),
        ("word/styles.xml", STYLES),
        ("word/footer1.xml", FOOTER),
    ];
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive
            .start_file(name, options)
            .expect("the names are fixed, short and different");
        archive
            .write_all(text.as_bytes())
            .expect("writing to memory does not fail");
    }
    archive
        .finish()
        .expect("writing to memory does not fail")
        .into_inner()
}
