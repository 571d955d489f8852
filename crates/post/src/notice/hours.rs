//! When something is sent: in the zone of whoever is told, over every change of summer time.
//!
//! A moment of the day that a change leaves out comes as much later as the clock was put forward; one that
//! comes twice is the first of the two. Quiet hours are a stretch between two such moments, so that a
//! night in which the clock is put back has them once.

use consort_kernel::time::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::wish::{Moment, Quiet, When, Wishes};

/// The zone of this name, if there is one.
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// When something is sent that is known now; never, where they do not want it.
pub(super) fn due(wishes: &Wishes, when: When, now: Timestamp) -> Option<Timestamp> {
    let at = match when {
        When::AtOnce => now,
        When::Digest => next(wishes, now),
        When::Never => return None,
    };
    Some(awake(wishes, at))
}

/// A moment, or the end of the quiet hours that it is in.
pub(super) fn awake(wishes: &Wishes, at: Timestamp) -> Timestamp {
    let Some(quiet) = wishes.quiet else {
        return at;
    };
    let Some((zone, today)) = local(wishes, at) else {
        return at;
    };
    let nights = [today.checked_sub(1.day()), Ok(today)];
    for evening in nights.into_iter().flatten() {
        if let Some((from, to)) = night(&zone, evening, quiet)
            && (from..to).contains(&at)
        {
            return to;
        }
    }
    at
}

/// How a moment is written for somebody.
pub(super) fn written(wishes: &Wishes, at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.as_millis());
    let (Ok(moment), Some(zone)) = (moment, zone(&wishes.zone)) else {
        return at.to_string();
    };
    let shown = moment.to_zoned(zone).strftime("%A, %-d %B %Y, %H:%M");
    format!("{shown} ({})", wishes.zone)
}

/// When the next digest comes.
fn next(wishes: &Wishes, now: Timestamp) -> Timestamp {
    let found = local(wishes, now).and_then(|(zone, today)| {
        let today_s = resolved(&zone, today, wishes.digest)?;
        if today_s > now {
            return Some(today_s);
        }
        resolved(&zone, today.checked_add(1.day()).ok()?, wishes.digest)
    });
    found.unwrap_or(now)
}

/// The quiet hours that begin on a day.
fn night(zone: &TimeZone, evening: Date, quiet: Quiet) -> Option<(Timestamp, Timestamp)> {
    let morning = if quiet.to.0 <= quiet.from.0 {
        evening.checked_add(1.day()).ok()?
    } else {
        evening
    };
    let from = resolved(zone, evening, quiet.from)?;
    Some((from, resolved(zone, morning, quiet.to)?))
}

fn local(wishes: &Wishes, at: Timestamp) -> Option<(TimeZone, Date)> {
    let zone = zone(&wishes.zone)?;
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    let date = at.to_zoned(zone.clone()).date();
    Some((zone, date))
}

/// A moment of a day, as a moment of time.
fn resolved(zone: &TimeZone, day: Date, moment: Moment) -> Option<Timestamp> {
    let (hour, minute) = moment.parts();
    let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()?;
    // In a gap it is taken as if the clock had not changed yet, in a fold as the first of both.
    let at = zone
        .to_ambiguous_timestamp(day.to_datetime(time))
        .compatible()
        .ok()?;
    Some(Timestamp::from_millis(at.as_millisecond()))
}

