//! By day where the person or the clinic is: when a reminder that nobody waits for may go out.
//!
//! Russia has had no summer time since 26 October 2014 (248-FZ), so a zone is one number.

use podpis_shared::Timestamp;

/// First hour of the day in which reminders go out.
const MORNING: i64 = 10;

/// First hour in which they don't any more.
const EVENING: i64 = 21;

/// An hour in seconds.
pub const HOUR: i64 = 3600;

const DAY: i64 = 24 * HOUR;

/// The evening, for what can't wait for the morning.
const LAST: i64 = EVENING * HOUR - HOUR;

/// Zones of Russia by their IANA names, with hours ahead of UTC.
const ZONES: &[(&str, i64)] = &[
    ("Europe/Kaliningrad", 2),
    ("Europe/Kirov", 3),
    ("Europe/Moscow", 3),
    ("Europe/Simferopol", 3),
    ("Europe/Volgograd", 3),
    ("W-SU", 3),
    ("Europe/Astrakhan", 4),
    ("Europe/Samara", 4),
    ("Europe/Saratov", 4),
    ("Europe/Ulyanovsk", 4),
    ("Asia/Yekaterinburg", 5),
    ("Asia/Omsk", 6),
    ("Asia/Barnaul", 7),
    ("Asia/Krasnoyarsk", 7),
    ("Asia/Novokuznetsk", 7),
    ("Asia/Novosibirsk", 7),
    ("Asia/Tomsk", 7),
    ("Asia/Irkutsk", 8),
    ("Asia/Chita", 9),
    ("Asia/Khandyga", 9),
    ("Asia/Yakutsk", 9),
    ("Asia/Ust-Nera", 10),
    ("Asia/Vladivostok", 10),
    ("Asia/Magadan", 11),
    ("Asia/Sakhalin", 11),
    ("Asia/Srednekolymsk", 11),
    ("Asia/Anadyr", 12),
    ("Asia/Kamchatka", 12),
];

/// A clock on a wall: seconds ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock(i64);

impl Clock {
    /// Minutes ahead of UTC that a clock may be: those of all zones there are.
    pub const MINUTES: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;

    /// The clock of a zone by its IANA name; an unknown zone is Moscow's.
    pub fn of_zone(zone: &str) -> Self {
        Self(ahead(zone) * HOUR)
    }

    /// A clock so many minutes ahead of UTC. Where clocks change twice a year it may be an hour off until the person's
    /// browser tells the new one.
    pub const fn of_minutes(minutes: i64) -> Self {
        Self(minutes * 60)
    }

    /// Minutes ahead of UTC.
    pub fn minutes(self) -> i32 {
        // Both constructors stay within a day.
        i32::try_from(self.0 / 60).unwrap_or_default()
    }

    /// `at` itself where it is between 10:00 and 21:00 on this clock, else its next 10:00.
    pub const fn by_day(self, at: Timestamp) -> Timestamp {
        let second = self.second(at);
        if second < MORNING * HOUR {
            at.plus(MORNING * HOUR - second)
        } else if second < EVENING * HOUR {
            at
        } else {
            at.plus(DAY + MORNING * HOUR - second)
        }
    }

    /// `at` itself where it is between 10:00 and 21:00 on this clock, else its last 20:00.
    pub const fn evening_before(self, at: Timestamp) -> Timestamp {
        let second = self.second(at);
        if second >= EVENING * HOUR {
            at.plus(LAST - second)
        } else if second >= MORNING * HOUR {
            at
        } else {
            at.plus(LAST - DAY - second)
        }
    }

    const fn second(self, at: Timestamp) -> i64 {
        (at.unix() + self.0).rem_euclid(DAY)
    }
}

/// [`Clock::by_day`] in a zone.
pub fn by_day(at: Timestamp, zone: &str) -> Timestamp {
    Clock::of_zone(zone).by_day(at)
}

