//! Shows numbers and dates as a sheet's number formats say.
//!
//! Covered are sections, digits, thousands, percentages, literal text, currencies, dates and
//! times. Fractions, exponents and fill characters show as plain numbers. The formats whose look
//! depends on where the program runs (14 and 22) show as ISO dates, which cannot be misread.

mod date;

use date::{DatePart, date_parts, show_date};

/// How a number is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NumberFormat {
    /// As plainly as possible.
    General,
    /// By a format code, one for each kind of number.
    Sections(Vec<Section>),
}

/// What the format code says for one kind of number: positive, negative, zero.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Section {
    /// No digits at all, only words; or a code that is not covered, which shows plainly.
    Plain,
    Date(Vec<DatePart>),
    Number(Digits),
    Literal(String),
}

/// The shape of a number.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Digits {
    before: String,
    after: String,
    /// Digits before the point that are shown at least.
    whole: usize,
    /// Digits after the point: shown at least, and at most.
    decimals: (usize, usize),
    thousands: bool,
    /// The power of ten by which the number is moved: 2 for percent, -3 for each comma at the end.
    moved: i32,
}

/// A character of a format code: shown as it is, or meaning something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token {
    Shown(char),
    Means(char),
    /// Hours, minutes or seconds that count on past a day: `[h]`.
    Elapsed(char),
}

impl NumberFormat {
    /// The format with this number; `code` is the workbook's own, if it has one.
    pub(super) fn of(id: u32, code: Option<&str>) -> Self {
        let code = code.or(match id {
            1 => Some("0"),
            2 => Some("0.00"),
            3 | 37 | 38 => Some("#,##0"),
            4 | 39 | 40 => Some("#,##0.00"),
            9 => Some("0%"),
            10 => Some("0.00%"),
            14 => Some("yyyy-mm-dd"),
            15 => Some("d-mmm-yy"),
            16 => Some("d-mmm"),
            17 => Some("mmm-yy"),
            18 => Some("h:mm AM/PM"),
            19 => Some("h:mm:ss AM/PM"),
            20 => Some("h:mm"),
            21 => Some("h:mm:ss"),
            22 => Some("yyyy-mm-dd h:mm"),
            45 => Some("mm:ss"),
            46 => Some("[h]:mm:ss"),
            47 => Some("mm:ss.0"),
            _ => None,
        });
        match code {
            None => Self::General,
            Some(code) if code.eq_ignore_ascii_case("general") || code == "@" => Self::General,
            Some(code) => {
                let sections = tokens_of(code);
                let sections = sections.split(|token| *token == Token::Means(';'));
                Self::Sections(sections.map(section).collect())
            }
        }
    }

    /// What a cell with this number shows.
    pub(super) fn show(&self, number: f64, starts_1904: bool) -> String {
        let Self::Sections(sections) = self else {
            return general(number);
        };
        let (index, number) = match sections.len() {
            2.. if number < 0.0 => (1, -number),
            3.. if number == 0.0 => (2, number),
            _ => (0, number),
        };
        match sections.get(index) {
            None | Some(Section::Plain) => general(number),
            Some(Section::Literal(text)) => text.clone(),
            Some(Section::Number(digits)) => show_digits(digits, number),
            Some(Section::Date(parts)) => {
                show_date(parts, number, starts_1904).unwrap_or_else(|| general(number))
            }
        }
    }
}

/// A number as plainly as possible, with the 15 digits that a sheet keeps.
pub(super) fn general(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    if rounded == 0.0 {
        "0".to_owned()
    } else if (1e-9..1e15).contains(&rounded.abs()) {
        rounded.to_string()
    } else {
        format!("{rounded:E}")
    }
}