#[cfg(test)]
#[cfg(feature = "post")]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn wishes(zone: &str, digest: &str, quiet: Option<(&str, &str)>) -> Wishes {
        let moment = |text| Moment::parse(text).unwrap();
        Wishes {
            zone: zone.to_owned(),
            digest: moment(digest),
            quiet: quiet.map(|(from, to)| Quiet {
                from: moment(from),
                to: moment(to),
            }),
            ..Wishes::default()
        }
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_end_when_they_say() {
        let night = wishes("Europe/Berlin", "08:00", Some(("22:00", "07:00")));
        for (now, expected) in [
            // In winter, an hour before UTC.
            ("2026-01-10T20:59:59Z", "2026-01-10T20:59:59Z"),
            ("2026-01-10T21:00:00Z", "2026-01-11T06:00:00Z"),
            ("2026-01-11T00:30:00Z", "2026-01-11T06:00:00Z"),
            ("2026-01-11T05:59:59Z", "2026-01-11T06:00:00Z"),
            ("2026-01-11T06:00:00Z", "2026-01-11T06:00:00Z"),
        ] {
            assert_eq!(awake(&night, at(now)), at(expected), "{now}");
        }
        let noon = wishes("Asia/Kolkata", "08:00", Some(("12:00", "13:00")));
        for (now, expected) in [
            ("2026-01-10T06:29:00Z", "2026-01-10T06:29:00Z"),
            ("2026-01-10T06:30:00Z", "2026-01-10T07:30:00Z"),
        ] {
            assert_eq!(awake(&noon, at(now)), at(expected), "{now}");
        }
        let none = wishes("UTC", "08:00", None);
        assert_eq!(
            awake(&none, at("2026-01-10T00:00:00Z")),
            at("2026-01-10T00:00:00Z")
        );
    }

    #[test]
    fn a_night_in_which_the_clock_changes_is_quiet_once_and_to_its_end() {
        let night = wishes("Europe/Berlin", "08:00", Some(("22:00", "07:00")));
        // It is put forward: the night is an hour shorter.
        for now in [
            "2026-03-28T21:00:00Z",
            "2026-03-29T00:59:00Z",
            "2026-03-29T04:59:00Z",
        ] {
            assert_eq!(awake(&night, at(now)), at("2026-03-29T05:00:00Z"), "{now}");
        }
        // It is put back: an hour longer.
        for now in [
            "2026-10-24T20:00:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T05:59:00Z",
        ] {
            assert_eq!(awake(&night, at(now)), at("2026-10-25T06:00:00Z"), "{now}");
        }
        // They end within the hour that comes twice: with the first of both, for good.
        let short = wishes("Europe/Berlin", "08:00", Some(("22:00", "02:30")));
        assert_eq!(
            awake(&short, at("2026-10-25T00:29:00Z")),
            at("2026-10-25T00:30:00Z")
        );
        assert_eq!(
            awake(&short, at("2026-10-25T01:10:00Z")),
            at("2026-10-25T01:10:00Z")
        );
        // And within the hour that is left out: as much later.
        assert_eq!(
            awake(&short, at("2026-03-29T01:20:00Z")),
            at("2026-03-29T01:30:00Z")
        );
        assert_eq!(
            awake(&short, at("2026-03-29T01:30:00Z")),
            at("2026-03-29T01:30:00Z")
        );
    }

    #[test]
    fn the_digest_comes_once_a_day_over_both_changes_of_the_clock() {
        let wishes = wishes("Europe/Berlin", "02:30", None);
        let mut now = at("2026-03-27T12:00:00Z");
        let mut following = || {
            now = next(&wishes, now);
            now
        };
        assert_eq!(following(), at("2026-03-28T01:30:00Z"));
        assert_eq!(
            following(),
            at("2026-03-29T01:30:00Z"),
            "that is half past three"
        );
        assert_eq!(following(), at("2026-03-30T00:30:00Z"));
        now = at("2026-10-24T12:00:00Z");
        let mut following = || {
            now = next(&wishes, now);
            now
        };
        assert_eq!(following(), at("2026-10-25T00:30:00Z"));
        assert_eq!(
            following(),
            at("2026-10-26T01:30:00Z"),
            "it is not told twice"
        );
    }

    #[test]
    fn what_comes_at_once_waits_for_the_morning_and_a_digest_does_not_come_at_night() {
        let night = wishes("Europe/Berlin", "06:00", Some(("22:00", "07:00")));
        let now = at("2026-01-10T22:00:00Z");
        let morning = Some(at("2026-01-11T06:00:00Z"));
        assert_eq!(due(&night, When::AtOnce, now), morning);
        assert_eq!(due(&night, When::Digest, now), morning);
        assert_eq!(due(&night, When::Never, now), None);
        let day = at("2026-01-10T12:00:00Z");
        assert_eq!(due(&night, When::AtOnce, day), Some(day));
    }

    #[test]
    fn a_zone_is_one_that_there_is() {
        for name in [
            "UTC",
            "Europe/Berlin",
            "America/St_Johns",
            "Pacific/Chatham",
        ] {
            assert!(zone(name).is_some(), "{name}");
        }
        for name in ["", "Mars/Olympus", "../etc/passwd", "Europe"] {
            assert!(zone(name).is_none(), "{name}");
        }
        let shown = written(
            &wishes("Europe/Berlin", "08:00", None),
            at("2026-07-01T10:00:00Z"),
        );
        assert_eq!(shown, "Wednesday, 1 July 2026, 12:00 (Europe/Berlin)");
    }
}
