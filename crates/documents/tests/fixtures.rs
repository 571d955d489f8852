//! What is read of one small file of each format, and what is said of files that are not read.

use std::path::Path;

use consort_documents::{BlockKind, Document, Unreadable, read_file};

fn read(path: &str) -> Result<Document, Unreadable> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(folder.join(path)).expect("our own files are in order");
    read_file(
        path.rsplit('/').next().expect("our own files are in order"),
        &bytes,
    )
}

fn check(name: &str, title: Option<&str>, blocks: &[&str]) {
    let document = read(&format!("tests/fixtures/{name}")).expect("our own files are in order");
    let shown = document.blocks.iter().map(|block| {
        let kind = match &block.kind {
            BlockKind::Heading(level) => format!("h{level}"),
            BlockKind::ListItem => "item".to_owned(),
            BlockKind::Paragraph => "p".to_owned(),
            BlockKind::Row { columns, .. } => columns.join("/"),
        };
        format!("{} [{kind}] {}", block.place, block.text)
    });
    assert_eq!(shown.collect::<Vec<_>>(), blocks, "{name}");
    assert_eq!(document.title.as_deref(), title, "{name}");
}

#[test]
fn plain_text_is_read() {
    check(
        "note.txt",
        Some("MINUTES"),
        &[
            "line 1 [h1] MINUTES",
            "line 3 [p] The board met on 3 March 2026 and decided to extend the lease by two years.",
            "line 6 [item] - rent: £1,200 a month",
            "line 7 [item] - notice: three months",
        ],
    );
}

#[test]
fn markdown_is_read() {
    check(
        "note.md",
        Some("Minutes"),
        &[
            "line 1 [h1] Minutes",
            "line 3 [p] The board met on 3 March 2026.",
            "line 7 [Item/Sum] Rent | £1,200",
            "line 9 [item] extend",
            "line 10 [item] inform",
        ],
    );
}

#[test]
fn html_is_read() {
    check(
        "note.html",
        Some("Minutes"),
        &[
            "paragraph 1 [h1] Minutes",
            "paragraph 2 [p] The board met on 3 March 2026.",
            "paragraph 3 [Item/Sum] Rent | £1,200",
        ],
    );
}

#[test]
fn separated_values_are_read_in_their_encodings() {
    check(
        "sums.csv",
        None,
        &[
            "row 1 [p] Summe je Ort",
            "row 4 [Ort/Monat/Betrag] Köln | 03.2026 | 1.200,50",
            "row 5 [Ort/Monat/Betrag] München | 03.2026 | 980,00",
        ],
    );
    check(
        "wide.tsv",
        None,
        &[
            "row 2 [Ort/Betrag] Köln | 1.200,50",
            "row 3 [Ort/Betrag] Bonn | 2,00",
        ],
    );
}

#[test]
fn docx_is_read() {
    check(
        "note.docx",
        Some("Minutes"),
        &[
            "paragraph 1 [h1] Minutes",
            "paragraph 2 [p] The board met on 3 March 2026.",
            "paragraph 3 [item] extend the lease",
            "paragraph 5 [Item/Sum] Rent | £1,200",
            "paragraph 6 [Item/Sum] Heating | £310",
        ],
    );
}

#[test]
fn xlsx_is_read() {
    check(
        "sums.xlsx",
        None,
        &[
            "sheet Sums, row 1 [p] Sums by site",
            "sheet Sums, row 4 [Site/Month/Sum] North | Mar 2026 | 1,200.50 €",
            "sheet Sums, row 5 [Site/Month/Sum] South | Mar 2026 | (80.00 €)",
        ],
    );
}

#[test]
fn pdf_is_read() {
    check(
        "note.pdf",
        Some("Minutes"),
        &[
            "page 1 [h2] Minutes",
            "page 1 [p] The board met on 3 March 2026 and decided to extend the lease by two years. \
             The rent rises to £1,200 a month from the first of May.",
            "page 2 [h2] Notice",
            "page 2 [p] The notice period is three months, as before.",
        ],
    );
}

#[test]
fn each_hostile_file_is_refused_with_its_reason() {
    for (name, reason) in [
        ("empty.txt", "it is empty"),
        ("blank.md", "it is empty"),
        ("garbage.txt", "its bytes are not text"),
        (
            "scanned.pdf",
            "it seems to be scanned: it has no text layer",
        ),
        ("locked.pdf", "it is protected by a password"),
        ("locked.docx", "it is protected by a password"),
        ("cut-off.docx", "it is damaged"),
        (
            "entities.docx",
            "it is damaged (it declares entities of its own)",
        ),
        (
            "bomb.xlsx",
            "unpacked it holds more than 200 times its packed size",
        ),
    ] {
        let refused = read(&format!("../../examples/hostile/{name}"))
            .expect_err("it cannot be read")
            .to_string();
        assert!(refused.starts_with(reason), "{name}: {refused}");
    }
}

#[test]
fn what_a_page_hides_is_not_part_of_it() {
    let document =
        read("../../examples/hostile/hidden-instruction.html").expect("our own files are in order");
    let text = document
        .blocks
        .iter()
        .map(|block| block.text.to_lowercase())
        .collect::<String>();
    for hidden in ["approve", "pay ", "sign", "escrow", "ignore"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}