/// Splits a code into what is shown and what means something.
fn tokens_of(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => tokens.extend(
                letters
                    .by_ref()
                    .take_while(|letter| *letter != '"')
                    .map(Token::Shown),
            ),
            '\\' => tokens.extend(letters.next().map(Token::Shown)),
            // As wide as the next character, and filled with the next character.
            '_' => {
                letters.next();
                tokens.push(Token::Shown(' '));
            }
            '*' => {
                letters.next();
            }
            '[' => {
                let inside = letters
                    .by_ref()
                    .take_while(|letter| *letter != ']')
                    .collect::<String>();
                let lower = inside.to_ascii_lowercase();
                if let Some(currency) = inside.strip_prefix('$') {
                    let symbol = currency.split('-').next().unwrap_or_default();
                    tokens.extend(symbol.chars().map(Token::Shown));
                } else if let Some(first) = lower.chars().next()
                    && "hms".contains(first)
                    && lower.chars().all(|letter| letter == first)
                {
                    tokens.push(Token::Elapsed(first));
                }
            }
            _ => tokens.push(Token::Means(letter)),
        }
    }
    tokens
}

fn section(tokens: &[Token]) -> Section {
    let means = |wanted: &str| {
        tokens
            .iter()
            .any(|token| matches!(token, Token::Means(letter) if wanted.contains(*letter)))
    };
    let elapsed = tokens
        .iter()
        .any(|token| matches!(token, Token::Elapsed(_)));
    if means("G") && means("l") {
        // `General` in a section of its own.
        Section::Plain
    } else if means("yYdDhHsSmM") || elapsed {
        Section::Date(date_parts(tokens))
    } else if !means("0#?") {
        let shown = tokens.iter().filter_map(|token| match token {
            Token::Means('@') | Token::Elapsed(_) => None,
            Token::Shown(letter) | Token::Means(letter) => Some(*letter),
        });
        Section::Literal(shown.collect::<String>().trim().to_owned())
    } else if means("/E") {
        Section::Plain
    } else {
        Section::Number(digits(tokens))
    }
}

fn digits(tokens: &[Token]) -> Digits {
    let mut digits = Digits::default();
    let is_place = |token: &Token| matches!(token, Token::Means('0' | '#' | '?'));
    let last_place = tokens.iter().rposition(is_place).unwrap_or(0);
    let mut seen_place = false;
    let mut seen_point = false;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Means(letter @ ('0' | '#' | '?')) => {
                seen_place = true;
                let needed = usize::from(*letter == '0');
                if seen_point {
                    digits.decimals.0 += needed;
                    digits.decimals.1 += 1;
                } else {
                    digits.whole += needed;
                }
            }
            Token::Means('.') if !seen_point && index <= last_place + 1 => seen_point = true,
            Token::Means(',') if seen_place && index < last_place => digits.thousands = true,
            Token::Means(',') if seen_place => digits.moved -= 3,
            Token::Means('%') => {
                digits.moved += 2;
                if seen_place {
                    &mut digits.after
                } else {
                    &mut digits.before
                }
                .push('%');
            }
            Token::Means(letter) | Token::Shown(letter) => {
                if seen_place {
                    &mut digits.after
                } else {
                    &mut digits.before
                }
                .push(*letter);
            }
            Token::Elapsed(_) => {}
        }
    }
    // More than a sheet keeps; a code may ask for any number of them.
    digits.whole = digits.whole.min(30);
    digits.decimals.1 = digits.decimals.1.min(30);
    digits.decimals.0 = digits.decimals.0.min(digits.decimals.1);
    digits
}

