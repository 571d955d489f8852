//! What is read of XLSX files, and what is not.

use std::io::{Cursor, Write};

use super::*;

fn check(sheet: &str) -> Result<Vec<String>, Unreadable> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        (
            "xl/workbook.xml",
            "<workbook><workbookPr/><sheets><sheet name='Old' r:id='r2' state='hidden'/>\
             <sheet name='Cost' r:id='r1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='r1' Type='t/worksheet' Target='worksheets/1.xml'/>\
             <Relationship Id='r2' Type='t/worksheet' Target='worksheets/2.xml'/>\
             <Relationship Id='r3' Type='t/styles' Target='styles.xml'/>\
             <Relationship Id='r4' Type='t/sharedStrings' Target='/xl/strings.xml'/></Relationships>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='dd/mm/yyyy'/></numFmts>\
             <cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>\
             <cellXfs><xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='4'/></cellXfs></styleSheet>",
        ),
        (
            "xl/strings.xml",
            "<sst><si><t>Site</t></si><si><r><t>No</t></r><r><t>rth</t></r><rPh><t>x</t></rPh></si></sst>",
        ),
        (
            "xl/worksheets/1.xml",
            &format!("<worksheet>{sheet}</worksheet>"),
        ),
        (
            "xl/worksheets/2.xml",
            "<worksheet><sheetData><row r='1'><c r='A1'><v>99</v></c></row></sheetData></worksheet>",
        ),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let blocks = read(&bytes)?.blocks;
    Ok(blocks
        .into_iter()
        .map(|block| format!("{}: {}", block.place, block.text))
        .collect())
}

#[test]
fn cells_show_as_in_the_sheet_and_hidden_ones_do_not() {
    let sheet = "<cols><col min='3' max='3' hidden='1'/></cols><sheetData>\
        <row r='2'><c r='A2' t='s'><v>1</v></c><c r='B2' s='1'><v>46115</v></c><c r='C2'><v>1</v></c>\
        <c r='E2' s='2'><f>SUM(1)</f><v>1234.5</v></c></row>\
        <row r='3' hidden='1'><c r='A3'><v>7</v></c></row>\
        <row r='5'><c t='inlineStr'><is><t>South</t></is></c><c t='b'><v>1</v></c><c t='e'><v>#N/A</v></c>\
        <c t='str'><v>a &amp; b</v></c></row></sheetData>";
    let expected = [
        "sheet Cost, row 2: North | 03/04/2026 |  | 1,234.50",
        "sheet Cost, row 5: South | TRUE | a & b | ",
    ];
    assert_eq!(check(sheet).unwrap(), expected);
}

#[test]
fn a_cell_outside_the_sheet_is_damage() {
    let sheet = "<sheetData><row r='1'><c r='ZZZZ1'><v>1</v></c></row></sheetData>";
    assert!(matches!(check(sheet), Err(Unreadable::Damaged(_))));
}

#[test]
fn far_cells_cannot_fill_the_memory() {
    let row = "<row><c r='XFD1'><v>1</v></c></row>".repeat(300);
    let sheet = format!("<sheetData>{row}</sheetData>");
    assert!(matches!(check(&sheet), Err(Unreadable::Bomb(_))));
}
