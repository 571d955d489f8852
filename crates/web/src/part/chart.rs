//! Charts as SVG. The figures stand in the picture's label, for those who do not see it.

use maud::{Markup, html as markup};

const WIDTH: usize = 320;
const HEIGHT: usize = 88;
/// What is left below the columns for their names.
const FOOT: usize = 16;

/// Columns side by side; the first, the highest and the last are named.
pub(crate) fn bars(title: &str, columns: &[(String, u64)]) -> Markup {
    let most = columns
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or(0)
        .max(1);
    let step = WIDTH / columns.len().max(1);
    let high = HEIGHT - FOOT - 14;
    let counted: Vec<String> = columns
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name}: {count}"))
        .collect();
    let label = format!(
        "{title}. {}",
        if counted.is_empty() {
            "None.".to_owned()
        } else {
            counted.join(", ")
        }
    );
    let tall = |count: u64| {
        usize::try_from(count * high as u64 / most)
            .unwrap_or(high)
            .max(usize::from(count > 0) * 2)
    };
    markup! {
        svg.chart.bars viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(label) {
            path.axis d={ "M0 " (HEIGHT - FOOT) "H" (WIDTH) } {}
            @for (place, (name, count)) in columns.iter().enumerate() {
                @let x = place * step;
                @let tall = tall(*count);
                @if *count > 0 {
                    rect.is-busy x=(x + 2) y=(HEIGHT - FOOT - tall) width=(step - 4) height=(tall) rx="2" {}
                    text.count x=(x + step / 2) y=(HEIGHT - FOOT - tall - 4) { (count) }
                }
                @if place == 0 || place + 1 == columns.len() {
                    text class=(if place == 0 { "begin" } else { "end" }) x=(if place == 0 { 0 } else { WIDTH }) y=(HEIGHT - 3) { (name) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bars;

    #[test]
    fn a_chart_says_its_figures() {
        let columns = [("10:00".to_owned(), 0), ("11:00".to_owned(), 3)];
        let shown = bars("Accepted", &columns).into_string();
        assert!(
            shown.contains("aria-label=\"Accepted. 11:00: 3\""),
            "{shown}"
        );
        assert_eq!(shown.matches("<rect").count(), 1);
        let none = bars("Accepted", &[]).into_string();
        assert!(none.contains("None."), "{none}");
    }
}
