//! One event of the feed, read from plain JSON.

use serde_json::Value;

/// Events that come of timers, where they come of no other command.
const OF_TIMERS: &[&str] = &["lease_expired", "offer_lapsed", "escalated", "overdue"];

/// An event with what is recorded about it.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) position: u64,
    pub(super) stream: &'a str,
    pub(super) version: u64,
    /// Whose event it is, as in `task`.
    pub(super) kind: &'a str,
    /// What happened, as in `claimed`.
    pub(super) name: &'a str,
    pub(super) data: &'a Value,
    /// `engine`, or a contributor's identifier.
    pub(super) principal: &'a str,
    pub(super) cause: &'a str,
    pub(super) correlation: Option<&'a str>,
    pub(super) at_ms: i64,
    pub(super) policy: u64,
}

impl<'a> Entry<'a> {
    pub(super) fn read(position: u64, value: &'a Value) -> Option<Self> {
        let (kind, event) = only(&value["event"])?;
        let (name, data) = only(event)?;
        let principal = &value["principal"];
        let principal = principal
            .as_str()
            .or_else(|| principal["contributor"].as_str())?;
        Some(Self {
            position,
            stream: value["stream"].as_str()?,
            version: value["version"].as_str()?.parse().ok()?,
            kind,
            name,
            data,
            principal,
            cause: value["cause"].as_str()?,
            correlation: value["correlation"].as_str(),
            at_ms: moment(&value["recorded_at"])?,
            policy: value["policy"].as_u64()?,
        })
    }

    pub(super) fn is_by_engine(&self) -> bool {
        self.principal == "engine"
    }

    pub(super) fn is_of_timer(&self) -> bool {
        self.is_by_engine() && self.correlation.is_none() && OF_TIMERS.contains(&self.name)
    }

    pub(super) fn text(&self, field: &str) -> &'a str {
        text(self.data, field)
    }
}

fn only(value: &Value) -> Option<(&str, &Value)> {
    let fields = value.as_object()?;
    let (name, inner) = fields.iter().next()?;
    (fields.len() == 1).then_some((name.as_str(), inner))
}

/// A field's text; empty if there is none.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A number that is written as text, or as a number; nothing is zero.
pub(super) fn number(value: &Value) -> i128 {
    match value {
        Value::String(text) => text.parse().unwrap_or(i128::MIN),
        Value::Number(number) => number.as_i64().map_or(i128::MIN, i128::from),
        Value::Null => 0,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => i128::MIN,
    }
}

/// A lease number or another count.
pub(super) fn count(value: &Value) -> u64 {
    u64::try_from(number(value)).unwrap_or(u64::MAX)
}

/// The texts of a list; none if it is not there.
pub(super) fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Milliseconds since 1970 of a moment such as `2026-11-21T02:00:00.123Z`.
pub(super) fn moment(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second, milli) =
        (part(11, 13)?, part(14, 16)?, part(17, 19)?, part(20, 23)?);
    if text.len() != 24 || !text.ends_with('Z') {
        return None;
    }
    let before = |month: i64| -> i64 {
        let leap = i64::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        let lengths = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let months = usize::try_from(month - 1).unwrap_or(0);
        lengths.iter().take(months).sum()
    };
    let years = (1970..year).map(|year| {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        365 + i64::from(is_leap)
    });
    let days = years.sum::<i64>() + before(month) + day - 1;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + milli)
}

#[cfg(test)]
mod tests {
    use super::moment;
    use serde_json::json;

    #[test]
    fn moments_are_read_to_the_millisecond() {
        for (text, expected) in [
            ("1970-01-01T00:00:00.000Z", Some(0)),
            ("2026-11-21T02:00:00.123Z", Some(1_795_226_400_123)),
            ("2024-02-29T23:59:59.999Z", Some(1_709_251_199_999)),
            ("2026-11-21T02:00:00.123", None),
        ] {
            assert_eq!(moment(&json!(text)), expected, "{text}");
        }
    }
}
