//! Days of the calendar, for comparing dates that documents give.

use std::str::FromStr;

/// A day, as documents date themselves: without a time or a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u32,
    month: u32,
    of_month: u32,
}

/// A text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a day: YYYY-MM-DD was expected")]
pub struct InvalidDay(String);

impl Day {
    /// Whether this day lies more than so many months before the other.
    pub fn is_months_before(self, months: u32, other: Self) -> bool {
        let later = (self.year * 12 + self.month + months, self.of_month);
        later < (other.year * 12 + other.month, other.of_month)
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let invalid = || InvalidDay(text.chars().take(40).collect());
        let mut parts = text.split('-').map(|part| {
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.parse::<u32>().ok()).flatten()
        });
        let mut next = || parts.next().flatten().ok_or_else(invalid);
        let (year, month, day) = (next()?, next()?, next()?);
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        let is_day = lengths == [4, 2, 2]
            && year >= 1
            && (1..=12).contains(&month)
            && (1..=31).contains(&day);
        if is_day {
            Ok(Self {
                year,
                month,
                of_month: day,
            })
        } else {
            Err(invalid())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_by_the_calendar() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let table = [
            ("2023-11-20", 36, "2026-11-21", true),
            ("2023-11-21", 36, "2026-11-21", false),
            ("2024-01-31", 1, "2024-03-01", true),
            ("2026-11-21", 1, "2020-01-01", false),
        ];
        for (one, months, other, expected) in table {
            assert_eq!(
                day(one).is_months_before(months, day(other)),
                expected,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2024-1-1",
            "24-01-0001",
            "2024-01-32",
            "2024-0+-01",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
