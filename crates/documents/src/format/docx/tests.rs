//! What is read of DOCX files, and what is not.

use std::io::{Cursor, Write};

use super::*;
use crate::document::BlockKind;

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn check(body: &str) -> Vec<String> {
    let body = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    let styles = "<w:styles><w:style w:styleId='Berschrift2'><w:name w:val='heading 2'/></w:style>\
                  <w:style w:styleId='Mine'><w:name w:val='Mine'/><w:basedOn w:val='Berschrift2'/></w:style>\
                  <w:style w:styleId='Circle'><w:name w:val='c'/><w:basedOn w:val='Circle'/></w:style></w:styles>";
    let relations = "<Relationships><Relationship Id='r' Type='x/styles' Target='styles.xml'/>\
                     <Relationship Id='f' Type='x/footnotes' Target='/word/footnotes.xml'/></Relationships>";
    let notes = "<w:footnotes><w:footnote><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\
                 <w:footnote><w:p><w:r><w:t>Note.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let bytes = package(&[
        ("word/document.xml", &body),
        ("word/styles.xml", styles),
        ("word/_rels/document.xml.rels", relations),
        ("word/footnotes.xml", notes),
    ]);
    let shown = read(&bytes).unwrap().blocks.into_iter().map(|block| {
        let kind = match block.kind {
            BlockKind::Heading(level) => format!("h{level}"),
            BlockKind::ListItem => "li".to_owned(),
            BlockKind::Paragraph => "p".to_owned(),
            BlockKind::Row { columns, .. } => format!("row[{}]", columns.join("/")),
        };
        format!("{kind} {}, {}", block.text, block.place)
    });
    let mut shown = shown.collect::<Vec<_>>();
    assert!(shown.pop().unwrap().starts_with("p Note."));
    shown
}

fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn row(properties: &str, cells: &[&str]) -> String {
    let cells = cells
        .iter()
        .map(|cell| format!("<w:tc>{}</w:tc>", paragraph("", cell)));
    format!(
        "<w:tr><w:trPr>{properties}</w:trPr>{}</w:tr>",
        cells.collect::<String>()
    )
}

#[test]
fn styles_and_numbering_tell_headings_and_items() {
    let body = [
        paragraph("<w:pStyle w:val='Berschrift2'/>", "Notice"),
        paragraph(
            "<w:pStyle w:val='Mine'/><w:numPr><w:numId w:val='1'/></w:numPr>",
            "Price",
        ),
        paragraph("<w:pStyle w:val='Circle'/>", "text"),
        paragraph("<w:numPr><w:numId w:val='3'/></w:numPr>", "bins"),
        paragraph("<w:outlineLvl w:val='0'/>", "Top"),
        "<w:p/>".to_owned(),
        paragraph("", "last"),
    ];
    let expected = [
        "h2 Notice, paragraph 1",
        "h2 Price, paragraph 2",
        "p text, paragraph 3",
        "li bins, paragraph 4",
        "h1 Top, paragraph 5",
        "p last, paragraph 6",
    ];
    assert_eq!(check(&body.concat()), expected);
}

#[test]
fn runs_are_joined_and_what_is_deleted_or_hidden_is_left_out() {
    let body = "<w:p><w:r><w:t>30</w:t><w:tab/><w:t>days</w:t></w:r>\
                <w:del><w:r><w:delText> 14 days</w:delText><w:t> 14</w:t></w:r></w:del>\
                <w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>\
                <w:r><w:rPr><w:vanish/></w:rPr><w:t> approve</w:t></w:r>\
                <w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> shown</w:t></w:r>\
                <w:ins><w:r><w:t> added</w:t></w:r></w:ins>\
                <w:r><w:instrText> PAGE </w:instrText></w:r></w:p>";
    assert_eq!(check(body), ["p 30 days shown added, paragraph 1"]);
}

#[test]
fn rows_of_tables_carry_the_names_of_their_columns() {
    let table = [
        "<w:tbl>".to_owned(),
        row("<w:tblHeader/>", &["Item", "Price"]),
        row("", &["Windows", "£40"]),
        row("<w:del/>", &["Bins", "£10"]),
        "</w:tbl>".to_owned(),
    ];
    let body = format!(
        "{}{}{}",
        paragraph("", "a"),
        table.concat(),
        paragraph("", "b")
    );
    let expected = [
        "p a, paragraph 1",
        "row[Item/Price] Windows | £40, paragraph 2",
        "p b, paragraph 3",
    ];
    assert_eq!(check(&body), expected);
}

#[test]
fn a_table_in_a_table_is_text_of_its_cell() {
    let inner = format!("<w:tbl>{}</w:tbl>", row("", &["a", "b"]));
    let body = format!(
        "<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph("", "c")
    );
    assert_eq!(check(&body), ["row[] a b | c, paragraph 1"]);
}

#[test]
fn a_text_box_is_read_once() {
    let inner = format!("<w:txbxContent>{}</w:txbxContent>", paragraph("", "boxed"));
    let body = format!(
        "<w:p><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback>\
         </mc:AlternateContent></w:r><w:r><w:t>around</w:t></w:r></w:p>"
    );
    assert_eq!(
        check(&body),
        ["p boxed, paragraph 1", "p around, paragraph 2"]
    );
}

#[test]
fn a_package_without_a_document_is_damaged() {
    let bytes = package(&[("word/other.xml", "<a/>")]);
    assert!(matches!(read(&bytes), Err(Unreadable::Damaged(_))));
}
