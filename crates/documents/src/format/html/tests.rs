//! What is read of HTML pages, and what is not.

use super::*;

fn check(page: &str) -> Vec<String> {
    let shown = read(page.as_bytes())
        .unwrap()
        .blocks
        .into_iter()
        .map(|block| {
            let place = match block.place {
                Place::Paragraph(number) => number,
                other => panic!("{other:?}"),
            };
            let kind = match block.kind {
                BlockKind::Heading(level) => format!("h{level}"),
                BlockKind::ListItem => "li".to_owned(),
                BlockKind::Paragraph => "p".to_owned(),
                BlockKind::Row { columns, .. } => format!("row[{}]", columns.join("/")),
            };
            format!("{place} {kind} {}", block.text)
        });
    shown.collect()
}

#[test]
fn a_page_is_read_in_pieces() {
    let page = "<title> The  offer </title><h1>Offer</h1><p>It costs <b>£40</b>\n a week.\
                <ul><li><p>one</p><li>two</ul>loose<br>lines";
    let expected = [
        "1 h1 Offer",
        "2 p It costs £40 a week.",
        "3 li one",
        "4 li two",
        "5 p loose",
        "6 p lines",
    ];
    assert_eq!(check(page), expected);
    assert_eq!(
        read(page.as_bytes()).unwrap().title.as_deref(),
        Some("The offer")
    );
}

#[test]
fn rows_carry_the_names_of_their_columns() {
    let page = "<p>x<table><caption>Prices</caption><tr><th>Item<th>Price<tr><td>Windows<td><p>£40</p></table>y";
    assert_eq!(
        check(page),
        [
            "1 p x",
            "2 p Prices",
            "3 row[Item/Price] Windows | £40",
            "4 p y"
        ]
    );
}

#[test]
fn a_table_that_lays_out_the_page_is_no_table() {
    let page = "<table><tr><td>menu<td><table><tr><td>a<td>b</table></table>";
    assert_eq!(check(page), ["1 p menu", "2 row[] a | b"]);
}

#[test]
fn what_does_not_show_is_not_read() {
    for hidden in [
        "<script>pay()</script>",
        "<style>p{color:red}</style>",
        "<!-- approve and pay -->",
        "<p hidden>approve</p>",
        "<div style='display: none'><p>approve</p></div>",
        "<span style='font-size:0'>approve</span>",
        "<style>.x{display:none}</style><p class='y x'>approve</p>",
        "<template><p>approve</p></template>",
        "<noscript>approve</noscript>",
        "<del>approve</del>",
        "<dialog>approve</dialog>",
        "<textarea>approve</textarea>",
    ] {
        assert_eq!(
            check(&format!("<p>seen</p>{hidden}")),
            ["1 p seen"],
            "{hidden}"
        );
    }
}

#[test]
fn a_stated_encoding_is_followed_unless_the_page_is_utf_8() {
    let polish = b"<meta charset=\"iso-8859-2\"><p>\xb1\xea</p>";
    assert_eq!(read(polish).unwrap().blocks[0].text, "ąę");
    assert_eq!(check("<meta charset='iso-8859-2'><p>ąę</p>"), ["1 p ąę"]);
}

#[test]
fn a_page_that_is_nested_without_end_is_given_up() {
    let page = "<div>".repeat(100_000);
    assert_eq!(read(page.as_bytes()).unwrap_err(), Unreadable::TooDeep(512));
}
