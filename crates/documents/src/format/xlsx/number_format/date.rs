//! Dates and times of a sheet: days since 1900 (or 1904), with the time as the fraction.

use super::Token;

/// The last day that a sheet knows, 31 December 9999.
const SERIAL_MAX: f64 = 2_958_466.0;

/// From the day 0 of sheets to 1 January 1970.
const UNIX_EPOCH_SERIAL: i64 = 25_569;

/// How much later the count begins in workbooks that count from 1904.
const DAYS_TO_1904: f64 = 1_462.0;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// 1 January 1970 was a Thursday.
const WEEKDAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

/// A part of a date: a letter and how often it stands there, or text.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) enum DatePart {
    Year(usize),
    Month(usize),
    Day(usize),
    Hour(usize),
    Minute(usize),
    Second(usize),
    /// Tenths of a second and so on.
    Fraction(usize),
    HalfOfDay,
    /// Hours, minutes or seconds that count on past a day.
    Elapsed(char),
    Text(char),
}

/// Groups the tokens of a section into the parts of a date.
pub(super) fn date_parts(tokens: &[Token]) -> Vec<DatePart> {
    let mut parts: Vec<DatePart> = Vec::new();
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let run = tokens[index..]
            .iter()
            .take_while(|other| *other == token)
            .count();
        let (part, length) = match token {
            Token::Elapsed(letter) => (DatePart::Elapsed(*letter), 1),
            Token::Shown(letter) => (DatePart::Text(*letter), 1),
            Token::Means(letter) => match letter.to_ascii_lowercase() {
                'y' => (DatePart::Year(run), run),
                'd' => (DatePart::Day(run), run),
                'h' => (DatePart::Hour(run), run),
                's' => (DatePart::Second(run), run),
                'm' => (DatePart::Month(run), run),
                'a' => half_of_day(&tokens[index..]),
                '.' if matches!(tokens.get(index + 1), Some(Token::Means('0'))) => {
                    let places = tokens[index + 1..].iter();
                    let places = places
                        .take_while(|other| **other == Token::Means('0'))
                        .count();
                    (DatePart::Fraction(places), places + 1)
                }
                _ => (DatePart::Text(*letter), 1),
            },
        };
        parts.push(part);
        index += length;
    }
    tell_minutes_from_months(&mut parts);
    parts
}

fn half_of_day(tokens: &[Token]) -> (DatePart, usize) {
    let letters = tokens.iter().map_while(|token| match token {
        Token::Means(letter) => Some(letter.to_ascii_uppercase()),
        Token::Shown(_) | Token::Elapsed(_) => None,
    });
    let code = letters.take(5).collect::<String>();
    if code == "AM/PM" {
        (DatePart::HalfOfDay, 5)
    } else if code.starts_with("A/P") {
        (DatePart::HalfOfDay, 3)
    } else {
        (DatePart::Text('a'), 1)
    }
}

/// An `m` after hours or before seconds means minutes.
fn tell_minutes_from_months(parts: &mut [DatePart]) {
    for index in 0..parts.len() {
        let DatePart::Month(length) = parts[index] else {
            continue;
        };
        let says = |part: &&DatePart| !matches!(part, DatePart::Text(_));
        let before = parts[..index].iter().rfind(says);
        let after = parts[index + 1..].iter().find(says);
        let is_minute = length <= 2
            && (matches!(before, Some(DatePart::Hour(_) | DatePart::Elapsed('h')))
                || matches!(after, Some(DatePart::Second(_))));
        if is_minute {
            parts[index] = DatePart::Minute(length);
        }
    }
}

/// A day and a time; nothing for numbers that are none.
pub(super) fn show_date(parts: &[DatePart], serial: f64, starts_1904: bool) -> Option<String> {
    let serial = if starts_1904 {
        serial + DAYS_TO_1904
    } else {
        serial
    };
    if !(0.0..SERIAL_MAX).contains(&serial) {
        return None;
    }
    let places = parts.iter().find_map(|part| match part {
        DatePart::Fraction(places) => Some((*places).min(3)),
        _ => None,
    });
    let scale = 10_i64.pow(u32::try_from(places.unwrap_or(0)).unwrap_or(0));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the serial number is below three million"
    )]
    #[expect(clippy::cast_precision_loss, reason = "the scale is at most 1,000")]
    let ticks = (serial * 86_400.0 * scale as f64).round() as i64;
    let seconds = ticks / scale;
    let (day, time) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day_of_month) = calendar(day);
    let twelve_hours = parts.contains(&DatePart::HalfOfDay);
    let hour = match time / 3_600 {
        hour if twelve_hours => (hour + 11) % 12 + 1,
        hour => hour,
    };
    let mut shown = String::new();
    for part in parts {
        let piece = match *part {
            DatePart::Year(length) if length <= 2 => format!("{:02}", year % 100),
            DatePart::Year(_) => format!("{year:04}"),
            DatePart::Month(length) => month_name(month, length),
            DatePart::Day(length) if length <= 2 => padded(day_of_month, length),
            DatePart::Day(length) => weekday(day, length),
            DatePart::Hour(length) => padded(hour, length),
            DatePart::Minute(length) => padded(time / 60 % 60, length),
            DatePart::Second(length) => padded(time % 60, length),
            DatePart::Fraction(length) => {
                format!(".{:0width$}", ticks % scale, width = length.min(3))
            }
            DatePart::HalfOfDay => if time < 43_200 { "AM" } else { "PM" }.to_owned(),
            DatePart::Elapsed('h') => (seconds / 3_600).to_string(),
            DatePart::Elapsed('m') => (seconds / 60).to_string(),
            DatePart::Elapsed(_) => seconds.to_string(),
            DatePart::Text(letter) => letter.to_string(),
        };
        shown.push_str(&piece);
    }
    Some(shown.trim().to_owned())
}

fn padded(number: i64, length: usize) -> String {
    format!("{number:0width$}", width = length.min(2))
}

fn month_name(month: i64, length: usize) -> String {
    let name = usize::try_from(month - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .unwrap_or(&"");
    match length {
        0..=2 => padded(month, length),
        3 => name[..3.min(name.len())].to_owned(),
        4 => (*name).to_owned(),
        _ => name[..1.min(name.len())].to_owned(),
    }
}

fn weekday(day: i64, length: usize) -> String {
    let index = (day - UNIX_EPOCH_SERIAL).rem_euclid(7);
    let name = usize::try_from(index)
        .ok()
        .and_then(|index| WEEKDAYS.get(index))
        .unwrap_or(&"");
    if length == 3 {
        name[..3].to_owned()
    } else {
        (*name).to_owned()
    }
}

/// Year, month and day of a serial number.
///
/// Sheets count a 29 February 1900 that never was, so the days before it are one off.
fn calendar(serial: i64) -> (i64, i64, i64) {
    if serial == 60 {
        return (1900, 2, 29);
    }
    let days = if serial < 60 { serial + 1 } else { serial } - UNIX_EPOCH_SERIAL;
    // Days are counted from 1 March of the year 0, in cycles of 400 years.
    let days = days + 719_468;
    let cycle = days.div_euclid(146_097);
    let day_of_cycle = days.rem_euclid(146_097);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    (year, month, day)
}