/// Hours ahead of UTC.
fn ahead(zone: &str) -> i64 {
    let known = ZONES.iter().find(|(name, _)| *name == zone);
    known.map_or(3, |(_, hours)| *hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn goes_out(zone: &str, at: &str, due: &str) {
        let at = Timestamp::parse(at).unwrap();
        assert_eq!(by_day(at, zone).to_string(), due, "{zone} {at}");
    }

    #[test]
    fn by_day_at_once_by_night_at_ten() {
        let moscow = "Europe/Moscow";
        goes_out(moscow, "2026-11-22T06:59:59Z", "2026-11-22T07:00:00Z");
        goes_out(moscow, "2026-11-22T07:00:00Z", "2026-11-22T07:00:00Z");
        goes_out(moscow, "2026-11-22T17:59:59Z", "2026-11-22T17:59:59Z");
        goes_out(moscow, "2026-11-22T18:00:00Z", "2026-11-23T07:00:00Z");
        goes_out(moscow, "2026-11-22T21:30:00Z", "2026-11-23T07:00:00Z");
    }

    #[test]
    fn the_clinics_clock_counts() {
        // 12:00 in Vladivostok and 05:00 in Moscow; 22:00 in Kamchatka, on the eve of a new year.
        goes_out(
            "Asia/Vladivostok",
            "2026-11-22T02:00:00Z",
            "2026-11-22T02:00:00Z",
        );
        goes_out(
            "Europe/Moscow",
            "2026-11-22T02:00:00Z",
            "2026-11-22T07:00:00Z",
        );
        goes_out(
            "Asia/Kamchatka",
            "2026-12-31T10:00:00Z",
            "2026-12-31T22:00:00Z",
        );
        goes_out(
            "Europe/Kaliningrad",
            "2026-11-22T18:59:59Z",
            "2026-11-22T18:59:59Z",
        );
    }

    #[test]
    fn what_cant_wait_for_the_morning_goes_out_in_the_evening() {
        let moscow = Clock::of_minutes(180);
        for (at, evening) in [
            ("2026-11-22T06:59:59Z", "2026-11-21T17:00:00Z"),
            ("2026-11-22T07:00:00Z", "2026-11-22T07:00:00Z"),
            ("2026-11-22T17:59:59Z", "2026-11-22T17:59:59Z"),
            ("2026-11-22T18:00:00Z", "2026-11-22T17:00:00Z"),
            ("2026-11-22T21:30:00Z", "2026-11-22T17:00:00Z"),
        ] {
            let at = Timestamp::parse(at).unwrap();
            assert_eq!(moscow.evening_before(at).to_string(), evening, "{at}");
        }
        for minutes in Clock::MINUTES {
            let clock = Clock::of_minutes(minutes);
            let at = Timestamp::from_unix(1_795_000_000 + minutes * 97);
            let evening = clock.evening_before(at);
            assert!(evening <= at && evening >= at.plus(-14 * HOUR), "{minutes}");
            assert_eq!(clock.by_day(evening), evening, "{minutes}");
        }
    }

    #[test]
    fn an_unknown_zone_is_moscow() {
        for zone in ["", "Mars/Olympus", "Europe/Berlin"] {
            goes_out(zone, "2026-11-22T06:00:00Z", "2026-11-22T07:00:00Z");
        }
    }

    #[test]
    fn what_goes_out_goes_out_by_day() {
        for (zone, hours) in ZONES {
            assert!((2..=12).contains(hours));
            for quarter in 0..96 {
                let at = Timestamp::from_unix(1_795_000_000 + quarter * 900);
                let due = by_day(at, zone);
                let hour = (due.unix() / HOUR + hours).rem_euclid(24);
                assert!((MORNING..EVENING).contains(&hour), "{zone}: {due}");
                assert!(due >= at && due <= at.plus(13 * HOUR), "{zone}: {at} {due}");
                assert_eq!(by_day(due, zone), due);
            }
        }
        let mut names: Vec<_> = ZONES.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ZONES.len());
    }
}
