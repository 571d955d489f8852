//! Lengths of time as a playbook writes them: `90s`, `30m`, `2h`, `1h30m`, `5d`, `2w`.
//!
//! Days are 24 hours here; calendars and time zones belong to deadlines that are moments.

/// Milliseconds of this length of time, or nothing when it cannot be read.
pub(crate) fn read(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    // Units come from large to small, each once, so that every length has one reading.
    let mut largest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let unit_ms = milliseconds_of(unit)?;
        if unit_ms >= largest {
            return None;
        }
        largest = unit_ms;
        total = total.checked_add(count.checked_mul(unit_ms)?)?;
        rest = &rest[digits + unit.len_utf8()..];
    }
    Some(total)
}

fn milliseconds_of(unit: char) -> Option<u64> {
    const SECOND: u64 = 1_000;
    match unit {
        's' => Some(SECOND),
        'm' => Some(60 * SECOND),
        'h' => Some(3_600 * SECOND),
        'd' => Some(24 * 3_600 * SECOND),
        'w' => Some(7 * 24 * 3_600 * SECOND),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_one_way_or_not_at_all() {
        for (text, milliseconds) in [
            ("90s", Some(90_000)),
            ("2h", Some(7_200_000)),
            ("1h30m", Some(5_400_000)),
            ("5d", Some(432_000_000)),
            ("2w", Some(1_209_600_000)),
            ("", None),
            ("2", None),
            ("h", None),
            ("2 h", None),
            ("30m1h", None),
            ("1h1h", None),
            ("2 hours", None),
            ("-2h", None),
            ("1.5h", None),
            ("99999999999999999999h", None),
            ("9999999999999999w", None),
            ("2ℎ", None),
        ] {
            assert_eq!(read(text), milliseconds, "{text}");
        }
    }
}