fn show_digits(digits: &Digits, number: f64) -> String {
    let moved = number.abs() * 10_f64.powi(digits.moved);
    // Rounding to what a sheet keeps first, so that 1.005 with two decimals is 1.01, as there.
    let moved = format!("{moved:.14e}").parse::<f64>().unwrap_or(moved);
    let half_up = |places: usize| {
        let scale = 10_f64.powi(i32::try_from(places).unwrap_or(0));
        let scaled = format!("{:.14e}", moved * scale)
            .parse::<f64>()
            .unwrap_or(moved * scale);
        if scaled < 1e15 {
            scaled.round() / scale
        } else {
            moved
        }
    };
    let (least, most) = digits.decimals;
    let text = format!("{:.most$}", half_up(most));
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let mut decimals = decimals.to_owned();
    while decimals.len() > least && decimals.ends_with('0') {
        decimals.pop();
    }
    let is_zero = text
        .chars()
        .all(|letter| !letter.is_ascii_digit() || letter == '0');
    let whole = if whole == "0" && digits.whole == 0 {
        ""
    } else {
        whole
    };
    let whole = format!("{whole:0>width$}", width = digits.whole);
    let whole = if digits.thousands {
        grouped(&whole)
    } else {
        whole
    };
    let sign = if number < 0.0 && !is_zero { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    let shown = format!(
        "{sign}{}{whole}{point}{decimals}{}",
        digits.before, digits.after
    );
    shown.trim().to_owned()
}

fn grouped(whole: &str) -> String {
    let mut shown = String::with_capacity(whole.len() * 4 / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_as_the_sheet_shows_them() {
        for (code, number, shown) in [
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 12_800.0, "12800"),
            ("General", -2.5, "-2.5"),
            ("General", 1e20, "1E20"),
            ("0", 2.5, "3"),
            ("0.00", 1.005, "1.01"),
            ("#,##0.00", 1_234_567.5, "1,234,567.50"),
            ("#,##0", -0.2, "0"),
            ("\"£\"#,##0.00", 2_480.0, "£2,480.00"),
            ("#,##0.00\\ \"€\"", 10_450.2, "10,450.20 €"),
            ("[$€-407] #,##0", 1_200.0, "€ 1,200"),
            ("[$-409]0.0", 1.25, "1.3"),
            ("0.0%", 0.042, "4.2%"),
            ("0%", -0.0135, "-1%"),
            ("#,##0;(#,##0)", -1_500.0, "(1,500)"),
            ("#,##0;[Red]-#,##0;\"-\"", 0.0, "-"),
            ("_-* #,##0.00_-;-* #,##0.00_-", 3.0, "3.00"),
            ("0.0##", 1.5, "1.5"),
            ("#.##", 0.25, ".25"),
            ("0,", 12_400.0, "12"),
            ("0,\"k\"", 12_400.0, "12k"),
            ("000", 7.0, "007"),
            ("0 \"kWh\"", 450.0, "450 kWh"),
            ("0.00E+00", 1_500.0, "1500"),
        ] {
            let format = NumberFormat::of(164, Some(code));
            assert_eq!(format.show(number, false), shown, "{code} {number}");
        }
    }

    #[test]
    fn dates_show_as_the_sheet_shows_them() {
        for (id, code, number, shown) in [
            (14, None, 46_115.0, "2026-04-03"),
            (164, Some("dd/mm/yyyy"), 46_115.0, "03/04/2026"),
            (164, Some("d mmmm yyyy"), 46_066.0, "13 February 2026"),
            (164, Some("[$-407]dd.mm.yy"), 46_066.0, "13.02.26"),
            (164, Some("mmm yyyy"), 45_839.0, "Jul 2025"),
            (164, Some("dddd, d mmm"), 45_839.0, "Tuesday, 1 Jul"),
            (
                164,
                Some("yyyy-mm-dd hh:mm:ss"),
                45_839.75,
                "2025-07-01 18:00:00",
            ),
            (18, None, 45_839.75, "6:00 PM"),
            (20, None, 0.5, "12:00"),
            (46, None, 1.5, "36:00:00"),
            (164, Some("dd/mm/yyyy"), 1.0, "01/01/1900"),
            (164, Some("dd/mm/yyyy"), 60.0, "29/02/1900"),
            (164, Some("dd/mm/yyyy"), 61.0, "01/03/1900"),
            (164, Some("dd/mm/yyyy"), -1.0, "-1"),
            (164, Some("dd/mm/yyyy"), 1e12, "1000000000000"),
        ] {
            assert_eq!(
                NumberFormat::of(id, code).show(number, false),
                shown,
                "{id} {code:?}"
            );
        }
        let format = NumberFormat::of(14, None);
        assert_eq!(format.show(44_653.0, true), "2026-04-03");
    }
}
