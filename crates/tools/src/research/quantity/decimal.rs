//! Decimal digits as text: exact, of any length, and written in one way only.
//!
//! It does no arithmetic beyond moving the point, so nothing is ever rounded.

/// The number with these digits before and after the point, without needless zeros.
pub(super) fn of(whole: &str, places: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let places = places.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if places.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{places}")
    }
}

/// The number times ten to the power of `places`.
pub(super) fn shifted(decimal: &str, places: usize) -> String {
    let (sign, digits) = decimal
        .strip_prefix('-')
        .map_or(("", decimal), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut padded = fraction.to_owned();
    while padded.len() < places {
        padded.push('0');
    }
    let (moved, rest) = padded.split_at(places);
    format!("{sign}{}", of(&format!("{whole}{moved}"), rest))
}

/// The number below zero; zero stays zero.
pub(super) fn negated(decimal: &str) -> String {
    if decimal == "0" {
        decimal.to_owned()
    } else {
        format!("-{decimal}")
    }
}

#[cfg(test)]
mod tests {
    use super::{negated, of, shifted};

    #[test]
    fn the_point_moves_without_rounding() {
        for (decimal, places, expected) in [
            ("3", 6, "3000000"),
            ("1.25", 3, "1250"),
            ("-0.5", 3, "-500"),
            ("1.2345", 3, "1234.5"),
        ] {
            assert_eq!(shifted(decimal, places), expected);
        }
    }

    #[test]
    fn a_number_is_written_in_one_way_only() {
        assert_eq!(of("0012", "500"), "12.5");
        assert_eq!(of("000", "000"), "0");
        assert_eq!(negated(&of("0", "")), "0");
    }
}
