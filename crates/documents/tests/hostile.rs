//! Whatever bytes come, the reader answers; and what it gives can be cited.

use std::fs;
use std::path::Path;

use consort_documents::{BlockKind, Citation, Document, Unreadable, read_file};
use proptest::prelude::{ProptestConfig, any, prop_oneof, proptest};
use proptest::sample::select;
use proptest::strategy::{Just, Strategy};

const EXTENSIONS: [&str; 9] = [
    "txt", "md", "html", "csv", "tsv", "docx", "xlsx", "pdf", "bin",
];

/// Pieces that lead deeper into the readers than plain noise does.
const PIECES: [&[u8]; 24] = [
    b"<p>",
    b"<table><tr><td>",
    b"</div>",
    b"<!--",
    b"<style>a{display:none}",
    b"| a | b |\n|---|---|\n",
    b"# ",
    b"\n\n",
    b"- ",
    b"~~",
    b"```\n",
    b";",
    b"\t",
    b"\"",
    b"1.234,5",
    b"\r\n",
    b"%PDF-1.4\n",
    b"1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\n",
    b"trailer<</Root 1 0 R>>\n",
    b"PK\x03\x04",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe9",
    b"&#8364;",
];

/// What holds of every document that is read.
fn check_document(document: &Document) {
    assert!(
        !document.blocks.is_empty(),
        "an empty document is unreadable"
    );
    for (index, block) in document.blocks.iter().enumerate() {
        let text = &block.text;
        assert!(!text.chars().any(char::is_control), "{text:?}");
        if let BlockKind::Row { cells, columns } = &block.kind {
            assert_eq!(*text, cells.join(" | "));
            assert!(
                columns.is_empty() || columns.len() == cells.len(),
                "{block:?}"
            );
        } else {
            assert!(
                !text.contains("  ") && text.trim() == text && !text.is_empty(),
                "{text:?}"
            );
        }
        let whole = Citation::of(document, index, 0, text).expect("a block can be cited");
        assert_eq!(whole.verify(document), Ok(()));
        if let Some((start, _)) = text.char_indices().nth(1) {
            let rest = &text[start..];
            assert_eq!(
                Citation::of(document, index, start, rest).is_some(),
                !rest.trim().is_empty()
            );
        }
    }
}

/// Reads and checks; gives whether a reader failed inside, which must stay rare.
fn check(name: &str, bytes: &[u8]) -> bool {
    match read_file(name, bytes) {
        Ok(document) => check_document(&document),
        Err(Unreadable::ReaderFailed) => return true,
        Err(reason) => assert!(!reason.to_string().is_empty()),
    }
    false
}

/// All files that we wrote for tests and examples.
fn files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for sub in [
        "tests/fixtures",
        "../../examples/hostile",
        "../../examples/spreadsheets",
    ] {
        for entry in fs::read_dir(folder.join(sub)).expect("our own files are in order") {
            let path = entry.expect("our own files are in order").path();
            let name = path
                .file_name()
                .expect("our own files are in order")
                .to_string_lossy()
                .into_owned();
            files.push((name, fs::read(path).expect("our own files are in order")));
        }
    }
    files.sort();
    files
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    let letters = proptest::collection::vec(32..127_u8, 0..40);
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    let piece = prop_oneof![
        select(PIECES.to_vec()).prop_map(<[u8]>::to_vec),
        letters,
        bytes
    ];
    let pieces = proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat());
    prop_oneof![
        pieces,
        proptest::collection::vec(any::<u8>(), 0..600),
        Just(Vec::new())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_under_each_extension_are_answered(bytes in noise()) {
        for extension in EXTENSIONS {
            check(&format!("noise.{extension}"), &bytes);
        }
    }
}

#[test]
fn our_own_files_are_read_or_refused_without_a_failure_inside() {
    for (name, bytes) in files() {
        assert!(!check(&name, &bytes), "{name}");
    }
}

#[test]
fn files_that_are_cut_off_anywhere_are_answered() {
    for (name, bytes) in files() {
        let step = (bytes.len() / 60).max(1);
        for end in (0..bytes.len()).step_by(step) {
            check(&name, &bytes[..end]);
        }
    }
}

#[test]
fn files_with_flipped_bits_are_answered() {
    for (name, bytes) in files() {
        let step = (bytes.len() / 80).max(1);
        for position in (0..bytes.len()).step_by(step) {
            for bit in [0, 3, 7] {
                let mut flipped = bytes.clone();
                flipped[position] ^= 1 << bit;
                check(&name, &flipped);
            }
        }
    }
}

#[test]
fn deep_nesting_is_answered_in_every_format() {
    let pdf = |open: &str| {
        let nested = open.repeat(50_000);
        format!("%PDF-1.4\n1 0 obj\n{nested}\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF")
    };
    for (name, text) in [
        ("a.html", "<div><b><table><tr><td>".repeat(20_000)),
        ("a.html", "<b><i>".repeat(20_000)),
        ("a.md", "> ".repeat(20_000) + "x"),
        ("a.md", "- ".repeat(5_000) + "x"),
        ("a.md", "[".repeat(20_000) + "x"),
        ("a.md", "*".repeat(20_000) + "x"),
        ("a.csv", "\"".repeat(20_001)),
        ("a.pdf", pdf("[")),
        ("a.pdf", pdf("<<")),
        ("a.pdf", pdf("(")),
    ] {
        check(name, text.as_bytes());
    }
}

#[test]
fn long_lines_and_many_blocks_are_answered() {
    check("a.txt", "word ".repeat(400_000).as_bytes());
    check("a.txt", "x\n\n".repeat(200_000).as_bytes());
    check("a.csv", "a,b\n".repeat(200_000).as_bytes());
    let ragged = format!("{}\n{}", ",".repeat(16_000), "1\n".repeat(20_000));
    check("a.csv", ragged.as_bytes());
}
