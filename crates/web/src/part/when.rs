//! Moments, as people read them. A page has them in UTC; the script shows them in the reader's zone.

use consort_kernel::time::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html as markup};

/// A moment, to the minute.
pub(crate) fn when(at: Timestamp) -> Markup {
    let (iso, shown) = written(at, "%-d %b, %H:%M UTC");
    markup! { time datetime=(iso) data-moment { (shown) } }
}

/// A day.
pub(crate) fn day(at: Timestamp) -> Markup {
    let (iso, shown) = written(at, "%-d %b %Y");
    markup! { time datetime=(iso) { (shown) } }
}

/// How long it is until a moment, or since.
pub(crate) fn until(now: Timestamp, at: Timestamp) -> Markup {
    let words = distance(now, at);
    markup! { time datetime=(at) { (words) } }
}

/// The distance in one unit.
fn distance(now: Timestamp, at: Timestamp) -> String {
    let millis = at.millis_since(now);
    let minutes = millis.abs() / 60_000;
    let (count, unit) = match minutes {
        0 => return if millis < 0 { "just now" } else { "now" }.to_owned(),
        1..=119 => (minutes, "minute"),
        120..=2_879 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if millis < 0 {
        format!("{count} {unit}{plural} ago")
    } else {
        format!("in {count} {unit}{plural}")
    }
}

/// How long something took, in one unit.
pub(crate) fn lasted(millis: i64) -> String {
    let seconds = millis.max(0) / 1_000;
    let (count, unit) = match seconds {
        0 => return "under a second".to_owned(),
        1..=119 => (seconds, "second"),
        120..=7_199 => (seconds / 60, "minute"),
        7_200..=172_799 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

fn written(at: Timestamp, form: &str) -> (String, String) {
    let iso = at.to_string();
    let shown = jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(
        |_| iso.clone(),
        |moment| moment.to_zoned(TimeZone::UTC).strftime(form).to_string(),
    );
    (iso, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    #[test]
    fn how_long_is_told_in_one_unit() {
        for (minutes, told) in [
            (0, "now"),
            (1, "in 1 minute"),
            (119, "in 119 minutes"),
            (120, "in 2 hours"),
            (2_880, "in 2 days"),
            (-1, "1 minute ago"),
            (-3_000, "2 days ago"),
        ] {
            assert_eq!(distance(at(0), at(minutes)), told);
        }
    }

    #[test]
    fn a_time_is_told_in_one_unit() {
        for (millis, told) in [
            (3, "under a second"),
            (1_000, "1 second"),
            (119_000, "119 seconds"),
            (7_199_000, "119 minutes"),
            (7_200_000, "2 hours"),
            (259_200_000, "3 days"),
        ] {
            assert_eq!(lasted(millis), told);
        }
    }

    #[test]
    fn a_moment_is_exact_for_programs_and_short_for_people() {
        let shown = when(Timestamp::from_millis(1_763_742_600_000)).into_string();
        assert!(shown.contains("2025-11-21T16:30:00"), "{shown}");
        assert!(shown.contains("21 Nov, 16:30 UTC"), "{shown}");
    }
}
