//! Drops what stands at the top or bottom of most pages: titles, notices, page numbers.

use std::collections::BTreeMap;

use super::layout::Line;

/// How many lines from the top and from the bottom of a page are looked at.
const LINES_LOOKED_AT: usize = 3;

/// Of 100 pages, on how many a line has to stand to count as repeated.
const REPEATED_PERCENT: usize = 60;

/// Leaves out, on every page, the lines that stand at the edge of most pages.
///
/// Numbers in them may differ from page to page. The lines of a single page all stay.
pub(super) fn drop_repeated(pages: &mut [Vec<Line>]) {
    let with_text = pages.iter().filter(|lines| !lines.is_empty()).count();
    let mut pages_with: BTreeMap<String, usize> = BTreeMap::new();
    for lines in pages.iter() {
        let mut shapes = edges(lines)
            .into_iter()
            .map(|index| shape(&lines[index]))
            .collect::<Vec<_>>();
        shapes.sort();
        shapes.dedup();
        for shape in shapes {
            *pages_with.entry(shape).or_default() += 1;
        }
    }
    let is_repeated = |line: &Line| {
        let count = pages_with.get(&shape(line)).copied().unwrap_or(0);
        count >= 2 && count * 100 >= with_text * REPEATED_PERCENT
    };
    for lines in pages {
        let repeated = edges(lines)
            .into_iter()
            .filter(|index| is_repeated(&lines[*index]));
        let repeated = repeated.collect::<Vec<_>>();
        let mut index = 0;
        lines.retain(|_| {
            index += 1;
            !repeated.contains(&(index - 1))
        });
    }
}

/// The indices of the lines that stand highest and lowest.
fn edges(lines: &[Line]) -> Vec<usize> {
    let mut by_height = (0..lines.len()).collect::<Vec<_>>();
    by_height.sort_by(|one, other| lines[*other].y.total_cmp(&lines[*one].y));
    let bottom = lines
        .len()
        .saturating_sub(LINES_LOOKED_AT)
        .max(LINES_LOOKED_AT);
    let top = by_height.iter().take(LINES_LOOKED_AT);
    top.chain(by_height.iter().skip(bottom)).copied().collect()
}

/// A line with its numbers made alike.
fn shape(line: &Line) -> String {
    let mut shape = String::with_capacity(line.text.len());
    for letter in line.text.chars() {
        if !letter.is_ascii_digit() {
            shape.push(letter);
        } else if !shape.ends_with('#') {
            shape.push('#');
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(texts: &[&str]) -> Vec<Line> {
        let mut y = 800.0;
        let lines = texts.iter().map(|text| {
            y -= 20.0;
            Line {
                text: (*text).to_owned(),
                y,
                ..Line::default()
            }
        });
        lines.collect()
    }

    fn check(pages: &[&[&str]]) -> Vec<Vec<String>> {
        let mut pages = pages.iter().map(|texts| page(texts)).collect::<Vec<_>>();
        drop_repeated(&mut pages);
        pages
            .into_iter()
            .map(|lines| lines.into_iter().map(|line| line.text).collect())
            .collect()
    }

    #[test]
    fn lines_that_repeat_at_the_edge_of_most_pages_go() {
        let pages: &[&[&str]] = &[
            &[
                "Agreement 7",
                "a",
                "b",
                "c",
                "d",
                "e",
                "Confidential",
                "Page 1 of 3",
            ],
            &[
                "Agreement 7",
                "f",
                "g",
                "h",
                "i",
                "j",
                "Confidential",
                "Page 2 of 3",
            ],
            &["k", "l", "m", "n", "o", "p", "Confidential", "Page 3 of 3"],
        ];
        let left = check(pages);
        assert_eq!(left[0], ["a", "b", "c", "d", "e"]);
        assert_eq!(left[2], ["k", "l", "m", "n", "o", "p"]);
    }

    #[test]
    fn what_repeats_in_the_middle_or_on_one_page_stays() {
        let middle: &[&str] = &["a", "b", "c", "same", "d", "e", "f"];
        let other: &[&str] = &["g", "h", "i", "same", "j", "k", "l"];
        assert_eq!(check(&[middle, other]), [middle, other]);
        assert_eq!(check(&[&["x", "x"]]), [["x", "x"]]);
    }
}
