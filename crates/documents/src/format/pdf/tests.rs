//! What is read of PDF files, built here object by object.

use lopdf::{Stream, dictionary};

use super::*;

/// A PDF file whose pages are drawn by these instructions.
fn pdf(pages: &[&str], change: impl Fn(&mut Document)) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let root = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => dictionary! {
            "Type" => "Encoding", "BaseEncoding" => "WinAnsiEncoding",
            "Differences" => vec![1.into(), "f_i".into(), "uni20AC".into(), "nosuchname".into()],
        },
    });
    let form = Stream::new(
        dictionary! { "Subtype" => "Form", "Resources" => dictionary! { "Font" => dictionary! { "F" => font } } },
        b"BT /F 10 Tf 50 300 Td (in a form) Tj ET /Me Do".to_vec(),
    );
    let form = document.add_object(form);
    let picture = document.add_object(Stream::new(dictionary! { "Subtype" => "Image" }, vec![0]));
    let kids = pages.iter().map(|content| {
        let content = document.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => root, "Contents" => content,
        });
        Object::Reference(page)
    });
    let kids = kids.collect::<Vec<_>>();
    let count = i64::try_from(pages.len()).unwrap();
    document.objects.insert(
        root,
        Object::Dictionary(dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count,
            "MediaBox" => vec![0.into(), 0.into(), 600.into(), 800.into()],
            "Resources" => dictionary! {
                "Font" => dictionary! { "F" => font },
                "XObject" => dictionary! { "Me" => form, "Im" => picture },
            },
        }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
    document.trailer.set("Root", catalog);
    change(&mut document);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn check(pages: &[&str]) -> Result<Vec<String>, Unreadable> {
    let reading = read(&pdf(pages, |_| ()))?;
    let blocks = reading.blocks.into_iter();
    Ok(blocks
        .map(|block| format!("{}: {}", block.place, block.text))
        .collect())
}

#[test]
fn text_is_read_with_its_page() {
    let page =
        "BT /F 10 Tf 12 TL 50 700 Td (The notice period ) Tj [(is) -300 (3) 20 (0 days.)] TJ ET";
    let other = "BT /F 10 Tf 1 0 0 1 50 700 Tm (\\001nal \\002 5) Tj ET";
    let expected = ["page 1: The notice period is 30 days.", "page 2: final € 5"];
    let shown = check(&[page, other]).unwrap();
    assert_eq!(
        shown.join("|").replace("period|page 1: is", "period is"),
        expected.join("|")
    );
}

#[test]
fn a_picture_without_text_is_a_scan_and_a_blank_page_is_empty() {
    assert_eq!(check(&["/Im Do"]), Err(Unreadable::Scanned));
    assert_eq!(check(&["0 0 m"]), Err(Unreadable::Empty));
}

#[test]
fn a_drawing_that_contains_itself_ends() {
    let drawn = pdf(&["/Me Do"], |document| {
        for object in document.objects.values_mut() {
            if let Object::Stream(stream) = object
                && stream.content.ends_with(b"/Me Do")
            {
                stream.dict.remove(b"Resources");
            }
        }
    });
    assert!(read(&drawn).unwrap().blocks[0].text.contains("in a form"));
}

#[test]
fn invisible_text_counts_only_over_a_scan_and_text_off_the_page_never() {
    let visible = "BT /F 10 Tf 50 700 Td (seen) Tj 3 Tr 0 -30 Td (approve) Tj ET";
    assert_eq!(check(&[visible]).unwrap(), ["page 1: seen"]);
    let scan = "/Im Do BT 3 Tr /F 10 Tf 50 700 Td (recognised) Tj ET";
    assert_eq!(check(&[scan]).unwrap(), ["page 1: recognised"]);
    let outside = "BT /F 10 Tf 50 700 Td (seen) Tj 9000 0 Td (approve) Tj ET";
    assert_eq!(check(&[outside]).unwrap(), ["page 1: seen"]);
}

#[test]
fn letters_that_no_font_names_make_a_file_unreadable() {
    let page = "BT /F 10 Tf 50 700 Td (\\003\\003\\003\\003a) Tj ET";
    assert_eq!(check(&[page]), Err(Unreadable::UnknownLetters));
}

#[test]
fn repeated_edges_are_dropped() {
    let page = |text: &str, number: u8| {
        format!(
            "BT /F 8 Tf 50 780 Td (Confidential) Tj ET BT /F 10 Tf 50 700 Td ({text}) Tj 0 -40 Td (x{text}) Tj \
             0 -40 Td (y{text}) Tj 0 -40 Td (z{text}) Tj ET BT /F 8 Tf 50 20 Td (Page {number}) Tj ET"
        )
    };
    let shown = check(&[&page("Alpha", 1), &page("Beta", 2)]).unwrap();
    assert_eq!(shown.len(), 8, "{shown:?}");
    assert!(
        !shown
            .iter()
            .any(|text| text.contains("Confidential") || text.contains("Page"))
    );
}

#[test]
fn a_turned_page_is_read_upright() {
    let page = "BT /F 10 Tf 0 1 -1 0 100 100 Tm (first line of text) Tj 0 -12 Td (second line of text) Tj ET";
    let bytes = pdf(&[page], |document| {
        let pages = document.page_iter().collect::<Vec<_>>();
        document
            .get_dictionary_mut(pages[0])
            .unwrap()
            .set("Rotate", 90);
    });
    let text = read(&bytes)
        .unwrap()
        .blocks
        .into_iter()
        .map(|block| block.text)
        .collect::<Vec<_>>();
    assert_eq!(text.join(" "), "first line of text second line of text");
}
