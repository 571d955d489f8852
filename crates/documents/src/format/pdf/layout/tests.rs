//! How lines become paragraphs.

use super::*;

fn span(x: f32, y: f32, text: &str) -> Span {
    #[expect(clippy::cast_precision_loss, reason = "texts in tests are short")]
    let width = text.chars().count() as f32 * 5.0;
    Span {
        x,
        y,
        end: x + width,
        size: 10.0,
        text: text.to_owned(),
        is_bold: false,
        invisible: false,
        turned: false,
    }
}

fn check(pages: Vec<Vec<Span>>) -> Vec<String> {
    let pages = pages.into_iter().map(lines).collect::<Vec<_>>();
    let shown = blocks(&pages).into_iter().map(|block| {
        let kind = match block.kind {
            BlockKind::Heading(level) => format!("h{level}"),
            BlockKind::ListItem => "li".to_owned(),
            BlockKind::Paragraph => "p".to_owned(),
            BlockKind::Row { .. } => "row".to_owned(),
        };
        format!("{kind} {}", block.text)
    });
    shown.collect()
}

#[test]
fn pieces_of_a_line_are_joined_with_spaces_where_there_are_gaps() {
    let page = vec![
        span(50.0, 700.0, "The no"),
        span(80.0, 700.0, "tice"),
        span(105.0, 700.5, "period"),
    ];
    assert_eq!(check(vec![page]), ["p The notice period"]);
}

#[test]
fn lines_close_together_are_a_paragraph_and_divided_words_are_mended() {
    let page = vec![
        span(
            50.0,
            700.0,
            "The agreement runs for a long-term period and it re-",
        ),
        span(
            50.0,
            688.0,
            "news automatically for a further year, as is the long-",
        ),
        span(50.0, 676.0, "term practice."),
        span(50.0, 652.0, "It ends with notice."),
    ];
    let expected = [
        "p The agreement runs for a long-term period and it renews automatically for a further \
         year, as is the long-term practice.",
        "p It ends with notice.",
    ];
    assert_eq!(check(vec![page]), expected);
}

#[test]
fn a_short_last_line_and_items_end_a_paragraph() {
    let page = vec![
        span(
            50.0,
            700.0,
            "The contractor cleans the premises on each working day in the",
        ),
        span(50.0, 688.0, "evening."),
        span(
            50.0,
            676.0,
            "Windows are cleaned twice a year by another firm, which is paid",
        ),
        span(50.0, 664.0, "• bins"),
        span(50.0, 652.0, "• floors"),
    ];
    let texts = check(vec![page]);
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert_eq!(texts[2], "li • bins");
}

#[test]
fn bigger_letters_are_headings() {
    let mut title = span(50.0, 740.0, "Agreement:");
    title.size = 18.0;
    let mut more = span(50.0, 720.0, "Terms");
    more.size = 18.0;
    let page = vec![
        title,
        more,
        span(
            50.0,
            700.0,
            "It runs for twelve months from the day of signing.",
        ),
    ];
    assert_eq!(check(vec![page])[0], "h1 Agreement: Terms");
}

#[test]
fn a_sentence_goes_on_over_the_end_of_a_page() {
    let one = vec![span(
        50.0,
        100.0,
        "The fee is due within thirty days after the",
    )];
    let two = vec![
        span(50.0, 700.0, "invoice was received."),
        span(50.0, 670.0, "Next."),
    ];
    let expected = [
        "p The fee is due within thirty days after the invoice was received.",
        "p Next.",
    ];
    assert_eq!(check(vec![one, two]), expected);
}

#[test]
fn columns_are_read_one_after_the_other() {
    let mut page = Vec::new();
    for (x, name) in [(50.0, "left"), (300.0, "right")] {
        for row in 0_u8..4 {
            page.push(span(
                x,
                700.0 - 12.0 * f32::from(row),
                &format!("{name} column line number {row}"),
            ));
        }
    }
    let text = check(vec![page]).join(" ");
    assert!(
        text.find("left column line number 3") < text.find("right column line number 0"),
        "{text}"
    );
}
